"""What operators see: logs as JSON lines, metrics, health. None of it may fail a call, none of it tells on people."""

import contextlib
import logging
import sys
import traceback
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any, Protocol

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest
from sqlalchemy import text

from chassis.database import Database
from chassis.errors import Refused
from chassis.work import Event

# A log line holds these fields and no others: an allow-list cannot forget a new kind of personal data.
ALLOWED = frozenset(
    "event level timestamp service correlation_id method handler event_id event_type source outcome reason size "
    "seconds incident error attempt count queue place status route port logger version subject".split()
)
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_BACKLOG = """
SELECT (SELECT count(*) FROM outbox WHERE sent_at IS NULL),
       (SELECT count(*) FROM inbox WHERE state = 'retry'),
       (SELECT count(*) FROM inbox WHERE state = 'parked')
"""


# `with bound(correlation_id=…, method=…)`: every log line inside carries these fields.
bound = structlog.contextvars.bound_contextvars


class Observer(Protocol):
    """Who is told what became of each request and each event."""

    def answered(self, method: str, outcome: str, seconds: float) -> None:
        """A request was answered: `done`, `incident` or a refusal's code."""

    def heard(self, handler: str, event: Event, outcome: str, error: str | None) -> None:
        """An event was handled (`done`, `repeat`), put off (`retry`) or `parked`."""

    def published(self, count: int) -> None:
        """So many events were confirmed by the broker."""


class Metrics:
    """The metrics of one process, in a registry of its own, and the log lines that go with them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._log = logging.getLogger("chassis.events")
        self.registry = registry = CollectorRegistry()
        self._requests = Counter("rpc_requests", "Requests answered.", ["method", "outcome"], registry=registry)
        self._seconds = Histogram("rpc_seconds", "Time to answer.", ["method"], buckets=_SECONDS, registry=registry)
        self._events = Counter("events_heard", "Events heard.", ["handler", "outcome"], registry=registry)
        self._published = Counter("events_published", "Events confirmed by the broker.", registry=registry)
        self._backlog = Gauge(
            "events_waiting", "Events in the store, by where they wait.", ["place"], registry=registry
        )

    def answered(self, method: str, outcome: str, seconds: float) -> None:
        """Count an answered request. `seconds` is from its arrival to its answer."""
        self._requests.labels(method, outcome).inc()
        self._seconds.labels(method).observe(seconds)

    def heard(self, handler: str, event: Event, outcome: str, error: str | None) -> None:
        """Count an event; log it when it was put off or parked."""
        self._events.labels(handler, outcome).inc()
        if error is not None:
            seen = {"handler": handler, "event_id": str(event.id), "event_type": event.type}
            self._log.warning("An event was not handled", extra={**seen, "outcome": outcome, "error": error})

    def published(self, count: int) -> None:
        """Count published events."""
        self._published.inc(count)

    def exposition(self) -> bytes:
        """All metrics in Prometheus's text format; the backlog is counted in the database now."""
        with contextlib.suppress(Exception), self._database.read() as session:
            for place, count in zip(("outbox", "retry", "parked"), session.execute(text(_BACKLOG)).one(), strict=True):
                self._backlog.labels(place).set(count)
        return generate_latest(self.registry)


def health_application(
    exposition: Callable[[], bytes], ready: Callable[[], list[str]]
) -> Callable[..., Iterable[bytes]]:
    """A WSGI application with /livez, /readyz and /metrics. `ready` names the parts that are missing."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO")
        status, body = "200 OK", b"ok\n"
        if path == "/metrics":
            body = exposition()
        elif path == "/readyz":
            if missing := ready():
                status, body = "503 Service Unavailable", f"missing: {', '.join(missing)}\n".encode()
        elif path != "/livez":
            status, body = "404 Not Found", b"not found\n"
        start_response(status, [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))])
        return [body]

    return application


def configure_logging(service: str, level: str = "INFO") -> None:
    """Write every log line of the process to standard output as one JSON object with allowed fields only."""

    def name_service(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {"service": service, **line}

    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        name_service,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[_keep_allowed, structlog.processors.JSONRenderer()],
        )
    )
    handler.addFilter(_without_words)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for noisy in ("amqp", "kombu", "nameko", "alembic", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def describe(error: BaseException) -> str:
    """An error's class and the place it was raised, never its words, which may hold personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "nowhere"
    if isinstance(error, Refused):
        pointers = " ".join([error.code, *(fault.pointer for fault in error.errors[:5])])
        return f"{pointers} at {place}"
    return f"{type(error).__name__} at {place}"


def _without_words(record: logging.LogRecord) -> bool:
    """Drop what libraries put into a message and what an exception says: either may hold personal data."""
    record.args = ()
    if not isinstance(record.msg, str):
        record.msg = describe(record.msg) if isinstance(record.msg, BaseException) else type(record.msg).__name__
    if record.exc_info and record.exc_info[1] is not None:
        record.error = describe(record.exc_info[1])
        record.place = _stack(record.exc_info[1])
    record.exc_info, record.exc_text, record.stack_info = None, None, None
    return True


def _stack(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    return " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames)


def _keep_allowed(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: value for key, value in line.items() if key in ALLOWED}
