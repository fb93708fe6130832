"""Working time: Monday to Friday, 09:00 to 17:30 in London, less the bank holidays of England and Wales.

A moment is told as the working seconds since an epoch. The working time between two moments is then a subtraction,
which the database can do, and the earlier of two moments is the smaller of two numbers.
"""

import json
from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
OPENS, CLOSES = time(9, 0), time(17, 30)
DAY_SECONDS = (17 * 60 + 30 - 9 * 60) * 60
_EPOCH = date(2000, 1, 3)  # a Monday
_FIRST = datetime(1, 1, 2, tzinfo=UTC)
_TARGETS = Path(__file__).resolve().parent.parent / "data" / "clock_targets.v1.json"
_HOLIDAYS = Path(__file__).resolve().parents[3] / "contracts" / "bank_holidays.v1.json"
CLOCKS = ("first_reply", "triage", "acknowledgement", "decision")


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """The working hours of a division of the United Kingdom. `holidays` are sorted and never at a weekend.

    Days after the last known bank holiday count as working days when they are weekdays.
    """

    holidays: tuple[date, ...]

    def worked(self, moment: datetime) -> int:
        """The working seconds from the epoch to an aware moment. Never falls as time goes on."""
        local = _in_london(moment)
        day = local.date()
        before = self._working_days_before(day) * DAY_SECONDS
        if day.weekday() > 4 or day in self.holidays:
            return before
        # London's clocks change on Sundays only, so that within working hours a difference of wall clocks is exact.
        since_opening = local.replace(tzinfo=None) - datetime.combine(day, OPENS)
        return before + min(max(int(since_opening.total_seconds()), 0), DAY_SECONDS)

    def _working_days_before(self, day: date) -> int:
        weeks, weekday = divmod((day - _EPOCH).days, 7)
        return weeks * 5 + min(weekday, 5) - bisect_left(self.holidays, day)


def read_holidays() -> tuple[date, ...]:
    """The bank holidays of England and Wales, sorted, without those at a weekend."""
    divisions = json.loads(_HOLIDAYS.read_text("utf-8"))["divisions"]
    days = sorted(date.fromisoformat(day) for day in divisions["england_and_wales"])
    return tuple(day for day in days if day.weekday() < 5)


def read_targets() -> dict[str, int]:
    """The target of each clock, in working days."""
    document = json.loads(_TARGETS.read_text("utf-8"))
    return {clock: document[clock] for clock in CLOCKS}


ENGLAND_AND_WALES = WorkingTime(read_holidays())
TARGETS = read_targets()


def london_day(moment: datetime) -> date:
    """The day in London on which an aware moment falls."""
    return _in_london(moment).date()


def _in_london(moment: datetime) -> datetime:
    """The moment by London's clock. The calendar's first minute has none, so its first day counts as the second."""
    return max(moment, _FIRST).astimezone(LONDON)
