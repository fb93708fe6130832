"""500 enquiries while every process is killed at random: nothing is lost, nothing is done twice."""

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.ledger import Ledger
from tests.fixtures.processes import eventually
from tests.fixtures.system import SERVICES, RunningSystem

ENQUIRIES, KILLS = 500, 20


@pytest.fixture
def system(tmp_path: Path) -> Iterator[RunningSystem]:
    """The whole system."""
    running = RunningSystem(tmp_path / "home").start()
    yield running
    running.stop()


def kill_services(system: RunningSystem, kills: int, stop: threading.Event) -> list[str]:
    """Kill services at random, one after the other, until so many died; return their names."""
    killed: list[str] = []
    while len(killed) < kills and not stop.wait(random.uniform(0.2, 1.0)):
        name = random.choice(SERVICES)
        if system.kill(name):
            killed.append(name)
    return killed


@pytest.mark.timeout(420)
def test_every_accepted_enquiry_is_triaged_and_counted_once_whatever_is_killed(system: RunningSystem) -> None:
    ledger, stop, killed = Ledger(system), threading.Event(), []
    killer = threading.Thread(target=lambda: killed.extend(kill_services(system, KILLS, stop)))
    killer.start()
    sender = threading.Thread(target=lambda: ledger.send(ENQUIRIES))
    sender.start()

    killer.join()
    assert system.kill("broker")
    time.sleep(3)
    assert system.kill("postgres")
    sender.join()
    recovered = system.wait_until_ready()

    assert len(killed) == KILLS
    assert recovered < 30
    try:
        eventually(ledger.settled, 90)
    except AssertionError:
        assert ledger.faults() == []
    assert len(ledger.accepted) == ENQUIRIES
    assert ledger.faults() == []
