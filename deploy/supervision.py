"""Supervisor: keeps every process up, and stops them in order when it is told to end, or when its parent dies.

Each group has a place: it is started when we say so, and supervisor stops the groups from the highest place down,
each group at rest before the next is asked. So the door closes first and the stores go last.
"""

import contextlib
import signal
import subprocess
import sys
import time
import xmlrpc.client
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.errors import CannotRun
from deploy.home import Home, write_private
from deploy.ports import LOOPBACK, last_lines
from deploy.programs import Program, environment_of, start_bound

# Supervisor asks with SIGTERM (or what the program says), waits so long, then kills.
STOP_SECONDS = 15

_LOG_BYTES, _LOG_FILES = "10MB", 3

_HEAD = """\
[supervisord]
nodaemon=true
logfile={home}/log/supervisor.log
logfile_maxbytes={bytes}
logfile_backups={files}
pidfile={home}/run/supervisor.pid
childlogdir={home}/log
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[inet_http_server]
port={host}:{port}
username=spinout
password={password}
"""

_PROGRAM = """
[program:{name}]
command={command}
directory={directory}
environment={environment}
{user}autorestart=true
startsecs=1
startretries=1000000
stopsignal={signal}
stopwaitsecs={wait}
killasgroup=true
redirect_stderr=true
stdout_logfile={log}
stdout_logfile_maxbytes={bytes}
stdout_logfile_backups={files}
"""


@dataclass(frozen=True)
class Group:
    """Programs that are stopped together, and when: the higher the place, the earlier."""

    name: str
    place: int
    programs: tuple[Program, ...]


class Supervisor:
    """One supervisord, bound to this process: when we are killed it stops all, in order, and ends."""

    def __init__(self, home: Home, port: int, password: str) -> None:
        self._home, self._port, self._password = home, port, password
        self._process: subprocess.Popen[bytes] | None = None
        self._groups: list[Group] = []
        self._calls = xmlrpc.client.ServerProxy(f"http://spinout:{password}@{LOOPBACK}:{port}/RPC2", allow_none=True)

    @property
    def _file(self) -> Path:
        return self._home.path / "run" / "supervisor.conf"

    @property
    def _log(self) -> Path:
        return self._home.path / "log" / "supervisord.out"

    def begin(self) -> None:
        """Start supervisord, with nothing to do yet. Raises CannotRun when it does not come up."""
        self._configure()
        program = Program(
            name="supervisor",
            command=(
                sys.executable,
                "-W",
                "ignore",
                "-m",
                "supervisor.supervisord",
                "-n",
                "-s",
                "-c",
                str(self._file),
            ),
            directory=self._home.path,
            log=self._log,
        )
        self._process = start_bound(program, self._home.path)
        end = time.monotonic() + 20
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                raise CannotRun(f"supervisor did not come up.\n{last_lines(self._log)}")
            time.sleep(0.1)

    def start(self, group: Group) -> None:
        """Start the programs of a group. Returns at once; whether they are ready is for others to ask."""
        self._groups.append(group)
        self._configure()
        self._calls.supervisor.reloadConfig()
        self._calls.supervisor.addProcessGroup(group.name)

    def is_alive(self) -> bool:
        """Whether supervisord itself runs."""
        return self._process is not None and self._process.poll() is None

    def gave_up(self, group: str, program: Program) -> bool:
        """Whether the program ended at once when it was started, and waits for another try."""
        info: Any = self._calls.supervisor.getProcessInfo(f"{group}:{program.name}")
        return str(info["statename"]) in ("BACKOFF", "FATAL")

    def end(self, seconds: float) -> None:
        """Stop all in order, and wait for it at most so long."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)

    def _answers(self) -> bool:
        try:
            self._calls.supervisor.getState()
        except (OSError, xmlrpc.client.Error):
            return False
        return True

    def _configure(self) -> None:
        bounds = {"bytes": _LOG_BYTES, "files": _LOG_FILES}
        parts = [_HEAD.format(home=self._home.path, host=LOOPBACK, port=self._port, password=self._password, **bounds)]
        for group in self._groups:
            names = ",".join(program.name for program in group.programs)
            parts.append(f"\n[group:{group.name}]\nprograms={names}\npriority={group.place}\n")
            parts.extend(self._section(program) for program in group.programs)
        write_private(self._file, "".join(parts))

    def _section(self, program: Program) -> str:
        environment = environment_of(program, self._home.path)
        return _PROGRAM.format(
            name=program.name,
            command=" ".join(_quoted(word) for word in program.command),
            directory=program.directory,
            environment=",".join(f"{name}={_quoted(value)}" for name, value in environment.items()),
            user=f"user={program.user}\n" if program.user else "",
            signal=program.stop_signal.name.removeprefix("SIG"),
            wait=STOP_SECONDS,
            log=program.log,
            bytes=_LOG_BYTES,
            files=_LOG_FILES,
        )


def _quoted(text: str) -> str:
    """A word as supervisor's configuration wants it: per cent doubled, in quotation marks."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%") + '"'
