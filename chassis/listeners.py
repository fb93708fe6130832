"""How events come in: from a queue to its handler, batch by batch, and from there to a settled message."""

import logging
import queue
import random
import threading
import time
from collections.abc import Sequence
from typing import Any

import amqp

from chassis.bus import PREFETCH, fault_of, settle
from chassis.entrypoints import Handler
from chassis.errors import Unacceptable
from chassis.events import Hearing, Outage
from chassis.observe import describe
from chassis.work import Event

BATCH = 50
SUSPICIOUS = 3  # deliveries after which a message is handled alone, because it may be what kills the process

_log = logging.getLogger(__name__)


class Listener:
    """Takes the events of one handler's queue and hands them over in batches, one batch after the other."""

    def __init__(self, hearing: Hearing, handler: Handler, trusted: str) -> None:
        self._hearing = hearing
        self._handler = handler
        self._trusted = trusted
        self._waiting: queue.Queue[Any] = queue.Queue()
        self.idle = threading.Event()
        self.idle.set()

    def subscribe(self, connection: amqp.Connection) -> None:
        """Begin to consume on a new connection, on a channel of this queue's own."""
        channel = connection.channel()
        channel.basic_qos(0, PREFETCH, False)
        name = f"{self._hearing.entrypoints.service}.{self._handler.name}"
        channel.basic_consume(name, callback=self._waiting.put)

    def run(self, stopping: threading.Event) -> None:
        """Handle what arrives until `stopping` is set; the batch at hand is finished first."""
        while not stopping.is_set():
            try:
                messages = [self._waiting.get(timeout=1)]
            except queue.Empty:
                continue
            while len(messages) < BATCH and not self._waiting.empty():
                messages.append(self._waiting.get_nowait())
            self.idle.clear()
            self._take([message for message in messages if message.channel.connection], stopping)
            self.idle.set()

    def _take(self, messages: list[Any], stopping: threading.Event) -> None:
        if any(_deliveries(message) >= SUSPICIOUS for message in messages):
            # One of these may be what kills the process. In random order, each by itself, the others get through.
            random.shuffle(messages)
            for message in messages:
                if self._handle([message], stopping):
                    settle(message)
        elif messages and self._handle(messages, stopping):
            settle(messages[-1], all_before=True)

    def _handle(self, messages: Sequence[Any], stopping: threading.Event) -> bool:
        """Handle them, however long the database is away; false when the process is to stop before it is back."""
        wait = 0.2
        while not stopping.is_set():
            try:
                self._hand_over(messages)
            except Outage:
                _log.warning("The database is away; events wait", extra={"handler": self._handler.name})
            except Exception as error:
                _log.exception("An event could be neither handled nor kept", extra={"error": type(error).__name__})
            else:
                return True
            stopping.wait(wait * random.uniform(0.8, 1.2))
            wait = min(wait * 2, 5)
        return False

    def _hand_over(self, messages: Sequence[Any]) -> None:
        events: list[Event] = []
        for message in messages:
            try:
                events.append(_event_of(message, self._trusted, self._handler))
            except Unacceptable as error:
                self._hearing.park_garbage(self._handler.name, _bytes(message.body), str(error))
        if events:
            self._hearing.handle(self._handler, events)


class DeadLetters:
    """Parks what came to `<service>.dead`: events that were delivered time and again and never acknowledged."""

    def __init__(self, hearing: Hearing, trusted: str) -> None:
        self._hearing = hearing
        self._trusted = trusted

    def subscribe(self, connection: amqp.Connection) -> None:
        """Begin to consume on a new connection."""
        channel = connection.channel()
        channel.basic_qos(0, 1, False)
        channel.basic_consume(f"{self._hearing.entrypoints.service}.dead", callback=self.take)

    def take(self, message: Any) -> None:
        """Park one dead letter under the handler whose queue gave it up; have it come again when that fails."""
        try:
            self._park(message)
        except Exception as error:
            _log.warning("A dead letter could not be parked; it will come again", extra={"error": describe(error)})
            time.sleep(1)
            message.channel.basic_reject(message.delivery_tag, requeue=True)
        else:
            settle(message)

    def _park(self, message: Any) -> None:
        handler = _gave_up(message)
        try:
            event = _event_of(message, self._trusted)
        except Unacceptable as error:
            self._hearing.park_garbage(handler, _bytes(message.body), str(error))
        else:
            self._hearing.park(handler, event, "given up by the broker: it never was acknowledged")


def _event_of(message: Any, trusted: str, handler: Handler | None = None) -> Event:
    """The event that a message is, sent by its source or by the user who is `trusted`. Raises Unacceptable.

    With a handler it must be one that this handler hears. Dead letters are looked at as closely: every service may
    publish to their queue, and once parked they can be tried again.
    """
    # A dead letter says itself who must have sent it; but nothing is read before it is known to be short enough.
    sender = trusted or (handler.source if handler else message.properties.get("user_id"))
    if (fault := fault_of(message, sender)) is not None:
        raise Unacceptable(fault)
    event = Event.from_json(message.body)
    if not (handler.hears(event.source, event.type) if handler else sender == (trusted or event.source)):
        raise Unacceptable(
            "an event of another source or type than this queue is for"
            if handler
            else "from a user who may not send it"
        )
    return event


def _gave_up(message: Any) -> str:
    """The name of the handler whose queue gave a message up, as far as the broker says so."""
    match (message.headers or {}).get("x-death"):
        case [{"queue": str(name)}, *_]:
            return name.rpartition(".")[2][:100]
    return "unknown"


def _deliveries(message: Any) -> int:
    count = (message.headers or {}).get("x-delivery-count")
    return count if isinstance(count, int) else 0


def _bytes(body: Any) -> bytes:
    return body.encode("utf-8", "surrogatepass") if isinstance(body, str) else bytes(body or b"")
