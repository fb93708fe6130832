"""Callbacks are promised for working time, tried three times, and then written about."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.callbacks import (
    FARTHEST,
    LONDON,
    MOST_ATTEMPTS,
    SLOT,
    CallbackAction,
    CallbackStatus,
    Result,
    after_attempt,
    allowed,
    slot_fault,
    slot_number,
    slots_between,
)

FRIDAY = datetime(2026, 12, 18, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("begins", "fault"),
    [
        ("2026-12-21T09:00:00+00:00", None),
        ("2026-12-21T17:00:00+00:00", None),
        ("2026-12-18T12:30:00+00:00", None),
        ("2026-12-21T08:30:00+00:00", "Must be in working time"),
        ("2026-12-21T17:30:00+00:00", "Must be in working time"),
        ("2026-12-19T12:00:00+00:00", "Must be in working time"),
        ("2026-12-25T12:00:00+00:00", "Must be in working time"),
        ("2026-12-28T12:00:00+00:00", "Must be in working time"),
        ("2026-12-21T09:15:00+00:00", "Must begin at"),
        ("2026-12-21T09:30:01+00:00", "Must begin at"),
        ("2026-12-18T12:00:00+00:00", "Must be ahead"),
        ("2026-12-18T11:30:00+00:00", "Must be ahead"),
        ("2027-01-18T09:00:00+00:00", "Must be ahead"),
    ],
)
def test_a_callback_is_promised_for_a_half_hour_of_working_time(begins: str, fault: str | None) -> None:
    said = slot_fault(datetime.fromisoformat(begins), FRIDAY)

    assert (said is None) if fault is None else (said or "").startswith(fault)


def test_working_time_is_that_of_london_in_summer_too() -> None:
    summer = datetime(2026, 7, 1, 6, 0, tzinfo=UTC)

    assert slot_fault(datetime(2026, 7, 1, 8, 0, tzinfo=UTC), summer) is None
    assert slot_fault(datetime(2026, 7, 1, 17, 0, tzinfo=UTC), summer)


@given(st.dates(date(2026, 1, 1), date(2027, 12, 1)))
def test_every_day_has_seventeen_slots_or_none(day: date) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=LONDON).astimezone(UTC)
    just_before = midnight - timedelta(seconds=1)

    free = [slot for slot in (midnight + number * SLOT for number in range(46)) if not slot_fault(slot, just_before)]

    assert len(free) in (0, 17)
    assert not (free and day.weekday() > 4)
    assert len({slot_number(slot) for slot in free}) == len(free)


def test_nothing_is_promised_farther_ahead_than_four_weeks() -> None:
    assert slot_fault(FRIDAY + FARTHEST, FRIDAY) is None
    assert slot_fault(FRIDAY + FARTHEST + SLOT, FRIDAY)


@given(st.lists(st.sampled_from(Result), min_size=1, max_size=10))
def test_a_callback_ends_when_somebody_is_reached_or_with_the_third_attempt(results: list[Result]) -> None:
    status, made = CallbackStatus.PROMISED, 0
    for result in results:
        if CallbackAction.ATTEMPT not in allowed(status):
            break
        made += 1
        status = after_attempt(result, made)

    reached = Result.REACHED in results[:MOST_ATTEMPTS]
    assert made <= MOST_ATTEMPTS
    assert (status is CallbackStatus.REACHED) is reached
    assert (status is CallbackStatus.NOT_REACHED) is (not reached and len(results) >= MOST_ATTEMPTS)


def test_what_has_ended_is_left_alone() -> None:
    assert {status for status in CallbackStatus if allowed(status)} == {CallbackStatus.PROMISED}


@given(st.integers(0, 500 * 24 * 60), st.integers(0, 28 * 24 * 60))
def test_the_slots_of_a_period_are_those_that_can_be_promised_and_all_of_them(begins: int, minutes: int) -> None:
    now = FRIDAY - timedelta(days=300) + timedelta(minutes=begins)
    until = now + timedelta(minutes=minutes)

    found = list(slots_between(now - SLOT, until, now))

    hour = now.replace(minute=0, second=0, microsecond=0)
    every = (hour + number * SLOT for number in range(minutes // 30 + 4))
    assert found == [one for one in every if one < until and slot_fault(one, now) is None]
