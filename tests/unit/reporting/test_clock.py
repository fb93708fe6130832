"""Working time in England and Wales."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.domain.clock import (
    DAY,
    DIVISIONS,
    ENGLAND_AND_WALES,
    TARGETS,
    division_of,
    london_day,
    read_holidays,
    worked_everywhere,
)

HOUR = 2 * 3600 * 1_000_000
START = datetime(2011, 6, 1, tzinfo=UTC)
moments = st.timedeltas(timedelta(), timedelta(days=8600)).map(lambda gap: START + gap)


def between(start: str, end: str) -> int:
    """The working time between two moments of the London wall clock, without the tick of those after hours."""
    first, last = (datetime.fromisoformat(one).replace(tzinfo=ZoneInfo("Europe/London")) for one in (start, end))
    return (ENGLAND_AND_WALES.worked(last) & ~1) - (ENGLAND_AND_WALES.worked(first) & ~1)


@pytest.mark.parametrize(
    ("start", "end", "ticks"),
    [
        ("2026-03-02T09:00", "2026-03-02T17:30", DAY),  # a Monday, all of it
        ("2026-03-02T08:00", "2026-03-02T10:00", HOUR),  # before opening does not count
        ("2026-03-02T17:00", "2026-03-03T09:30", HOUR),  # nor does the night
        ("2026-03-06T17:00", "2026-03-09T09:30", HOUR),  # nor the weekend
        ("2026-03-07T10:00", "2026-03-08T16:00", 0),
        ("2026-04-02T17:00", "2026-04-07T09:30", HOUR),  # nor Good Friday and Easter Monday
        ("2026-12-24T09:00", "2026-12-29T09:00", DAY),  # nor Christmas with its substitute day
        ("2026-03-27T17:00", "2026-03-30T10:00", HOUR + HOUR // 2),  # across the change to summer time
        ("2026-10-23T17:00", "2026-10-26T10:00", HOUR + HOUR // 2),  # and back
        ("2026-07-01T12:00", "2026-07-01T13:00", HOUR),
        ("2026-03-02T10:00", "2026-03-09T10:00", 5 * DAY),
    ],
)
def test_only_working_hours_count(start: str, end: str, ticks: int) -> None:
    assert between(start, end) == ticks


@given(moments, st.timedeltas(timedelta(), timedelta(days=400)))
def test_working_time_never_runs_backwards_nor_faster_than_time(start: datetime, gap: timedelta) -> None:
    worked = ENGLAND_AND_WALES.worked(start + gap) - ENGLAND_AND_WALES.worked(start)

    assert 0 <= worked <= 2 * (gap // timedelta(microseconds=1)) + 1


@given(st.dates(date(2012, 1, 1), date(2028, 12, 31)))
def test_a_day_has_all_or_none_of_its_working_time(day: date) -> None:
    midnight = datetime.combine(day, time(), ZoneInfo("Europe/London"))
    next_midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo("Europe/London"))
    works = day.weekday() < 5 and day not in read_holidays("england_and_wales")

    worked = ENGLAND_AND_WALES.worked(next_midnight) - ENGLAND_AND_WALES.worked(midnight)

    assert worked == (DAY if works else 0)


def test_the_bank_holidays_are_sorted_weekdays() -> None:
    holidays = read_holidays("england_and_wales")

    assert holidays == tuple(sorted(set(holidays)))
    assert all(day.weekday() < 5 for day in holidays)
    assert date(2022, 9, 19) in holidays  # the state funeral: one that no rule could tell


@pytest.mark.parametrize(
    ("hour", "ticks"),
    [("09:00:00", 1), ("09:00:00.000001", 2), ("17:30:00", DAY), ("17:30:00.000001", DAY + 1), ("23:00:00", DAY + 1)],
)
def test_a_moment_after_hours_is_a_tick_later_than_the_closing(hour: str, ticks: int) -> None:
    monday = ENGLAND_AND_WALES.worked(datetime(2026, 3, 2, 8, tzinfo=UTC)) - 1

    assert ENGLAND_AND_WALES.worked(datetime.fromisoformat(f"2026-03-02T{hour}+00:00")) - monday == ticks


def test_each_division_works_on_the_others_bank_holidays() -> None:
    opening, closing = datetime(2026, 11, 30, 9, tzinfo=UTC), datetime(2026, 11, 30, 17, 30, tzinfo=UTC)
    worked = [end - start for start, end in zip(*map(worked_everywhere, (opening, closing)), strict=True)]

    assert dict(zip(DIVISIONS, worked, strict=True)) == {
        "england_and_wales": DAY - 1,
        "scotland": 0,  # St Andrew's Day
        "northern_ireland": DAY - 1,
    }


def test_a_case_keeps_the_bank_holidays_of_where_the_service_is_delivered() -> None:
    regions = ("scotland", "northern_ireland", "wales", None)

    assert [division_of(region) for region in regions] == ["scotland", "northern_ireland", *["england_and_wales"] * 2]


def test_the_targets_are_whole_working_days() -> None:
    assert TARGETS == {"first_reply": 1, "triage": 5, "acknowledgement": 2, "decision": 20}


def test_a_summer_night_in_london_belongs_to_the_next_day() -> None:
    assert london_day(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == date(2026, 7, 1)
    assert london_day(datetime(2026, 12, 30, 23, 30, tzinfo=UTC)) == date(2026, 12, 30)
