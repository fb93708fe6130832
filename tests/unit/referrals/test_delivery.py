"""What becomes of a webhook after each attempt."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.referrals.domain.delivery import (
    JITTER,
    SCHEDULE,
    WEBHOOK_TYPES,
    DeliveryStatus,
    Verdict,
    judge,
    types_that_want,
    webhook_type,
)

CONTRACTS = Path(__file__).parents[3] / "contracts" / "events" / "referrals"
NOW = datetime(2026, 11, 21, 9, 4, tzinfo=UTC)


def test_each_type_goes_to_who_asks_for_it_and_consent_also_to_who_may_hold_the_case() -> None:
    for type_ in WEBHOOK_TYPES:
        also = ("referral.sent", "referral.withdrawn") if type_ == "referral.consent_changed" else ()
        assert types_that_want(type_) == (type_, *also)


@pytest.mark.parametrize("answer", [200, 201, 202, 204, 299])
def test_any_2xx_is_a_delivery(answer: int) -> None:
    assert judge(answer, 1, NOW, 0.5) == Verdict(DeliveryStatus.DELIVERED)


def test_410_says_that_the_endpoint_is_gone() -> None:
    assert judge(410, 1, NOW, 0.5) == Verdict(DeliveryStatus.FAILED, endpoint_is_gone=True)


@pytest.mark.parametrize("answer", [None, 101, 199, 300, 301, 302, 307, 308, 400, 401, 404, 429, 500, 503, 999])
def test_all_else_is_tried_again(answer: int | None) -> None:
    assert judge(answer, 1, NOW, 0.0) == Verdict(DeliveryStatus.PENDING, NOW + timedelta(seconds=5))


@given(st.integers(1, len(SCHEDULE)), st.floats(0, 1, exclude_max=True))
def test_each_wait_is_the_schedules_and_up_to_a_fifth_longer(attempts: int, chance: float) -> None:
    verdict = judge(500, attempts, NOW, chance)

    assert verdict.status is DeliveryStatus.PENDING
    assert verdict.next_attempt_at is not None
    wait = verdict.next_attempt_at - NOW
    assert SCHEDULE[attempts - 1] <= wait <= SCHEDULE[attempts - 1] * (1 + JITTER)


def test_after_the_tenth_attempt_more_than_three_days_later_it_is_given_up() -> None:
    assert judge(500, 10, NOW, 0.5) == Verdict(DeliveryStatus.FAILED)
    assert sum(SCHEDULE, timedelta()) == timedelta(hours=75, minutes=35, seconds=5)


def test_a_bus_event_has_the_dotted_name_that_subscribers_know() -> None:
    assert webhook_type("referral_information_requested") == "referral.information_requested"


def test_subscribers_may_ask_for_all_that_is_told_but_the_endpoints_own_affairs() -> None:
    told = {path.name.partition(".")[0] for path in CONTRACTS.iterdir()}

    assert {webhook_type(one) for one in told - {"webhook_endpoint_changed"}} == set(WEBHOOK_TYPES)
