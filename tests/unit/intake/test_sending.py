"""When a message is tried again, and when it is given up."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.sending import MOST_ATTEMPTS, Next, Outcome, Status, after

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
