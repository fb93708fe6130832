"""`spinout run`: all of it comes up, comes back, and goes away."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import urllib3

from deploy.ports import free_ports
from deploy.programs import is_running, started_for
from deploy.virtual_hosts import SERVICES
from tests.fixtures.processes import eventually

pytestmark = pytest.mark.timeout(300)

SPINOUT = Path(sys.executable).with_name("spinout")


@dataclass
class Run:
    """A `spinout run` and what it has said so far."""

    home: Path
    port: int
    process: "subprocess.Popen[bytes]"

    @property
    def said(self) -> str:
        return (self.home / "said").read_text()

    def wait_for(self, words: str) -> None:
        end = time.monotonic() + 180
        while words not in self.said and self.process.poll() is None and time.monotonic() < end:
            time.sleep(0.2)
        assert words in self.said, self.said

    def pid(self, name: str) -> int:
        return int((self.home / "run" / f"{name}.pid").read_text().split()[0])

    def get(self, path: str, **headers: str) -> urllib3.BaseHTTPResponse:
        return urllib3.request("GET", f"http://127.0.0.1:{self.port}{path}", headers=headers, timeout=10)


@contextmanager
def started(home: Path) -> Iterator[Run]:
    """Start the system of this folder on a free port. At the end it is told to stop, if it still runs."""
    (port,) = free_ports(1)
    with (home / "said").open("wb") as said:
        environment = os.environ | {"SPINOUT_HOME": str(home), "PORT": str(port)}
        process = subprocess.Popen([SPINOUT, "run"], env=environment, stdout=said, stderr=said)
    try:
        yield Run(home, port, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(90)


def spinout(home: Path, *words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"SPINOUT_HOME": str(home)} | settings
    return subprocess.run([SPINOUT, *words], env=environment, capture_output=True, text=True, check=False, timeout=120)


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for a system. Not pytest's: those are shut to the other user that PostgreSQL runs as."""
    made = Path(tempfile.mkdtemp(prefix="spinout-"))
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """A running system, in a folder whose first run was killed outright. It has to leave nothing when told to stop."""
    with folder() as home:
        with started(home) as first:
            first.wait_for("Making and migrating")
            kill_outright(first)
        assert started_for(home)
        with started(home) as made:
            made.wait_for("Ready at")
            yield made
            began = time.monotonic()
        assert time.monotonic() - began < 40
        assert made.process.returncode == 0, made.said
        assert started_for(home) == []
        assert "had to be killed" not in made.said
        assert not list((home / "run").glob("*.pid"))


def test_a_folder_whose_run_was_killed_outright_is_put_right_by_the_next(run: Run) -> None:
    assert "ended without stopping" in run.said
    assert run.get("/readyz").status == 200


def test_every_process_has_its_id_in_a_file(run: Run) -> None:
    for name in (*SERVICES, "gateway", "broker", "postgres", "supervisor"):
        assert is_running(run.pid(name)), name


def test_what_is_secret_only_its_owner_may_read(run: Run) -> None:
    for name in (
        "keys/secrets.json",
        "keys/signing.json",
        "run/supervisor.conf",
        "run/system.json",
        "broker/rabbitmq.conf",
    ):
        assert stat.S_IMODE((run.home / name).stat().st_mode) == 0o600, name


def test_the_gateway_takes_a_token_of_the_local_system(run: Run) -> None:
    token = spinout(run.home, "token", "--role", "adviser").stdout.strip()

    answer = run.get("/v1/enquiries", Authorization=f"Bearer {token}")

    assert answer.status == 200
    assert answer.json()["items"] == []
    assert run.get("/v1/enquiries").status == 401


def test_our_own_processes_log_json_lines(run: Run) -> None:
    for name in (*SERVICES, "gateway"):
        lines = (run.home / "log" / f"{name}.log").read_text().splitlines()
        assert lines, name
        assert all("event" in json.loads(line) for line in lines), name


def test_a_second_run_of_the_same_folder_is_refused_clearly(run: Run) -> None:
    second = spinout(run.home, "run")

    assert second.returncode == 1
    assert f"runs already for {run.home} (process {run.process.pid})" in second.stderr
    assert "Traceback" not in second.stderr
    assert run.get("/readyz").status == 200


def test_a_taken_port_is_told_clearly_before_anything_is_started(run: Run, tmp_path: Path) -> None:
    other = spinout(tmp_path, "run", PORT=str(run.port))

    assert other.returncode == 1
    assert f"port {run.port} is taken" in other.stderr
    assert not (tmp_path / "postgres").exists()


@pytest.mark.parametrize("name", ["casework", "gateway", "broker", "postgres"])
def test_what_is_killed_comes_back_with_a_new_id(run: Run, name: str) -> None:
    killed = run.pid(name)
    token = spinout(run.home, "token", "--role", "adviser").stdout.strip()

    os.kill(killed, signal.SIGKILL)

    def is_back() -> bool:
        try:
            lists = ("/v1/cases", "/v1/enquiries")
            answers = [run.get(path, Authorization=f"Bearer {token}").status for path in lists]
            return answers == [200, 200] and run.pid(name) != killed and is_running(run.pid(name))
        except (OSError, IndexError, urllib3.exceptions.HTTPError):
            return False

    eventually(is_back, 60)


def kill_outright(run: Run) -> None:
    supervisor = run.pid("supervisor")
    # Stopped first: supervisor must not see its parent die and tidy up.
    for pid, how in ((supervisor, signal.SIGSTOP), (run.process.pid, signal.SIGKILL), (supervisor, signal.SIGKILL)):
        os.kill(pid, how)
