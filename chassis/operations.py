"""What operators do: look at parked events, retry or discard them. And the sweeping of what is old."""

from datetime import UTC, datetime, timedelta
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import Text, delete, func, select

from chassis.database import Database, Page, PageQuery, page
from chassis.entrypoints import command, query
from chassis.errors import NotFound
from chassis.fields import Instant, Words
from chassis.tables import Audit, Idempotency, Inbox, Outbox
from chassis.work import Work

KEPT_DONE = timedelta(days=30)
KEPT_SENT = timedelta(days=7)
KEPT_ANSWERS = timedelta(hours=72)


class ParkedEvent(Schema):
    """An event that a handler could not handle, as operators see it."""

    id = fields.UUID(attribute="event_id", metadata={"description": "The event's id."})
    handler = fields.String(metadata={"description": "The handler that could not handle it."})
    type = fields.String(metadata={"description": "The event's type."})
    subject = fields.String(metadata={"description": "What the event is about."})
    correlation_id = fields.String(metadata={"description": "The id under which logs tell of it."})
    attempts = fields.Integer(metadata={"description": "How often it was tried."})
    error = fields.String(metadata={"description": "The class and the place of the last error."})
    parked_at = Instant(attribute="handled_at", metadata={"description": "When it was last tried."})
    envelope = fields.String(metadata={"description": "The whole event; null when what came was no event."})


class Discarding(Schema):
    """Why an event is thrown away."""

    reason = Words(500, least=3, required=True, metadata={"description": "Why it may be thrown away."})


class Retrying(Schema):
    """No fields."""


class Operations:
    """Methods that the chassis adds to every service, for the role `ops` and the commands of operators."""

    name = "chassis"

    @query(roles=("ops",))
    def ping(self, work: Work) -> dict[str, str]:
        """Whether the service answers and its database too."""
        work.session.execute(select(1))
        return {"status": "ok"}

    @query(roles=("ops",), takes=PageQuery, gives=ParkedEvent)
    def list_parked(self, work: Work, body: dict[str, Any]) -> Page:
        """The service's parked events, the last parked first."""
        return page(
            work.session, select(Inbox).where(Inbox.state == "parked"), (Inbox.handled_at, Inbox.event_id), body
        )

    @query(roles=("ops",), gives=ParkedEvent)
    def show_parked(self, work: Work, event_id: str, handler: str) -> Inbox:
        """One parked event, whole."""
        return _parked(work, event_id, handler)

    @command(roles=("ops",), takes=Retrying, gives=ParkedEvent)
    def retry_parked(self, work: Work, event_id: str, handler: str, body: dict[str, Any]) -> Inbox:
        """Have a parked event tried again at once, with all its attempts before it."""
        row = _parked(work, event_id, handler)
        if row.envelope is None:
            raise NotFound("What came was no event, so it cannot be tried again. Discard it.")
        row.state, row.attempts, row.next_attempt_at = "retry", 0, work.now
        _audit(work, row, "parked_event_retried")
        return row

    @command(roles=("ops",), takes=Discarding, gives=ParkedEvent)
    def discard_parked(self, work: Work, event_id: str, handler: str, body: dict[str, Any]) -> Inbox:
        """Throw a parked event away for good. The inbox still knows it, so that it cannot come back."""
        row = _parked(work, event_id, handler)
        row.state, row.error = "discarded", f"{row.error} / discarded: {body['reason']}"
        _audit(work, row, "parked_event_discarded")
        return row


def sweep(database: Database) -> int:
    """Delete what has been kept long enough: handled events, sent events, answers to idempotency keys."""
    with database.change() as session:
        if session.scalar(select(func.pg_try_advisory_xact_lock(func.hashtext("sweep")))):
            now = datetime.now(UTC)
            session.execute(
                delete(Inbox).where(Inbox.state.in_(("done", "discarded")), Inbox.handled_at < now - KEPT_DONE)
            )
            session.execute(delete(Outbox).where(Outbox.sent_at < now - KEPT_SENT))
            session.execute(delete(Idempotency).where(Idempotency.created_at < now - KEPT_ANSWERS))
    return 0


def _parked(work: Work, event_id: str, handler: str) -> Inbox:
    row = work.session.scalars(
        select(Inbox)
        .where(Inbox.event_id.cast(Text) == event_id, Inbox.handler == handler, Inbox.state == "parked")
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such parked event.")
    return row


def _audit(work: Work, row: Inbox, action: str) -> None:
    work.session.add(
        Audit(
            at=work.now,
            actor=work.caller.subject,
            client=work.caller.client,
            action=action,
            subject=row.subject,
            sequence=0,
            correlation_id=row.correlation_id,
        )
    )
