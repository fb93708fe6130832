"""Asks GOV.UK Notify what became of what it was handed, until it is delivered or not, or nobody can say any more."""

import logging
import threading
import uuid
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.database import Database
from chassis.work import Caller, Work, new_trace
from services.intake.domain.sending import Delivery, Status, asked_again, delivery_of
from services.intake.mailbox.notify import Notify
from services.intake.mailbox.sending import LEASE, note_undelivered
from services.intake.models import Enquiry, OutgoingMessage

_LOOK = 5.0  # seconds
_WAIT = 60.0  # seconds after something went wrong

_log = logging.getLogger(__name__)


class Following:
    """Follows messages of one database. Several may work at once."""

    def __init__(self, notify: Notify, database: Database, stopping: threading.Event) -> None:
        self._notify = notify
        self._database = database
        self._stopping = stopping

    def run(self) -> None:
        """Ask until told to stop."""
        while not self._stopping.is_set():
            try:
                self.ask_due()
            except Exception as error:
                _log.warning("Notify cannot be asked now", extra={"error": type(error).__name__})
                self._stopping.wait(_WAIT)
            else:
                self._stopping.wait(_LOOK)

    def ask_due(self) -> int:
        """Ask after what is due now; return after how many. No transaction is open meanwhile. Raises Unanswered."""
        asked = 0
        while not self._stopping.is_set() and (taken := self._take()) is not None:
            message_id, provider_id = taken
            said = self._notify.status_of(provider_id)
            with self._database.change() as session:
                note(session, message_id, said, datetime.now(UTC))
            asked += 1
        return asked

    def _take(self) -> tuple[uuid.UUID, str] | None:
        with self._database.change() as session:
            now = datetime.now(UTC)
            due = select(OutgoingMessage).where(OutgoingMessage.ask_at <= now).order_by(OutgoingMessage.ask_at)
            message = session.scalar(due.limit(1).with_for_update(skip_locked=True))
            if message is None:
                return None
            message.ask_at = now + LEASE
            return message.id, str(message.provider_id)


def note(session: Session, message_id: uuid.UUID, said: str | None, now: datetime) -> None:
    """Write down what Notify says of a message; None is that it knows it no more."""
    message = session.scalars(select(OutgoingMessage).where(OutgoingMessage.id == message_id).with_for_update()).one()
    delivery = delivery_of(said)
    message.ask_at = asked_again(message.ended_at or now, now) if delivery is Delivery.UNDER_WAY else None
    if delivery is Delivery.DELIVERED:
        message.delivered_at = now
    if delivery in (Delivery.RETURNED, Delivery.FAILED) and message.status == Status.SENT:
        message.status = Status.BOUNCED if delivery is Delivery.RETURNED else Status.FAILED
        message.last_fault, message.ended_at = f"notify_{said}", now
        work = Work(session, "intake", Caller("mailbox", "mailbox"), now, new_trace(), "follow_message")
        reference = session.scalars(select(Enquiry.reference).where(Enquiry.id == message.enquiry_id)).one()
        note_undelivered(work, reference)
        work.record()
