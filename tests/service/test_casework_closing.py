"""Cases are closed, stay open to word and evidence, and can be reopened."""

from typing import Any

import pytest

from chassis.errors import NotAllowedNow, Refused
from services.casework.service import CaseworkService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.casework_story import CLOSING, CONTACT, EVIDENCE, NOTE, move, open_case, timeline


@pytest.fixture
def casework(desk: MakeDesk) -> Desk:
    """Casework on a database of its own."""
    return desk(CaseworkService)


@pytest.fixture
def case(casework: Desk) -> str:
    """The reference of an open case."""
    return open_case(casework)


def test_a_case_is_closed_with_an_outcome_and_a_reason(casework: Desk, case: str) -> None:
    closed = casework.ask("close_case", reference=case, body=CLOSING, if_match=1)

    assert closed["status"] == "closed"
    assert [(one["outcome"], one["reason"]) for one in closed["closings"]] == [tuple(CLOSING.values())]
    data = {"case": case, "enquiry": closed["enquiry"], "outcome": "advice_complete", "pauses": []}
    assert casework.told()[-1].data == data


def test_a_closed_case_is_reopened_with_a_reason(casework: Desk, case: str) -> None:
    casework.ask("change_case", reference=case, body={"requires_action_by": "enquirer"})
    casework.ask("close_case", reference=case, body=CLOSING)

    reopened = casework.ask("reopen_case", reference=case, body={"reason": "They rang again."})

    assert (reopened["status"], reopened["requires_action_by"]) == ("open", "adviser")
    [closing] = reopened["closings"]
    assert (closing["reopened_because"], closing["reopened_by"]) == ("They rang again.", "adviser-1")
    assert [event.type for event in casework.told()][-2:] == ["case_closed", "case_reopened"]
    assert timeline(casework, case)[:2] == ["reopened", "closed"]


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("change_case", {"on_hold": True}),
        ("record_contact", CONTACT),
        ("add_task", {"title": "Call back"}),
        ("close_case", CLOSING),
    ],
)
def test_a_closed_case_says_what_it_still_allows(casework: Desk, case: str, method: str, body: dict[str, Any]) -> None:
    casework.ask("close_case", reference=case, body=CLOSING)

    with pytest.raises(NotAllowedNow) as refused:
        casework.ask(method, reference=case, body=body)

    assert refused.value.allowed == ["add_note", "record_evidence", "reopen"]


def test_word_and_evidence_reach_a_closed_case(casework: Desk, case: str) -> None:
    casework.ask("close_case", reference=case, body=CLOSING)

    casework.ask("add_note", reference=case, body=NOTE)
    casework.ask("record_evidence", reference=case, body=EVIDENCE)

    assert timeline(casework, case)[:2] == ["evidence_recorded", "note_added"]


def test_an_open_case_cannot_be_reopened(casework: Desk, case: str) -> None:
    with pytest.raises(NotAllowedNow) as refused:
        casework.ask("reopen_case", reference=case, body={"reason": "A slip."})

    assert "close" in (refused.value.allowed or [])


def test_a_case_with_a_live_referral_is_not_closed(casework: Desk, case: str) -> None:
    move(casework, case, "referral_sent", 1, sent_at="2026-11-20T10:30:00Z")

    with pytest.raises(Refused) as refused:
        casework.ask("close_case", reference=case, body=CLOSING)

    assert (refused.value.kind, refused.value.code) == ("conflict", "referral_is_live")
    move(casework, case, "referral_withdrawn", 2, status="withdrawn")
    assert casework.ask("close_case", reference=case, body=CLOSING)["status"] == "closed"
