"""Working time of the three divisions."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.casework.domain.calendar import WORKING_DAY, division_of, working_time
from tests.unit.casework.oracle import DIVISIONS, SPRING, WINTER, season

ENGLAND = working_time("england_and_wales")

anywhere = st.sampled_from(DIVISIONS)
seasons = st.sampled_from((SPRING, WINTER))
minutes = st.integers(0, 60 * 24 * 60)
moments = st.timedeltas(timedelta(), timedelta(days=1600)).map(lambda since: datetime(2024, 1, 1, tzinfo=UTC) + since)
work = st.timedeltas(timedelta(), timedelta(hours=100))


def at(text: str) -> datetime:
    """A moment, from its ISO form."""
    return datetime.fromisoformat(text).astimezone(UTC)


@settings(max_examples=1000, deadline=None)
@given(anywhere, seasons, minutes, minutes)
def test_working_time_is_what_one_counts_minute_by_minute(
    division: str, window: tuple[datetime, datetime], one: int, other: int
) -> None:
    whole = season(division, *window)
    start, end = whole.moment(one), whole.moment(other)

    counted = timedelta(minutes=sum(whole.worked[one:other]))

    assert working_time(division).between(start, end) == counted


@given(anywhere, moments, work)
def test_the_first_moment_after_some_work_has_exactly_that_work_before_it(
    division: str, start: datetime, wanted: timedelta
) -> None:
    calendar = working_time(division)

    reached = calendar.after(start, wanted)

    assert calendar.between(start, reached) == wanted
    a_little_before = max(reached - timedelta(microseconds=1), start)
    assert calendar.between(start, a_little_before) < wanted or wanted == timedelta()


@given(anywhere, moments, st.tuples(work, work))
def test_working_time_adds_up_whatever_the_moments(
    division: str, start: datetime, steps: tuple[timedelta, timedelta]
) -> None:
    calendar = working_time(division)
    middle, end = start + steps[0], start + sum(steps, timedelta())

    assert calendar.between(start, middle) + calendar.between(middle, end) == calendar.between(start, end)


def test_a_working_day_lasts_eight_hours_and_a_half_on_both_sides_of_a_change_of_the_clock() -> None:
    assert ENGLAND.between(at("2026-03-27T00:00+00:00"), at("2026-03-28T00:00+00:00")) == WORKING_DAY
    assert ENGLAND.between(at("2026-03-30T00:00+01:00"), at("2026-03-31T00:00+01:00")) == WORKING_DAY


def test_nobody_works_at_night_or_at_the_weekend() -> None:
    assert ENGLAND.between(at("2026-11-20T17:30+00:00"), at("2026-11-23T09:00+00:00")) == timedelta()


def test_five_working_days_from_friday_evening_end_on_the_next_friday_at_closing_time() -> None:
    assert ENGLAND.after(at("2026-11-20T20:00+00:00"), 5 * WORKING_DAY) == at("2026-11-27T17:30+00:00")


def test_no_work_is_done_at_once() -> None:
    night = at("2026-11-21T03:00+00:00")

    assert ENGLAND.after(night, timedelta()) == night


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2026-04-06", {"scotland"}),  # Easter Monday
        ("2026-07-13", {"england_and_wales", "scotland"}),  # the Battle of the Boyne, in lieu
        ("2026-11-30", {"england_and_wales", "northern_ireland"}),  # St Andrew's Day
        ("2026-12-25", set()),
    ],
)
def test_each_division_keeps_its_own_bank_holidays(day: str, working: set[str]) -> None:
    found = {name for name in DIVISIONS if working_time(name).is_working_day(date.fromisoformat(day))}

    assert found == working


@pytest.mark.parametrize("division", DIVISIONS)
def test_the_bank_holidays_are_known_since_the_service_began(division: str) -> None:
    by_year = {day.year for day in working_time(division).holidays}

    assert by_year == set(range(2012, 2029))
    # 2022 had the jubilee and the state funeral besides.
    assert all(8 <= sum(day.year == year for day in working_time(division).holidays) <= 12 for year in by_year)


@pytest.mark.parametrize(
    ("region", "division"),
    [
        ("scotland", "scotland"),
        ("northern_ireland", "northern_ireland"),
        ("wales", "england_and_wales"),
        ("north_west", "england_and_wales"),
        (None, "england_and_wales"),
    ],
)
def test_a_region_keeps_the_holidays_of_its_division(region: str | None, division: str) -> None:
    assert division_of(region) == division
