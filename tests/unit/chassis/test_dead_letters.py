"""What the broker gave up: it is parked where operators see it, and never ends the process."""

import time
from typing import Any

import pytest

from chassis.bus import LONGEST_MESSAGE
from chassis.events import Outage
from chassis.listeners import DeadLetters
from tests.unit.chassis.fakes import FakeChannel, FakeConnection, FakeHearing, event, message

DIED = {"x-death": [{"queue": "triage.keep", "reason": "delivery_limit"}]}


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """For how long it slept, without having slept."""
    naps: list[float] = []
    monkeypatch.setattr(time, "sleep", naps.append)
    return naps


def take(hearing: FakeHearing, body: bytes | str, headers: dict[str, Any] | None) -> FakeChannel:
    """Let one dead letter be taken; the channel it came by."""
    channel = FakeChannel()
    DeadLetters(hearing, "").take(message(body, 4, channel=channel, headers=headers))
    return channel


def test_it_consumes_the_dead_letters_of_its_service_one_at_a_time() -> None:
    connection, hearing = FakeConnection(), FakeHearing()

    DeadLetters(hearing, "").subscribe(connection)

    assert connection.last.prefetch == (0, 1, False)
    connection.last.consumers["triage.dead"](message(event().to_json(), headers=DIED))
    assert len(hearing.parked) == 1


def test_an_event_is_parked_under_the_handler_whose_queue_gave_it_up() -> None:
    hearing = FakeHearing()

    channel = take(hearing, event("Ann").to_json(), DIED)

    assert hearing.parked == [("keep", "Ann", "given up by the broker: it never was acknowledged")]
    assert channel.acked == [(4, False)]


def test_what_is_no_event_is_parked_too() -> None:
    hearing = FakeHearing()

    channel = take(hearing, b"no event", DIED)

    assert hearing.parked == [("keep", "8 bytes", "not an event's envelope")]
    assert channel.acked == [(4, False)]


def test_what_is_too_long_is_not_even_read() -> None:
    hearing, body = FakeHearing(), b"[" * (LONGEST_MESSAGE + 1)

    take(hearing, body, DIED)

    assert hearing.parked == [("keep", f"{len(body)} bytes", "too long")]


def test_an_event_that_its_source_did_not_send_is_not_kept_to_be_tried_again() -> None:
    hearing, body = FakeHearing(), event("Ann").to_json()

    for sender in ("casework", "operator", None):
        DeadLetters(hearing, "").take(message(body, headers=DIED, user_id=sender))

    assert hearing.parked == [("keep", f"{len(body)} bytes", "from a user who may not send it")] * 3


def test_the_one_user_of_all_processes_sends_for_every_source() -> None:
    hearing = FakeHearing()

    DeadLetters(hearing, "everybody").take(message(event("Ann").to_json(), headers=DIED, user_id="everybody"))

    assert [parked[1] for parked in hearing.parked] == ["Ann"]


@pytest.mark.parametrize(
    ("headers", "handler"),
    [
        (None, "unknown"),
        ({}, "unknown"),
        ({"x-death": []}, "unknown"),
        ({"x-death": "yesterday"}, "unknown"),
        ({"x-death": ["yesterday"]}, "unknown"),
        ({"x-death": [{}]}, "unknown"),
        ({"x-death": [{"queue": 5}]}, "unknown"),
        ({"x-death": [{"queue": "keep"}]}, "keep"),
        ({"x-death": [{"queue": "triage." + "k" * 300}]}, "k" * 100),
    ],
)
def test_however_it_says_where_it_died_it_is_parked(headers: dict[str, Any] | None, handler: str) -> None:
    hearing = FakeHearing()

    channel = take(hearing, event().to_json(), headers)

    assert [parked[0] for parked in hearing.parked] == [handler]
    assert channel.acked == [(4, False)]


@pytest.mark.parametrize("fault", [Outage(), ValueError("Ann Example")])
def test_what_cannot_be_parked_now_goes_back_and_comes_again(
    fault: Exception, slept: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    channel = take(FakeHearing(fault), event().to_json(), DIED)

    assert channel.rejected == [(4, True)]
    assert channel.acked == []
    assert slept == [1]
    [record] = caplog.records
    assert record.error.startswith(f"{type(fault).__name__} at fakes.py:")


def test_a_connection_that_dies_meanwhile_is_left_to_come_back_by_itself(slept: list[float]) -> None:
    channel = FakeChannel()
    channel.fault = ConnectionResetError()

    with pytest.raises(ConnectionResetError):
        DeadLetters(FakeHearing(Outage()), "").take(message(event().to_json(), channel=channel, headers=DIED))
