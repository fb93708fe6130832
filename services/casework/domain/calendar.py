"""Working time: Monday to Friday 09:00 to 17:30 in London, less the bank holidays of a division."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

OPENS, CLOSES = time(9), time(17, 30)
WORKING_DAY = timedelta(hours=8, minutes=30)
LONDON = ZoneInfo("Europe/London")
# The service of 2011 had no forerunner: a moment that is not between these is a mistake, and to count the working days
# up to it would take seconds.
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_HOLIDAYS = Path(__file__).resolve().parents[3] / "contracts" / "bank_holidays.v1.json"
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """The working time of one division, given by its bank holidays."""

    holidays: frozenset[date]

    def is_working_day(self, day: date) -> bool:
        """Whether anybody works on this day."""
        return day.weekday() < _SATURDAY and day not in self.holidays

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from start to end; nothing when end is not after start."""
        days = takewhile(lambda day: day[0] < end, self._days_from(start))
        worked = (max(min(closes, end) - max(opens, start), timedelta()) for opens, closes in days)
        return sum(worked, timedelta())

    def after(self, start: datetime, work: timedelta) -> datetime:
        """The first moment, not before start, by which this much working time has passed since start."""
        reached, left = start, work
        days = self._days_from(start)
        while left > timedelta():
            opens, closes = next(days)
            begins = max(opens, start)
            if begins < closes:
                done = min(left, closes - begins)
                reached, left = begins + done, left - done
        return reached

    def _days_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Opening and closing of every working day from the moment's own day on, in UTC, without end."""
        day = moment.astimezone(LONDON).date()
        while True:
            if self.is_working_day(day):
                # Through UTC: two times of one zone are subtracted by the wall, not by what has passed.
                opens = datetime.combine(day, OPENS, LONDON).astimezone(UTC)
                yield opens, datetime.combine(day, CLOSES, LONDON).astimezone(UTC)
            day += timedelta(days=1)


@cache
def working_time(division: str) -> WorkingTime:
    """The working time of `england_and_wales`, `scotland` or `northern_ireland`.

    Days outside the years that the data file covers count without bank holidays. Raises KeyError for other names.
    """
    return WorkingTime(frozenset(date.fromisoformat(day) for day in _holidays()["divisions"][division]))


def division_of(region: str | None) -> str:
    """The division whose bank holidays hold in a region; England and Wales where the region is not known."""
    named: str = _holidays()["division_of_region"].get(region, _holidays()["division_elsewhere"])
    return named


@cache
def _holidays() -> Any:
    return json.loads(_HOLIDAYS.read_text(encoding="utf-8"))
