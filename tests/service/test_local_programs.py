"""Starting, finding and stopping processes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.errors import CannotRun
from deploy.home import Home
from deploy.leftovers import clear
from deploy.programs import Program, environment_of, is_running, run_to_end, start, start_bound, started_for, stop_all
from tests.fixtures.processes import ROOT, eventually

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"

STARTER = """
import os, signal, sys
from pathlib import Path
from deploy.programs import Program, start_bound

folder = Path(sys.argv[1])
sleeper = start_bound(Program("sleeper", ("sleep", "60"), folder, folder / "said"), folder)
while Path(f"/proc/{sleeper.pid}/comm").read_text() != "sleep\\n":
    pass
os.kill(os.getpid(), signal.SIGKILL)
"""


def python(code: str, folder: Path, **settings: str) -> Program:
    return Program("program", (sys.executable, "-c", code), folder, folder / "said", settings)


def wait_for_text(path: Path, text: str, process: "subprocess.Popen[bytes]") -> None:
    while text not in path.read_text():
        assert process.poll() is None, path.read_text()


def test_a_program_sees_its_own_settings_and_none_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://administrator@somewhere")
    seen = environment_of(python("", tmp_path, NAME="value"), tmp_path)
    assert seen["NAME"] == "value"
    assert "DATABASE_URL" not in seen
    assert "PATH" in seen


def test_what_was_started_for_a_folder_is_found_again_and_stopped(tmp_path: Path) -> None:
    process = start(python("import time; print('up', flush=True); time.sleep(60)", tmp_path), tmp_path)
    wait_for_text(tmp_path / "said", "up", process)

    assert started_for(tmp_path) == [process.pid]
    assert started_for(tmp_path / "other") == []
    assert stop_all(started_for(tmp_path), 10) == []

    assert not is_running(process.pid)
    process.wait()


def test_who_does_not_stop_is_killed(tmp_path: Path) -> None:
    process = start(python(STUBBORN, tmp_path), tmp_path)
    wait_for_text(tmp_path / "said", "up", process)

    assert stop_all([process.pid], 0.2) == [process.pid]

    assert process.wait(5) == -9


def test_stopping_who_is_gone_is_no_error() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert stop_all([process.pid], 1) == []


def test_a_bound_program_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    (tmp_path / "starter.py").write_text(STARTER)
    ended = subprocess.run(
        [sys.executable, tmp_path / "starter.py", tmp_path], env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False
    )

    assert ended.returncode == -signal.SIGKILL, "it started its program, and was killed"
    eventually(lambda: not started_for(tmp_path))


def test_a_bound_program_lives_while_its_starter_lives(tmp_path: Path) -> None:
    process = start_bound(python(STUBBORN, tmp_path), tmp_path)
    wait_for_text(tmp_path / "said", "up", process)
    assert is_running(process.pid)
    process.kill()
    process.wait()


def test_a_command_that_fails_tells_the_end_of_what_it_said(tmp_path: Path) -> None:
    run_to_end(python("print('fine')", tmp_path), tmp_path)
    with pytest.raises(CannotRun, match="no such thing"):
        run_to_end(python("raise SystemExit('no such thing')", tmp_path), tmp_path)


def test_what_a_killed_run_left_is_stopped_before_the_next_and_its_ids_forgotten(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.make()
    process = start(python("import time; print('up', flush=True); time.sleep(60)", tmp_path), tmp_path)
    wait_for_text(tmp_path / "said", "up", process)
    home.pid_file("supervisor").write_text(str(process.pid))
    home.pid_file("intake").write_text(str(os.getpid()))
    said: list[str] = []

    clear(home, said.append)
    clear(home, said.append)

    assert process.wait(5) == -15
    assert len(said) == 1
    assert not list((tmp_path / "run").glob("*.pid"))
