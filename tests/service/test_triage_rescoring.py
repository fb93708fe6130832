"""Re-scoring what is open under another version: what would move is proposed and shown, and nothing changes."""

import copy
from datetime import timedelta

import pytest

from chassis.errors import NotAllowedNow, NotFound
from services.triage.jobs import rescorings, steps
from services.triage.service import TriageService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.rescoring_desk import ask, moved, moves, propose, read, with_a_stricter_version
from tests.service.triage_desk import FIRST


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of three and moves of two, so that a few enquiries make several."""
    monkeypatch.setattr(steps, "CHUNK", 3)
    monkeypatch.setattr(steps, "SETTLED", timedelta(0))
    monkeypatch.setattr(rescorings, "MOVED_AT_ONCE", 2)


@pytest.fixture
def triage(desk: MakeDesk) -> Desk:
    """Triage with ten enquiries and a stricter version in force."""
    return with_a_stricter_version(desk(TriageService))


def test_it_proposes_what_would_move_and_changes_nothing(triage: Desk) -> None:
    job = propose(triage)

    done = read(triage, job)
    assert (done["state"], done["seen"], done["total"]) == ("proposed", 10, 10)
    assert done["result"]["moved"] == [{"from": "refer", "to": "develop", "count": 2}]
    assert moves(triage, job) == {(f"ENQ-{number}", "refer", "develop", "proposed") for number in (3, 8)}
    assert moved(triage) == []


def test_what_has_ended_or_is_overridden_is_left_alone(triage: Desk) -> None:
    triage.hear("intake", "enquiry_closed", subject="ENQ-3", sequence=5, data={"enquiry": "ENQ-3", "status": "closed"})
    [found] = triage.ask("list_assessments", reference="ENQ-8", body={})["items"]
    body = {"outcome": "advise", "assessment": found["id"], "reason": "They asked for no more."}
    triage.ask("set_outcome", reference="ENQ-8", body=body)

    job = propose(triage)

    done = read(triage, job)
    assert (done["state"], done["result"]["enquiries"], moves(triage, job)) == ("done", 8, set())


@pytest.mark.parametrize(
    ("events", "is_open"),
    [
        ([("intake", "enquiry_answered", 2)], False),
        ([("intake", "enquiry_answered", 2), ("intake", "enquiry_reopened", 3)], True),
        ([("intake", "enquiry_reopened", 3), ("intake", "enquiry_answered", 2)], True),
        ([("intake", "enquiry_reopened", 3), ("intake", "enquiry_answered", 4)], False),
        ([("intake", "enquiry_withdrawn", 2), ("casework", "case_opened", 1)], False),
        ([("intake", "enquiry_answered", 2), ("casework", "case_opened", 1)], True),
        ([("casework", "case_opened", 1), ("casework", "case_closed", 2)], False),
        ([("casework", "case_reopened", 3), ("casework", "case_closed", 2)], True),
        (
            [("intake", "enquiry_withdrawn", 3), ("intake", "enquiry_answered", 2), ("casework", "case_opened", 1)],
            False,
        ),
    ],
)
def test_an_enquiry_is_open_until_it_or_its_case_ended(
    triage: Desk, events: list[tuple[str, str, int]], is_open: bool
) -> None:
    for source, type_, sequence in events:
        data = {"enquiry": "ENQ-3", "case": "CAS-1", "outcome": "refer", "status": "x"}
        assert triage.hear(source, type_, subject="ENQ-3", sequence=sequence, data=data) == "done"

    job = propose(triage)

    assert (("ENQ-3", "refer", "develop", "proposed") in moves(triage, job)) is is_open


def test_a_draft_is_tried_by_a_back_test_instead(triage: Desk) -> None:
    draft = {**copy.deepcopy(FIRST), "version": "draft"}
    ask(triage, "draft_criteria", subject="lead-1", body=draft)

    with pytest.raises(NotAllowedNow):
        ask(triage, "start_rescoring", version="draft", body={})


def test_a_job_of_another_kind_is_not_found(triage: Desk) -> None:
    job = propose(triage)

    for kind in ("back_test", "calibration", "nonsense"):
        with pytest.raises(NotFound):
            ask(triage, "read_job", kind=kind, job_id=job)
