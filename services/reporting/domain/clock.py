"""Working time: Monday to Friday, 09:00 to 17:30 in London, less the bank holidays of a division.

A moment is told in ticks: twice the working microseconds since an epoch, and one more where nobody works. The working
time between two moments is then a subtraction, which the database can do, the earlier of two moments is never the
greater number, and what comes in the evening of the day on which it was due is late, as it is on the case: by one tick.
"""

import json
from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
OPENS, CLOSES = time(9, 0), time(17, 30)
_MICROSECOND = timedelta(microseconds=1)
DAY = 2 * (timedelta(hours=8, minutes=30) // _MICROSECOND)
_EPOCH = date(2000, 1, 3)  # a Monday
_FIRST = datetime(1, 1, 2, tzinfo=UTC)
_TARGETS = Path(__file__).resolve().parent.parent / "data" / "clock_targets.v1.json"
_HOLIDAYS = Path(__file__).resolve().parents[3] / "contracts" / "bank_holidays.v1.json"
_BANK_HOLIDAYS = json.loads(_HOLIDAYS.read_text("utf-8"))
CLOCKS = ("first_reply", "triage", "acknowledgement", "decision")


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """The working hours of a division of the United Kingdom. `holidays` are sorted and never at a weekend.

    Days after the last known bank holiday count as working days when they are weekdays.
    """

    holidays: tuple[date, ...]

    def worked(self, moment: datetime) -> int:
        """The ticks from the epoch to an aware moment. Never falls as time goes on."""
        local = _in_london(moment)
        day = local.date()
        before = self._working_days_before(day) * DAY
        if day.weekday() > 4 or day in self.holidays:
            return before + 1
        # London's clocks change on Sundays only, so that within working hours a difference of wall clocks is exact.
        since_opening = (local.replace(tzinfo=None) - datetime.combine(day, OPENS)) // _MICROSECOND
        return before + (2 * since_opening if 0 < since_opening <= DAY // 2 else 1 + DAY * (since_opening > 0))

    def _working_days_before(self, day: date) -> int:
        weeks, weekday = divmod((day - _EPOCH).days, 7)
        return weeks * 5 + min(weekday, 5) - bisect_left(self.holidays, day)


def read_holidays(division: str) -> tuple[date, ...]:
    """The bank holidays of a division, sorted, without those at a weekend."""
    days = sorted(date.fromisoformat(day) for day in _BANK_HOLIDAYS["divisions"][division])
    return tuple(day for day in days if day.weekday() < 5)


def read_targets() -> dict[str, int]:
    """The target of each clock, in working days."""
    document = json.loads(_TARGETS.read_text("utf-8"))
    return {clock: document[clock] for clock in CLOCKS}


DIVISIONS = ("england_and_wales", "scotland", "northern_ireland")
_CALENDARS = tuple(WorkingTime(read_holidays(division)) for division in DIVISIONS)
ENGLAND_AND_WALES = _CALENDARS[0]
TARGETS = read_targets()


def worked_everywhere(moment: datetime) -> list[int]:
    """The ticks to an aware moment in each division, in the order of DIVISIONS. None falls as time goes on."""
    return [calendar.worked(moment) for calendar in _CALENDARS]


def division_of(region: str | None) -> str:
    """The division whose bank holidays hold in a region; England and Wales where the region is not known."""
    named: str = _BANK_HOLIDAYS["division_of_region"].get(region, _BANK_HOLIDAYS["division_elsewhere"])
    return named


def london_day(moment: datetime) -> date:
    """The day in London on which an aware moment falls."""
    return _in_london(moment).date()


def _in_london(moment: datetime) -> datetime:
    """The moment by London's clock. The calendar's first minute has none, so its first day counts as the second."""
    return max(moment, _FIRST).astimezone(LONDON)
