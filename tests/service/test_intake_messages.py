"""Advisers see the e-mails of an enquiry, in and out, and download them and their files in pieces."""

from base64 import b64decode
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import select, text

from chassis.errors import Forbidden, Invalid, NotFound
from services.intake.messages.pieces import PIECE
from services.intake.models import IncomingMessage, OutgoingMessage
from tests.fixtures.desk import Desk
from tests.service.mail_samples import NOBODY, Counter, email, enquiries, signed
from tests.service.runbook import retention


def with_files(*contents: bytes) -> bytes:
    """A message with files."""
    message = EmailMessage()
    message["From"], message["To"] = "Jane Smith <jane@example.org>", "help@mutuals.example"
    message["Subject"], message["Message-ID"] = "Our plan", "<files@example.org>"
    message.set_content("See the files.")
    for number, content in enumerate(contents):
        message.add_attachment(content, maintype="text", subtype="html", filename=f"plän {number}.html")
    return message.as_bytes()


def downloaded(intake: Desk, method: str, **named: str) -> tuple[str, bytes, int]:
    """What the pieces of something make together: its name, its bytes, and how many pieces they were."""
    after, content, pieces, name = 0, b"", 0, ""
    while after is not None:
        piece = intake.ask(method, **named, body={"after": after})
        name, after, pieces = piece["name"], piece["next"], pieces + 1
        content += b64decode(piece["content"])
    return name, content, pieces


def test_the_messages_of_an_enquiry_are_listed_in_and_out_the_newest_first(intake: Desk, counter: Counter) -> None:
    counter.take(email())
    [reference] = [one["reference"] for one in enquiries(intake)]
    counter.take(email("Twelve of us.", subject=signed(reference)))
    with intake.session() as session:
        sent = session.scalars(select(OutgoingMessage)).one()
        sent.status, sent.last_fault, sent.ended_at = "bounced", "550", sent.created_at

    lines: list[Any] = []
    after = None
    while after is not None or not lines:
        body = {"limit": 1, "after": after}
        page = intake.ask("list_enquiry_messages", reference=reference, body=body)
        lines, after = [*lines, *page["items"]], page["next"]

    assert [(one["direction"], one["disposition"], one["status"]) for one in lines] == [
        ("inbound", "reply", None),
        ("outbound", None, "bounced"),
        ("inbound", "enquiry", None),
    ]
    assert (lines[0]["sender_name"], lines[0]["sender"]) == ("Jane Smith", "jane@example.org")
    assert (lines[1]["subject"], lines[1]["recipient"]) == ("We have received your enquiry", "jane@example.org")
    assert (lines[1]["last_fault"], lines[1]["next_attempt_at"]) == ("550", None)
    assert {one["enquiry"] for one in lines} == {reference}


def test_a_message_is_read_whichever_way_it_went(intake: Desk, counter: Counter) -> None:
    counter.take(with_files(b"<b>1</b>", b""))
    [reference] = [one["reference"] for one in enquiries(intake)]
    out, came = intake.ask("list_enquiry_messages", reference=reference, body={})["items"]

    read = intake.ask("read_message", message_id=came["id"])
    assert (read["text"].strip(), read["subject"], read["may_be_answered"]) == ("See the files.", "Our plan", True)
    assert [(one["number"], one["name"], one["size"]) for one in read["files"]] == [
        (1, "plän 0.html", 8),
        (2, "plän 1.html", 0),
    ]
    assert read["files"][0]["link"] == f"/v1/messages/{came['id']}/files/1"
    assert intake.ask("read_message", message_id=out["id"])["status"] == "queued"
    with intake.session() as session:
        session.scalars(select(IncomingMessage)).one().reading = None
    assert intake.ask("read_message", message_id=came["id"]) == read, "where it was not kept it is read again"


