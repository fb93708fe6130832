"""A test run leaves nothing running, whatever ends it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from deploy.programs import started_for
from tests.fixtures.processes import ROOT, eventually
from tests.fixtures.servers import stop

SLOW = "import time\ndef test_slow():\n    time.sleep(100)\n"


def test_a_run_that_is_killed_leaves_no_server(tmp_path: Path) -> None:
    end_early(signal.SIGKILL, tmp_path)


def end_early(how: signal.Signals, tmp_path: Path) -> None:
    """Begin a run in a folder, and end it when its servers are up; fails when any of them is left."""
    (tmp_path / "test_slow.py").write_text(SLOW)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SPINOUT_", "PYTEST_"))}
    options = [
        "-p",
        "tests.conftest",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(ROOT),
        "-c",
        str(ROOT / "pyproject.toml"),
    ]
    # `env` gives Ctrl-C back its meaning, which a shell takes from what it starts in the background.
    command = ["env", "--default-signal=INT", sys.executable, "-m", "pytest", *options, str(tmp_path)]
    run = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    home = ROOT / "var" / "test" / f"run-{run.pid}"
    eventually((home / "servers.json").exists, 90)
    assert started_for(home)

    run.send_signal(how)
    run.wait(timeout=90)  # a busy machine takes its time to stop three servers

    eventually(lambda: not started_for(home), 20)
    stop(home)
