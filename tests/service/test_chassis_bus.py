"""Requests and events over a real broker, between processes as they run in earnest."""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import amqp
import pytest
from amqp.exceptions import AMQPError

from chassis.bus import connect
from chassis.entrypoints import entrypoints_of
from chassis.errors import DeadlineExceeded, Incident, RemoteRefusal, Unavailable
from chassis.work import Caller, CallerSeal
from deploy.topology import declare
from gateway.rpc_client import RpcClient
from tests.fixtures.desk import Desk
from tests.fixtures.probes import Base, Hearer, Teller
from tests.fixtures.processes import Bus, MakeProbeDatabase, eventually, rows


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


def test_an_unforeseen_failure_tells_the_caller_an_id_and_the_log_no_words(
    bus: Bus, probe_database: MakeProbeDatabase
) -> None:
    teller = bus.serve(Teller, probe_database(Base, "intake"))
    client = bus.client()

    with pytest.raises(Incident) as incident:
        bus.ask(client, "intake", "fail")

    log = teller.log.read_text()
    assert incident.value.incident in log
    assert "ValueError at probes.py" in log
    assert "07700" not in log
    assert "Siân" not in log


def test_a_refusal_crosses_the_bus_as_it_was_said(bus: Bus, probe_database: MakeProbeDatabase) -> None:
    bus.serve(Teller, probe_database(Base, "intake"))
    client = bus.client()

    with pytest.raises(RemoteRefusal) as invalid:
        bus.ask(client, "intake", "enter", body={"name": 1})
    with pytest.raises(RemoteRefusal) as forbidden:
        bus.ask(client, "intake", "enter", body={"name": "Ann"}, roles=["analyst"])

    assert (invalid.value.kind, [error.pointer for error in invalid.value.errors]) == ("invalid", ["/name"])
    assert forbidden.value.kind == "forbidden"


def test_a_caller_without_a_seal_is_refused(bus: Bus, probe_database: MakeProbeDatabase) -> None:
    bus.serve(Teller, probe_database(Base, "intake"))
    client = bus.client()
    forged = {"caller": CallerSeal("another secret").sign(Caller("x", "y", frozenset({"admin"})))}

    with pytest.raises(RemoteRefusal) as refusal:
        client.call("intake", "enter", {"body": {"name": "Ann"}}, {**forged, "deadline": time.time() + 5})

    assert refusal.value.kind == "forbidden"


def test_a_late_answer_finds_nobody_and_leaves_nothing(bus: Bus, probe_database: MakeProbeDatabase) -> None:
    bus.serve(Teller, probe_database(Base, "intake"))
    client = bus.client()

    with pytest.raises(DeadlineExceeded):
        bus.ask(client, "intake", "linger", until="0.6", patience=0.3)
    time.sleep(1)

    assert client.waiting == 0
    assert bus.ask(client, "intake", "echo", body={"name": "Ann"}).result == {"name": "Ann"}


def test_a_service_that_nobody_ever_declared_is_unavailable_at_once(bus: Bus) -> None:
    client = bus.client()
    declare(bus.host.url("operator"), [])

    began = time.monotonic()
    with pytest.raises(Unavailable):
        bus.ask(client, "intake", "echo", body={"name": "Ann"})
    assert time.monotonic() - began < 3


def test_while_the_broker_is_away_a_call_fails_at_once() -> None:
    client = RpcClient("amqp://gateway:x@127.0.0.1:1//", "gateway")
    try:
        with pytest.raises(Unavailable):
            client.call("intake", "echo", {}, {"caller": "", "deadline": time.time() + 5})
    finally:
        client.close()


def test_a_process_told_to_stop_finishes_what_is_under_way(bus: Bus, probe_database: MakeProbeDatabase) -> None:
    teller = bus.serve(Teller, probe_database(Base, "intake"))
    client = bus.client()
    answers: list[object] = []
    asking = threading.Thread(target=lambda: answers.append(bus.ask(client, "intake", "linger", until="1.5").result))
    asking.start()
    time.sleep(0.5)

    began = time.monotonic()
    code = teller.stop()
    asking.join()

    assert (answers, code) == (["1.5"], 0)
    assert time.monotonic() - began < 10


def test_what_was_told_while_the_broker_was_away_is_published_when_it_is_back(
    bus: Bus, probe_database: MakeProbeDatabase
) -> None:
    told, heard = probe_database(Base, "intake"), probe_database(Base, "triage")
    bus.serve(Hearer, heard)
    with closing(Desk(Teller, told)) as desk:
        for number in range(500):
            desk.ask("enter", body={"name": f"n{number}"})

    bus.serve(Teller, told)

    eventually(lambda: rows(heard, "SELECT count(*), min(times), max(times) FROM entries") == [(500, 1, 1)])
    assert rows(told, "SELECT count(*) FROM outbox WHERE sent_at IS NULL") == [(0,)]


def read_anothers_queue(channel: Any) -> None:
    """Consume what is not one's own."""
    channel.basic_consume("triage.keep")


def declare_a_queue(channel: Any) -> None:
    """Make a queue of one's own."""
    channel.queue_declare("mine")


def tell_for_another(channel: Any) -> None:
    """Publish to another service's exchange, and wait for the broker's word."""
    channel.basic_publish(amqp.Message("{}"), "triage.events", "kept")
    channel.basic_qos(0, 1, False)


def pose_as_another(channel: Any) -> None:
    """Publish under another user's name, and wait for the broker's word."""
    channel.basic_publish(amqp.Message("{}", user_id="gateway"), "", "triage.rpc")
    channel.basic_qos(0, 1, False)


@pytest.mark.parametrize("attempt", [read_anothers_queue, declare_a_queue, tell_for_another, pose_as_another])
def test_the_broker_lets_a_service_do_nothing_but_its_own(bus: Bus, attempt: Callable[[Any], None]) -> None:
    declare(bus.host.url("operator"), [entrypoints_of(Teller), entrypoints_of(Hearer)])

    with connect(bus.host.url("intake"), "a test") as connection, pytest.raises(AMQPError):
        attempt(connection.channel())


def test_ready_names_what_is_missing(bus: Bus) -> None:
    declare(bus.host.url("operator"), [entrypoints_of(Teller)])
    teller = bus.launch(Teller, "postgresql+psycopg2://nobody@127.0.0.1:1/nothing")
    eventually(lambda: teller.health("/livez") == 200)

    assert teller.health("/readyz") == 503
    assert teller.health("/nothing") == 404
    assert teller.process.poll() is None, "a process waits for its database, it does not die of it"


def test_metrics_count_requests_and_events_and_say_what_waits(bus: Bus, probe_database: MakeProbeDatabase) -> None:
    hearer = bus.serve(Hearer, probe_database(Base, "triage"))
    teller = bus.serve(Teller, probe_database(Base, "intake"))
    client = bus.client()

    bus.ask(client, "intake", "enter", body={"name": "Ann"})

    eventually(lambda: 'events_heard_total{handler="keep",outcome="done"} 1.0' in hearer.metrics())
    assert 'rpc_requests_total{method="enter",outcome="done"} 1.0' in teller.metrics()
    assert 'events_waiting{place="parked"} 0.0' in teller.metrics()
