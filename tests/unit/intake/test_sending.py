"""When a message is tried again, and when it is given up."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.sending import MOST_ATTEMPTS, Next, Outcome, Status, after, asked_again, delivery_of

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
lots = st.floats(0, 1)


@given(st.integers(1, 20), lots)
def test_what_was_sent_or_refused_for_good_is_not_tried_again(attempt: int, lot: float) -> None:
    assert after(attempt, Outcome.SENT, NOW, lot) == Next(Status.SENT, NOW)
    assert after(attempt, Outcome.NEVER, NOW, lot) == Next(Status.FAILED, NOW)


@given(lots)
def test_what_is_put_off_is_tried_for_two_days_with_growing_waits(lot: float) -> None:
    moment, waits = NOW, []
    for attempt in range(1, MOST_ATTEMPTS):
        follows = after(attempt, Outcome.LATER, moment, lot)
        assert follows.status is Status.QUEUED
        waits.append(follows.at - moment)
        moment = follows.at

    assert waits == sorted(waits)
    assert timedelta(hours=42) < moment - NOW < timedelta(days=3)
    assert after(MOST_ATTEMPTS, Outcome.LATER, moment, lot) == Next(Status.FAILED, moment)


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=5)))
def test_what_became_of_a_message_is_asked_soon_and_then_seldom(age: timedelta) -> None:
    again = asked_again(NOW - age, NOW)

    assert again is not None
    assert timedelta(seconds=30) <= again - NOW <= timedelta(hours=6)


def test_after_five_days_nobody_is_asked_any_more() -> None:
    assert asked_again(NOW - timedelta(days=5, seconds=1), NOW) is None


@pytest.mark.parametrize(
    ("said", "delivery"),
    [
        ("created", "under_way"),
        ("sending", "under_way"),
        ("a word of tomorrow", "under_way"),
        ("delivered", "delivered"),
        ("permanent-failure", "returned"),
        ("temporary-failure", "returned"),
        ("technical-failure", "failed"),
        (None, "unknown"),
    ],
)
def test_what_notify_says_is_said_in_our_words(said: str | None, delivery: str) -> None:
    assert delivery_of(said) == delivery
