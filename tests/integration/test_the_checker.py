"""The checker of the kill tests finds what broken builds do: it is no check that cannot fail."""

import time
from pathlib import Path

import pytest

from deploy.home import Home
from tests.fixtures.broken import death_mark
from tests.fixtures.ledger import Ledger
from tests.fixtures.system import SERVICES, RunningSystem

ENQUIRIES = 40
# Seconds for what is under way to end: a sound build is done in less, and has no faults then.
PATIENCE = 6


@pytest.mark.timeout(400)
def test_a_broken_build_is_found_out(tmp_path: Path) -> None:
    died, faults = tried(tmp_path / "home", "ack_before_commit")  # the others take their time in tests/chaos

    assert died, "no service died in the gap of its build"
    assert faults, "nothing was found"


def tried(home: Path, build: str) -> tuple[list[str], list[str]]:
    """The services that died in the gap of a broken build, and the faults that the checker finds."""
    system = RunningSystem(home, ("tests.fixtures.broken", "run", build)).start()
    try:
        ledger = Ledger(system)
        ledger.send(ENQUIRIES, at_once=4)
        system.wait_until_ready()
        time.sleep(PATIENCE)

        faults = ledger.faults()
        return [service for service in SERVICES if death_mark(Home(system.home), service).exists()], faults
    finally:
        system.stop()
