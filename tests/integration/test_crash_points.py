"""Killed at each step between receiving and acknowledging, and between reading the outbox and marking it sent.

Whatever the step, once the process is back the event has had its effect exactly once, its own event was told exactly
once, and nothing is left anywhere.
"""

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from chassis.entrypoints import entrypoints_of
from deploy.ports import free_ports
from deploy.topology import declare
from tests.fixtures.desk import Desk
from tests.fixtures.probes import Base, Hearer, Teller
from tests.fixtures.processes import ROOT, SECRET, Bus, MakeProbeDatabase, eventually, rows

MOST_STEPS = 60


class Crashing:
    """A process that is forked anew for each step at which it is to die."""

    def __init__(self, service: type, environment: dict[str, str], home: Path) -> None:
        self._steps, self._pid = home / "steps", home / "pid"
        self._steps.write_text("0")
        self._log = (home / "crashing.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.fixtures.crashing", f"{service.__module__}:{service.__name__}"],
            cwd=ROOT,
            env={**os.environ, **environment, "CRASH_STEPS": str(self._steps), "CHILD_PID": str(self._pid)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )

    def serve_until(self, step: int) -> None:
        """Serve; die at this step (0: never)."""
        self._pid.unlink(missing_ok=True)
        assert self.process.stdin
        self.process.stdin.write(f"{step}\n".encode())
        self.process.stdin.flush()
        eventually(self._pid.exists)

    def wait_for_death(self) -> None:
        """Wait until the child has died."""
        assert self.process.stdout
        while b"dead" not in self.process.stdout.readline():
            assert self.process.poll() is None, "the parent of the crashing processes ended"

    def end_child(self) -> int:
        """Kill the child that serves; return how many steps it took."""
        os.kill(int(self._pid.read_text()), signal.SIGKILL)
        self.wait_for_death()
        return int(self._steps.read_text())

    def close(self) -> None:
        """End the parent."""
        self.process.communicate(timeout=10)
        self._log.close()


@pytest.fixture
def places(bus: Bus, probe_database: MakeProbeDatabase) -> dict[str, str]:
    """The databases of both probes, with the topology declared."""
    declare(bus.host.url("operator"), [entrypoints_of(Teller), entrypoints_of(Hearer)])
    return {"intake": probe_database(Base, "intake"), "triage": probe_database(Base, "triage")}


def environment(bus: Bus, service: str, url: str, part: str) -> dict[str, str]:
    """What a crashing process is told."""
    (port,) = free_ports(1)
    return {
        "DATABASE_URL": url,
        "BROKER_URL": bus.host.url(service),
        "CALLER_SECRET": SECRET,
        "SERVICE_PORT": str(port),
        "CRASH_IN": part,
    }


def heard_once(url: str, names: int) -> bool:
    """Whether every name's event had one effect, told one event, and nothing waits."""
    effects = rows(url, "SELECT count(*), coalesce(min(times), 0), coalesce(max(times), 0) FROM entries")
    told = rows(url, "SELECT count(*), count(DISTINCT envelope::jsonb -> 'subject') FROM outbox")
    done = rows(url, "SELECT count(*) FROM inbox WHERE state = 'done'")
    assert effects[0][2] <= 1, "an effect came twice"
    assert told[0][0] == told[0][1], "an event was told twice"
    return effects == [(names, 1, 1)] and told == [(names, names)] and done == [(names,)]


def test_a_handler_killed_at_any_step_has_its_effect_exactly_once(
    bus: Bus, places: dict[str, str], tmp_path: Path
) -> None:
    bus.launch(Teller, places["intake"])
    handler = Crashing(Hearer, environment(bus, "triage", places["triage"], "handler"), tmp_path)

    with closing(handler), closing(Desk(Teller, places["intake"])) as teller:
        teller.ask("enter", body={"name": "whole"})
        handler.serve_until(0)
        eventually(lambda: heard_once(places["triage"], 1))
        steps = handler.end_child()
        assert 8 <= steps <= MOST_STEPS

        for step in range(1, steps + 1):
            teller.ask("enter", body={"name": f"step {step}"})
            handler.serve_until(step)
            handler.wait_for_death()
        handler.serve_until(0)
        eventually(lambda: heard_once(places["triage"], steps + 1))
        handler.end_child()

    eventually(lambda: bus.messages("triage") == 0)


def test_a_relay_killed_at_any_step_publishes_and_its_event_has_one_effect(
    bus: Bus, places: dict[str, str], tmp_path: Path
) -> None:
    bus.launch(Hearer, places["triage"])
    relay = Crashing(Teller, environment(bus, "intake", places["intake"], "relay"), tmp_path)

    with closing(relay), closing(Desk(Teller, places["intake"])) as teller:
        teller.ask("enter", body={"name": "whole"})
        relay.serve_until(0)
        eventually(lambda: heard_once(places["triage"], 1))
        steps = relay.end_child()
        assert 6 <= steps <= MOST_STEPS

        for step in range(1, steps + 1):
            teller.ask("enter", body={"name": f"step {step}"})
            relay.serve_until(step)
            relay.wait_for_death()
        relay.serve_until(0)
        eventually(lambda: heard_once(places["triage"], steps + 1))
        relay.end_child()

    assert rows(places["intake"], "SELECT count(*) FROM outbox WHERE sent_at IS NULL") == [(0,)]
    eventually(lambda: bus.messages("triage") == 0)
