"""Answering: from what a caller asked to what it is told, once, in time, and only to whom it may be told."""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import orjson
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from chassis.database import Database, Page, is_outage, is_worth_repeating
from chassis.entrypoints import Remote, entrypoints_of
from chassis.errors import (
    DeadlineExceeded,
    Forbidden,
    KeyReused,
    KeyRunning,
    NotFound,
    Unacceptable,
    Unavailable,
)
from chassis.fields import instance_of
from chassis.work import Answered, Caller, CallerSeal, Work, can_be_kept, new_trace

_TRIES = 3
_EARLIER = """
SELECT pg_try_advisory_xact_lock(%s::bigint), earlier.fingerprint, earlier.answer
FROM (SELECT 1) AS one LEFT JOIN idempotency AS earlier ON earlier.client = %s AND earlier.key = %s
"""


@dataclass(frozen=True, slots=True)
class Request:
    """A question or command as it arrived: what, by whom, until when (epoch seconds), and under which key.

    `fingerprint` tells one request from another under the same idempotency key; `if_match` is the version read.
    """

    method: str
    arguments: Any
    caller: Caller
    deadline: float = float("inf")
    key: str | None = None
    fingerprint: str | None = None
    if_match: int | None = None
    traceparent: str = field(default_factory=new_trace)

    @classmethod
    def from_json(cls, body: str | bytes, seal: CallerSeal) -> "Request":
        """The request of a message's body. Raises Forbidden for a caller not under seal, Unacceptable for the rest."""
        try:
            asked = orjson.loads(body)
            context = asked["context"]
            request = cls(
                method=asked["method"],
                arguments=asked["arguments"],
                caller=seal.read(context["caller"]),
                deadline=float(context["deadline"]),
                key=context.get("key"),
                fingerprint=context.get("fingerprint"),
                if_match=context.get("if_match"),
                traceparent=context.get("traceparent") or new_trace(),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Unacceptable("not a request") from None
        optional = (text for text in (request.key, request.fingerprint) if text is not None)
        texts = (request.method, request.traceparent, *optional)
        if not all(isinstance(text, str) and len(text) <= 255 and "\0" not in text for text in texts):
            raise Unacceptable("a request with fields of the wrong type")
        if type(context["deadline"]) not in (int, float) or type(request.if_match) not in (int, type(None)):
            raise Unacceptable("a request with fields of the wrong type")
        if not can_be_kept(request.arguments):
            raise Unacceptable("a request whose arguments cannot be kept")
        return request


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer as JSON, and whether it is an earlier one repeated."""

    body: bytes
    replayed: bool = False


class Answering:
    """Answers the RPC methods of one service, and of what stands `beside` it in the same process.

    `told` is called after a commit that told events.
    """

    def __init__(
        self,
        service: object,
        database: Database,
        told: Callable[[], None] = lambda: None,
        beside: Sequence[object] = (),
    ) -> None:
        self._database = database
        self._told = told
        self.service = entrypoints_of(type(service)).service
        self.methods = {
            name: (remote, getattr(owner, name))
            for owner in (*beside, service)
            for name, remote in entrypoints_of(type(owner)).remotes.items()
        }

    def answer(self, request: Request) -> Reply:
        """Do what is asked and return its answer. Raises Refused for what callers may know of."""
        if request.method not in self.methods:
            raise NotFound("There is no such method.")
        remote, method = self.methods[request.method]
        if time.time() > request.deadline:
            raise DeadlineExceeded
        if not request.caller.may(remote.roles):
            raise Forbidden("Your roles do not allow this.")
        arguments = remote.load(request.arguments)
        try:
            do = self._change if remote.changes else self._ask
            return do(remote, partial(method, **arguments), request)
        except Exception as error:
            if is_outage(error):
                raise Unavailable from error
            raise

    def _ask(self, remote: Remote, method: Callable[[Work], Any], request: Request) -> Reply:
        with self._database.read() as session:
            return Reply(orjson.dumps(_dump(remote, method(self._work(session, request)))))

    def _change(self, remote: Remote, method: Callable[[Work], Any], request: Request) -> Reply:
        for _ in range(_TRIES - 1):
            try:
                return self._change_once(remote, method, request)
            except DBAPIError as error:
                if not is_worth_repeating(error):
                    raise
        return self._change_once(remote, method, request)

    def _change_once(self, remote: Remote, method: Callable[[Work], Any], request: Request) -> Reply:
        fingerprint = request.fingerprint or _fingerprint(request)
        with self._database.change() as session:
            earlier = _earlier_answer(session, request, fingerprint)
            if earlier is not None:
                return Reply(earlier, replayed=True)
            work = self._work(session, request)
            result = method(work)
            session.flush()
            body = orjson.dumps(_dump(remote, result))
            told = work.record(Answered(request.key, fingerprint, body.decode()))
        if told:
            self._told()
        return Reply(body)

    def _work(self, session: Session, request: Request) -> Work:
        work = Work(session, self.service, request.caller, datetime.now(UTC), request.traceparent, request.method)
        work.expected = request.if_match
        return work


def _dump(remote: Remote, result: Any) -> Any:
    if isinstance(result, Page):
        return {"items": [_dump(remote, item) for item in result.items], "next": result.next}
    return instance_of(remote.gives).dump(result) if remote.gives and result is not None else result


def _fingerprint(request: Request) -> str:
    asked = orjson.dumps([request.method, request.arguments], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(asked).hexdigest()


def _earlier_answer(session: Session, request: Request, fingerprint: str) -> bytes | None:
    """The answer that this key was given before. Holds the key, until the transaction ends, when it is new.

    Should the first request commit between the snapshot and the lock, the insert at the end meets its row, the
    transaction is repeated and finds the answer then.
    """
    if request.key is None:
        return None
    digest = hashlib.sha256(f"{request.caller.client}\0{request.key}".encode()).digest()
    lock = int.from_bytes(digest[:8], "big", signed=True)
    row = session.connection().exec_driver_sql(_EARLIER, (lock, request.caller.client, request.key)).one()
    if row[1] is not None and row[1] != fingerprint:
        raise KeyReused
    if row[2] is not None:
        return str(row[2]).encode()
    if not row[0]:
        raise KeyRunning
    return None
