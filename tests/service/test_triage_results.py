"""What became of cases, as triage hears of it: the latest counts, in whatever order it comes."""

import itertools
from typing import Any

import pytest

from services.triage.models import Enquiry
from services.triage.service import TriageService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk

ENQUIRY = "ENQ-7K3M-9Q2D"


@pytest.fixture
def triage(desk: MakeDesk) -> Desk:
    """Triage, which has heard nothing yet."""
    return desk(TriageService)


def decided(decision: str, decided_at: str) -> dict[str, Any]:
    """A decision of the Cabinet Office."""
    data = {"enquiry": ENQUIRY, "decision": decision, "reason_code": "strong_case", "decided_at": decided_at}
    return {"source": "referrals", "type": "referral_decided", "subject": "REF", "sequence": 4, "data": data}


def moved(type_: str, sequence: int, **more: str) -> dict[str, Any]:
    """A case that was closed or reopened."""
    return {
        "source": "casework",
        "type": type_,
        "subject": "CAS",
        "sequence": sequence,
        "data": {"enquiry": ENQUIRY, **more},
    }


def result(triage: Desk) -> tuple[str | None, str | None]:
    """The decision and the case's outcome that are kept."""
    with triage.session() as session:
        kept = session.get_one(Enquiry, ENQUIRY)
        return kept.decision, kept.case_outcome


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_the_latest_decision_and_ending_are_kept_in_whatever_order_they_come(
    triage: Desk, order: tuple[int, ...]
) -> None:
    events = [
        decided("rejected", "2026-11-21T09:00:00Z"),
        decided("accepted", "2026-12-21T09:00:00Z"),
        moved("case_closed", 5, outcome="advice_complete"),
        moved("case_closed", 9, outcome="became_a_mutual"),
    ]

    for place in order:
        assert triage.hear(**events[place]) == "done"

    assert result(triage) == ("accepted", "became_a_mutual")


def test_a_case_that_was_reopened_has_not_ended(triage: Desk) -> None:
    triage.hear(**moved("case_closed", 5, outcome="advice_complete"))
    triage.hear(**moved("case_reopened", 6))

    assert result(triage) == (None, None)


def test_a_decision_that_is_none_is_parked(triage: Desk) -> None:
    assert triage.hear(**decided("perhaps", "2026-11-21T09:00:00Z")) == "parked"
