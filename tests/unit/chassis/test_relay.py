"""From the outbox to the broker: what is not confirmed stays, and what was told leaves as soon as it can."""

from collections.abc import Callable
from typing import Any

import pytest
from amqp.exceptions import ConnectionForced
from sqlalchemy.exc import OperationalError

from chassis import relay
from chassis.relay import BATCH, Relay
from tests.unit.chassis.fakes import FakeBroker, FakeConnection, Noted, Patience
from tests.unit.chassis.outbox import FakeStore


class Confirming(FakeConnection):
    """A connection whose broker confirms all that was published, or fails as a test says."""

    def __init__(self, fault: Exception | None = None) -> None:
        super().__init__()
        self.fault = fault

    def drain_events(self) -> None:
        """Confirm everything."""
        if self.fault is not None:
            raise self.fault
        self.last.say("basic_ack", len(self.last.published), True)


class Office:
    """A relay between a fake outbox and a fake broker. `looks` are done one at each look into the outbox."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, rows: int, *lines: FakeConnection | Exception) -> None:
        self.broker = FakeBroker(*lines)
        monkeypatch.setattr(relay, "connect", self.broker.connect)
        self.store = FakeStore(rows, self._look)
        self.noted = Noted()
        self.relay = Relay(self.store, "amqp://somewhere", "intake", "intake", self.noted)
        self.stopping = Patience()
        self.looks: list[Callable[[], Any]] = []

    def run(self, *looks: Callable[[], Any]) -> None:
        """Run until the last of the looks, which ends it."""
        self.looks = [*looks, self.end]
        self.relay.run(self.stopping)

    def end(self) -> None:
        """Tell it to stop."""
        self.stopping.set()
        self.relay.wake()

    def go_on(self) -> None:
        """Wake it, as a commit does."""
        self.relay.wake()

    def fail(self) -> None:
        """Be away."""
        raise OperationalError("SELECT", {}, Exception("gone"))

    def _look(self) -> None:
        self.looks.pop(0)()


def test_what_was_told_is_published_in_order_and_marked_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Confirming()
    office = Office(monkeypatch, 3, line)
    rows = list(office.store.unsent)
    office.looks = [office.go_on]

    assert office.relay.relay_batch() == 3

    assert [published[0].body for published in line.last.published] == [row.envelope for row in rows]
    assert office.store.unsent == []
    assert office.noted.counts == [3]


def test_nobody_is_connected_to_while_there_is_nothing_to_publish(monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office(monkeypatch, 0)
    office.run(office.go_on)

    assert office.broker.asked == []


def test_it_goes_on_at_once_while_batches_are_full(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Confirming()
    office = Office(monkeypatch, 2 * BATCH + 1, line)

    office.run(office.go_on, office.go_on)

    assert office.noted.counts == [BATCH, BATCH, 1]
    assert office.broker.asked == [("amqp://somewhere", "intake relay")]
    assert line.closed


def test_told_to_stop_it_begins_no_further_batch_and_closes_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Confirming()
    office = Office(monkeypatch, 3 * BATCH, line)

    office.run()

    assert office.noted.counts == [BATCH]
    assert len(office.store.unsent) == 2 * BATCH
    assert office.stopping.waits == [], "it did not stumble either"
    assert line.closed


def test_between_batches_its_heart_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Confirming()
    office = Office(monkeypatch, 1, line)

    office.run(office.go_on, office.go_on)

    assert line.beats == 3


@pytest.mark.parametrize("fault", [ConnectionResetError(), ConnectionForced("stop"), BrokenPipeError()])
def test_what_was_not_confirmed_stays_and_goes_out_by_a_new_connection(
    monkeypatch: pytest.MonkeyPatch, fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    broken, good = Confirming(fault), Confirming()
    office = Office(monkeypatch, 2, broken, good)

    office.run(office.go_on)

    assert office.store.unsent == []
    assert office.noted.counts == [2]
    assert broken.closed
    assert len(good.last.published) == 2
    assert [(record.levelname, record.error) for record in caplog.records] == [("WARNING", type(fault).__name__)]


def test_while_the_broker_is_away_it_waits_longer_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office(monkeypatch, 1)

    office.run(*[office.go_on] * 6)

    for waited, meant in zip(office.stopping.waits, (0.2, 0.4, 0.8, 1.6, 3.2, 5, 5), strict=True):
        assert 0.8 * meant <= waited <= 1.2 * meant
    assert len(office.store.unsent) == 1


def test_once_it_published_it_waits_shortly_again(monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office(monkeypatch, 1, OSError(), OSError(), Confirming())

    office.run(office.go_on, office.go_on, office.go_on, office.fail)

    assert len(office.stopping.waits) == 3
    assert office.stopping.waits[-1] <= 0.2 * 1.2


def test_a_full_batch_that_went_out_makes_it_hopeful_again(monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office(monkeypatch, BATCH, OSError(), OSError(), Confirming())

    office.run(office.go_on, office.go_on, office.go_on, office.fail)

    assert office.stopping.waits[-1] <= 0.2 * 1.2


def test_a_database_that_is_away_is_expected_and_a_fault_of_our_own_is_not(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    office = Office(monkeypatch, 0)

    def stumble() -> None:
        raise ZeroDivisionError

    office.run(office.fail, stumble)

    assert [(record.levelname, record.error) for record in caplog.records] == [
        ("WARNING", "OperationalError"),
        ("ERROR", "ZeroDivisionError"),
    ]
