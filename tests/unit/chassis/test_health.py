"""What operators ask a process: whether it lives, what it misses, and its metrics."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from chassis.observe import Metrics, health_application
from tests.unit.chassis.fakes import event


class Away:
    """A database that is away."""

    def read(self) -> Any:
        """Fail."""
        raise OSError


class Counting:
    """A database in which so much waits."""

    @contextmanager
    def read(self) -> Iterator["Counting"]:
        """A session."""
        yield self

    def execute(self, _: object) -> "Counting":
        """Count."""
        return self

    def one(self) -> tuple[int, int, int]:
        """Counts."""
        return (3, 2, 1)


def test_requests_and_events_are_counted_by_what_became_of_them() -> None:
    metrics = Metrics(Counting())

    metrics.answered("enter", "done", 0.002)
    metrics.heard("keep", event(), "done", None)
    metrics.published(7)

    page = metrics.exposition().decode()
    for line in (
        'rpc_requests_total{method="enter",outcome="done"} 1.0',
        'rpc_seconds_bucket{le="0.0025",method="enter"} 1.0',
        'events_heard_total{handler="keep",outcome="done"} 1.0',
        "events_published_total 7.0",
        'events_waiting{place="outbox"} 3.0',
        'events_waiting{place="retry"} 2.0',
        'events_waiting{place="parked"} 1.0',
    ):
        assert line in page


def test_metrics_are_shown_while_the_database_is_away() -> None:
    assert b"events_published_total 0.0" in Metrics(Away()).exposition()


@pytest.mark.parametrize(
    ("path", "missing", "status", "body"),
    [
        ("/livez", ["database"], "200 OK", b"ok\n"),
        ("/readyz", [], "200 OK", b"ok\n"),
        ("/readyz", ["database", "broker"], "503 Service Unavailable", b"missing: database, broker\n"),
        ("/", [], "404 Not Found", b"not found\n"),
        (None, [], "404 Not Found", b"not found\n"),
    ],
)
def test_health_says_whether_it_lives_and_what_it_misses(
    path: str | None, missing: list[str], status: str, body: bytes
) -> None:
    started: list[Any] = []
    application = health_application(Metrics(Away()).exposition, lambda: missing)

    said = application({"PATH_INFO": path}, lambda *words: started.extend(words))

    assert list(said) == [body]
    assert started[0] == status
    assert dict(started[1])["Content-Length"] == str(len(body))


def test_the_metrics_page_is_what_the_metrics_show() -> None:
    metrics = Metrics(Counting())

    [page] = health_application(metrics.exposition, list)({"PATH_INFO": "/metrics"}, lambda *_: None)

    assert page == metrics.exposition()
