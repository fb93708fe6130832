"""Answering: from what a caller asked to what it is told, once, in time, and only to whom it may be told."""

import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

import amqp
import orjson
from marshmallow import Schema
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from chassis.bus import CLOSED, PREFETCH, fault_of, settle
from chassis.database import Database, Page, is_outage, is_worth_repeating
from chassis.entrypoints import Remote, entrypoints_of
from chassis.errors import (
    DeadlineExceeded,
    FieldError,
    Forbidden,
    Invalid,
    KeyReused,
    KeyRunning,
    NotFound,
    Refused,
    Unacceptable,
    Unavailable,
)
from chassis.observe import Observer, bound, describe
from chassis.references import new_id
from chassis.work import Answered, Caller, CallerSeal, Work, correlation_of, new_trace

REPLY_TO = "amq.rabbitmq.reply-to"
_log = logging.getLogger(__name__)

_TRIES = 3
_EARLIER = """
SELECT pg_try_advisory_xact_lock(%s), earlier.fingerprint, earlier.answer
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
        for attempt in range(1, _TRIES + 1):
            try:
                return self._change_once(remote, method, request)
            except DBAPIError as error:
                if attempt == _TRIES or not is_worth_repeating(error):
                    raise
        raise AssertionError("unreachable: the last try returns or raises")

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
    return _dumper(remote.gives).dump(result) if remote.gives and result is not None else result


@cache
def _dumper(schema: type[Schema]) -> Schema:
    return schema()


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


class Responder:
    """Takes requests from `<service>.rpc` and answers them on the channel they came by.

    A request is acknowledged when its work begins: should it kill the process it does not come back to kill the
    next one, and whoever asked repeats it with the same idempotency key. `spawn` runs a function beside others.
    """

    def __init__(
        self,
        answering: Answering,
        seal: CallerSeal,
        observer: Observer,
        spawn: Callable[..., Any],
        trusted: str,
    ) -> None:
        self._answering = answering
        self._seal = seal
        self._observer = observer
        self._spawn = spawn
        self._trusted = trusted

    def subscribe(self, connection: amqp.Connection) -> None:
        """Begin to consume on a new connection."""
        channel = connection.channel()
        channel.basic_qos(0, PREFETCH, False)
        channel.basic_consume(f"{self._answering.service}.rpc", callback=self.take)

    def take(self, message: Any) -> None:
        """Begin to answer one request. What is no request of the gateway's is dropped with a line in the log."""
        settle(message)
        reply_to = message.properties.get("reply_to")
        fault = fault_of(message, self._trusted)
        if fault is None and not (isinstance(reply_to, str) and reply_to.startswith(REPLY_TO)):
            fault = "without a direct reply-to"
        if fault is not None:
            _log.warning("A request was dropped", extra={"reason": fault, "size": len(message.body or b"")})
            return
        self._spawn(self._reply, message, reply_to)

    def _reply(self, message: Any, reply_to: str) -> None:
        answer = amqp.Message(
            self._answer(message.body), correlation_id=message.properties.get("correlation_id"), delivery_mode=1
        )
        try:
            message.channel.basic_publish(answer, "", reply_to)
        except (*CLOSED, AttributeError):
            _log.info("An answer came too late; whoever asked has gone or will ask again")

    def _answer(self, body: bytes | str) -> bytes:
        began = time.perf_counter()
        method = "unreadable"
        try:
            request = self._read(body)
            method = request.method if request.method in self._answering.methods else "unknown"
            with bound(correlation_of(request.traceparent), method=method):
                reply = self._answering.answer(request)
        except (Refused, Unacceptable) as refusal:
            outcome, said = _refusal(refusal)
        except Exception as error:
            incident = str(new_id())
            _log.exception("A request failed", extra={"incident": incident, "method": method, "error": describe(error)})
            outcome, said = "incident", orjson.dumps({"incident": incident})
        else:
            outcome, said = "done", b'{"replayed":%s,"result":%s}' % (orjson.dumps(reply.replayed), reply.body)
        self._observer.answered(method, outcome, time.perf_counter() - began)
        return said

    def _read(self, body: bytes | str) -> Request:
        try:
            asked = orjson.loads(body)
            context = asked["context"]
            request = Request(
                method=asked["method"],
                arguments=asked["arguments"],
                caller=self._seal.read(context["caller"]),
                deadline=float(context["deadline"]),
                key=context.get("key"),
                fingerprint=context.get("fingerprint"),
                if_match=context.get("if_match"),
                traceparent=context.get("traceparent") or new_trace(),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Unacceptable("not a request") from None
        texts = (request.method, request.key or "", request.fingerprint or "", request.traceparent)
        if not all(isinstance(text, str) and len(text) <= 255 and "\0" not in text for text in texts):
            raise Unacceptable("a request with fields of the wrong type")
        if request.if_match is not None and type(request.if_match) is not int:
            raise Unacceptable("a request with fields of the wrong type")
        return request


def _refusal(refusal: Refused | Unacceptable) -> tuple[str, bytes]:
    if isinstance(refusal, Unacceptable):
        refusal = Invalid([FieldError("", "The request cannot be read.")])
    return refusal.code, orjson.dumps({"error": refusal.as_dict()})
