"""Sends what is queued, and notes what became of it.

No transaction is open while something is sent. What is taken is leased: should this process die, another sends it once
the lease is over. If the death came between the server's yes and our note, that is a second copy; SMTP knows no better.
It bears the same Message-ID as the first, by which many servers drop it.
"""

import logging
import random
import smtplib
import ssl
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from chassis.database import Database
from chassis.work import Caller, Work, new_trace
from services.intake import changing, receiving
from services.intake.domain.post import Disposition
from services.intake.domain.reaching import may_be_written_to
from services.intake.domain.sending import Outcome, Status, after
from services.intake.domain.states import Action
from services.intake.mail.threads import identifier
from services.intake.mailbox.letters import Letter, deliverable, write
from services.intake.mailbox.settings import Outgoing
from services.intake.mailbox.wording import undelivered_body
from services.intake.models import Enquiry, EnquiryWords, IncomingMessage, OutgoingMessage

# Seconds that a server may take to answer a command.
_TIMEOUT = 30.0
# Well over what all commands of a message take together.
LEASE = timedelta(minutes=10)
_LOOK = 1.0
_SHORTEST_WAIT, _LONGEST_WAIT = 1.0, 120.0
_NO_SUCH_STATUS, _FOR_GOOD = 0, 500

_WHOSE = select(Enquiry.reference, Enquiry.consent, EnquiryWords.safe_to_contact).join(Enquiry.words)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, repr=False)
class Taken:
    """A message that was taken to be sent, for this attempt."""

    id: uuid.UUID
    attempt: int
    letter: Letter


class Sender:
    """Sends what is queued in one database. Several may work at once. `tls` decides whom to trust.

    `tried` hears of each attempt.
    """

    def __init__(
        self,
        outgoing: Outgoing,
        database: Database,
        tls: ssl.SSLContext,
        stopping: threading.Event,
        tried: Callable[[Outcome], None] = lambda _: None,
    ) -> None:
        self._outgoing = outgoing
        self._database = database
        self._tls = tls
        self._stopping = stopping
        self._tell = tried

    def run(self) -> None:
        """Send until told to stop. While the server cannot be reached nothing is taken, and no attempt is counted."""
        wait = _SHORTEST_WAIT
        while not self._stopping.is_set():
            try:
                self.send_due()
            except Exception as error:
                _log.warning("Messages cannot be sent now", extra={"error": type(error).__name__})
                self._stopping.wait(wait * random.uniform(0.8, 1.2))
                wait = min(wait * 2, _LONGEST_WAIT)
            else:
                wait = _SHORTEST_WAIT
                self._stopping.wait(_LOOK)

    def send_due(self) -> int:
        """Send what is due now, one after the other; return how many attempts were made."""
        with self._database.read() as session:
            if session.scalar(_due(datetime.now(UTC))) is None:
                return 0
        made = 0
        with self._connected() as server:
            while not self._stopping.is_set() and (taken := self._take()) is not None:
                made += 1
                outcome, fault = self._send(server, taken)
                with self._database.change() as session:
                    note(session, taken, outcome, fault, datetime.now(UTC))
                self._tell(outcome)
                if fault is not None:
                    _log.warning("A message was not sent", extra={"outcome": outcome, "reason": fault})
                    break  # the connection may be in any state
        return made

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """A connection on which we are logged in, always under TLS."""
        account = self._outgoing.account
        server: smtplib.SMTP
        if account.tls_first:
            server = smtplib.SMTP_SSL(account.host, account.port, timeout=_TIMEOUT, context=self._tls)
        else:
            server = smtplib.SMTP(account.host, account.port, timeout=_TIMEOUT)
        try:
            if not account.tls_first:
                server.starttls(context=self._tls)
            server.login(account.user, account.password)
            yield server
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
        finally:
            server.close()

    def _take(self) -> Taken | None:
        with self._database.change() as session:
            return take(session, self._outgoing, datetime.now(UTC))

    def _send(self, server: smtplib.SMTP, taken: Taken) -> tuple[Outcome, str | None]:
        """Hand a message to the server; return what came of it, and a code for why it did not go."""
        outgoing = self._outgoing
        try:
            recipient = deliverable(taken.letter.recipient)
            message = write(taken.letter, outgoing.sender, outgoing.key, datetime.now(UTC))
        except (ValueError, OSError, LookupError) as error:
            return Outcome.NEVER, type(error).__name__
        try:
            server.send_message(message, outgoing.sender.addr_spec, [recipient])
        except smtplib.SMTPNotSupportedError:
            return Outcome.NEVER, "address_not_supported"
        except (smtplib.SMTPException, OSError) as error:
            code = _code_of(error, recipient)
            return Outcome.NEVER if code >= _FOR_GOOD else Outcome.LATER, str(code or type(error).__name__)
        return Outcome.SENT, None


