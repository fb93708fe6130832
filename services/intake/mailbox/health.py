"""What operators see of the mail process: its metrics, and whether it lives and misses something."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from socketserver import ThreadingMixIn
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, Counter, Gauge
from prometheus_client.exposition import generate_latest
from sqlalchemy import text

from chassis.database import Database
from chassis.observe import health_application

# Overdue is what should have been tried by now. What was put off until later is queued and not overdue.
_WAITING = text("""
SELECT 'queued', count(*), min(created_at) FROM outgoing_messages WHERE status = 'queued'
UNION ALL
SELECT 'overdue', count(*), min(next_attempt_at) FROM outgoing_messages
WHERE status = 'queued' AND next_attempt_at < now()
UNION ALL
SELECT 'quarantine', count(*), min(kept_at) FROM incoming_messages WHERE disposition = 'quarantine'
""")


class Metrics:
    """The metrics of the process, in a registry of its own. `mailboxes` is how many are read.

    A mailbox is known by its place among MAILBOXES, the first being 1: its name may be that of a person.
    """

    def __init__(self, database: Database, mailboxes: int = 0) -> None:
        self._database = database
        self.registry = registry = CollectorRegistry()
        self._filed = Counter("messages_filed", "Messages taken out of mailboxes.", ["disposition"], registry=registry)
        self._tried = Counter("messages_tried", "Attempts to send.", ["outcome"], registry=registry)
        self._read_at = {str(place): time.monotonic() for place in range(1, mailboxes + 1)}
        unread = Gauge(
            "mailbox_unread_seconds", "Since the mailbox was last looked through.", ["mailbox"], registry=registry
        )
        self._aside = Gauge(
            "mailbox_aside", "Messages that could not be taken out and stay.", ["mailbox"], registry=registry
        )
        for place in self._read_at:
            unread.labels(place).set_function(partial(self._unread, place))
            self._aside.labels(place).set(0)
        self._waiting = Gauge("messages_waiting", "Messages, by where they wait.", ["place"], registry=registry)
        self._oldest = Gauge(
            "messages_oldest_seconds", "How long the oldest of them waits.", ["place"], registry=registry
        )

    def read(self, place: int, aside: int) -> None:
        """Note that a mailbox was looked through to its end, and how many messages are put aside in it."""
        self._read_at[str(place)] = time.monotonic()
        self._aside.labels(str(place)).set(aside)

    def filed(self, disposition: str) -> None:
        """Count a message by what became of it; one that was filed before counts again."""
        self._filed.labels(disposition).inc()

    def tried(self, outcome: str) -> None:
        """Count an attempt to send: sent, later or never."""
        self._tried.labels(outcome).inc()

    def _unread(self, place: str) -> float:
        return time.monotonic() - self._read_at[place]

    def exposition(self) -> bytes:
        """All metrics in Prometheus's text format; what waits is counted in the database now."""
        with suppress(Exception), self._database.read() as session:
            for place, count, since in session.execute(_WAITING):
                self._waiting.labels(place).set(count)
                self._oldest.labels(place).set(max(0.0, time.time() - since.timestamp()) if since else 0)
        return generate_latest(self.registry)


def missing(database: Database, work: Sequence[Thread]) -> list[str]:
    """What the process needs and does not have: its database, and those of its threads that have ended."""
    ended = [thread.name for thread in work if not thread.is_alive()]
    return ended if database.answers() else ["database", *ended]


def serve(host: str, port: int, exposition: Callable[[], bytes], ready: Callable[[], list[str]]) -> None:
    """Answer /livez, /readyz and /metrics from now on."""
    application = health_application(exposition, ready)
    server = make_server(host, port, application, server_class=_Server, handler_class=_Quiet)
    Thread(target=server.serve_forever, name="health", daemon=True).start()


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    timeout = 5  # seconds for a request to come

    def log_message(self, *_: object) -> None:
        """Nothing: our own log has lines of one form."""
