"""Hearing: each event has its effect exactly once, however often and in whatever order it comes.

The handler's change, the inbox row and whatever the handler tells are one transaction; the message is acknowledged
after it. What fails is kept in the inbox and tried again, later each time, so that it holds nothing else up; after
its last attempt, or at once when it can never pass, it is parked there until a person decides.
"""

import hashlib
import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from chassis.database import Database, is_outage
from chassis.entrypoints import Handler, entrypoints_of
from chassis.errors import Refused, Unacceptable
from chassis.fields import load_tolerantly
from chassis.observe import Observer, bound, describe
from chassis.tables import Inbox
from chassis.work import Caller, Event, Work, child_of, record

# Seconds to wait before each further attempt; after the last one the event is parked.
WAITS = (0.5, 2, 8, 30, 120, 600, 1800)
# What no further attempt will change: refused by the rules, by whoever reads the event, or by the database's types.
FINAL = (Refused, Unacceptable, DataError)
UNKNOWN = "unknown"  # the handler of what came by no queue of ours

_CLAIM = """
INSERT INTO inbox (event_id, handler, state, type, subject, correlation_id)
SELECT id, %s::text, 'done', type, subject, trace
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[]) AS heard (id, type, subject, trace)
ON CONFLICT (event_id, handler) DO NOTHING RETURNING event_id
"""


class Outage(Exception):
    """The database is away. Nothing was decided about these events: hand them in again when it is back."""


