"""Asking over the bus: each caller gets its own answer, a refusal or an end to its waiting; nothing is left over."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from chassis.bus import REPLY_TO, RPC
from chassis.errors import DeadlineExceeded, Incident, RemoteRefusal, Unavailable
from gateway import rpc_client
from gateway.rpc_client import Answer, RpcClient
from tests.unit.chassis.fakes import FakeBroker, FakeConnection, message


class Bus:
    """A client on a fake broker, threads that ask by it, and what a test lets come back."""

    def __init__(self, *lines: FakeConnection | Exception) -> None:
        self.broker = FakeBroker(*lines)
        self.client = RpcClient("amqp://somewhere", "gateway-user", connect_by=self.broker.connect)
        self._threads = ThreadPoolExecutor(4)

    def ask(self, patience: float = 30, **arguments: Any) -> "Future[Answer]":
        """Ask from another thread."""
        assert self.client.connected.wait(10)
        before = self.client.waiting
        context = {"deadline": time.time() + patience, "caller": "sealed"}
        asked = self._threads.submit(self.client.call, "intake", "echo", arguments, context)
        eventually(lambda: self.client.waiting > before or asked.done())
        return asked

    def close(self) -> None:
        """Stop everything."""
        self.client.close()
        self._threads.shutdown()


def eventually(condition: Any) -> None:
    """Wait until the condition holds."""
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.001)


def reply(line: FakeConnection, number: int, body: Any) -> None:
    """Let the answer to the call of this number come in."""
    asked = sent(line)[number]
    answer = message(orjson.dumps(body), correlation_id=asked.correlation_id)
    line.come.put(lambda: line.last.consumers[REPLY_TO](answer))


def sent(line: FakeConnection) -> list[Any]:
    """The messages that went out."""
    return [published[0] for published in line.last.published]


@contextmanager
def bus_on(*lines: FakeConnection | Exception) -> Iterator[Bus]:
    """A bus on these lines, for as long as the block lasts."""
    made = Bus(*lines)
    with ExitStack() as stack:
        stack.callback(made.close)
        yield made


@pytest.fixture
def line() -> FakeConnection:
    """The line to the broker."""
    return FakeConnection()


@pytest.fixture
def bus(line: FakeConnection) -> Iterator[Bus]:
    """A client that is connected by it."""
    with bus_on(line) as made:
        yield made


def test_a_call_goes_out_to_the_service_with_its_deadline_and_comes_back_to_nobody_else(
    bus: Bus, line: FakeConnection
) -> None:
    asked = bus.ask(body={"name": "Ann"})
    reply(line, 0, {"result": {"name": "Ann"}, "replayed": True})

    assert asked.result(10) == Answer({"name": "Ann"}, replayed=True)
    [(question, exchange, routing_key, mandatory)] = line.last.published
    assert (exchange, routing_key, mandatory) == (RPC, "intake", True)
    assert (question.reply_to, question.user_id, question.delivery_mode) == (REPLY_TO, "gateway-user", 1)
    assert 20_000 < int(question.expiration) <= 30_000
    assert orjson.loads(question.body)["arguments"] == {"body": {"name": "Ann"}}
    assert bus.client.waiting == 0


def test_answers_that_come_in_another_order_reach_those_who_asked(bus: Bus, line: FakeConnection) -> None:
    calls = [bus.ask(body=number) for number in range(3)]
    asked = [orjson.loads(question.body)["arguments"]["body"] for question in sent(line)]
    for place in (2, 0, 1):
        reply(line, place, {"result": asked[place], "replayed": False})

    assert [call.result(10).result for call in calls] == [0, 1, 2]


def test_a_refusal_and_an_incident_are_raised_where_it_was_asked(bus: Bus, line: FakeConnection) -> None:
    refused, failed = bus.ask(), bus.ask()
    reply(line, 0, {"error": {"kind": "conflict", "code": "closed", "detail": "It is closed."}})
    reply(line, 1, {"incident": "0192f0c1"})

    with pytest.raises(RemoteRefusal, match="It is closed"):
        refused.result(10)
    with pytest.raises(Incident, match="0192f0c1"):
        failed.result(10)


def test_who_gets_no_answer_in_time_waits_no_longer_and_a_late_one_is_dropped(bus: Bus, line: FakeConnection) -> None:
    assert bus.client.connected.wait(10)
    number, call, _ = bus.client.send("intake", "echo", {}, {"deadline": time.time() + 30})
    with pytest.raises(DeadlineExceeded):
        bus.client.receive(number, call, deadline=time.time())
    assert bus.client.waiting == 0

    reply(line, 0, {"result": "late", "replayed": False})
    next_call = bus.ask()
    reply(line, 1, {"result": "in time", "replayed": False})
    assert next_call.result(10).result == "in time"


def test_answers_to_nobody_are_dropped(bus: Bus, line: FakeConnection) -> None:
    assert bus.client.connected.wait(10)
    for correlation_id in (None, "somebody else's"):
        stray = message(b"{}", correlation_id=correlation_id)
        line.come.put(lambda stray=stray: line.last.consumers[REPLY_TO](stray))

    asked = bus.ask()
    reply(line, 0, {"result": 1, "replayed": False})
    assert asked.result(10).result == 1


def test_after_its_deadline_nothing_is_sent(bus: Bus, line: FakeConnection) -> None:
    with pytest.raises(DeadlineExceeded):
        bus.ask(patience=-0.1).result(10)

    assert line.last.published == []


def test_a_question_that_no_queue_takes_is_unavailable_at_once(bus: Bus, line: FakeConnection) -> None:
    asked = bus.ask()
    [question] = sent(line)
    line.come.put(lambda: line.last.say("basic_return", Exception("NO_ROUTE"), RPC, "intake", question))

    with pytest.raises(Unavailable):
        asked.result(10)


def test_a_connection_that_is_lost_ends_all_waiting_and_comes_back() -> None:
    lost, back = FakeConnection(), FakeConnection()
    with bus_on(lost, OSError(), back) as bus:
        calls = [bus.ask(), bus.ask()]
        lost.come.put(ConnectionResetError())
        for call in calls:
            with pytest.raises(Unavailable):
                call.result(10)
        eventually(lambda: back.channels and bus.client.connected.is_set())

        again = bus.ask()
        reply(back, 0, {"result": "back", "replayed": False})
        assert again.result(10).result == "back"
        assert bus.client.waiting == 0


@pytest.mark.parametrize("fault", [BrokenPipeError(), AttributeError()])
def test_a_question_that_cannot_be_written_is_unavailable_and_the_connection_is_made_anew(fault: Exception) -> None:
    broken, back = FakeConnection(), FakeConnection()
    with bus_on(broken, back) as bus:
        assert bus.client.connected.wait(10)
        broken.last.fault = fault

        with pytest.raises(Unavailable):
            bus.ask().result(10)
        assert bus.client.waiting == 0
        eventually(lambda: back.channels)
        assert broken.closed


def test_while_the_broker_is_away_a_call_fails_at_once() -> None:
    with bus_on() as bus, pytest.raises(Unavailable):
        bus.client.call("intake", "echo", {}, {"deadline": time.time() + 30})


def test_who_waits_when_it_is_closed_waits_no_longer(bus: Bus, line: FakeConnection) -> None:
    asked = bus.ask()

    bus.client.close()

    with pytest.raises(Unavailable):
        asked.result(10)
    assert line.closed
    assert not bus.client.connected.is_set()
    assert "rpc-client" not in {thread.name for thread in threading.enumerate()}


def test_closed_while_it_takes_a_message_it_takes_no_further_one(bus: Bus, line: FakeConnection) -> None:
    closing = threading.Thread(target=bus.client.close)
    taken: list[str] = []

    def close_meanwhile() -> None:
        closing.start()
        eventually(lambda: line.closed)
        taken.append("first")

    line.come.put(close_meanwhile)
    line.come.put(lambda: taken.append("second"))
    eventually(lambda: taken)
    closing.join(10)

    assert taken == ["first"]


def test_its_heart_beats_every_second(monkeypatch: pytest.MonkeyPatch, line: FakeConnection) -> None:
    now = [0.0]
    clock = SimpleNamespace(monotonic=lambda: now[0], time=time.time)
    monkeypatch.setattr(rpc_client, "time", clock)
    with bus_on(line):
        for second in (0.5, 1.1, 1.5, 2.2):
            line.come.put(lambda second=second: now.__setitem__(0, second))
        eventually(line.come.empty)
        eventually(lambda: line.beats == 2)
