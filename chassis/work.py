"""One unit of work: who asks, in which transaction, and what it tells."""

import re
import secrets
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from chassis.errors import Forbidden, Stale, Unacceptable
from chassis.fields import instant, new_id

# Seconds for which a signed caller is believed. The gateway signs anew long before that.
CALLER_LIFETIME = 60
MOST_BELIEVED = 1000

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")

_RECORD = """
WITH told AS (
    INSERT INTO outbox (event_id, type, envelope)
    SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[])
), noted AS (
    INSERT INTO audit (at, actor, client, action, subject, sequence, correlation_id)
    SELECT * FROM unnest(
        %s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::text[]
    )
)
INSERT INTO idempotency (client, key, fingerprint, answer)
SELECT %s::text, %s::text, %s::text, %s::text WHERE %s::boolean
"""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the person (`subject`), the program they ask by (`client`), and what they may be (`roles`)."""

    subject: str
    client: str
    roles: frozenset[str] = frozenset()

    def may(self, roles: frozenset[str]) -> bool:
        """Whether one of the roles is theirs. An admin may everything; a manager all that an adviser may."""
        held = self.roles | {"adviser"} if "manager" in self.roles else self.roles
        return "admin" in held or not roles.isdisjoint(held)


class CallerSeal:
    """Signs callers at the gateway and believes only signed ones behind it, so that the bus is no back door."""

    def __init__(self, secret: str) -> None:
        self._serializer = URLSafeTimedSerializer(secret, salt="caller")
        self._believed: dict[str, tuple[float, Caller]] = {}

    def sign(self, caller: Caller) -> str:
        """The caller as a short-lived token."""
        return str(self._serializer.dumps([caller.subject, caller.client, sorted(caller.roles)]))

    def read(self, token: object) -> Caller:
        """The caller of a token. Raises Forbidden when it is missing, forged or old."""
        until, caller = self._believed.get(str(token), (0.0, None))
        if caller is not None and time.time() < until:
            return caller
        try:
            said, sealed_at = self._serializer.loads(str(token), max_age=CALLER_LIFETIME, return_timestamp=True)
            caller = Caller(said[0], said[1], frozenset(said[2]))
        except (BadData, LookupError, TypeError):
            raise Forbidden("The call does not say, under seal, who is calling.") from None
        if len(self._believed) >= MOST_BELIEVED:
            self._believed.clear()
        self._believed[str(token)] = (sealed_at.timestamp() + CALLER_LIFETIME, caller)
        return caller


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has happened to a subject. `sequence` is the subject's version: a later fact has a higher one.

    `data` holds ids, codes, numbers and times, never personal data. `id`, `source`, `time` and `traceparent` are set
    when the event is told. The names are those of CloudEvents.
    """

    type: str
    subject: str
    sequence: int
    data: dict[str, Any]
    version: int = 1
    id: uuid.UUID = field(default_factory=new_id)
    source: str = ""
    time: str = ""
    traceparent: str = ""

    @property
    def correlation_id(self) -> str:
        """The trace id that all that follows from one request shares."""
        return correlation_of(self.traceparent)

    def to_json(self) -> str:
        """The envelope, as it lies in the outbox and crosses the bus."""
        return orjson.dumps(self).decode()

    @classmethod
    def from_json(cls, body: str | bytes) -> "Event":
        """The event of an envelope. Raises Unacceptable, without a word of the body, when it is none."""
        try:
            envelope = orjson.loads(body)
            event = cls(
                type=envelope["type"],
                subject=envelope["subject"],
                sequence=envelope["sequence"],
                data=envelope["data"],
                version=envelope["version"],
                id=uuid.UUID(envelope["id"]),
                source=envelope["source"],
                time=envelope["time"],
                traceparent=envelope["traceparent"],
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Unacceptable("not an event's envelope") from None
        texts = (event.type, event.subject, event.source, event.time, event.traceparent)
        if not all(isinstance(text, str) and len(text) <= 200 and "\0" not in text for text in texts):
            raise Unacceptable("an event's envelope with fields of the wrong type")
        numbers = (event.sequence, event.version)
        if not all(type(number) is int and 0 <= number < 2**53 for number in numbers) or type(event.data) is not dict:
            raise Unacceptable("an event's envelope with fields of the wrong type")
        if not can_be_kept(event.data):
            raise Unacceptable("an event whose data cannot be kept")
        return event


@dataclass(frozen=True, slots=True)
class Answered:
    """A command's answer as it is kept for its idempotency key. `key` is None when the caller sent none."""

    key: str | None
    fingerprint: str
    answer: str


class Work:
    """One unit of work in one transaction. `now` is taken once, so that all that is written agrees.

    `event` is the event being heard (None for commands and queries).
    """

    def __init__(self, session: Session, service: str, caller: Caller, now: datetime, trace: str, action: str) -> None:
        self.session = session
        self.service = service
        self.caller = caller
        self.now = now
        self.traceparent = trace
        self.action = action
        self.event: Event | None = None
        self.expected: int | None = None
        self.told: list[Event] = []

    def may(self, *roles: str) -> bool:
        """Whether the caller holds one of the roles."""
        return self.caller.may(frozenset(roles))

    def expect(self, version: int) -> None:
        """Raise Stale when the caller read another version of the thing than this one (If-Match)."""
        if self.expected is not None and self.expected != version:
            raise Stale

    def tell(self, event: Event) -> None:
        """Tell an event when, and only when, this transaction commits. It is the change's audit row too."""
        trace = child_of(self.traceparent)
        self.told.append(replace(event, source=self.service, time=instant(self.now), traceparent=trace))

    def record(self, answered: Answered | None = None) -> int:
        """Write what this piece of work told, as `record` does; return how many events that were."""
        return record(self.session, [self], answered)


def record(session: Session, pieces: Sequence[Work], answered: Answered | None = None) -> int:
    """Write the outbox, audit and idempotency rows of these pieces of work; return how many events were told.

    One statement, however many there are: the last thing in their transaction.
    """
    told = [(work, event) for work in pieces for event in work.told]
    if not told and (answered is None or answered.key is None):
        return 0
    session.flush()
    kept = answered or Answered(None, "", "")
    rows = (
        [str(event.id) for _, event in told],
        [event.type for _, event in told],
        [event.to_json() for _, event in told],
        [work.now for work, _ in told],
        [work.caller.subject for work, _ in told],
        [work.caller.client for work, _ in told],
        [work.action for work, _ in told],
        [event.subject for _, event in told],
        [event.sequence for _, event in told],
        [event.correlation_id for _, event in told],
        pieces[0].caller.client,
        kept.key,
        kept.fingerprint,
        kept.answer,
        kept.key is not None,
    )
    session.connection().exec_driver_sql(_RECORD, rows)
    return len(told)


def new_trace() -> str:
    """A W3C `traceparent` for work that nobody asked for."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def child_of(traceparent: str) -> str:
    """A `traceparent` of the same trace for the next step; of a new trace when it is none."""
    trace = correlation_of(traceparent)
    return f"00-{trace}-{secrets.token_hex(8)}-01" if trace else new_trace()


def correlation_of(traceparent: str) -> str:
    """The trace id in a `traceparent`: what logs, audit rows and problems call the correlation id.

    Empty for any other text: whoever sends it might have people's names repeated in every log.
    """
    found = _TRACEPARENT.fullmatch(traceparent)
    return found[1] if found else ""


def can_be_kept(document: Any) -> bool:
    """Whether a document that was read can be written again (254 levels) and PostgreSQL keeps it (no NUL)."""
    try:
        written = orjson.dumps(document)
    except TypeError:
        return False
    return b"\\u0000" not in written or not _NUL.search(written)
