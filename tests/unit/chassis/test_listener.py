"""How events come in: batch by batch, acknowledged only when all of a batch was handled or kept."""

from typing import Any

import pytest

from chassis.entrypoints import Handler
from chassis.events import Outage
from chassis.listeners import BATCH, SUSPICIOUS, Listener
from tests.unit.chassis.fakes import FakeChannel, FakeConnection, FakeHearing, Patience, event, message

KEEP = Handler("keep", "intake", ("entered", "left"), None)
AGAIN = {"x-delivery-count": SUSPICIOUS}


class Queue:
    """A listener whose queue a test fills."""

    def __init__(self, hearing: FakeHearing, trusted: str = "") -> None:
        self.hearing = hearing
        self.listener = Listener(hearing, KEEP, trusted)
        self.connection = FakeConnection()
        self.listener.subscribe(self.connection)
        self.channel = self.connection.last

    def bring(self, subject: str, tag: int, **options: Any) -> None:
        """Deliver an event."""
        self.deliver(event(subject).to_json().encode(), tag, **options)

    def deliver(self, body: bytes | str, tag: int, **options: Any) -> None:
        """Deliver whatever this is."""
        self.channel.consumers["triage.keep"](message(body, tag, **({"channel": self.channel} | options)))

    def run(self, most_waits: int = 1000) -> Patience:
        """Listen until the hearing has handled or parked `stop_after` times, or waited too often."""
        stopping = Patience(most_waits)
        self.hearing.stop = stopping.set
        self.listener.run(stopping)
        assert self.listener.idle.is_set()
        return stopping


class Hearing(FakeHearing):
    """A hearing that ends the test after so many batches or parked messages."""

    def __init__(self, *faults: Exception, stop_after: int = 1) -> None:
        super().__init__(*faults, after=self._count)
        self._left = stop_after

    def _count(self) -> None:
        self._left -= 1
        if self._left == 0:
            self.stop()


def test_it_consumes_its_own_queue_on_a_channel_of_its_own() -> None:
    queue = Queue(Hearing())

    assert list(queue.channel.consumers) == ["triage.keep"]
    assert queue.channel.prefetch == (0, 100, False)


def test_what_has_arrived_is_one_batch_and_acknowledged_once() -> None:
    queue = Queue(Hearing())
    for number in range(3):
        queue.bring(f"n{number}", number + 1)

    queue.run()

    assert queue.hearing.handled == [["n0", "n1", "n2"]]
    assert queue.channel.acked == [(3, True)]


def test_a_batch_has_its_bounds_and_keeps_the_order() -> None:
    queue = Queue(Hearing(stop_after=2))
    for number in range(BATCH + 1):
        queue.bring(f"n{number}", number + 1)

    queue.run()

    assert [len(batch) for batch in queue.hearing.handled] == [BATCH, 1]
    assert queue.channel.acked == [(BATCH, True), (BATCH + 1, True)]


def test_what_came_by_a_connection_that_is_gone_will_come_again_and_is_left_alone() -> None:
    queue = Queue(Hearing())
    gone = FakeChannel(connection=None)
    queue.bring("gone", 1, channel=gone)
    queue.bring("here", 1)

    queue.run()

    assert queue.hearing.handled == [["here"]]
    assert (queue.channel.acked, gone.acked) == ([(1, True)], [])


def test_a_batch_of_which_nothing_is_left_is_no_batch() -> None:
    queue = Queue(Hearing())
    for number in range(BATCH):
        queue.bring("gone", number, channel=FakeChannel(connection=None))
    queue.bring("here", 1)

    queue.run()

    assert queue.hearing.handled == [["here"]]


def test_one_that_was_delivered_too_often_is_handled_alone_and_so_are_its_neighbours() -> None:
    queue = Queue(Hearing(stop_after=3))
    for tag, headers in enumerate((None, AGAIN, {"x-delivery-count": 1}), 1):
        queue.bring(f"n{tag}", tag, headers=headers)

    queue.run()

    assert sorted(queue.hearing.handled) == [["n1"], ["n2"], ["n3"]]
    assert sorted(queue.channel.acked) == [(1, False), (2, False), (3, False)]


