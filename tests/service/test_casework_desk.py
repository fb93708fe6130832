"""What advisers do to a case."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis.errors import Forbidden, Invalid, NotFound, Refused, Stale
from services.casework.service import CaseworkService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.casework_story import CONTACT, EVIDENCE, NOTE, open_case, read, timeline


@pytest.fixture
def casework(desk: MakeDesk) -> Desk:
    """Casework on a database of its own."""
    return desk(CaseworkService)


@pytest.fixture
def case(casework: Desk) -> str:
    """The reference of an open case."""
    return open_case(casework)


def test_an_adviser_takes_a_case_and_says_who_owes_the_next_action(casework: Desk, case: str) -> None:
    change = {"assignee": "adviser-1", "requires_action_by": "triage_lead", "spin_out_stage": "planning"}

    changed = casework.ask("change_case", reference=case, body=change, if_match=1)

    assert {name: changed[name] for name in change} == change
    assert changed["version"] == 2
    told = casework.told()[-1]
    assert (told.type, told.sequence) == ("case_changed", 2)
    assert told.data["changed"] == ["assignee", "requires_action_by", "spin_out_stage"]
    assert changed["timeline"][0]["detail"] == {"fields": ["assignee", "requires_action_by", "spin_out_stage"]}
    assert changed["timeline"][0]["who"] == "adviser-1"
    assert read(casework, case) == changed


def test_a_case_is_put_on_hold_and_taken_up_again(casework: Desk, case: str) -> None:
    held = casework.ask("change_case", reference=case, body={"on_hold": True})
    taken_up = casework.ask("change_case", reference=case, body={"on_hold": False})

    assert (held["status"], held["on_hold"]) == ("on_hold", True)
    assert (taken_up["status"], taken_up["on_hold"]) == ("open", False)
    assert [event.data["on_hold"] for event in casework.told()[1:]] == [True, False]
    assert [event.data["changed"] for event in casework.told()[1:]] == [["on_hold"], ["on_hold"]]


def test_a_change_that_changes_nothing_is_no_change(casework: Desk, case: str) -> None:
    same = casework.ask("change_case", reference=case, body={"requires_action_by": "adviser"}, if_match=1)

    assert same["version"] == 1
    assert [event.type for event in casework.told()] == ["case_opened"]


def test_a_change_of_what_was_read_before_somebody_elses_change_is_refused(casework: Desk, case: str) -> None:
    casework.ask("change_case", reference=case, body={"on_hold": True}, if_match=1)

    with pytest.raises(Stale):
        casework.ask("change_case", reference=case, body={"assignee": "adviser-2"}, if_match=1)


def test_only_a_manager_takes_a_case_from_a_colleague(casework: Desk, case: str) -> None:
    casework.ask("change_case", reference=case, body={"assignee": "adviser-1"}, subject="adviser-1")

    with pytest.raises(Forbidden):
        casework.ask("change_case", reference=case, body={"assignee": "adviser-2"}, subject="adviser-2")
    reassigned = casework.ask(
        "change_case", reference=case, body={"assignee": "adviser-2"}, subject="manager-1", roles=["manager"]
    )

    assert reassigned["assignee"] == "adviser-2"


def test_a_note_is_kept_word_for_word(casework: Desk, case: str) -> None:
    note = casework.ask("add_note", reference=case, body=NOTE)

    [kept] = read(casework, case)["notes"]
    assert kept == note
    assert (note["text"], note["added_by"], note["version"]) == (NOTE["text"], "adviser-1", 1)
    assert timeline(casework, case) == ["note_added", "opened"]
    assert casework.told()[-1].data.keys() == {"case", "enquiry", "note"}


def test_the_same_key_keeps_one_note(casework: Desk, case: str) -> None:
    first = casework.ask("add_note", reference=case, body=NOTE, key="k1")
    again = casework.ask("add_note", reference=case, body=NOTE, key="k1")

    assert again == first
    assert len(read(casework, case)["notes"]) == 1


def test_a_contact_is_kept_with_what_came_of_it(casework: Desk, case: str) -> None:
    contact = casework.ask("record_contact", reference=case, body={**CONTACT, "sources_used": ["CIC guide"]})

    [kept] = read(casework, case)["contacts"]
    assert kept == contact
    assert (contact["succeeded"], contact["sources_used"]) == (True, ["CIC guide"])
    assert casework.told()[-1].data["disposition"] == "answered"


@pytest.mark.parametrize(
    ("times", "pointer"),
    [
        ({"started_at": "2126-01-01T00:00:00Z"}, "/started_at"),
        ({"ended_at": "2126-01-01T00:00:00Z"}, "/ended_at"),
        ({"started_at": "0202-11-20T10:00:00Z"}, "/started_at"),
        ({"started_at": "2026-11-20T10:00:00Z", "ended_at": "2026-11-20T09:59:59Z"}, "/ended_at"),
    ],
)
def test_a_contact_at_a_time_that_cannot_be_is_refused(
    casework: Desk, case: str, times: dict[str, str], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        casework.ask("record_contact", reference=case, body={**CONTACT, **times})

    assert [error.pointer for error in refused.value.errors] == [pointer]
    assert read(casework, case)["contacts"] == []


def test_a_task_is_completed_once(casework: Desk, case: str) -> None:
    task = casework.ask("add_task", reference=case, body={"title": "Send the toolkit", "due_on": "2026-12-01"})

    done = casework.ask("complete_task", reference=case, task_id=task["id"], body={}, if_match=task["version"])

    assert (task["due_on"], task["completed_at"], done["completed_by"]) == ("2026-12-01", None, "adviser-1")
    with pytest.raises(Refused, match="complete already") as refused:
        casework.ask("complete_task", reference=case, task_id=task["id"], body={})
    assert refused.value.code == "task_already_complete"
    with pytest.raises(Stale):
        casework.ask("complete_task", reference=case, task_id=task["id"], body={}, if_match=task["version"])
    assert [event.type for event in casework.told()[1:]] == ["case_task_added", "case_task_completed"]


def test_a_task_is_found_on_its_own_case_only(casework: Desk, case: str) -> None:
    other = open_case(casework, enquiry="ENQ-0000-0000")
    task = casework.ask("add_task", reference=case, body={"title": "Call back"})

    for reference, task_id in ((other, task["id"]), (case, "no-such-task"), ("CAS-0000-0000", task["id"])):
        with pytest.raises(NotFound):
            casework.ask("complete_task", reference=reference, task_id=task_id, body={})


def test_evidence_is_kept_with_the_stage_it_was_seen_at(casework: Desk, case: str) -> None:
    evidence = casework.ask("record_evidence", reference=case, body=EVIDENCE)

    [kept] = read(casework, case)["evidence"]
    assert kept == evidence
    assert evidence["source_words"] == EVIDENCE["source_words"]
    told = casework.told()[-1].data
    assert (told["spin_out_stage"], told["service_sector"]) == ("making_the_case", "community_health")
    assert (told["region"], told["observed_on"], told["category"]) == ("north_west", "2026-11-19", "pensions")
    assert "source_words" not in told


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"category": None}, "/category"),
        ({"category": "the_weather"}, "/category"),
        ({"observed_on": (datetime.now(UTC) + timedelta(days=2)).date().isoformat()}, "/observed_on"),
        ({"observed_on": "0202-11-19"}, "/observed_on"),
        ({"observed_on": "20261119"}, "/observed_on"),
        ({"source_words": "\x00"}, "/source_words"),
    ],
)
def test_evidence_that_cannot_be_counted_is_refused(
    casework: Desk, case: str, change: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        casework.ask("record_evidence", reference=case, body={**EVIDENCE, **change})

    assert [error.pointer for error in refused.value.errors] == [pointer]


def test_evidence_of_other_kinds_needs_no_category(casework: Desk, case: str) -> None:
    body = {**EVIDENCE, "kind": "success"}
    del body["category"]

    assert casework.ask("record_evidence", reference=case, body=body)["category"] is None


@pytest.mark.parametrize("method", ["read_case", "referral_snapshot"])
def test_a_case_that_is_not_there_is_not_found(casework: Desk, method: str) -> None:
    with pytest.raises(NotFound) as refused:
        casework.ask(method, reference="CAS-0000-0000")

    assert refused.value.code == "case_not_found"


@pytest.mark.parametrize("role", ["portal", "co_reviewer", "analyst", "leader"])
def test_nobody_but_advisers_and_managers_reads_cases(casework: Desk, case: str, role: str) -> None:
    with pytest.raises(Forbidden):
        casework.ask("read_case", reference=case, roles=[role])


def test_a_snapshot_for_a_referral_holds_what_the_cabinet_office_judges_by(casework: Desk, case: str) -> None:
    snapshot = casework.ask("referral_snapshot", reference=case)

    assert snapshot["case"] == case
    assert (snapshot["status"], snapshot["outcome"], snapshot["score"]) == ("open", "refer", {"value": 81.5})
    assert (snapshot["criteria_version"], snapshot["consent_to_share"]) == ("2026-11", True)
    assert snapshot["facts"]["criteria"] == {"promise": 4, "scale": 2}


def test_a_timeline_shows_the_latest_two_hundred_changes(casework: Desk, case: str) -> None:
    for number in range(201):
        casework.ask("add_note", reference=case, body={"text": f"Note {number}"})

    shown = read(casework, case)

    assert len(shown["timeline"]) == 200
    assert {entry["what"] for entry in shown["timeline"]} == {"note_added"}
    assert shown["timeline"][0]["detail"] == {"note": shown["notes"][-1]["id"]}
