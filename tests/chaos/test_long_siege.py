"""5,000 enquiries, 150 kills of services, ten of the broker and five of PostgreSQL: nothing lost, nothing done twice.

Takes some twenty minutes on two cores.
"""

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.ledger import Ledger
from tests.fixtures.processes import eventually
from tests.fixtures.system import SERVICES, RunningSystem

ENQUIRIES = 5_000
VICTIMS = [*random.Random(7).choices(SERVICES, k=150), *["broker"] * 10, *["postgres"] * 5]


@pytest.fixture
def system(tmp_path: Path) -> Iterator[RunningSystem]:
    """The whole system."""
    running = RunningSystem(tmp_path / "home").start()
    yield running
    running.stop()


@pytest.mark.timeout(3600)
def test_nothing_is_lost_and_nothing_is_done_twice_in_a_long_siege(system: RunningSystem) -> None:
    ledger = Ledger(system)
    sender = threading.Thread(target=lambda: ledger.send(ENQUIRIES))
    sender.start()
    victims = random.sample(VICTIMS, len(VICTIMS))
    recoveries = []
    while victims:
        if not system.kill(victims[-1]):
            time.sleep(0.2)
            continue
        if victims.pop() in ("broker", "postgres"):
            time.sleep(1)
            recoveries.append(system.wait_until_ready())
        time.sleep(random.uniform(0.5, 3))
    sender.join()

    system.wait_until_ready()
    eventually(ledger.settled, 300)
    assert ledger.faults() == []
    assert max(recoveries) < 30
