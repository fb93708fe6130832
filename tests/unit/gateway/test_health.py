"""Liveness and readiness."""

import threading
import time

import pytest

from chassis.errors import Incident
from gateway.health import PING_PATIENCE
from gateway.keys import KeyRing
from tests.unit.gateway.fakes import CONTRACTS, FakeBus, down, gateway


def test_the_gateway_lives_whatever_is_missing() -> None:
    door = gateway(FakeBus(says=down(*CONTRACTS.services)))

    assert door.ask("GET", "/livez", headers={"Authorization": None}).status_code == 200
    assert not door.bus.asked


def test_it_is_ready_when_every_service_answers() -> None:
    door = gateway()

    answer = door.ask("GET", "/readyz", headers={"Authorization": None})

    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})
    assert {asked.method for asked in door.bus.asked} == {f"{service}.ping" for service in CONTRACTS.services}
    assert door.bus.last.context["caller"] == "gateway/gateway/ops"


def test_what_is_missing_is_named() -> None:
    bus = FakeBus(says={**down("triage"), "intake.ping": Incident("ab12")})

    answer = gateway(bus).ask("GET", "/readyz")

    assert answer.status_code == 503
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["missing"] == ["intake", "triage"]
    assert answer.headers["Retry-After"] == "1"


def test_a_service_that_hangs_is_missing_before_anybody_waits_for_it() -> None:
    released = threading.Event()
    door = gateway(FakeBus(says={"casework.ping": lambda _: released.wait(30)}))
    started = time.monotonic()

    answer = door.ask("GET", "/readyz")

    assert time.monotonic() - started < PING_PATIENCE + 3
    assert answer.get_json()["missing"] == ["casework"]
    released.set()


def test_being_asked_often_does_not_ask_the_services_often() -> None:
    door = gateway()

    for _ in range(20):
        door.ask("GET", "/readyz")

    assert len(door.bus.asked) < 3 * len(CONTRACTS.services)


def test_without_the_issuers_keys_it_is_not_ready() -> None:
    door = gateway(ring=KeyRing(lambda: b"", fresh=300))

    assert door.ask("GET", "/readyz").get_json()["missing"] == ["token_keys"]


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_health_is_open_to_anybody(method: str) -> None:
    assert gateway().ask(method, "/readyz", headers={"Authorization": None}).status_code == 200
