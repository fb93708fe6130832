"""The checker of the kill tests finds what broken builds do: it is no check that cannot fail."""

import time
from pathlib import Path

import pytest

from deploy.home import Home
from tests.fixtures.broken import BUILDS, death_mark
from tests.fixtures.ledger import Ledger
from tests.fixtures.system import SERVICES, RunningSystem

ENQUIRIES = 40
# Seconds for what is under way to end: a sound build is done in less, and has no faults then.
PATIENCE = 6


@pytest.mark.timeout(400)
@pytest.mark.parametrize("build", BUILDS)
def test_a_broken_build_is_found_out(tmp_path: Path, build: str) -> None:
    system = RunningSystem(tmp_path / "home", ("tests.fixtures.broken", "run", build)).start()
    try:
        ledger = Ledger(system)
        ledger.send(ENQUIRIES, at_once=4)
        system.wait_until_ready()
        time.sleep(PATIENCE)

        faults = ledger.faults()
        died = [service for service in SERVICES if death_mark(Home(system.home), service).exists()]
    finally:
        system.stop()

    assert died, "no service died in the gap of its build"
    assert faults, "nothing was found"
