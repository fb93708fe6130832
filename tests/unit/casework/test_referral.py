"""Referrals, folded from events in any order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import permutations

import pytest

from services.casework.domain.referral import EVENTS, LIVE, WAITS_FOR_DECISION, Moved, Referral, fold, moved_by

SENT = datetime(2026, 11, 16, 9, tzinfo=UTC)
LATER = SENT + timedelta(days=3)
NOTHING = {"status": None, "decision": None, "outcome": None, "sent_at": None, "decided_at": None}


def moved(event_type: str, sequence: int, status: str, moment: datetime = SENT) -> Moved:
    """An event about a referral."""
    return Moved(event_type, sequence, status, moment)


DECIDED = [
    moved("referral_sent", 1, "sent"),
    moved("referral_acknowledged", 2, "acknowledged"),
    moved("referral_information_requested", 3, "more_information"),
    moved("referral_information_provided", 4, "acknowledged"),
    moved("referral_decided", 5, "accepted", LATER),
]


def test_a_referral_is_the_same_whatever_the_order_of_its_events() -> None:
    for order in permutations(DECIDED):
        referral = reduce(fold, order, Referral())

        assert referral == Referral(5, "accepted", SENT, SENT, LATER, decided=True)


def test_a_withdrawn_referral_has_ended_without_a_decision() -> None:
    referral = fold(fold(Referral(), DECIDED[0]), moved("referral_withdrawn", 2, "withdrawn", LATER))

    assert referral == Referral(2, "withdrawn", SENT, None, LATER, decided=False)


@pytest.mark.parametrize("event_type", ["referral_acknowledged", "referral_information_requested", "referral_decided"])
def test_the_first_sign_that_the_cabinet_office_has_it_acknowledges_a_referral(event_type: str) -> None:
    first, second = moved(event_type, 2, "acknowledged"), moved("referral_information_requested", 3, "", LATER)

    for order in permutations((first, second)):
        assert reduce(fold, order, Referral()).acknowledged_at == SENT


def test_an_older_event_does_not_bring_its_status_back() -> None:
    decided = fold(Referral(), DECIDED[-1])

    assert fold(decided, DECIDED[1]) == replace(decided, acknowledged_at=SENT)


@pytest.mark.parametrize(
    ("event_type", "data", "status", "moment"),
    [
        ("referral_sent", {"sent_at": SENT}, "sent", SENT),
        ("referral_sent", {}, "sent", LATER),
        ("referral_acknowledged", {"status": "acknowledged"}, "acknowledged", LATER),
        ("referral_decided", {"decision": "rejected", "decided_at": SENT, "outcome": "refer"}, "rejected", SENT),
        ("referral_concluded", {"outcome": "delivered"}, "delivered", LATER),
    ],
)
def test_each_event_tells_a_status_and_when_it_came_about(
    event_type: str, data: dict[str, object], status: str, moment: datetime
) -> None:
    assert moved_by(event_type, 7, {**NOTHING, **data}, LATER) == Moved(event_type, 7, status, moment)


@pytest.mark.parametrize("event_type", [each for each in EVENTS if each != "referral_sent"])
def test_an_event_without_a_status_says_nothing(event_type: str) -> None:
    assert moved_by(event_type, 7, NOTHING, LATER) is None


def test_what_waits_for_a_decision_is_live() -> None:
    assert WAITS_FOR_DECISION < LIVE
    assert {"rejected", "withdrawn", "delivered", "ended_early", "cancelled"}.isdisjoint(LIVE)
