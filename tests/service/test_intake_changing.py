"""Enquiries are changed, ended and written about, one writer after the other."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import text

from chassis.errors import Invalid, NotAllowedNow, Stale
from services.intake import store
from services.intake.service import IntakeService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.intake_samples import FULL, LEAST


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work on a database of its own."""
    return desk(IntakeService)


def test_changed_facts_are_triaged_again(intake: Desk) -> None:
    reference = intake.ask("create_enquiry", body=FULL)["reference"]
    change = {"facts": {"gates": {"employee_control": "yes"}, "criteria": {"promise": None}}}
    answer = intake.ask("change_enquiry", reference=reference, body=change, if_match=1)
    gates = {"public_origin": "yes", "employee_control": "yes"}
    assert answer["facts"] == {"gates": gates, "criteria": {"viability": 1}}
    assert (answer["version"], answer["facts_version"]) == (2, 2)
    told = intake.told()[-1]
    assert (told.type, told.sequence, told.data["changed"]) == ("enquiry_changed", 2, ["facts"])
    assert told.data["facts_version"] == 2
    assert told.data["facts"]["gates"] == {**gates, "consent_to_share": "yes"}


def test_changed_words_are_not_triaged_again(intake: Desk) -> None:
    reference = intake.ask("create_enquiry", body=FULL)["reference"]
    change = {"subject": None, "message": "Anew"}
    answer = intake.ask("change_enquiry", reference=reference, body=change)
    assert {name: answer[name] for name in change} == change
    assert (answer["version"], answer["facts_version"]) == (2, 1)
    assert intake.told()[-1].data["changed"] == ["message", "subject"]


def test_changed_matters_are_triaged_again_because_cases_know_them_by_their_assessment(intake: Desk) -> None:
    reference = intake.ask("create_enquiry", body=FULL)["reference"]
    answer = intake.ask("change_enquiry", reference=reference, body={"matters": []})
    told = intake.told()[-1].data
    assert (answer["facts_version"], told["facts_version"], told["profile"]["matters"]) == (2, 2, [])


def test_a_change_that_changes_nothing_is_not_told(intake: Desk) -> None:
    created = intake.ask("create_enquiry", body=FULL)
    change = {"subject": FULL["subject"], "facts": {"gates": {"public_origin": "yes"}}}
    assert intake.ask("change_enquiry", reference=created["reference"], body=change) == created
    assert len(intake.told()) == 1


def test_an_enquiry_keeps_a_subject_or_a_message(intake: Desk) -> None:
    reference = intake.ask("create_enquiry", body=LEAST)["reference"]
    with pytest.raises(Invalid) as refusal:
        intake.ask("change_enquiry", reference=reference, body={"subject": None})
    assert [error.pointer for error in refusal.value.errors] == ["/message"]


def test_answers_may_not_grow_past_forty_by_changes(intake: Desk) -> None:
    gates = {f"gate_{number}": "yes" for number in range(40)}
    reference = intake.ask("create_enquiry", body={**LEAST, "facts": {"gates": gates}})["reference"]
    with pytest.raises(Invalid) as refusal:
        intake.ask("change_enquiry", reference=reference, body={"facts": {"gates": {"one_more": "no"}}})
    assert [error.pointer for error in refusal.value.errors] == ["/facts/gates"]


def test_a_change_to_what_somebody_else_changed_is_stale(intake: Desk) -> None:
    reference = intake.ask("create_enquiry", body=FULL)["reference"]
    intake.ask("change_enquiry", reference=reference, body={"subject": "First"}, if_match=1)
    with pytest.raises(Stale):
        intake.ask("change_enquiry", reference=reference, body={"subject": "Second"}, if_match=1)
    assert intake.ask("read_enquiry", reference=reference)["subject"] == "First"


@pytest.mark.parametrize(
    ("method", "status"),
    [("answer_enquiry", "answered"), ("withdraw_enquiry", "withdrawn"), ("close_enquiry", "closed")],
)
def test_an_enquiry_ends_with_a_reason_and_once(intake: Desk, method: str, status: str) -> None:
    reference = intake.ask("create_enquiry", body=FULL)["reference"]
    answer = intake.ask(method, reference=reference, body={"reason": "All was said."}, if_match=1)
    assert (answer["status"], answer["status_reason"], answer["version"]) == (status, "All was said.", 2)
    told = intake.told()[-1]
    assert (told.type, told.sequence, told.data) == (
        f"enquiry_{status}", 2, {"enquiry": reference, "status": status},
    )  # fmt: skip
    with pytest.raises(NotAllowedNow) as refusal:
        intake.ask(method, reference=reference, body={"reason": "Again."})
    assert "record_contact" in (refusal.value.allowed or [])
    assert intake.ask("read_enquiry", reference=reference) == answer