@pytest.mark.parametrize("count", [SUSPICIOUS - 1, "many", None, 99.0])
def test_a_count_below_that_or_none_at_all_raises_no_suspicion(count: object) -> None:
    queue = Queue(Hearing())
    queue.bring("n1", 1, headers={"x-delivery-count": count})
    queue.bring("n2", 2, headers={})

    queue.run()

    assert queue.hearing.handled == [["n1", "n2"]]


def test_while_the_database_is_away_it_waits_longer_each_time_and_acknowledges_nothing() -> None:
    queue = Queue(Hearing(*[Outage()] * 7))
    queue.bring("Ann", 1)

    stopping = queue.run()

    assert queue.hearing.handled == [["Ann"]]
    assert queue.hearing.tries == 8
    assert queue.channel.acked == [(1, True)]
    for waited, meant in zip(stopping.waits, (0.2, 0.4, 0.8, 1.6, 3.2, 5, 5), strict=True):
        assert 0.8 * meant <= waited <= 1.2 * meant


@pytest.mark.parametrize("headers", [None, AGAIN])
def test_told_to_stop_while_the_database_is_away_it_leaves_everything_unacknowledged(
    headers: dict[str, Any] | None,
) -> None:
    queue = Queue(Hearing(*[Outage()] * 9))
    queue.bring("Ann", 1, headers=headers)
    queue.bring("Bob", 2)

    queue.run(most_waits=2)

    assert queue.hearing.handled == []
    assert queue.channel.acked == []


def test_what_can_be_neither_handled_nor_kept_is_tried_until_it_can_without_a_word_of_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    queue = Queue(Hearing(ValueError("Ann Example")))
    queue.bring("Ann", 1)

    queue.run()

    assert queue.channel.acked == [(1, True)]
    [record] = caplog.records
    assert (record.getMessage(), record.error) == ("An event could be neither handled nor kept", "ValueError")


@pytest.mark.parametrize(
    "body", [b"\xff", b"", "no event \ud800", b'{"type":"entered"}', bytearray(b"{}"), memoryview(b"{}")]
)
def test_what_is_no_event_is_parked_and_holds_up_no_event(body: Any) -> None:
    queue = Queue(Hearing(stop_after=2))
    queue.deliver(body, 1)
    queue.bring("Ann", 2)

    queue.run()

    [(handler, size, reason)] = queue.hearing.parked
    assert (handler, reason) == ("keep", "not an event's envelope")
    assert size.endswith("bytes")
    assert queue.hearing.handled == [["Ann"]]
    assert queue.channel.acked == [(2, True)]


def test_a_batch_of_nothing_but_nonsense_hands_no_event_over() -> None:
    queue = Queue(Hearing(stop_after=2))
    queue.deliver(b"1", 1)
    queue.deliver(b"2", 2)

    queue.run()

    assert queue.hearing.handled == []
    assert queue.channel.acked == [(2, True)]


@pytest.mark.parametrize(
    ("type", "source", "user"),
    [
        ("kept", "intake", "intake"),
        ("entered", "triage", "intake"),
        ("entered", "intake", "triage"),
        ("entered", "triage", "triage"),
    ],
)
def test_what_this_queue_is_not_for_is_parked(type: str, source: str, user: str) -> None:
    queue = Queue(Hearing())
    queue.deliver(event("Ann", type, source).to_json(), 1, user_id=user)

    queue.run()

    assert len(queue.hearing.parked) == 1
    assert queue.hearing.handled == []


def test_where_all_processes_share_one_user_its_events_are_taken() -> None:
    queue = Queue(Hearing(), trusted="spinout")
    queue.bring("Ann", 1, user_id="spinout")

    queue.run()

    assert queue.hearing.handled == [["Ann"]]
