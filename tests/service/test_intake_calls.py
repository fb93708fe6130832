"""Calls are kept as the exchange tells of them, and written up by contacts and enquiries."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis.errors import Forbidden, Invalid, NotFound
from chassis.fields import instant
from services.intake.domain.calls import LONGEST
from services.intake.errors import CallWrittenUp
from services.intake.service import IntakeService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.intake_samples import LEAST

CONTACT = {"channel": "phone", "direction": "inbound", "disposition": "answered"}


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work on a database of its own."""
    return desk(IntakeService)


def tell(intake: Desk, event: str, call: str = "1", **more: Any) -> None:
    """Tell intake of a call, as the exchange."""
    body = {"event": event, "callId": call, "from": "07700 900123", "direction": "in", **more}
    assert intake.ask("hear_call", roles=("telephone_exchange",), subject="exchange", body=body) is None


def listed(intake: Desk, **wanted: Any) -> list[dict[str, Any]]:
    """The calls that are listed."""
    found: list[dict[str, Any]] = intake.ask("list_calls", body=wanted)["items"]
    return found


def ended(intake: Desk) -> str:
    """The id of a call that ended."""
    tell(intake, "hangup")
    return str(listed(intake)[0]["id"])


def test_a_call_is_followed_and_told_without_its_number_and_its_people(intake: Desk) -> None:
    tell(intake, "answer", user="anna", queue="mutuals", at="2026-11-20T09:04:12Z")
    tell(intake, "newCall", at="2026-11-20T09:04:00Z")
    tell(intake, "hangup", at="2026-11-20T09:20:00Z")

    [call] = listed(intake)
    assert intake.ask("read_call", call_id=call["id"]) == call
    assert (call["status"], call["direction"], call["number"]) == ("ended", "inbound", "+447700900123")
    assert (call["users"], call["queue"], call["version"]) == (["anna"], "mutuals", 3)
    assert [call[name][14:19] for name in ("began_at", "answered_at", "ended_at")] == ["04:00", "04:12", "20:00"]
    told = intake.told()
    assert [event.data["status"] for event in told] == ["in_progress", "in_progress", "ended"]
    assert {event.subject for event in told} == {call["id"]}
    assert not any(
        word in event.to_json() for event in told for word in ("7700900123", "7700 900123", "anna", "mutuals")
    )


def test_what_is_told_again_changes_nothing(intake: Desk) -> None:
    for _ in range(3):
        tell(intake, "newCall")

    assert [call["version"] for call in listed(intake)] == [1]
    assert len(intake.told()) == 1


def test_a_telephone_that_rang_in_vain_may_be_answered_later_and_its_hang_up_then_counts(intake: Desk) -> None:
    tell(intake, "newCall", at="2026-11-20T09:04:00Z")
    for event, minute in (("hangup", 5), ("hangup", 6), ("answer", 7), ("hangup", 9)):
        tell(intake, event, user="anna", at=f"2026-11-20T09:0{minute}:00Z")

    [call] = listed(intake)
    assert (call["status"], call["ended_at"][14:19]) == ("ended", "09:00")
    # Ringing in vain a second time changed nothing, and was not told.
    assert [event.data["status"] for event in intake.told()] == ["ringing", "ended", "in_progress", "ended"]


def test_a_call_that_was_passed_there_and_back_is_listed_with_whoever_had_it_last(intake: Desk) -> None:
    for minute, event, user in (
        (9, "hangup", "anna"), (6, "answer", "anna"), (1, "answer", "anna"), (2, "hangup", "anna"),
        (2, "answer", "ben"),
    ):  # fmt: skip
        tell(intake, event, user=user, at=f"2026-11-20T09:0{minute}:00Z")

    [call] = listed(intake, written_up="false")
    assert (call["users"], call["answered_at"][14:16], call["ended_at"][14:16]) == (["anna", "ben", "anna"], "01", "09")
    assert intake.told()[-1].data["transfers"] == 2


def test_events_of_a_new_call_that_arrive_at_once_make_one_call(intake: Desk) -> None:
    with ThreadPoolExecutor(9) as threads:
        list(threads.map(lambda event: tell(intake, event), ["newCall", "answer", "hangup"] * 3))

    [call] = listed(intake)
    assert call["status"] == "ended"
    assert sorted(event.sequence for event in intake.told()) == list(range(1, call["version"] + 1))


@pytest.mark.parametrize("number", ["anonymous", "", None, "Jane"])
def test_a_call_without_a_number_is_a_call(intake: Desk, number: str | None) -> None:
    tell(intake, "newCall", **{"from": number})

    assert listed(intake)[0]["number"] is None
    assert intake.told()[0].data["withheld"] is True


