"""Publishing: a batch is sent when the broker has confirmed every message of it, and not before."""

import itertools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from chassis import relay
from chassis.relay import CONFIRM_TIMEOUT, NotConfirmed, Publisher
from tests.unit.chassis.fakes import FakeBroker, FakeChannel, FakeConnection
from tests.unit.chassis.outbox import outbox_row


class Line:
    """A publisher on a fake connection, whose broker says what a test tells it to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.connection = FakeConnection()
        self.broker = FakeBroker(self.connection)
        monkeypatch.setattr(relay, "connect", self.broker.connect)
        clock = itertools.count(0, CONFIRM_TIMEOUT / 4)
        monkeypatch.setattr(relay, "time", SimpleNamespace(monotonic=lambda: next(clock)))
        self.publisher = Publisher("amqp://somewhere", "intake", "intake-user")

    @property
    def channel(self) -> FakeChannel:
        """The publisher's channel."""
        return self.connection.last

    def will_say(self, event: str, *words: Any) -> None:
        """Let the broker say this when it is listened to next."""
        self.connection.come.put(lambda: self.channel.say(event, *words))

    def publish(self, count: int) -> None:
        """Publish so many rows."""
        self.publisher.publish([outbox_row(number) for number in range(count)])


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    """A line to the broker."""
    return Line(monkeypatch)


def test_it_asks_for_confirms_before_it_publishes_anything(line: Line) -> None:
    assert line.broker.asked == [("amqp://somewhere", "intake relay")]
    assert line.channel.confirms


def test_an_event_goes_out_whole_to_be_kept_and_never_to_nobody(line: Line) -> None:
    line.will_say("basic_ack", 1, False)
    row = outbox_row(1)

    line.publisher.publish([row])

    [(message, exchange, routing_key, mandatory)] = line.channel.published
    assert (message.body, exchange, routing_key, mandatory) == (row.envelope, "intake.events", "entered", True)
    assert message.properties == {
        "content_type": "application/json",
        "delivery_mode": 2,
        "message_id": str(row.event_id),
        "user_id": "intake-user",
    }


@pytest.mark.parametrize(
    "acks",
    [
        [(3, True)],
        [(1, False), (2, False), (3, False)],
        [(3, False), (1, False), (2, False)],
        [(2, True), (3, False)],
        [(3, False), (2, True)],
        [(1, False), (1, False), (3, True)],
    ],
)
def test_a_batch_is_confirmed_in_whatever_order_the_confirms_come(line: Line, acks: list[tuple[int, bool]]) -> None:
    for ack in acks:
        line.will_say("basic_ack", *ack)

    line.publish(3)

    assert line.connection.come.empty()


def test_a_second_batch_counts_on_from_the_first(line: Line) -> None:
    line.will_say("basic_ack", 2, True)
    line.publish(2)
    line.will_say("basic_ack", 3, False)
    line.publish(1)

    with pytest.raises(NotConfirmed):
        line.publish(1)


def test_an_empty_batch_needs_no_confirm(line: Line) -> None:
    line.publish(0)

    assert line.channel.published == []


def test_what_the_broker_refuses_is_not_sent(line: Line) -> None:
    line.will_say("basic_ack", 1, False)
    line.will_say("basic_nack", 3, True)

    with pytest.raises(NotConfirmed):
        line.publish(3)


def test_what_comes_back_is_not_sent_though_it_is_confirmed(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    line.will_say("basic_return", Exception("NO_ROUTE"), "intake.events", "entered", None)
    line.will_say("basic_ack", 1, False)

    with pytest.raises(NotConfirmed):
        line.publish(1)

    [record] = caplog.records
    assert record.getMessage() == "An event has no queue: declare the topology"
    assert record.event_type == "entered"


def test_a_refusal_is_forgotten_with_its_batch(line: Line) -> None:
    line.will_say("basic_nack", 2, True)
    with pytest.raises(NotConfirmed):
        line.publish(2)
    line.will_say("basic_ack", 3, False)

    line.publish(1)


def test_a_broker_that_says_nothing_is_not_waited_for_for_ever(line: Line) -> None:
    with pytest.raises(NotConfirmed):
        line.publish(1)


def test_one_confirm_too_few_is_not_enough(line: Line) -> None:
    line.will_say("basic_ack", 2, True)

    with pytest.raises(NotConfirmed):
        line.publish(3)


def test_a_connection_that_is_lost_says_so(line: Line) -> None:
    line.connection.come.put(ConnectionResetError())

    with pytest.raises(ConnectionResetError):
        line.publish(1)


@pytest.mark.parametrize("come", [TimeoutError(), lambda: None])
def test_its_heart_beats_without_waiting_for_anything(line: Line, come: Exception | Callable[[], None]) -> None:
    line.connection.come.put(come)

    line.publisher.beat()

    assert line.connection.beats == 1
    assert line.connection.timeouts == [0.001, 2]


@pytest.mark.parametrize("fault", [None, BrokenPipeError(), AttributeError()])
def test_it_lets_go_of_its_connection_whatever_state_that_is_in(line: Line, fault: Exception | None) -> None:
    line.connection.close_fault = fault

    line.publisher.close()

    assert line.connection.closed
