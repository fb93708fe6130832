"""Working time counted slowly: every minute is asked whether it is worked, in the words of the agreement.

Nothing here is shared with the code that is tested, and nothing is clever.
"""

import json
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
# Both changes of the clock, Easter, the bank holidays of May, Christmas and the new year.
SPRING = (datetime(2026, 3, 20, tzinfo=UTC), datetime(2026, 6, 10, tzinfo=UTC))
WINTER = (datetime(2026, 10, 20, tzinfo=UTC), datetime(2027, 1, 15, tzinfo=UTC))
DIVISIONS = ("england_and_wales", "scotland", "northern_ireland")

Pause = tuple[datetime, datetime | None]


class Season:
    """Some months of one division, minute by minute: 1 where people work."""

    def __init__(self, begins: datetime, worked: bytearray) -> None:
        self.begins = begins
        self.worked = worked

    def position(self, moment: datetime) -> int:
        """Which minute of the season a moment is."""
        return int((moment - self.begins) / MINUTE)

    def moment(self, position: int) -> datetime:
        """The moment at which a minute of the season begins."""
        return self.begins + position * MINUTE

    def running(self, start: datetime, end: datetime | None, pauses: list[Pause]) -> bytearray:
        """Every minute of the season: 1 where people work and the clock runs."""
        minutes = bytearray(self.worked)
        last = self.position(end) if end else len(minutes)
        blank(minutes, 0, self.position(start))
        blank(minutes, last, len(minutes))
        for begins, ends in pauses:
            blank(minutes, self.position(begins), self.position(ends) if ends else len(minutes))
        return minutes


def blank(minutes: bytearray, first: int, last: int) -> None:
    """Say of some minutes that they do not count."""
    minutes[first:last] = bytes(max(last - first, 0))


@cache
def season(division: str, begins: datetime, ends: datetime) -> Season:
    """The minutes from one moment to another, each asked for itself."""
    data = Path(__file__).parents[3] / "contracts" / "bank_holidays.v1.json"
    holidays = {date.fromisoformat(day) for day in json.loads(data.read_text())["divisions"][division]}
    london = ZoneInfo("Europe/London")
    worked = bytearray()
    moment = begins
    while moment < ends:
        here = moment.astimezone(london)
        is_weekday = here.isoweekday() <= 5
        is_office_hour = (9, 0) <= (here.hour, here.minute) < (17, 30)
        worked.append(is_weekday and is_office_hour and here.date() not in holidays)
        moment += MINUTE
    return Season(begins, worked)
