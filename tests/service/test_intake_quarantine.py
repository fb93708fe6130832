"""What nobody was answered for is looked at by a person: filed after all, or left at that."""

from typing import Any

import pytest
from sqlalchemy import select, text

from chassis.errors import Invalid, NotAllowedNow, NotFound, Stale
from services.intake.models import OutgoingMessage
from tests.fixtures.desk import Desk
from tests.service.mail_samples import NOBODY, Counter, contacts, email, enquiries, queued

LIST = {"list_id": "<news.example.org>"}


def waiting(intake: Desk) -> dict[str, Any]:
    """The one message in quarantine."""
    [kept] = intake.ask("list_messages", body={"disposition": "quarantine"})["items"]
    return {"message_id": kept["id"]}


def test_a_message_becomes_a_new_enquiry_after_all(intake: Desk, counter: Counter) -> None:
    counter.take(email("We are twelve.", **LIST))

    filed = intake.ask("file_message", **waiting(intake), body={}, if_match=1)

    [enquiry] = enquiries(intake)
    assert (enquiry["message"].strip(), enquiry["enquirer"]["email"]) == ("We are twelve.", "jane@example.org")
    assert enquiry["marks"] == ["no_automatic_answer"]
    assert queued(intake) == 0, "a list is not answered by a machine"
    assert (filed["disposition"], filed["enquiry"], filed["reason"]) == ("enquiry", enquiry["reference"], "list")
    assert (filed["handled_by"], filed["version"], filed["allowed"]) == ("adviser-1", 2, [])
    assert [event.type for event in intake.told()] == ["enquiry_received", "message_released"]
    with intake.session() as session:
        audited = session.execute(text("SELECT actor, action, subject FROM audit")).all()
    assert {("adviser-1", "file_message", one) for one in (enquiry["reference"], filed["id"])} == set(audited)


def test_what_a_flood_kept_out_is_acknowledged_once_a_person_has_filed_it(intake: Desk) -> None:
    counter = Counter(intake)
    for number in range(21):
        counter.take(email(f"Question {number}"))

    intake.ask("file_message", **waiting(intake), body={})

    assert (len(enquiries(intake)), queued(intake)) == (21, 21)


@pytest.mark.parametrize(
    ("fields", "disposition", "said"),
    [
        (LIST, "reply", ("message_received", "Twelve of us.")),
        ({"auto_submitted": "auto-replied"}, "automatic", ("automatic_reply", None)),
        ({"sender": NOBODY}, "returned", ("undelivered", None)),
    ],
)
def test_a_message_goes_to_the_enquiry_that_a_person_names(
    intake: Desk, counter: Counter, fields: dict[str, str], disposition: str, said: tuple[str, str | None]
) -> None:
    counter.take(email())
    [reference] = [one["reference"] for one in enquiries(intake)]
    counter.take(email("Twelve of us.", **fields))

    filed = intake.ask("file_message", **waiting(intake), body={"enquiry": reference})

    [contact] = contacts(intake, reference)
    assert (contact["disposition"], (contact["note"] or "").strip() or None) == said
    assert contact["recorded_by"] == "adviser-1"
    assert (filed["disposition"], filed["enquiry"]) == (disposition, reference)


def test_a_bounce_that_a_person_files_says_which_message_came_back(intake: Desk, counter: Counter) -> None:
    counter.take(email())
    [reference] = [one["reference"] for one in enquiries(intake)]
    report = "multipart/report; report-type=delivery-status; boundary=b"
    back = "--b\r\n\r\nGone.\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <lost@example.net>\r\n\r\n--b--"
    counter.take(email(back, sender=NOBODY, content_type=report))
    with intake.session() as session:
        session.scalars(select(OutgoingMessage)).one().message_id = "lost@example.net"

    intake.ask("file_message", **waiting(intake), body={"enquiry": reference})

    lines = intake.ask("list_enquiry_messages", reference=reference, body={})["items"]
    assert [one["status"] for one in lines if one["direction"] == "outbound"] == ["bounced"]


def test_a_message_is_discarded_with_a_reason_and_kept(intake: Desk, counter: Counter) -> None:
    counter.take(email(**LIST))
    named = waiting(intake)

    left = intake.ask("discard_message", **named, body={"reason": "A newsletter."}, if_match=1)

    assert (left["disposition"], left["handled_reason"], left["enquiry"]) == ("discarded", "A newsletter.", None)
    assert [event.type for event in intake.told()] == ["message_discarded"]
    with pytest.raises(NotAllowedNow) as refused:
        intake.ask("discard_message", **named, body={"reason": "Again."}, if_match=2)
    assert refused.value.allowed == ["file"]
    assert intake.ask("read_raw_message", **named, body={})["content"]


def test_a_message_that_was_discarded_by_mistake_is_filed(intake: Desk, counter: Counter) -> None:
    counter.take(email(**LIST))
    named = waiting(intake)
    left = intake.ask("discard_message", **named, body={"reason": "A newsletter."})
    assert left["allowed"] == ["file"]

    filed = intake.ask("file_message", **named, body={}, if_match=2)

    [enquiry] = enquiries(intake)
    assert (filed["disposition"], filed["enquiry"], filed["version"]) == ("enquiry", enquiry["reference"], 3)
    assert (filed["handled_reason"], filed["allowed"]) == (None, [])
    assert [event.type for event in intake.told()] == ["message_discarded", "enquiry_received", "message_released"]


def test_what_cannot_be_done_changes_nothing(intake: Desk, counter: Counter) -> None:
    counter.take(email(**LIST))
    named = waiting(intake)

    with pytest.raises(Stale):
        intake.ask("file_message", **named, body={}, if_match=2)
    for wrong in ("ENQ-0000-0000", "nonsense"):
        with pytest.raises(Invalid) as refused:
            intake.ask("file_message", **named, body={"enquiry": wrong})
        assert [fault.pointer for fault in refused.value.errors] == ["/enquiry"]
    with pytest.raises(NotFound):
        intake.ask("discard_message", message_id="nonsense", body={"reason": "Gone."})

    assert (waiting(intake), enquiries(intake), intake.told()) == (named, [], [])