def test_a_contact_is_kept_and_told(intake: Desk) -> None:
    reference = intake.ask("create_enquiry", body=FULL)["reference"]
    body = {
        "channel": "phone", "direction": "outbound", "disposition": "callback_promised", "succeeded": True,
        "started_at": "2026-11-20T10:00:00Z", "ended_at": "2026-11-20T10:05:00Z",
        "sources_used": ["guide-1"], "note": "Will ring on Tuesday.",
    }  # fmt: skip
    contact = intake.ask("record_contact", reference=reference, body=body, subject="adviser-7")
    assert {name: contact[name] for name in body} == body
    assert (contact["recorded_by"], contact["version"]) == ("adviser-7", 1)
    assert intake.ask("list_contacts", reference=reference) == {"items": [contact], "next": None}
    told = intake.told()[-1]
    assert (told.type, told.sequence, told.data["contact"]) == ("enquiry_contact_recorded", 2, contact["id"])
    assert "Tuesday" not in told.to_json()


def test_contacts_are_listed_newest_first_and_possible_after_the_end(intake: Desk) -> None:
    reference = intake.ask("create_enquiry", body=FULL)["reference"]
    intake.ask("close_enquiry", reference=reference, body={"reason": "Done."})
    for day in (18, 20, 19):
        body = {"channel": "email", "direction": "inbound", "disposition": "answered",
                "started_at": f"2026-11-{day}T10:00:00Z"}  # fmt: skip
        intake.ask("record_contact", reference=reference, body=body)
    listed = intake.ask("list_contacts", reference=reference)["items"]
    first = intake.ask("list_contacts", reference=reference, body={"limit": "1"})
    second = intake.ask("list_contacts", reference=reference, body={"limit": "1", "after": first["next"]})
    assert [*first["items"], *second["items"]] == listed[:2]
    assert [contact["started_at"][8:10] for contact in listed] == ["20", "19", "18"]


def test_many_writers_at_once_lose_none_of_what_they_wrote(intake: Desk) -> None:
    reference = intake.ask("create_enquiry", body=FULL)["reference"]
    together = Barrier(20)

    def write(number: int) -> None:
        together.wait()
        if number % 2:
            body = {"channel": "phone", "direction": "inbound", "disposition": "answered"}
            intake.ask("record_contact", reference=reference, body=body)
        else:
            change = {"facts": {"gates": {f"gate_{number}": "yes"}}}
            intake.ask("change_enquiry", reference=reference, body=change)

    with ThreadPoolExecutor(20) as threads:
        list(threads.map(write, range(20)))
    enquiry = intake.ask("read_enquiry", reference=reference)
    assert (enquiry["version"], enquiry["facts_version"]) == (21, 11)
    assert len(enquiry["facts"]["gates"]) == 12
    assert sorted(told.sequence for told in intake.told()) == list(range(1, 22))


@pytest.mark.parametrize(
    ("times", "pointer"),
    [
        ({"started_at": "2999-01-01T00:00:00Z"}, "/started_at"),
        ({"ended_at": "2999-01-01T00:00:00Z"}, "/ended_at"),
        ({"started_at": "2026-11-20T10:00:00Z", "ended_at": "2026-11-20T09:59:59Z"}, "/ended_at"),
    ],
)
def test_a_contact_has_taken_place_and_ends_after_it_began(intake: Desk, times: dict[str, str], pointer: str) -> None:
    reference = intake.ask("create_enquiry", body=FULL)["reference"]
    body: dict[str, Any] = {"channel": "phone", "direction": "inbound", "disposition": "answered", **times}
    with pytest.raises(Invalid) as refusal:
        intake.ask("record_contact", reference=reference, body=body)
    assert [error.pointer for error in refusal.value.errors] == [pointer]
    assert intake.ask("list_contacts", reference=reference)["items"] == []


def test_who_waits_for_another_change_sees_what_it_changed(intake: Desk) -> None:
    reference = intake.ask("create_enquiry", body=FULL)["reference"]
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with ThreadPoolExecutor(1) as thread:
        with intake.session() as session:
            store.lock_enquiry(session, reference).words.subject = "Meanwhile"
            session.flush()
            change = {"subject": FULL["subject"]}
            answer = thread.submit(intake.ask, "change_enquiry", reference=reference, body=change)
            with intake.database.read() as onlooker:
                while not onlooker.scalar(text(waiting)):
                    onlooker.execute(text("SELECT pg_sleep(0.01)"))
        assert answer.result()["subject"] == FULL["subject"]
    assert intake.ask("read_enquiry", reference=reference)["subject"] == FULL["subject"]
    assert intake.told()[-1].data["changed"] == ["subject"]
