"""A service's process: what it does by itself, what it needs to be told, and when it ends itself."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from chassis.entrypoints import entrypoints_of
from deploy.topology import declare
from tests.fixtures.jobs import Worker
from tests.fixtures.probes import Base, Entry, Teller
from tests.fixtures.processes import Bus, MakeProbeDatabase, eventually, rows

ENTRIES = 40


def test_a_job_goes_on_at_once_while_it_did_something_and_a_failing_one_hurts_nobody(
    bus: Bus, probe_database: MakeProbeDatabase
) -> None:
    url = probe_database(Base, "casework")
    engine = create_engine(url)
    with Session(engine) as session, session.begin():
        session.add_all(Entry(name=f"n{number}", made_at="2026-11-21T09:05:00Z") for number in range(ENTRIES))
    engine.dispose()

    worker = bus.serve(Worker, url)

    eventually(lambda: rows(url, "SELECT count(*), max(times) FROM entries WHERE times > 0") == [(ENTRIES, 1)])
    eventually(lambda: '"method": "stumble"' in worker.log.read_text())
    assert "ValueError" in worker.log.read_text()
    assert "07700" not in worker.log.read_text()
    assert worker.stop() == 0


def test_a_process_whose_driver_blocks_ends_itself_and_says_why(bus: Bus, probe_database: MakeProbeDatabase) -> None:
    declare(bus.host.url("operator"), [entrypoints_of(Teller)])

    teller = bus.launch(Teller, probe_database(Base, "intake"), wrapper=("-m", "tests.fixtures.blocking"))

    assert teller.process.wait(60) != 0
    assert "the database driver blocks the process while it waits" in teller.log.read_text()


def test_a_process_leaves_its_id_where_it_is_told_to(
    bus: Bus, probe_database: MakeProbeDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PID_FILE", str(tmp_path / "teller.pid"))

    teller = bus.serve(Teller, probe_database(Base, "intake"))

    assert (tmp_path / "teller.pid").read_text() == f"{teller.process.pid}\n"


def test_where_all_processes_share_one_user_its_requests_are_answered(
    bus: Bus, probe_database: MakeProbeDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHARED_BROKER_USER", "gateway")
    bus.serve(Teller, probe_database(Base, "intake"))

    assert bus.ask(bus.client(), "intake", "echo", body={"name": "Ann"}).result == {"name": "Ann"}


def test_operators_ask_a_service_whether_it_and_its_database_answer(
    bus: Bus, probe_database: MakeProbeDatabase
) -> None:
    bus.serve(Teller, probe_database(Base, "intake"))

    assert bus.ask(bus.client(), "intake", "ping", roles=["ops"]).result == {"status": "ok"}
