"""A program to run, described once: for supervisor (`spinout run`) and for the tests, which start it themselves."""

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.errors import CannotRun

# Put into the environment of everything that we start, so that what a killed run left behind can be found.
MARK = "SPINOUT_STARTED_FOR"

_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")


@dataclass(frozen=True)
class Program:
    """What to start: the words of the command, its own environment, the user it runs as and how it is stopped."""

    name: str
    command: tuple[str, ...]
    directory: Path
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM


def environment_of(program: Program, home: Path) -> dict[str, str]:
    """The whole environment for the program: a few harmless names of ours, its own, and the mark of this home."""
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**passed, **program.environment, MARK: str(home.resolve())}


def start(program: Program, home: Path) -> "subprocess.Popen[bytes]":
    """Start the program in a session of its own. It goes on when we end."""
    return _start(program, program.command, home)


def start_bound(program: Program, home: Path) -> "subprocess.Popen[bytes]":
    """Start the program so that the kernel stops it when the thread that called this ends, however it ends."""
    return _start(program, ("setpriv", "--pdeathsig", program.stop_signal.name, *program.command), home)


def _start(program: Program, command: tuple[str, ...], home: Path) -> "subprocess.Popen[bytes]":
    with program.log.open("ab") as log:
        return subprocess.Popen(
            command,
            env=environment_of(program, home),
            cwd=program.directory,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            user=program.user,
            group=program.user,
            extra_groups=[] if program.user else None,
        )


def run_to_end(program: Program, home: Path) -> None:
    """Run the program and wait for it. Raises CannotRun with the end of what it said when it fails."""
    done = subprocess.run(
        program.command,
        env=environment_of(program, home),
        cwd=program.directory,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = "\n".join(f"  {line}" for line in done.stdout.splitlines()[-15:])
        raise CannotRun(f"{' '.join(program.command)} failed ({done.returncode}):\n{said}")


def is_running(pid: int) -> bool:
    """Whether this process exists and is more than a zombie that nobody has waited for."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state not in "ZX"


def started_for(home: Path) -> list[int]:
    """The processes that carry the mark of this home, other than this one: what an earlier run left behind."""
    mark = f"{MARK}={home.resolve()}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        pid = int(folder.name)
        try:
            names = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue  # gone meanwhile, or another user's
        if mark in names and pid != os.getpid() and is_running(pid):
            found.append(pid)
    return sorted(found)


def stop_all(pids: Iterable[int], seconds: float) -> list[int]:
    """Ask each to end, wait at most `seconds`, kill who is left. Returns the ids that had to be killed."""
    waiting = [pid for pid in pids if _send(pid, signal.SIGTERM)]
    end = time.monotonic() + seconds
    while waiting and time.monotonic() < end:
        time.sleep(0.05)
        waiting = [pid for pid in waiting if is_running(pid)]
    for pid in waiting:
        _send(pid, signal.SIGKILL)
    return waiting


def _send(pid: int, how: signal.Signals) -> bool:
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return False
    return True
