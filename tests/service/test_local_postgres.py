"""The private PostgreSQL's folder."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import psycopg2.errors
import pytest

from deploy.errors import CannotRun
from deploy.ports import free_ports, wait_until
from deploy.postgres import SAFE, Postgres, prepare
from deploy.programs import Program, start, stop_all
from tests.fixtures.servers import PASSWORD
from tests.fixtures.stores import servers


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A server's folder, not yet made. Not in pytest's: that is shut to the user that PostgreSQL runs as."""
    home = Path(tempfile.mkdtemp(prefix="spinout-"))
    (port,) = free_ports(1)
    yield Postgres(home / "postgres", port, "secret")
    shutil.rmtree(home)


def prepared(server: Postgres) -> Program:
    return prepare(server, SAFE, server.home.parent / "postgres.pid", server.home.parent / "postgres.log")


def test_what_an_interrupted_first_start_left_is_made_anew(server: Postgres) -> None:
    (server.home / "data.unfinished").mkdir(parents=True)
    (server.home / "data.unfinished" / "half").touch()

    prepared(server)

    assert (server.data / "PG_VERSION").is_file()
    assert sorted(path.name for path in server.home.iterdir()) == ["data"]


@pytest.mark.parametrize(
    "lock",
    ["", "junk", f"{os.getpid()}\n/elsewhere\n", "999999999\n"],
    ids=["empty", "junk", "of another process", "of no process"],
)
def test_the_lock_of_a_dead_server_does_not_stand_in_the_way(server: Postgres, lock: str) -> None:
    prepared(server)
    (server.data / "postmaster.pid").write_text(lock)

    program = prepared(server)
    process = start(program, server.home)

    wait_until(server.is_ready, lambda: process.poll() is None, "PostgreSQL", program.log, 60)
    written = int((server.home.parent / "postgres.pid").read_text())
    assert written == process.pid
    process.send_signal(program.stop_signal)
    assert process.wait(20) == 0
    assert stop_all([process.pid], 1) == []


def test_the_folder_of_a_running_server_is_left_alone(tmp_path: Path) -> None:
    running = Postgres(Path(servers().home) / "postgres", 1, PASSWORD)
    with pytest.raises(CannotRun, match="still works on"):
        prepare(running, SAFE, tmp_path / "pid", tmp_path / "log")


def test_its_log_tells_nothing_of_the_rows_that_an_error_is_about(server: Postgres) -> None:
    program = prepared(server)
    process = start(program, server.home)
    wait_until(server.is_ready, lambda: process.poll() is None, "PostgreSQL", program.log, 60)

    with closing(psycopg2.connect(server.admin_url)) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE people (email text PRIMARY KEY)")
        with pytest.raises(psycopg2.errors.UniqueViolation, match=r"sian@example\.org"):
            cursor.execute("INSERT INTO people VALUES (%s), (%s)", ("sian@example.org", "sian@example.org"))

    process.send_signal(program.stop_signal)
    assert process.wait(20) == 0
    assert "duplicate key" in program.log.read_text()
    assert "sian@example.org" not in program.log.read_text()


def test_a_wrong_password_is_not_ready(server: Postgres) -> None:
    assert not Postgres(server.home, server.port, "wrong").is_ready()
