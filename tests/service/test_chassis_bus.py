"""Requests and events over a real broker, between processes as they run in earnest."""

import time
from collections.abc import Callable

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from chassis.errors import DeadlineExceeded, Incident, RemoteRefusal, Unavailable
from tests.fixtures.probes import Base, Hearer, Teller
from tests.fixtures.processes import Bus, MakeProbeDatabase


def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    """What a statement finds in a database."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def eventually(condition: Callable[[], bool], seconds: float = 15) -> None:
    """Wait until the condition holds; fail when it does not in time."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.05)


def test_a_command_is_answered_and_its_event_is_heard_once(bus: Bus, probe_database: MakeProbeDatabase) -> None:
    told, heard = probe_database(Base, "intake"), probe_database(Base, "triage")
    bus.serve(Hearer, heard)
    bus.serve(Teller, told)
    client = bus.client()

    answer = bus.ask(client, "intake", "enter", body={"name": "Siân"}, key="k1")
    again = bus.ask(client, "intake", "enter", body={"name": "Siân"}, key="k1")

    assert answer.result == {"name": "Siân", "version": 1, "times": 0}
    assert (again.result, again.replayed) == (answer.result, True)
    eventually(lambda: rows(heard, "SELECT name, times FROM entries") == [("Siân", 1)])
    eventually(lambda: rows(told, "SELECT count(*) FROM outbox WHERE sent_at IS NULL") == [(0,)])
    assert rows(told, "SELECT actor, action, subject FROM audit") == [("adviser-1", "enter", "Siân")]
