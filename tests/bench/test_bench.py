"""The measurements, as pytest runs them: it brings the servers. `make bench` collects and prints what they give."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bench import bus as on_the_bus
from tests.bench.beside import live_triage
from tests.bench.system import Measured
from tests.fixtures.probes import Base
from tests.fixtures.processes import Bus, MakeProbeDatabase
from tests.fixtures.stores import MakeDatabase
from tests.fixtures.system import RunningSystem

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measured]:
    """The whole system, with the echo in it."""
    home = tmp_path_factory.mktemp("bench") / "home"
    system = RunningSystem(Path(home), ("tests.bench.variants", "run")).start()
    yield Measured.of(system)
    system.stop()


def test_rpc(found: dict[str, Any], bus: Bus, probe_database: MakeProbeDatabase) -> None:
    found["rpc"] = on_the_bus.rpc(bus, probe_database(Base, "intake"))
    assert all(row["ours"] > 0 for row in found["rpc"])


def test_events(found: dict[str, Any], bus: Bus, probe_database: MakeProbeDatabase) -> None:
    found["events"] = on_the_bus.events(bus, probe_database(Base, "intake"), probe_database(Base, "triage"))
    assert found["events"]["ours, committed"] > 0


def test_http(found: dict[str, Any], measured: Measured) -> None:
    found["http"] = measured.http()
    assert all(not row["others"] for row in found["http"])


def test_way(found: dict[str, Any], measured: Measured) -> None:
    found["way ms"] = measured.way()
    assert found["way ms"]["report"] > 0


def test_sustained(found: dict[str, Any], measured: Measured) -> None:
    found["sustained"] = [measured.sustained(rate, 15) for rate in (50, 100, 150)]
    assert all(not row["others"] for row in found["sustained"])


def test_live_triage(found: dict[str, Any], bus: Bus, database: MakeDatabase) -> None:
    databases = {name: database(name) for name in ("intake", "triage")}
    found["live triage"] = live_triage(bus, databases)
    assert found["live triage"][1]["back-test, rows seen meanwhile"] > 0
