"""A re-scoring that is applied on a person's word: what moved is told, and nothing else; whatever comes in between."""

import copy
import threading
from datetime import timedelta

import pytest

from chassis.errors import Conflict, NotAllowedNow, Stale
from services.triage import store
from services.triage.domain.verdicts import MOST_VERDICTS
from services.triage.jobs import ChunkFailed, rescorings, steps
from services.triage.models import Enquiry
from services.triage.service import TriageService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.rescoring_desk import REASON, ask, assess, moved, moves, propose, read, run, with_a_stricter_version
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


def test_a_re_scoring_is_applied_by_who_has_seen_what_it_proposes(triage: Desk) -> None:
    job = propose(triage)
    seen = read(triage, job)["version"]

    with pytest.raises(Stale):
        ask(triage, "apply_rescoring", job_id=job, body={}, if_match=seen - 1)

    assert ask(triage, "apply_rescoring", job_id=job, body={}, if_match=seen)["version"] == seen + 1


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
        with pytest.raises(ChunkFailed):
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

    ended = read(triage, job)
    assert (ended["state"], ended["result"]["ended_because"]) == ("cancelled", "Another version came into force.")
    assert moved(triage) == []


def test_what_came_in_between_proposal_and_word_is_looked_at_too(triage: Desk) -> None:
    ask(triage, "activate_criteria", version="2026-11", body=REASON)
    later = {**copy.deepcopy(FIRST), "version": "later"}
    later["bands"][0]["at_least"] = later["bands"][1]["below"] = 100
    ask(triage, "draft_criteria", subject="lead-1", body=later)
    ask(triage, "agree_criteria", subject="lead-2", version="later", body=REASON)
    job = str(ask(triage, "start_rescoring", version="later", body={})["id"])
    run(triage)
    assess(triage, 13)
    assess(triage, 0, facts_version=2, points=3)
    ask(triage, "activate_criteria", version="later", body=REASON)

    ask(triage, "apply_rescoring", job_id=job, body={})
    run(triage)

    assert {enquiry for enquiry, *_ in moved(triage)} == {"ENQ-0", "ENQ-3", "ENQ-8", "ENQ-13"}


def test_it_waits_until_the_version_has_reached_every_process(triage: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "SETTLED", timedelta(hours=1))
    job = propose(triage)

    ask(triage, "apply_rescoring", job_id=job, body={})
    run(triage)

    assert (read(triage, job)["state"], moved(triage)) == ("applying", [])


def test_an_outcome_that_changed_too_often_is_passed_over(triage: Desk) -> None:
    with triage.session() as session:
        for number in (3, 8):
            session.add(Enquiry(reference=f"ENQ-{number}", facts_version=1, verdict=MOST_VERDICTS - 1))
    job = propose(triage)

    ask(triage, "apply_rescoring", job_id=job, body={})
    run(triage)

    assert (read(triage, job)["result"]["passed_over"], moved(triage)) == (2, [])


def test_an_enquiry_whose_outcome_is_being_set_is_waited_for(triage: Desk) -> None:
    job = propose(triage)
    ask(triage, "apply_rescoring", job_id=job, body={})
    with triage.session() as session:
        store.lock_enquiries(session, ["ENQ-3"])
        applying = threading.Thread(target=run, args=(triage,))
        applying.start()
        applying.join(0.5)
        assert applying.is_alive()
    applying.join()

    assert read(triage, job)["state"] == "done"


def test_a_proposal_can_be_dropped_and_is_not_applied_then(triage: Desk) -> None:
    job = propose(triage)
    ask(triage, "cancel_job", kind="rescoring", job_id=job, body={})

    with pytest.raises(NotAllowedNow):
        ask(triage, "apply_rescoring", job_id=job, body={})
