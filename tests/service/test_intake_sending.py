"""What is queued is sent, by a real SMTP server: once, as far as SMTP allows, and for two days at most."""

import ssl
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from sqlalchemy import select, text

from deploy.ports import LOOPBACK, free_ports
from services.intake.mail.reading import read_message
from services.intake.mailbox.sending import Sender, take
from services.intake.mailbox.settings import Account
from services.intake.mailbox.smtp import Smtp
from services.intake.models import OutgoingMessage
from tests.fixtures.desk import Desk
from tests.fixtures.processes import eventually
from tests.service.intake_samples import enquiry
from tests.service.mail_samples import KEY, Counter, contacts, email, enquiries
from tests.service.smtp_sink import Sink, sender_of


def queued(intake: Desk) -> Any:
    """The one message to be sent."""
    with intake.session() as session:
        return session.scalars(select(OutgoingMessage)).one()


def make_due(intake: Desk) -> None:
    """Let the next attempt's time come."""
    with intake.session() as session:
        session.execute(text("UPDATE outgoing_messages SET next_attempt_at = now()"))


def test_an_acknowledgement_is_sent_once_and_answers_the_message(intake: Desk, sink: Sink) -> None:
    Counter(intake).take(email(message_id="<the-question@example.org>"))
    [reference] = [one["reference"] for one in enquiries(intake)]
    sender = sender_of(intake, sink)

    assert (sender.send_due(), sender.send_due()) == (1, 0)

    [envelope] = sink.kept
    assert (envelope.mail_from, envelope.rcpt_tos) == ("help@mutuals.example", ["jane@example.org"])
    assert isinstance(envelope.content, bytes)
    read = read_message(envelope.content, keys=[KEY])
    assert read.thread.in_reply_to == ("the-question@example.org",)
    assert read.thread.tokens[0].reference == reference
    assert (queued(intake).status, queued(intake).message_id) == ("sent", read.message_id)


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("record_consent", {"purpose": "contact", "act": "withdrawn", "channel": "phone"}),
        ("change_enquiry", {"safe_to_contact": {"email": False}}),
        ("withdraw_enquiry", {"reason": "They asked elsewhere."}),
        ("close_enquiry", {"reason": "Not for us."}),
    ],
)
def test_what_is_no_longer_wanted_or_not_safe_or_of_an_enquiry_that_is_over_is_withheld(
    intake: Desk, sink: Sink, method: str, body: dict[str, Any]
) -> None:
    reference = intake.ask("create_enquiry", body=enquiry(email="jane@example.org"))["reference"]

    intake.ask(method, reference=reference, body=body)

    assert sender_of(intake, sink).send_due() == 0
    assert (sink.kept, queued(intake).status, queued(intake).ended_at is None) == ([], "withheld", False)


def test_an_answer_to_it_comes_back_to_its_enquiry(intake: Desk, sink: Sink) -> None:
    intake.ask("create_enquiry", body=enquiry(email="jane@example.org"))
    [reference] = [one["reference"] for one in enquiries(intake)]
    sender_of(intake, sink).send_due()

    Counter(intake).take(email("Yes", subject="Thank you", in_reply_to=f"<{queued(intake).message_id}>"))

    assert [one["disposition"] for one in contacts(intake, reference)] == ["message_received"]


def test_what_is_refused_for_now_is_tried_again_later_as_the_same_message(intake: Desk, sink: Sink) -> None:
    intake.ask("create_enquiry", body=enquiry(email="jane@example.org"))
    sender, sink.says = sender_of(intake, sink), "451 Come back later"
    assert (sender.send_due(), sender.send_due()) == (1, 0)
    before = queued(intake)
    assert (before.status, before.attempts, before.last_fault) == ("queued", 1, "451")
    assert before.next_attempt_at > datetime.now(UTC) + timedelta(seconds=50)

    make_due(intake)
    sink.says = "250 Kept"
    assert sender.send_due() == 1

    assert (queued(intake).status, queued(intake).attempts) == ("sent", 2)
    assert queued(intake).message_id == before.message_id


def test_what_is_refused_for_good_is_a_contact_that_failed(intake: Desk, sink: Sink) -> None:
    reference = intake.ask("create_enquiry", body=enquiry(email="jane@example.org"))["reference"]
    sink.says = "550 Nobody of that name"

    assert sender_of(intake, sink).send_due() == 1

    assert (queued(intake).status, queued(intake).last_fault) == ("failed", "550")
    [contact] = contacts(intake, reference)
    assert (contact["direction"], contact["disposition"], contact["succeeded"]) == ("outbound", "undelivered", False)
    assert intake.told()[-1].type == "enquiry_contact_recorded"


def test_who_dies_while_sending_leaves_it_to_the_next_once_the_lease_is_over(intake: Desk, sink: Sink) -> None:
    intake.ask("create_enquiry", body=enquiry(email="jane@example.org"))
    with intake.session() as session:
        assert take(session, Smtp(sink.outgoing, sink.authority.trusted()), datetime.now(UTC)) is not None
    sender = sender_of(intake, sink)
    assert sender.send_due() == 0

    make_due(intake)
    assert sender.send_due() == 1

    assert queued(intake).status == "sent"


def test_eight_at_once_send_each_message_once(intake: Desk, sink: Sink) -> None:
    for number in range(24):
        intake.ask("create_enquiry", body=enquiry(email=f"person-{number}@example.org"))

    threads = [threading.Thread(target=sender_of(intake, sink).send_due) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(one.rcpt_tos[0] for one in sink.kept) == sorted(f"person-{n}@example.org" for n in range(24))


def test_a_server_that_is_not_trusted_or_not_there_is_sent_nothing_and_costs_no_attempt(
    intake: Desk, sink: Sink
) -> None:
    intake.ask("create_enquiry", body=enquiry(email="jane@example.org"))

    with pytest.raises(ssl.SSLCertVerificationError):
        sender_of(intake, sink, ssl.create_default_context()).send_due()

    assert (queued(intake).status, queued(intake).attempts, sink.kept) == ("queued", 0, [])


def test_a_server_that_begins_without_tls_is_told_nothing_before_it(intake: Desk, sink: Sink, tmp_path: Path) -> None:
    [port] = free_ports(1)
    tls = sink.authority.serves("localhost")
    controller = Controller(
        sink,
        hostname=LOOPBACK,
        port=port,
        tls_context=tls,
        require_starttls=True,
        authenticator=lambda *_: AuthResult(success=True),
    )
    controller.start()
    intake.ask("create_enquiry", body=enquiry(email="jane@example.org"))
    outgoing = replace(sink.outgoing, account=Account("localhost", port, "help", "secret", tls_first=False))

    made = Sender(Smtp(outgoing, sink.authority.trusted()), intake.database, threading.Event()).send_due()
    controller.stop()

    assert (made, len(sink.kept)) == (1, 1)


def test_it_goes_on_by_itself_until_told_to_stop(intake: Desk, sink: Sink) -> None:
    stopping = threading.Event()
    sender = Sender(Smtp(sink.outgoing, sink.authority.trusted()), intake.database, stopping)
    thread = threading.Thread(target=sender.run)
    thread.start()

    intake.ask("create_enquiry", body=enquiry(email="jane@example.org"))
    eventually(lambda: len(sink.kept) == 1, 10)
    stopping.set()
    thread.join(10)

    assert not thread.is_alive()