class Hearing:
    """Handles the events of one service. `told` is called after a commit that told events."""

    def __init__(
        self, service: object, database: Database, observer: Observer, told: Callable[[], None] = lambda: None
    ) -> None:
        self._service = service
        self._database = database
        self._observer = observer
        self._told = told
        self.entrypoints = entrypoints_of(type(service))

    def handle(self, handler: Handler, events: Sequence[Event]) -> None:
        """Handle events in one transaction; if one of them fails, each by itself.

        Raises Outage when the database is away: then nothing has happened.
        """
        try:
            self._together(handler, events)
        except Exception as error:
            if is_outage(error):
                raise Outage from error
            if len(events) == 1:
                self._failed(handler, events[0], error)
                return
        else:
            return
        for event in events:
            self.handle(handler, [event])

    def park(self, handler: str, event: Event, reason: str) -> None:
        """Park an event that was never handled, such as one that killed the process each time. Raises Outage.

        Which handler's it was is the word of a header that anybody may write: only ours, and for theirs, are believed.
        """
        known = self.entrypoints.handlers.get(handler)
        mine = known is not None and known.hears(event.source, event.type)
        self._keep(handler if mine else UNKNOWN, event, "parked", reason, attempts=0)

    def park_garbage(self, handler: str, body: bytes, reason: str) -> None:
        """Park what was no event, as size and digest: nothing of its body is kept. Raises Outage."""
        digest = hashlib.sha256(body)
        garbage = Event("garbage", f"sha256:{digest.hexdigest()}", 0, {}, id=uuid.UUID(bytes=digest.digest()[:16]))
        mine = handler in self.entrypoints.handlers
        self._keep(handler if mine else UNKNOWN, garbage, "parked", f"{reason}; {len(body)} bytes", attempts=0)

    def retry_due(self, limit: int = 50) -> int:
        """Try again what is due, each event in a transaction of its own; return how many were tried."""
        tried = 0
        while tried < limit and self._retry_one():
            tried += 1
        return tried

    def _together(self, handler: Handler, events: Sequence[Event]) -> None:
        events = list({event.id: event for event in events}.values())  # a repeat may come in the same batch
        with self._database.change() as session:
            fresh = _claim(session, handler_name(self.entrypoints.service, handler), events)
            told = record(session, [self._run(session, handler, event) for event in events if event.id in fresh])
        if told:
            self._told()
        for event in events:
            outcome = "done" if event.id in fresh else "repeat"
            self._observer.heard(handler.name, event, outcome, None)

    def _run(self, session: Session, handler: Handler, event: Event) -> Work:
        data = load_tolerantly(handler.takes, event.data) if handler.takes else event.data
        caller = Caller(f"event:{event.source}.{event.type}", "bus")
        service = self.entrypoints.service
        work = Work(session, service, caller, datetime.now(UTC), child_of(event.traceparent), handler.name)
        work.event = event
        with bound(correlation_id=event.correlation_id, handler=handler.name, event_id=str(event.id)):
            getattr(self._service, handler.name)(work, data)
        return work

    def _failed(self, handler: Handler, event: Event, error: Exception) -> None:
        final = isinstance(error, FINAL)
        self._keep(handler.name, event, "parked" if final else "retry", describe(error), attempts=1)

    def _keep(self, handler: str, event: Event, state: str, error: str, *, attempts: int) -> None:
        row = {
            "event_id": event.id,
            "handler": handler_name(self.entrypoints.service, handler),
            "state": state,
            "type": event.type,
            "subject": event.subject,
            "correlation_id": event.correlation_id,
            "attempts": attempts,
            "next_attempt_at": _next_attempt(attempts),
            "error": error,
            "envelope": None if event.type == "garbage" else event.to_json(),
        }
        try:
            with self._database.change() as session:
                session.execute(insert(Inbox).values(row).on_conflict_do_nothing())
        except Exception as failure:
            if is_outage(failure):
                raise Outage from failure
            raise
        # Logs tell the types that we know; in any other there may be words.
        self._observer.heard(handler, replace(event, type=UNKNOWN) if handler == UNKNOWN else event, state, error)

    def _retry_one(self) -> bool:
        """Try the event that has been due for longest. The row stays locked meanwhile, so no other process tries it."""
        with self._database.change() as session:
            row = session.scalars(
                select(Inbox)
                .where(Inbox.state == "retry", Inbox.next_attempt_at <= func.now())
                .order_by(Inbox.next_attempt_at)
                .limit(1)
                .with_for_update(skip_locked=True)
            ).one_or_none()
            if row is None:
                return False
            told = self._try_again(session, row)
        if told:
            self._told()
        return True

    def _try_again(self, session: Session, row: Inbox) -> int:
        event = Event.from_json(str(row.envelope))
        handler = self.entrypoints.handlers.get(row.handler.partition(".")[2])
        row.attempts += 1
        row.handled_at = datetime.now(UTC)
        told = 0
        try:
            if handler is None:
                raise Unacceptable("this service has no such handler any more")
            with session.begin_nested():
                told = self._run(session, handler, event).record()
        except Exception as error:
            if is_outage(error):
                raise
            final = isinstance(error, FINAL) or row.attempts > len(WAITS)
            row.state, row.error = ("parked" if final else "retry"), describe(error)
            row.next_attempt_at = None if final else _next_attempt(row.attempts)
        else:
            row.state, row.error, row.envelope, row.next_attempt_at = "done", None, None, None
        self._observer.heard(row.handler.partition(".")[2], event, row.state, row.error)
        return told


def handler_name(service: str, handler: Handler | str) -> str:
    """The name of a handler in the inbox and of its queue: `<service>.<method>`."""
    return f"{service}.{handler if isinstance(handler, str) else handler.name}"


def _claim(session: Session, name: str, events: Sequence[Event]) -> set[Any]:
    """The ids of those events that this handler has not met before; their inbox rows are written."""
    arrays = (
        [str(event.id) for event in events],
        [event.type for event in events],
        [event.subject for event in events],
        [event.correlation_id for event in events],
    )
    return set(session.connection().exec_driver_sql(_CLAIM, (name, *arrays)).scalars())


def _next_attempt(attempts: int) -> datetime | None:
    if attempts == 0:
        return None
    wait = WAITS[min(attempts, len(WAITS)) - 1]
    return datetime.now(UTC) + timedelta(seconds=wait * random.uniform(0.8, 1.2))