def _code_of(error: Exception, recipient: str) -> int:
    """What the server said of this message, as SMTP's code. What it says of us is no word on the message."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, _ = error.recipients.get(recipient, (_NO_SUCH_STATUS, b""))
        return int(code)
    return error.smtp_code if isinstance(error, smtplib.SMTPDataError) else _NO_SUCH_STATUS


def _due(now: datetime) -> Select[OutgoingMessage]:
    queued = (OutgoingMessage.status == Status.QUEUED) & (OutgoingMessage.next_attempt_at <= now)
    return select(OutgoingMessage).where(queued).order_by(OutgoingMessage.next_attempt_at).limit(1)


def take(session: Session, outgoing: Outgoing, now: datetime) -> Taken | None:
    """Lease the message that is due longest, of those that nobody else is at.

    What the enquirer does not want any more, or is not safe for them, is withheld: they may have said so since it was
    queued.
    """
    statement = _due(now).with_for_update(skip_locked=True)
    while (message := session.scalar(statement)) is not None:
        reference, consent, safe = session.execute(_WHOSE.where(Enquiry.id == message.enquiry_id)).one()
        if may_be_written_to(consent, safe):
            return _leased(session, message, reference, outgoing, now)
        message.status, message.ended_at = Status.WITHHELD, now
    return None


def _leased(session: Session, message: OutgoingMessage, reference: str, outgoing: Outgoing, now: datetime) -> Taken:
    message.attempts += 1
    message.next_attempt_at = now + LEASE
    if message.message_id is None:
        message.message_id = identifier(reference, message.id.hex, outgoing.sender.domain, outgoing.key)
    thread: Sequence[str] | None = session.scalar(
        select(IncomingMessage.thread).where(
            IncomingMessage.enquiry == reference, IncomingMessage.disposition == Disposition.ENQUIRY
        )
    )
    letter = Letter(message.template, message.recipient, reference, message.message_id, thread or ())
    return Taken(message.id, message.attempts, letter)


def note(session: Session, taken: Taken, outcome: Outcome, fault: str | None, now: datetime) -> None:
    """Write down what became of an attempt, unless another one has begun or the message has come back meanwhile."""
    follows = after(taken.attempt, outcome, now, random.random())
    kept = session.execute(
        update(OutgoingMessage)
        .where(OutgoingMessage.id == taken.id, OutgoingMessage.attempts == taken.attempt)
        .where(OutgoingMessage.status == Status.QUEUED)
        .values(
            status=follows.status,
            next_attempt_at=follows.at,
            ended_at=None if follows.status is Status.QUEUED else now,
            last_fault=fault,
        )
        .returning(OutgoingMessage.id)
    ).all()
    if kept and follows.status is Status.FAILED:
        work = Work(session, "intake", Caller("mailbox", "mailbox"), now, new_trace(), "send_message")
        enquiry = changing.take(work, taken.letter.reference, Action.RECORD_CONTACT)
        receiving.write_down(work, enquiry, undelivered_body(now))
        work.record()