def test_a_message_and_its_files_are_downloaded_in_pieces_and_that_is_kept(intake: Desk, counter: Counter) -> None:
    large = bytes(range(256)) * (PIECE // 256) + b"the end"
    counter.take(raw := with_files(large))
    [came] = intake.ask("list_messages", body={})["items"]
    named = {"message_id": came["id"]}

    assert downloaded(intake, "read_raw_message", **named) == (f"message-{came['id']}.eml", raw, 2)
    assert downloaded(intake, "read_message_file", **named, number="1") == ("plän 0.html", large, 2)
    with intake.session() as session:
        noted = session.execute(text("SELECT actor, action, subject FROM audit WHERE action LIKE 'read%'")).all()
    assert noted == [("adviser-1", action, came["id"]) for action in ("read_raw_message", "read_message_file")]


def test_behind_the_end_there_is_nothing_and_too_far_behind_it_is_refused(intake: Desk, counter: Counter) -> None:
    counter.take(email())
    [came] = intake.ask("list_messages", body={})["items"]

    behind = intake.ask("read_raw_message", message_id=came["id"], body={"after": 2**31 - 2})
    assert (behind["content"], behind["next"]) == ("", None)
    with pytest.raises(Invalid):
        intake.ask("read_raw_message", message_id=came["id"], body={"after": 2**31 - 1})


@pytest.mark.parametrize("number", ["0", "2", "-1", "x", "１", "9" * 90])
def test_what_is_not_there_is_not_found_and_not_noted(intake: Desk, counter: Counter, number: str) -> None:
    counter.take(with_files(b"one"))
    [came] = intake.ask("list_messages", body={})["items"]

    with pytest.raises(NotFound):
        intake.ask("read_message_file", message_id=came["id"], number=number, body={})
    for message_id in ("nonsense", "0192f0c1-0000-7000-8000-000000000000"):
        for method in ("read_message", "read_raw_message"):
            with pytest.raises(NotFound):
                intake.ask(method, message_id=message_id, **({"body": {}} if "raw" in method else {}))
    with intake.session() as session:
        assert session.scalar(text("SELECT count(*) FROM audit WHERE action LIKE 'read%'")) == 0


def test_messages_are_listed_by_what_became_of_them(intake: Desk, counter: Counter) -> None:
    counter.take(email())
    counter.take(email(sender=NOBODY, auto_submitted="auto-replied"))

    [kept] = intake.ask("list_messages", body={"disposition": "quarantine"})["items"]

    assert (kept["reason"], kept["enquiry"]) == ("bounce", None)
    assert len(intake.ask("list_messages", body={})["items"]) == 2


def test_what_was_emptied_as_the_runbook_says_is_listed_and_known_and_says_nothing(
    intake: Desk, counter: Counter
) -> None:
    counter.take(raw := with_files(b"one"))
    with intake.session() as session:
        session.execute(text("UPDATE enquiries SET status = 'closed'"))
        session.execute(text("UPDATE incoming_messages SET handled_reason = 'Jane rang.'"))
        session.execute(text("UPDATE outgoing_messages SET status = 'sent'"))
    with intake.session() as session:
        session.execute(text(retention("0 seconds")))

    [left] = intake.ask("list_messages", body={})["items"]
    read = intake.ask("read_message", message_id=left["id"])
    assert (left["sender"], left["subject"], read["text"], read["files"]) == (None, None, "", [])
    assert read["handled_reason"] is None
    assert downloaded(intake, "read_raw_message", message_id=left["id"])[1] == b""
    with intake.session() as session:
        assert session.scalars(select(OutgoingMessage)).one().recipient == ""
    counter.take(raw)
    assert len(enquiries(intake)) == 1


@pytest.mark.parametrize("role", ["portal", "co_reviewer", "analyst", "ops"])
def test_nobody_but_advisers_reads_messages(intake: Desk, role: str) -> None:
    with pytest.raises(Forbidden):
        intake.ask("list_messages", body={}, roles=(role,))
