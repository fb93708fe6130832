"""Criteria change while the line runs: no verdict by a mixture of versions, and case storage does not notice."""

import copy
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.pool import NullPool

from chassis.entrypoints import entrypoints_of, find_service
from deploy.topology import declare
from deploy.virtual_hosts import OPERATOR
from gateway.rpc_client import RpcClient
from services.triage import domain
from services.triage.models import Assessment, CriteriaVersion
from tests.fixtures.desk import Desk
from tests.fixtures.ledger import enquiry
from tests.fixtures.processes import Bus, ServiceProcess, eventually, rows
from tests.fixtures.stores import MakeDatabase
from tests.service.triage_desk import FIRST, load

pytestmark = pytest.mark.timeout(180)

LEAD = {"roles": ("triage_lead",)}
REASON = {"reason": "Tried under load."}
LINE = ("intake", "casework")
# A superseded version must be gone from every process within this time.
REACHES = timedelta(seconds=1)
# An assessment has the moment in which its batch was begun; the version is read after it.
ALLOWED = timedelta(seconds=1)
# Every row that is written is noted: PostgreSQL's own counts come up to ten seconds late.
COUNTED = """
CREATE TABLE written (name text);
CREATE FUNCTION note_row() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN INSERT INTO written VALUES (TG_TABLE_NAME); RETURN NULL; END $$;
DO $$ DECLARE one text; BEGIN
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'written' LOOP
    EXECUTE format('CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON %I '
      'FOR EACH ROW EXECUTE FUNCTION note_row()', one);
  END LOOP;
END $$
"""


@dataclass
class Line:
    """Intake, casework and three processes of triage on one bus."""

    bus: Bus
    databases: dict[str, str]
    triages: list[ServiceProcess]
    client: RpcClient
    sent: int = 0

    def send(self, count: int) -> None:
        """Take enquiries, four at a time, and wait until the last one is assessed and has its case where one is due."""
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(self._send, range(self.sent, self.sent + count)))
        self.sent += count
        eventually(self._is_done, 60)

    def lead(self, method: str, **arguments: Any) -> Any:
        """Ask triage as a triage lead."""
        return self.bus.ask(self.client, "triage", method, patience=20, **LEAD, **arguments).result

    def written(self) -> dict[str, int]:
        """How many rows of each table of casework were written since they are counted, once nothing is under way."""
        eventually(lambda: self.bus.messages("casework") == 0 and self._unsent() == 0)
        noted = rows(self.databases["casework"], "SELECT name FROM written")
        return Counter(str(name) for (name,) in noted)

    def _unsent(self) -> Any:
        return rows(self.databases["casework"], "SELECT count(*) FROM outbox WHERE sent_at IS NULL")[0][0]

    def _send(self, number: int) -> None:
        body, _ = enquiry(number)
        self.bus.ask(self.client, "intake", "create_enquiry", body=body, key=f"n{number}", patience=20)

    def _is_done(self) -> bool:
        statement = (
            "SELECT count(*) FILTER (WHERE assessment IS NULL OR {due} AND case_reference IS NULL) FROM enquiries"
        )
        due = "outcome IN ('refer', 'develop')"
        return rows(self.databases["intake"], statement.format(due=due)) == [(0,)]


@pytest.fixture
def line(bus: Bus, database: MakeDatabase) -> Line:
    """The line with the first criteria set in force and a stricter version agreed."""
    declare(bus.host.url(OPERATOR), [entrypoints_of(find_service(name)) for name in (*LINE, "triage")])
    databases = {name: database(name) for name in (*LINE, "triage")}
    with closing(Desk(find_service("triage"), databases["triage"])) as desk:
        load(desk)
        for name, threshold in (("strict", 90), ("same", 70)):
            document = copy.deepcopy(FIRST)
            document["version"] = name
            document["bands"][0]["at_least"] = document["bands"][1]["below"] = threshold
            desk.ask("draft_criteria", roles=("triage_lead",), subject="lead-1", body=document)
            desk.ask("agree_criteria", roles=("triage_lead",), subject="lead-2", version=name, body=REASON)
    with create_engine(databases["casework"], poolclass=NullPool).begin() as connection:
        connection.execute(text(COUNTED))
    others = [bus.launch(find_service(name), databases[name]) for name in LINE]
    triages = [bus.launch(find_service("triage"), databases["triage"]) for _ in range(3)]
    for process in (*others, *triages):
        process.wait_until_ready(60)
    return Line(bus, databases, triages, bus.client())


