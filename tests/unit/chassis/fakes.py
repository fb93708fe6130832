"""A broker, a hearing and an observer that a test holds in its hand. Messages are real ones."""

import queue
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import amqp

from chassis.entrypoints import Entrypoints
from chassis.work import Event, new_trace


class Patience(threading.Event):
    """An event on which nobody really waits: it notes for how long they would have, and is set after `most` waits."""

    def __init__(self, most: int = 1000) -> None:
        super().__init__()
        self.waits: list[float] = []
        self._most = most

    def wait(self, timeout: float | None = None) -> bool:
        """Note the wait and return at once."""
        self.waits.append(timeout or 0.0)
        if len(self.waits) >= self._most:
            self.set()
        return self.is_set()


class FakeChannel:
    """Keeps what was done by it. While `fault` is set, whatever would write to the socket raises it."""

    def __init__(self, connection: Any = "alive") -> None:
        self.connection = connection
        self.fault: Exception | None = None
        self.acked: list[tuple[int, bool]] = []
        self.rejected: list[tuple[int, bool]] = []
        self.published: list[tuple[amqp.Message, str, str, bool]] = []
        self.consumers: dict[str, Callable[[Any], None]] = {}
        self.prefetch: tuple[int, int, bool] | None = None
        self.events: defaultdict[str, set[Callable[..., None]]] = defaultdict(set)
        self.confirms = False

    def basic_qos(self, size: int, count: int, whole: bool) -> None:
        """Set how much may be under way."""
        self.prefetch = (size, count, whole)

    def basic_consume(self, queue_name: str, *, callback: Callable[[Any], None], no_ack: bool = False) -> None:
        """Begin to consume."""
        self.consumers[queue_name] = callback

    def confirm_select(self) -> None:
        """Ask for confirms."""
        self.confirms = True

    def basic_ack(self, tag: int, multiple: bool = False) -> None:
        """Acknowledge."""
        self._write()
        self.acked.append((tag, multiple))

    def basic_reject(self, tag: int, requeue: bool) -> None:
        """Give back."""
        self._write()
        self.rejected.append((tag, requeue))

    def basic_publish(self, message: amqp.Message, exchange: str, key: str, mandatory: bool = False) -> None:
        """Publish."""
        self._write()
        self.published.append((message, exchange, key, mandatory))

    def say(self, event: str, *words: Any) -> None:
        """What the broker says of its own accord: `basic_ack`, `basic_nack` or `basic_return`."""
        for listener in list(self.events[event]):
            listener(*words)

    def _write(self) -> None:
        if self.fault is not None:
            raise self.fault


class FakeConnection:
    """A connection on which what `come` holds comes in, one after the other; an exception in it is raised."""

    def __init__(self, *come: Callable[[], Any] | Exception) -> None:
        self.come: queue.SimpleQueue[Callable[[], Any] | Exception] = queue.SimpleQueue()
        for one in come:
            self.come.put(one)
        self.channels: list[FakeChannel] = []
        self.beats = 0
        self.closed = False
        self.close_fault: Exception | None = None
        self.timeouts: list[float] = []
        self.sock = SimpleNamespace(settimeout=self.timeouts.append)
        self.transport = SimpleNamespace(close=self._cut)

    def __enter__(self) -> "FakeConnection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def last(self) -> FakeChannel:
        """The channel that was opened last."""
        return self.channels[-1]

    def channel(self) -> FakeChannel:
        """Open a channel."""
        self.channels.append(FakeChannel(self))
        return self.channels[-1]

    def drain_events(self) -> None:
        """Read what comes in next; time out when nothing does."""
        try:
            one = self.come.get(timeout=0.01)
        except queue.Empty:
            raise TimeoutError from None
        if isinstance(one, Exception):
            raise one
        one()

    def heartbeat_tick(self) -> None:
        """Let the heart beat."""
        self.beats += 1

    def close(self) -> None:
        """Say good-bye."""
        self.closed = True
        if self.close_fault is not None:
            raise self.close_fault

    def _cut(self) -> None:
        self.closed = True
        self.come.put(ConnectionResetError())


class FakeBroker:
    """Gives each who connects the next of its lines, or raises it; when it has none left it is away."""

    def __init__(self, *lines: FakeConnection | Exception) -> None:
        self.lines = deque(lines)
        self.asked: list[tuple[str, str]] = []

    def connect(self, url: str, name: str) -> FakeConnection:
        """Connect."""
        self.asked.append((url, name))
        line = self.lines.popleft() if self.lines else ConnectionRefusedError()
        if isinstance(line, Exception):
            raise line
        return line


class FakeHearing:
    """Keeps what it is handed; raises the next of its faults instead while it has some."""

    def __init__(self, *faults: Exception, after: Callable[[], None] = lambda: None) -> None:
        self.entrypoints = Entrypoints("triage")
        self.handled: list[list[str]] = []
        self.parked: list[tuple[str, str, str]] = []
        self.tries = 0
        self._faults = deque(faults)
        self._after = after

    def handle(self, handler: Any, events: Sequence[Event]) -> None:
        """Handle a batch."""
        self._try()
        self.handled.append([event.subject for event in events])
        self._after()

    def park(self, handler: str, event: Event, reason: str) -> None:
        """Park an event."""
        self._try()
        self.parked.append((handler, event.subject, reason))
        self._after()

    def park_garbage(self, handler: str, body: bytes, reason: str) -> None:
        """Park what was no event."""
        self._try()
        self.parked.append((handler, f"{len(body)} bytes", reason))
        self._after()

    def _try(self) -> None:
        self.tries += 1
        if self._faults:
            raise self._faults.popleft()


class Noted:
    """An observer that keeps what it is told."""

    def __init__(self) -> None:
        self.answers: list[tuple[str, str]] = []
        self.outcomes: list[str] = []
        self.counts: list[int] = []

    def answered(self, method: str, outcome: str, seconds: float) -> None:
        """A request was answered."""
        assert seconds >= 0
        self.answers.append((method, outcome))

    def heard(self, handler: str, event: Event, outcome: str, error: str | None) -> None:
        """An event was heard."""
        self.outcomes.append(outcome)

    def published(self, count: int) -> None:
        """Events were published."""
        self.counts.append(count)


def message(
    body: bytes | str,
    tag: int = 1,
    *,
    channel: Any = None,
    headers: dict[str, Any] | None = None,
    **properties: Any,
) -> amqp.Message:
    """A message as it comes in; a property that is None is left out."""
    usual = {"content_type": "application/json", "user_id": "intake", "application_headers": headers}
    given = {name: value for name, value in (usual | properties).items() if value is not None}
    made = amqp.Message(body, channel=channel if channel is not None else FakeChannel(), **given)
    made.delivery_info = {"delivery_tag": tag}
    return made


def event(subject: str = "Ann", type: str = "entered", source: str = "intake") -> Event:
    """An event as its source tells it."""
    return Event(type, subject, 1, {}, source=source, time="2026-11-21T09:05:00Z", traceparent=new_trace())
