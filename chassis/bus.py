"""RabbitMQ: connections that come back, and how requests come in.

nameko's own entrypoints lose events, die with the broker and wait for ever; these do not. Everything here runs in
threads, which eventlet makes green in a service's process.
"""

import logging
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

import amqp
import orjson
from amqp import serialization
from amqp.exceptions import AMQPError
from kombu.utils.url import parse_url

from chassis.errors import FieldError, Invalid, Refused, Unacceptable
from chassis.fields import new_id
from chassis.observe import Observer, bound, describe
from chassis.rpc import Answering, Request
from chassis.work import CallerSeal, correlation_of

REPLY_TO = "amq.rabbitmq.reply-to"
RPC = "rpc"  # the exchange by which requests reach `<service>.rpc`
HEARTBEAT = 10  # seconds; a dead peer is noticed after twice that
SOCKET_TIMEOUT = 2  # seconds; how long a read waits before it looks around, and the most that a write may take
PREFETCH = 100
READ_AHEAD = 8192  # bytes
LONGEST_MESSAGE = 4 * 1024 * 1024  # bytes
CLOSED = (OSError, AMQPError)  # what a dying connection raises; BrokenPipeError is not an AMQPError

_log = logging.getLogger(__name__)


def _read_properties(buffer: Any, offset: int) -> tuple[dict[str, Any], int]:
    """A message's properties; none where they cannot be read, so that it is refused as one without a content type.

    py-amqp raises all kinds of errors for odd bytes. They would end the consumer, and the message would come back.
    """
    try:
        properties, offset = serialization.decode_properties_basic(buffer, offset)
    except Exception:
        return {}, offset
    return properties, offset


serialization.PROPERTY_CLASSES[amqp.Message.CLASS_ID] = _read_properties


class _Channel(amqp.Channel):  # type: ignore[misc]
    """Leaves bodies as they came: else they were decoded by any codec that a message names, and some take hours."""

    def __init__(self, *place: Any, **options: Any) -> None:
        super().__init__(*place, **options, auto_decode=False)


class _Connection(amqp.Connection):  # type: ignore[misc]
    """Without `connection.blocked`: with it every publish would read the socket, in a race with the reader."""

    Channel = _Channel
    negotiate_capabilities: ClassVar[dict[str, bool]] = {
        "consumer_cancel_notify": True,
        "authentication_failure_close": True,
    }


def connect(url: str, name: str) -> amqp.Connection:
    """An open connection to the broker (`amqp://user:password@host:port/vhost`, or `amqps://`), named for operators.

    Reads and writes of its socket time out after SOCKET_TIMEOUT seconds. Raises OSError or AMQPError.
    """
    place = parse_url(url)
    connection = _Connection(
        host=f"{place['hostname']}:{place['port'] or 5672}",
        userid=place["userid"],
        password=place["password"],
        virtual_host=place["virtual_host"] or "/",
        heartbeat=HEARTBEAT,
        connect_timeout=3,
        login_method="PLAIN",
        # Given explicitly: otherwise any certificate that the authority ever signed would pass.
        ssl={"server_hostname": place["hostname"]} if place["transport"] == "amqps" else False,
        client_properties={"connection_name": name},
    )
    connection.connect()
    connection.sock.settimeout(SOCKET_TIMEOUT)
    # py-amqp asks the socket for each frame's seven bytes, then its payload, then its last byte. Asking for all that
    # has arrived, which its own buffer is made for, spares a message five of six system calls.
    receive = connection.transport._quick_recv
    connection.transport._quick_recv = lambda wanted: receive(max(wanted, READ_AHEAD))
    return connection


class Consumer:
    """A connection that consumes until it is stopped, and comes back by itself, waiting longer each time."""

    def __init__(
        self,
        url: str,
        name: str,
        subscribe: Callable[[amqp.Connection], None],
        finish: Callable[[], object] = lambda: None,
    ) -> None:
        self._url = url
        self._name = name
        self._subscribe = subscribe
        self._finish = finish
        self._connection: amqp.Connection | None = None
        self.stopping = threading.Event()
        self.connected = threading.Event()

    def run(self) -> None:
        """Consume until `stop`. `subscribe` is called with each new connection, `finish` before the last is closed."""
        wait = 0.1
        while not self.stopping.is_set():
            try:
                with connect(self._url, self._name) as self._connection:
                    self._subscribe(self._connection)
                    self.connected.set()
                    wait = 0.1
                    self._drain(self._connection)
                    self._finish()
            except CLOSED as error:
                self.connected.clear()
                _log.warning("The broker is away", extra={"place": self._name, "error": type(error).__name__})
                self.stopping.wait(wait * random.uniform(0.8, 1.2))
                wait = min(wait * 2, 5)

    def stop(self) -> None:
        """Take no more messages. What is under way can still be answered and acknowledged."""
        self.stopping.set()

    def _drain(self, connection: amqp.Connection) -> None:
        ticked = time.monotonic()
        while not self.stopping.is_set():
            with suppress(TimeoutError):
                connection.drain_events()
            if time.monotonic() - ticked > 1:
                ticked = time.monotonic()
                connection.heartbeat_tick()


def settle(message: Any, *, all_before: bool = False) -> None:
    """Acknowledge a message, if its connection still lives; if not, the broker will deliver it again."""
    try:
        message.channel.basic_ack(message.delivery_tag, multiple=all_before)
    except (*CLOSED, AttributeError):
        _log.info("An acknowledgement came too late; the message will come again")


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
        method, trace = "unreadable", ""
        try:
            request = Request.from_json(body, self._seal)
            method = request.method if request.method in self._answering.methods else "unknown"
            trace = correlation_of(request.traceparent)
            with bound(correlation_id=trace, method=method):
                reply = self._answering.answer(request)
        except (Refused, Unacceptable) as refusal:
            outcome, said = _refusal(refusal)
        except Exception as error:
            seen = {"incident": str(new_id()), "method": method, "correlation_id": trace, "error": describe(error)}
            _log.exception("A request failed", extra=seen)
            outcome, said = "incident", orjson.dumps({"incident": seen["incident"]})
        else:
            outcome, said = "done", b'{"replayed":%s,"result":%s}' % (orjson.dumps(reply.replayed), reply.body)
        self._observer.answered(method, outcome, time.perf_counter() - began)
        return said


def fault_of(message: Any, sender: str) -> str | None:
    """Why a message is none of ours, in words that hold nothing of its body; None when it is one.

    The broker itself checks that `user_id` is the user who published.
    """
    if message.properties.get("content_type") != "application/json":
        return "of another content type"
    if len(message.body or b"") > LONGEST_MESSAGE:
        return "too long"
    if message.properties.get("user_id") != sender:
        return "from a user who may not send it"
    return None


def _refusal(refusal: Refused | Unacceptable) -> tuple[str, bytes]:
    if isinstance(refusal, Unacceptable):
        refusal = Invalid([FieldError("", "The request cannot be read.")])
    return refusal.code, orjson.dumps({"error": refusal.as_dict()})
