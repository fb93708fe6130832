"""Sends what is queued, and notes what became of it.

No transaction is open while something is sent. What is taken is leased: should this process die, another sends it once
the lease is over. If the death came between the server's yes and our note, that is a second copy; SMTP knows no better.
It bears the same Message-ID as the first, by which many servers drop it. GOV.UK Notify is asked first.
"""

import logging
import random
import threading
import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from chassis.database import Database
from chassis.work import Caller, Work, new_trace
from services.intake import changing, receiving, standing, store
from services.intake.domain.post import OVER, Disposition
from services.intake.domain.reaching import may_be_written_to
from services.intake.domain.sending import Outcome, Status, after, asked_again
from services.intake.domain.states import Action
from services.intake.mail.threads import identifier
from services.intake.mailbox.letters import Letter
from services.intake.mailbox.wording import undelivered_body
from services.intake.models import Enquiry, IncomingMessage, OutgoingMessage

# Well over what all commands of a message take together.
LEASE = timedelta(minutes=10)
_LOOK = 1.0
_SHORTEST_WAIT, _LONGEST_WAIT = 1.0, 120.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, repr=False)
class Taken:
    """A message that was taken to be sent, for this attempt."""

    id: uuid.UUID
    attempt: int
    letter: Letter


@dataclass(frozen=True, slots=True)
class Handed:
    """What came of handing a message over, and a code for why it did not go.

    `provider_id` is by what the other side knows it, where it can be asked later what became of it.
    """

    outcome: Outcome
    fault: str | None = None
    provider_id: str | None = None


Carry = Callable[[Taken], Handed]


class Way(Protocol):
    """A way out. `key` signs our references, `domain` is that of the identifiers of our messages."""

    domain: str
    key: bytes

    def opened(self) -> AbstractContextManager[Carry]:
        """What hands messages over, one after the other. Raises anything while the other side cannot be reached."""


class Sender:
    """Sends what is queued in one database by one way. Several may work at once. `tried` hears of each attempt."""

    def __init__(
        self,
        way: Way,
        database: Database,
        stopping: threading.Event,
        tried: Callable[[Outcome], None] = lambda _: None,
    ) -> None:
        self._way = way
        self._database = database
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
        with self._way.opened() as carry:
            while not self._stopping.is_set() and (taken := self._take()) is not None:
                made += 1
                handed = _attempted(carry, taken)
                with self._database.change() as session:
                    note(session, taken, handed, datetime.now(UTC))
                self._tell(handed.outcome)
                if handed.fault is not None:
                    _log.warning("A message was not sent", extra={"outcome": handed.outcome, "reason": handed.fault})
                    break  # the connection may be in any state
        return made

    def _take(self) -> Taken | None:
        with self._database.change() as session:
            return take(session, self._way, datetime.now(UTC))


def _attempted(carry: Carry, taken: Taken) -> Handed:
    """What came of handing a message over. It is an attempt whatever is raised: else one message is tried for ever,
    and all others wait behind it.
    """
    try:
        return carry(taken)
    except Exception as error:
        return Handed(Outcome.LATER, type(error).__name__)


def _due(now: datetime) -> Select[OutgoingMessage]:
    queued = (OutgoingMessage.status == Status.QUEUED) & (OutgoingMessage.next_attempt_at <= now)
    return select(OutgoingMessage).where(queued).order_by(OutgoingMessage.next_attempt_at).limit(1)


def take(session: Session, way: Way, now: datetime) -> Taken | None:
    """Lease the message that is due longest, of those that nobody else is at.

    What the enquirer does not want any more, or is not safe for them, is withheld: they may have said so since it was
    queued, with this enquiry or another one. So is what speaks of an enquiry that is over by now; no message of ours
    tells of an end.
    """
    statement = _due(now).with_for_update(skip_locked=True)
    while (message := session.scalar(statement)) is not None:
        enquiry = session.get_one(Enquiry, message.enquiry_id)
        if enquiry.status not in OVER and may_be_written_to(standing.of_enquiry(session, enquiry)):
            return _leased(session, message, enquiry.reference, way, now)
        message.status, message.ended_at = Status.WITHHELD, now
    return None


def _leased(session: Session, message: OutgoingMessage, reference: str, way: Way, now: datetime) -> Taken:
    message.attempts += 1
    message.next_attempt_at = now + LEASE
    if message.message_id is None:
        message.message_id = identifier(reference, message.id.hex, way.domain, way.key)
    thread: Sequence[str] | None = session.scalar(
        select(IncomingMessage.thread).where(
            IncomingMessage.enquiry == reference, IncomingMessage.disposition == Disposition.ENQUIRY
        )
    )
    letter = Letter(message.template, message.recipient, reference, message.message_id, thread or ())
    return Taken(message.id, message.attempts, letter)


def note(session: Session, taken: Taken, handed: Handed, now: datetime) -> None:
    """Write down what became of an attempt, unless another one has begun or the message has come back meanwhile."""
    follows = after(taken.attempt, handed.outcome, now, random.random())
    if follows.status is Status.FAILED:  # before the message: whoever files a bounce locks them in this order
        store.lock_enquiry(session, taken.letter.reference)
    kept = session.execute(
        update(OutgoingMessage)
        .where(OutgoingMessage.id == taken.id, OutgoingMessage.attempts == taken.attempt)
        .where(OutgoingMessage.status == Status.QUEUED)
        .values(
            status=follows.status,
            next_attempt_at=follows.at,
            ended_at=None if follows.status is Status.QUEUED else now,
            last_fault=handed.fault,
            provider_id=handed.provider_id,
            ask_at=None if handed.provider_id is None else asked_again(now, now),
        )
        .returning(OutgoingMessage.id)
    ).all()
    if kept and follows.status is Status.FAILED:
        work = Work(session, "intake", Caller("mailbox", "mailbox"), now, new_trace(), "send_message")
        note_undelivered(work, taken.letter.reference)
        work.record()


def note_undelivered(work: Work, reference: str) -> None:
    """Write down, for whoever works on an enquiry, that a message of ours did not reach the enquirer."""
    enquiry = changing.take(work, reference, Action.RECORD_CONTACT)
    receiving.write_down(work, enquiry, undelivered_body(work.now))
