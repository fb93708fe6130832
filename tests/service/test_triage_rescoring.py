"""Re-scoring what is open under another version: proposed, shown, applied on a person's word, told for what moved."""

import copy
from typing import Any

import pytest

from chassis.errors import Conflict, NotAllowedNow, NotFound
from services.triage.jobs import rescorings, steps
from services.triage.service import TriageService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.triage_desk import FIRST, heard, load

LEAD = ("triage_lead",)
REASON = {"reason": "Agreed in the spring."}


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of three and moves of two, so that a few enquiries make several."""
    monkeypatch.setattr(steps, "CHUNK", 3)
    monkeypatch.setattr(rescorings, "MOVED_AT_ONCE", 2)


@pytest.fixture
def triage(desk: MakeDesk) -> Desk:
    """Triage with ten enquiries, of which 3, 4, 8 and 9 are referred; a version in force that refers 4 and 9 alone."""
    made = desk(TriageService)
    load(made)
    for number in range(10):
        assess(made, number)
    strict = copy.deepcopy(FIRST)
    strict["version"] = "strict"
    strict["bands"][0]["at_least"] = strict["bands"][1]["below"] = 100
    ask(made, "draft_criteria", subject="lead-1", body=strict)
    ask(made, "agree_criteria", subject="lead-2", version="strict", body=REASON)
    ask(made, "activate_criteria", subject="lead-2", version="strict", body=REASON)
    return made


def assess(triage: Desk, number: int, facts_version: int = 1, points: int | None = None) -> None:
    """Have an enquiry assessed."""
    data = heard(f"ENQ-{number}", facts_version=facts_version, points=number % 5 if points is None else points)
    triage.hear("intake", "enquiry_changed", subject=data["enquiry"], sequence=facts_version, data=data)


def ask(triage: Desk, method: str, **arguments: Any) -> Any:
    """Ask as a triage lead."""
    return triage.ask(method, roles=LEAD, **arguments)


def run(triage: Desk) -> None:
    """Run chunks until there is nothing to do. Rules are asked for anew, as half a second later."""
    while TriageService().run_jobs(triage.database):
        pass


def propose(triage: Desk) -> str:
    """Ask for a re-scoring under the strict version, and let it come to its proposal; its id."""
    job = str(ask(triage, "start_rescoring", version="strict", body={})["id"])
    run(triage)
    return job


def read(triage: Desk, job: str) -> dict[str, Any]:
    """The re-scoring."""
    answer: dict[str, Any] = ask(triage, "read_job", kind="rescoring", job_id=job)
    return answer


def moves(triage: Desk, job: str) -> set[tuple[str, str, str, str]]:
    """What it proposes: enquiry, from, to, state."""
    items = ask(triage, "list_moves", job_id=job, body={})["items"]
    return {(one["enquiry"], one["from"], one["to"], one["state"]) for one in items}


def moved(triage: Desk) -> list[tuple[str, int, str, str]]:
    """Enquiry, sequence, outcome and version of each verdict that is not the first on its facts."""
    told = [event for event in triage.told() if event.type == "enquiry_triaged" and event.sequence % 1000]
    return [(event.subject, event.sequence, event.data["outcome"], event.data["criteria_version"]) for event in told]


def test_it_proposes_what_would_move_and_changes_nothing(triage: Desk) -> None:
    job = propose(triage)

    done = read(triage, job)
    assert (done["state"], done["seen"], done["total"]) == ("proposed", 10, 10)
    assert done["result"]["moved"] == [{"from": "refer", "to": "develop", "count": 2}]
    assert moves(triage, job) == {(f"ENQ-{number}", "refer", "develop", "proposed") for number in (3, 8)}
    assert moved(triage) == []


def test_once_applied_only_what_moved_is_told(triage: Desk) -> None:
    job = propose(triage)

    ask(triage, "apply_rescoring", job_id=job, body={})
    run(triage)

    done = read(triage, job)
    assert (done["state"], done["result"]["applied"], done["result"]["passed_over"]) == ("done", 2, 0)
    assert moved(triage) == [(f"ENQ-{number}", 1001, "develop", "strict") for number in (3, 8)]
    assessments = triage.ask("list_assessments", reference="ENQ-3", body={})["items"]
    assert [(one["verdict"], one["criteria_version"], one["outcome"]) for one in assessments] == [
        (1, "strict", "develop"),
        (0, "2026-11", "refer"),
    ]
    states = [event.data["state"] for event in triage.told() if event.type == "rescoring_state_changed"]
    assert states == ["queued", "proposed", "applying", "done"]


def test_what_has_ended_or_is_overridden_is_left_alone(triage: Desk) -> None:
    triage.hear("intake", "enquiry_closed", subject="ENQ-3", sequence=5, data={"enquiry": "ENQ-3", "status": "closed"})
    triage.ask("set_outcome", reference="ENQ-8", body={"outcome": "advise", "reason": "They asked for no more."})

    job = propose(triage)

    assert (read(triage, job)["state"], read(triage, job)["total"], moves(triage, job)) == ("done", 8, set())


@pytest.mark.parametrize(
    ("events", "is_open"),
    [
        ([("intake", "enquiry_answered", 2)], False),
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


def test_what_moved_on_by_itself_meanwhile_is_passed_over(triage: Desk) -> None:
    job = propose(triage)
    assess(triage, 3, facts_version=2, points=0)
    triage.hear("intake", "enquiry_answered", subject="ENQ-8", sequence=2, data={"enquiry": "ENQ-8"})

    ask(triage, "apply_rescoring", job_id=job, body={})
    run(triage)

    assert (read(triage, job)["result"]["passed_over"], moved(triage)) == (2, [])
    assert {state for *_, state in moves(triage, job)} == {"passed_over"}


def test_a_process_that_dies_while_it_applies_leaves_nothing_half_done(
    triage: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescorings, "MOVED_AT_ONCE", 1)
    job = propose(triage)
    ask(triage, "apply_rescoring", job_id=job, body={})
    TriageService().run_jobs(triage.database)
    with monkeypatch.context() as dying:
        dying.setattr(rescorings, "_give_verdict", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(triage)
    assert len(moved(triage)) == 1

    run(triage)

    assert (read(triage, job)["result"]["applied"], len(moved(triage))) == (2, 2)


def test_only_the_version_in_force_is_applied(triage: Desk) -> None:
    job = propose(triage)
    ask(triage, "activate_criteria", version="2026-11", body=REASON)

    with pytest.raises(Conflict):
        ask(triage, "apply_rescoring", job_id=job, body={})


def test_applying_ends_when_another_version_comes_into_force(triage: Desk) -> None:
    job = propose(triage)
    ask(triage, "apply_rescoring", job_id=job, body={})
    ask(triage, "activate_criteria", version="2026-11", body=REASON)
    run(triage)

    assert (read(triage, job)["state"], moved(triage)) == ("cancelled", [])


def test_a_proposal_can_be_dropped_and_is_not_applied_then(triage: Desk) -> None:
    job = propose(triage)
    ask(triage, "cancel_job", kind="rescoring", job_id=job, body={})

    with pytest.raises(NotAllowedNow):
        ask(triage, "apply_rescoring", job_id=job, body={})


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
