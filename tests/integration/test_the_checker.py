"""The checker of the kill tests finds what broken builds do: it is no check that cannot fail."""

import threading
import time
from pathlib import Path

import pytest

from tests.fixtures.ledger import Ledger
from tests.fixtures.system import RunningSystem

ENQUIRIES, KILLS = 60, 6
# Who is killed while it does wrong: hearers that acknowledged too early, tellers that marked too early.
VICTIMS = {
    "ack_before_commit": ("triage", "casework", "reporting"),
    "sent_before_published": ("intake", "triage"),
    "without_inbox": ("triage",),
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("build", VICTIMS)
def test_a_broken_build_is_found_out(tmp_path: Path, build: str) -> None:
    system = RunningSystem(tmp_path / "home", ("tests.fixtures.broken", "run", build)).start()
    try:
        ledger = Ledger(system)
        sender = threading.Thread(target=lambda: ledger.send(ENQUIRIES, at_once=4))
        sender.start()
        for number in range(KILLS):
            time.sleep(0.5)
            system.kill(VICTIMS[build][number % len(VICTIMS[build])])
        sender.join()
        system.wait_until_ready()
        time.sleep(5)

        faults = ledger.faults()
    finally:
        system.stop()

    assert faults, "nothing was found"
