"""Working time in England and Wales."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.domain.clock import DAY_SECONDS, ENGLAND_AND_WALES, TARGETS, london_day, read_holidays

HOUR = 3600
START = datetime(2011, 6, 1, tzinfo=UTC)
moments = st.timedeltas(timedelta(), timedelta(days=8600)).map(lambda gap: START + gap)


def between(start: str, end: str) -> int:
    """The working seconds between two moments of the London wall clock."""
    first, last = (datetime.fromisoformat(one).replace(tzinfo=ZoneInfo("Europe/London")) for one in (start, end))
    return ENGLAND_AND_WALES.worked(last) - ENGLAND_AND_WALES.worked(first)


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("2026-03-02T09:00", "2026-03-02T17:30", DAY_SECONDS),  # a Monday, all of it
        ("2026-03-02T08:00", "2026-03-02T10:00", HOUR),  # before opening does not count
        ("2026-03-02T17:00", "2026-03-03T09:30", HOUR),  # nor does the night
        ("2026-03-06T17:00", "2026-03-09T09:30", HOUR),  # nor the weekend
        ("2026-03-07T10:00", "2026-03-08T16:00", 0),
        ("2026-04-02T17:00", "2026-04-07T09:30", HOUR),  # nor Good Friday and Easter Monday
        ("2026-12-24T09:00", "2026-12-29T09:00", DAY_SECONDS),  # nor Christmas with its substitute day
        ("2026-03-27T17:00", "2026-03-30T10:00", HOUR + HOUR // 2),  # across the change to summer time
        ("2026-10-23T17:00", "2026-10-26T10:00", HOUR + HOUR // 2),  # and back
        ("2026-07-01T12:00", "2026-07-01T13:00", HOUR),
        ("2026-03-02T10:00", "2026-03-09T10:00", 5 * DAY_SECONDS),
    ],
)
def test_only_working_hours_count(start: str, end: str, seconds: int) -> None:
    assert between(start, end) == seconds


@given(moments, st.timedeltas(timedelta(), timedelta(days=400)))
def test_working_time_never_runs_backwards_nor_faster_than_time(start: datetime, gap: timedelta) -> None:
    worked = ENGLAND_AND_WALES.worked(start + gap) - ENGLAND_AND_WALES.worked(start)

    assert 0 <= worked <= gap.total_seconds() + 1


@given(st.dates(date(2012, 1, 1), date(2028, 12, 31)))
def test_a_day_has_all_or_none_of_its_working_seconds(day: date) -> None:
    midnight = datetime.combine(day, time(), ZoneInfo("Europe/London"))
    next_midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo("Europe/London"))
    works = day.weekday() < 5 and day not in read_holidays()

    worked = ENGLAND_AND_WALES.worked(next_midnight) - ENGLAND_AND_WALES.worked(midnight)

    assert worked == (DAY_SECONDS if works else 0)


def test_the_bank_holidays_are_sorted_weekdays() -> None:
    holidays = read_holidays()

    assert holidays == tuple(sorted(set(holidays)))
    assert all(day.weekday() < 5 for day in holidays)
    assert date(2022, 9, 19) in holidays  # the state funeral: one that no rule could tell


def test_the_targets_are_whole_working_days() -> None:
    assert TARGETS == {"first_reply": 1, "triage": 5, "acknowledgement": 2, "decision": 20}


def test_a_summer_night_in_london_belongs_to_the_next_day() -> None:
    assert london_day(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == date(2026, 7, 1)
    assert london_day(datetime(2026, 12, 30, 23, 30, tzinfo=UTC)) == date(2026, 12, 30)
