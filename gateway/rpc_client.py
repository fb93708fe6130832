"""Asking over the bus, from a process of threads: one connection for all of them, a deadline for every call."""

import itertools
import logging
import random
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import amqp
import orjson

from chassis.bus import CLOSED, REPLY_TO, RPC, connect
from chassis.errors import DeadlineExceeded, Incident, RemoteRefusal, Unavailable

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered; `replayed` when it is the earlier answer to the same idempotency key."""

    result: Any
    replayed: bool


@dataclass(slots=True)
class _Call:
    done: threading.Event = field(default_factory=threading.Event)
    body: bytes | None = None


class RpcClient:
    """Calls services from many threads over one connection, which comes back by itself.

    A reply that comes after its deadline finds nobody waiting and is dropped. While the broker is away every call
    raises Unavailable at once. `user` is the broker user that the URL names; the broker checks it.
    """

    def __init__(self, url: str, user: str, *, connect_by: Callable[..., Any] = connect) -> None:
        self._url = url
        self._user = user
        self._connect_by = connect_by
        self._calls: dict[str, _Call] = {}
        self._channel: Any = None
        self._connection: Any = None
        self._stopping = threading.Event()
        self.connected = threading.Event()
        self._prefix = secrets.token_hex(6)
        self._numbers = itertools.count()
        self._thread = threading.Thread(target=self._run, name="rpc-client", daemon=True)
        self._thread.start()

    def call(self, service: str, method: str, arguments: dict[str, Any], context: dict[str, Any]) -> Answer:
        """Ask a service and wait for its answer until `context["deadline"]` (epoch seconds).

        `context` further holds `caller` (sealed), and optionally `key`, `fingerprint`, `if_match`, `traceparent`.
        Raises RemoteRefusal, Incident, Unavailable or DeadlineExceeded.
        """
        return self.receive(*self.send(service, method, arguments, context))

    def send(
        self, service: str, method: str, arguments: dict[str, Any], context: dict[str, Any]
    ) -> tuple[str, _Call, float]:
        """Ask without waiting; hand what it returns to `receive`. Raises Unavailable or DeadlineExceeded."""
        left = context["deadline"] - time.time()
        if left <= 0:
            raise DeadlineExceeded
        if not self.connected.is_set():
            raise Unavailable
        number = f"{self._prefix}-{next(self._numbers)}"
        message = amqp.Message(
            orjson.dumps({"method": method, "arguments": arguments, "context": context}),
            content_type="application/json",
            delivery_mode=1,
            reply_to=REPLY_TO,
            correlation_id=number,
            expiration=str(int(left * 1000)),
            user_id=self._user,
        )
        self._calls[number] = call = _Call()
        try:
            self._channel.basic_publish(message, RPC, service, mandatory=True)
        except (*CLOSED, AttributeError):
            self._calls.pop(number, None)
            self._drop_connection()
            raise Unavailable from None
        return number, call, context["deadline"]

    def receive(self, number: str, call: _Call, deadline: float) -> Answer:
        """Wait for the answer to what was sent."""
        try:
            if not call.done.wait(max(0.0, deadline - time.time())):
                raise DeadlineExceeded
        finally:
            self._calls.pop(number, None)
        if call.body is None:
            raise Unavailable
        said = orjson.loads(call.body)
        if "error" in said:
            raise RemoteRefusal(said["error"])
        if "incident" in said:
            raise Incident(said["incident"])
        return Answer(said["result"], said["replayed"])

    @property
    def waiting(self) -> int:
        """How many calls wait for their answer."""
        return len(self._calls)

    def close(self) -> None:
        """Stop; calls under way raise Unavailable."""
        self._stopping.set()
        self._drop_connection()
        self._thread.join(5)

    def _run(self) -> None:
        wait = 0.1
        while not self._stopping.is_set():
            try:
                self._open()
                wait = 0.1
                self._drain()
            except Exception as error:
                _log.warning("The broker is away", extra={"place": "rpc client", "error": type(error).__name__})
            self.connected.clear()
            self._drop_connection()
            self._give_up_calls()
            self._stopping.wait(wait * random.uniform(0.8, 1.2))
            wait = min(wait * 2, 2)

    def _open(self) -> None:
        self._connection = self._connect_by(self._url, "rpc client")
        channel = self._connection.channel()
        channel.basic_consume(REPLY_TO, no_ack=True, callback=self._on_reply)
        channel.events["basic_return"].add(self._on_return)
        self._channel = channel
        self.connected.set()

    def _drain(self) -> None:
        ticked = time.monotonic()
        while not self._stopping.is_set():
            with suppress(TimeoutError):
                self._connection.drain_events()
            if time.monotonic() - ticked > 1:
                ticked = time.monotonic()
                self._connection.heartbeat_tick()

    def _on_reply(self, message: Any) -> None:
        self._finish(message, message.body)

    def _on_return(self, error: Exception, exchange: str, routing_key: str, message: Any) -> None:
        self._finish(message, None)

    def _finish(self, message: Any, body: bytes | None) -> None:
        call = self._calls.pop(str(message.properties.get("correlation_id")), None)
        if call is not None:
            call.body = body
            call.done.set()

    def _give_up_calls(self) -> None:
        with suppress(KeyError):  # until none is left
            while True:
                self._calls.popitem()[1].done.set()

    def _drop_connection(self) -> None:
        with suppress(Exception):
            self._connection.transport.close()
