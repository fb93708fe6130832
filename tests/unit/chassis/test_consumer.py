"""Connections that come back by themselves, and what is done with a message when its connection does not."""

from types import SimpleNamespace
from typing import Any

import amqp
import pytest
from amqp.exceptions import AccessRefused, ConnectionForced, RecoverableConnectionError
from hypothesis import given
from hypothesis import strategies as st

from chassis import bus
from chassis.bus import LONGEST_MESSAGE, Consumer, fault_of, settle
from tests.unit.chassis.fakes import FakeBroker, FakeChannel, FakeConnection, Patience, message


class Story:
    """A consumer on a fake broker, and what happened in order."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, broker: FakeBroker, most_waits: int = 1000) -> None:
        monkeypatch.setattr(bus, "connect", broker.connect)
        self.events: list[str] = []
        self.connections: list[Any] = []
        self.consumer = Consumer("amqp://somewhere", "a test", self._subscribe, self._finish)
        self.consumer.stopping = self.patience = Patience(most_waits)

    def _subscribe(self, connection: Any) -> None:
        self.connections.append(connection)
        self.events.append("subscribed")

    def _finish(self) -> None:
        self.events.append("open" if not self.connections[-1].closed else "closed")


def test_while_the_broker_is_away_it_waits_longer_each_time_but_never_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story(monkeypatch, FakeBroker(), most_waits=9)

    story.consumer.run()

    for waited, meant in zip(story.patience.waits, (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5, 5), strict=True):
        assert 0.8 * meant <= waited <= 1.2 * meant
    assert not story.consumer.connected.is_set()
    assert story.events == []


def test_a_connection_that_was_lost_comes_back_and_is_subscribed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = FakeConnection(ConnectionForced("the broker stops"))
    broker = FakeBroker(AccessRefused(), OSError(), lost)
    story = Story(monkeypatch, broker)
    seen: list[bool] = []

    def come_back() -> None:
        seen.append(story.consumer.connected.is_set())
        story.consumer.stop()

    broker.lines.append(FakeConnection(come_back))
    story.consumer.run()

    assert story.events == ["subscribed", "subscribed", "open"]
    assert seen == [True]
    assert story.patience.waits[-1] <= 0.12, "once connected, it starts from the shortest wait again"
    assert lost.closed
    assert broker.asked == [("amqp://somewhere", "a test")] * 4


def test_a_consumer_whose_connection_was_lost_does_not_pass_for_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story(monkeypatch, FakeBroker(FakeConnection(ConnectionResetError())), most_waits=1)

    story.consumer.run()

    assert story.events == ["subscribed"]
    assert not story.consumer.connected.is_set()


def test_when_told_to_stop_it_finishes_before_it_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = FakeConnection()
    story = Story(monkeypatch, FakeBroker(connection))
    connection.come.put(lambda: story.events.append("message"))
    connection.come.put(story.consumer.stop)
    connection.come.put(lambda: story.events.append("never taken"))

    story.consumer.run()

    assert story.events == ["subscribed", "message", "open"]
    assert connection.closed
    assert story.patience.waits == []


def test_a_connection_that_dies_while_it_is_closed_ends_the_loop_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = FakeConnection()
    connection.close_fault = BrokenPipeError()
    story = Story(monkeypatch, FakeBroker(connection))
    connection.come.put(story.consumer.stop)

    story.consumer.run()

    assert story.events == ["subscribed", "open"]


def test_a_consumer_that_was_stopped_before_it_ran_connects_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    broker = FakeBroker()
    consumer = Story(monkeypatch, broker).consumer
    consumer.stop()

    consumer.run()

    assert broker.asked == []


def test_its_heart_beats_every_second_whether_messages_come_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 0.4, 0.9, 1.1, 1.1, 2.0, 2.2, 2.2])
    monkeypatch.setattr(bus, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    connection = FakeConnection(lambda: None, TimeoutError(), TimeoutError(), TimeoutError())
    story = Story(monkeypatch, FakeBroker(connection))
    connection.come.put(story.consumer.stop)

    story.consumer.run()

    assert connection.beats == 2


def test_a_fault_of_our_own_is_not_taken_for_the_brokers(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story(monkeypatch, FakeBroker(FakeConnection(ZeroDivisionError())))

    with pytest.raises(ZeroDivisionError):
        story.consumer.run()


def test_a_consumer_needs_nothing_to_finish(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = FakeConnection()
    monkeypatch.setattr(bus, "connect", FakeBroker(connection).connect)
    consumer = Consumer("amqp://somewhere", "a test", lambda _: None)
    connection.come.put(consumer.stop)

    consumer.run()

    assert connection.closed


def test_a_message_is_acknowledged_on_the_channel_it_came_by() -> None:
    channel = FakeChannel()

    settle(message(b"{}", 7, channel=channel))
    settle(message(b"{}", 9, channel=channel), all_before=True)

    assert channel.acked == [(7, False), (9, True)]


@pytest.mark.parametrize("fault", [BrokenPipeError(), RecoverableConnectionError(), AttributeError()])
def test_an_acknowledgement_that_comes_too_late_is_let_go(fault: Exception, caplog: pytest.LogCaptureFixture) -> None:
    channel = FakeChannel()
    channel.fault = fault

    with caplog.at_level("INFO"):
        settle(message(b"{}", channel=channel))

    assert "the message will come again" in caplog.text


@given(st.binary(max_size=40))
def test_whatever_bytes_stand_for_a_messages_properties_it_is_read(properties: bytes) -> None:
    read = amqp.Message()

    read._load_properties(amqp.Message.CLASS_ID, properties, 0)

    assert isinstance(read.properties, dict)


@pytest.mark.parametrize(
    ("properties", "body", "fault"),
    [
        ({}, b"{}", None),
        ({}, b"", None),
        ({}, b" " * LONGEST_MESSAGE, None),
        ({}, b" " * (LONGEST_MESSAGE + 1), "too long"),
        ({"content_type": None}, b"{}", "of another content type"),
        ({"content_type": "application/x-python-serialize"}, b"{}", "of another content type"),
        ({"user_id": None}, b"{}", "from a user who may not send it"),
        ({"user_id": "gateway"}, b"{}", "from a user who may not send it"),
        ({"user_id": ""}, b"{}", "from a user who may not send it"),
    ],
)
def test_a_message_is_ours_when_type_size_and_sender_are_right(
    properties: dict[str, Any], body: bytes, fault: str | None
) -> None:
    assert fault_of(message(body, **properties), "intake") == fault