def test_a_call_that_ended_without_a_record_is_listed_until_a_contact_names_it(intake: Desk) -> None:
    tell(intake, "newCall", "still ringing")
    call = ended(intake)
    assert [one["id"] for one in listed(intake, written_up="false")] == [call]
    reference = intake.ask("create_enquiry", body=LEAST)["reference"]

    contact = intake.ask("record_contact", reference=reference, body={**CONTACT, "call": call})

    assert listed(intake, written_up="false") == []
    [written] = listed(intake, written_up="true")
    assert (written["enquiry"], written["contact_id"], written["written_up_by"]) == (
        reference, contact["id"], "adviser-1",
    )  # fmt: skip
    told = intake.told()[-1]
    assert (told.type, told.sequence) == ("call_written_up", 2)
    assert told.data == {"call": call, "enquiry": reference, "contact": contact["id"]}


@pytest.mark.parametrize("events", [["newCall"], ["newCall", "answer"]])
def test_a_call_whose_hang_up_was_lost_is_listed_without_a_record_once_it_must_be_over(
    intake: Desk, events: list[str]
) -> None:
    for call, ago in (("lost", LONGEST + timedelta(minutes=1)), ("going on", LONGEST - timedelta(minutes=1))):
        for event in events:
            tell(intake, event, call, at=instant(datetime.now(UTC) - ago))
    lost = listed(intake)[-1]["id"]

    assert [one["id"] for one in listed(intake, written_up="false")] == [lost]

    intake.ask("create_enquiry", body={**LEAST, "call": lost})
    assert listed(intake, written_up="false") == []


def test_an_enquiry_that_names_its_call_writes_it_up(intake: Desk) -> None:
    call = ended(intake)

    reference = intake.ask("create_enquiry", body={**LEAST, "call": call})["reference"]

    [written] = listed(intake, written_up="true")
    assert (written["enquiry"], written["contact_id"]) == (reference, None)


def test_a_call_may_be_written_up_while_it_goes_on_and_stays_so(intake: Desk) -> None:
    tell(intake, "newCall")
    intake.ask("create_enquiry", body={**LEAST, "call": listed(intake)[0]["id"]})

    tell(intake, "hangup")

    assert listed(intake, written_up="false") == []


def test_a_call_is_written_up_once_and_a_refusal_stores_nothing(intake: Desk) -> None:
    call = ended(intake)
    reference = intake.ask("create_enquiry", body={**LEAST, "call": call})["reference"]

    with pytest.raises(CallWrittenUp):
        intake.ask("create_enquiry", body={**LEAST, "call": call})
    with pytest.raises(CallWrittenUp):
        intake.ask("record_contact", reference=reference, body={**CONTACT, "call": call})

    assert len(intake.ask("list_enquiries")["items"]) == 1
    assert intake.ask("list_contacts", reference=reference)["items"] == []


def test_a_call_that_nobody_knows_cannot_be_named_and_the_portal_names_none(intake: Desk) -> None:
    call = ended(intake)

    for roles, named in ((("adviser",), "0193c5a0-7c00-7000-8000-000000000001"), (("portal",), call)):
        with pytest.raises(Invalid) as refusal:
            intake.ask("create_enquiry", roles=roles, body={**LEAST, "call": named})
        assert [error.pointer for error in refusal.value.errors] == ["/call"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"event": "ring"}, "/event"),
        ({"callId": ""}, "/callId"),
        ({"direction": "sideways"}, "/direction"),
        ({"at": "2999-01-01T00:00:00Z"}, "/at"),
        ({"from": "0" * 321}, "/from"),
        ({"user": "\x07"}, "/user"),
    ],
)
def test_what_is_no_event_of_a_call_is_refused(intake: Desk, body: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refusal:
        tell(intake, **{"event": "newCall", **body})

    assert [error.pointer for error in refusal.value.errors] == [pointer]
    assert listed(intake) == []


def test_only_the_exchange_tells_of_calls_and_only_advisers_see_them(intake: Desk) -> None:
    with pytest.raises(Forbidden):
        intake.ask("hear_call", body={"event": "newCall", "callId": "1"})
    with pytest.raises(Forbidden):
        intake.ask("list_calls", roles=("telephone_exchange",))
    for unknown in ("x", "0193c5a0-7c00-7000-8000-000000000001"):
        with pytest.raises(NotFound):
            intake.ask("read_call", call_id=unknown)
