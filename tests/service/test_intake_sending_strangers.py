"""Nothing that a stranger wrote gets into what we send, or in its way."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select, text

from services.intake.domain.sending import MOST_ATTEMPTS
from services.intake.mail.reading import read_message
from services.intake.mailbox.sending import Carry, Handed, Sender, Taken
from services.intake.mailbox.smtp import Smtp
from services.intake.models import OutgoingMessage
from tests.fixtures.desk import Desk
from tests.service.intake_samples import enquiry
from tests.service.mail_samples import Counter, email, enquiries
from tests.service.smtp_sink import Sink, sender_of


@pytest.mark.parametrize(
    "identifier",
    [
        "=?utf-8?q?x=0D=0AReply-To:_eve@evil.example=0D=0AX:?=@y",
        "=?utf-8?q?x=0D=0A=0D=0AYour_grant_is_waiting:_https://evil.example/pay=0D=0A?=@y",
    ],
)
def test_no_identifier_of_a_message_puts_a_line_into_what_answers_it(intake: Desk, sink: Sink, identifier: str) -> None:
    Counter(intake).take(email(message_id=f"<{identifier}>", references=f"<{identifier}> <first@example.org>"))

    assert sender_of(intake, sink).send_due() == 1

    [envelope] = sink.kept
    assert isinstance(envelope.content, bytes)
    assert b"evil.example" not in envelope.content
    assert read_message(envelope.content).thread.references == ("first@example.org",)


class Stumbling(Smtp):
    """Fails, in a way that nobody knows, over whatever goes to `m…`."""

    @contextmanager
    def opened(self) -> Iterator[Carry]:
        def stumble(taken: Taken) -> Handed:
            if taken.letter.recipient.startswith("m"):
                raise AttributeError
            return carry(taken)

        with super().opened() as carry:
            yield stumble


def test_whatever_is_raised_is_an_attempt_and_keeps_nobody_else_waiting(intake: Desk, sink: Sink) -> None:
    for recipient in ("mallory@example.org", "jane@example.org"):
        intake.ask("create_enquiry", body=enquiry(email=recipient))
    sender = Sender(Stumbling(sink.outgoing, sink.authority.trusted()), intake.database, threading.Event())

    assert (sender.send_due(), sender.send_due()) == (1, 1)
    assert [one.rcpt_tos for one in sink.kept] == [["jane@example.org"]]
    for _ in range(MOST_ATTEMPTS - 1):
        with intake.session() as session:
            session.execute(text("UPDATE outgoing_messages SET next_attempt_at = now() WHERE status = 'queued'"))
        assert sender.send_due() == 1

    with intake.session() as session:
        kept = session.execute(select(OutgoingMessage.status, OutgoingMessage.last_fault)).all()
    assert sorted(map(tuple, kept), key=str) == [("failed", "AttributeError"), ("sent", None)]


def test_an_address_that_nobody_reads_is_not_written_to_whoever_would_get_a_persons_answer(
    intake: Desk, sink: Sink
) -> None:
    Counter(intake).take(email(sender="Form <noreply@forms.example.org>", reply_to="Jane <jane@example.org>"))

    assert sender_of(intake, sink).send_due() == 0

    assert sink.kept == []
    assert [one["marks"] for one in enquiries(intake)] == [["no_automatic_answer"]]