@pytest.fixture
def triage(line: Line) -> Iterator[Desk]:
    """A look into triage's database."""
    with closing(Desk(find_service("triage"), line.databases["triage"])) as desk:
        yield desk


def meanwhile(work: Callable[[threading.Event], None]) -> tuple[threading.Thread, threading.Event]:
    """Do something beside the test until it says stop."""
    stop = threading.Event()
    thread = threading.Thread(target=work, args=(stop,))
    thread.start()
    return thread, stop


def test_whatever_comes_into_force_under_load_each_verdict_is_by_one_version_and_in_time(
    line: Line, triage: Desk
) -> None:
    activated: list[tuple[str, datetime, datetime]] = [("2026-11", *2 * [datetime.now(UTC)])]

    def take_turns(stop: threading.Event) -> None:
        while not stop.wait(0.3):
            version, asked_at = ("2026-11", "strict")[len(activated) % 2], datetime.now(UTC)
            line.lead("activate_criteria", version=version, body=REASON)
            activated.append((version, asked_at, datetime.now(UTC)))

    thread, stop = meanwhile(take_turns)
    while len(activated) < 12 and thread.is_alive():
        line.send(40)
    stop.set()
    thread.join()

    assert len(activated) >= 12, "\n".join(process.log_end() for process in line.triages)
    with triage.session() as session:
        documents = {one.version: one.document for one in session.scalars(select(CriteriaVersion))}
        assessments = session.scalars(select(Assessment)).all()
    rules = {version: domain.compile_rules(document) for version, document in documents.items()}
    # A version is in force at the earliest when that is asked for, and at the latest until the next one's is answered.
    ends = [answered_at for _, _, answered_at in activated[1:]] + [datetime.now(UTC)]
    times = [(version, asked_at, end) for (version, asked_at, _), end in zip(activated, ends, strict=True)]
    for one in assessments:
        facts = domain.snapshot(one.facts["gates"], one.facts["criteria"], {"spin_out_stage": one.spin_out_stage})
        alone = domain.assess(rules[one.criteria_version], facts).data()
        assert (one.outcome, one.reason, one.explanation) == (alone["outcome"], alone["reason"], alone["explanation"])
        assert one.criteria_sha256 == rules[one.criteria_version].sha256
        assert any(
            version == one.criteria_version and start <= one.triaged_at + ALLOWED and one.triaged_at <= end + REACHES
            for version, start, end in times
        ), f"{one.criteria_version} at {one.triaged_at}"
    assert len(assessments) == line.sent
    assert {one.criteria_version for one in assessments} == {"strict", "2026-11"}
    heard = [re.search(r"events_heard_total\{.*assess_enquiry.*\} (\d+)", one.metrics()) for one in line.triages]
    assert all(found and int(found[1]) > 0 for found in heard)


def test_during_a_recalibration_case_storage_is_written_for_its_own_traffic_alone(line: Line) -> None:
    line.send(10)
    first = line.written()
    line.send(60)
    second = line.written()

    def recalibrate(stop: threading.Event) -> None:
        period = {"from": "2020-01-01T00:00:00Z"}
        for version in ("same", "2026-11"):
            line.lead("activate_criteria", version=version, body=REASON)
            line.lead("start_rescoring", version=version, body={})
            line.lead("start_back_test", version="strict", body=period)
        line.lead("start_calibration", body=period)
        line.lead("set_challenger", body={"version": "strict"}, if_match=0)
        eventually(lambda: all(one["state"] == "done" for one in jobs("back_test")), 30)
        eventually(lambda: all(one["state"] == "done" for one in jobs("rescoring")), 30)

    def jobs(kind: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = line.lead("list_jobs", kind=kind, body={})["items"]
        return found

    thread, _ = meanwhile(recalibrate)
    line.send(60)
    thread.join()
    third = line.written()

    quietly = {table: second[table] - first[table] for table in first}
    recalibrated = {table: third[table] - second[table] for table in second}
    assert recalibrated == quietly
    assert quietly["cases"] > 0
    assert [one["state"] for one in jobs("calibration")] == ["refused"]
