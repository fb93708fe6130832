"""Live triage alone, and beside a back-test of a million assessments: one process does both."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from statistics import median, quantiles
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from chassis.entrypoints import entrypoints_of, find_service
from deploy.topology import declare
from deploy.virtual_hosts import OPERATOR
from tests.fixtures.desk import Desk
from tests.fixtures.ledger import enquiry
from tests.fixtures.processes import Bus, eventually, rows
from tests.service.triage_desk import heard, load

MILLION = 1_000_000
A_SECOND, SECONDS = 30, 15
# Five assessments, one for each number of points, become a million of as many enquiries of the last weeks.
_FILL = """
INSERT INTO assessments (id, enquiry, facts_version, criteria_version, criteria_sha256, spin_out_stage, facts, profile,
    outcome, score_low, score_high, reason, explanation, what_would_change_it, questions, signpost, triaged_at)
SELECT gen_random_uuid(), enquiry || number, 1, criteria_version, criteria_sha256, spin_out_stage, facts, profile,
    outcome, score_low, score_high, reason, '[]', '[]', '[]', signpost, triaged_at - number * interval '2 seconds'
FROM assessments, generate_series(1, :times) AS number
"""


def live_triage(bus: Bus, databases: dict[str, str]) -> list[dict[str, Any]]:
    """Milliseconds from storing an enquiry to its being triaged, at a steady rate, without and with a back-test."""
    with closing(Desk(find_service("triage"), databases["triage"])) as triage:
        load(triage)
        for points in range(5):
            data = heard(f"ENQ-{points}-", points=points)
            triage.hear("intake", "enquiry_received", subject=data["enquiry"], sequence=1, data=data)
        _fill(databases["triage"])
        declare(bus.host.url(OPERATOR), [entrypoints_of(find_service(name)) for name in databases])
        for name in databases:
            bus.launch(find_service(name), databases[name]).wait_until_ready(60)
        alone = _paced(bus, databases, "alone")
        body = {"from": "2020-01-01T00:00:00Z"}
        began = time.perf_counter()
        job = triage.ask("start_back_test", roles=("triage_lead",), version="2026-11", body=body)["id"]
        found = {"kind": "back_test", "job_id": job, "roles": ("triage_lead",)}
        eventually(lambda: triage.ask("read_job", **found)["seen"] > 0, 30)
        beside = _paced(bus, databases, "beside")
        seen = triage.ask("read_job", **found)["seen"]
        eventually(lambda: triage.ask("read_job", **found)["state"] == "done", 600)
        seconds = time.perf_counter() - began
    return [
        {"live triage": "alone", **alone, "back-test, rows seen meanwhile": 0, "whole back-test s": 0},
        {
            "live triage": "beside a back-test",
            **beside,
            "back-test, rows seen meanwhile": seen,
            "whole back-test s": round(seconds),
        },
    ]


def _fill(url: str) -> None:
    with create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(_FILL), {"times": MILLION // 5})
        connection.execute(text("VACUUM ANALYZE assessments"))


def _paced(bus: Bus, databases: dict[str, str], name: str) -> dict[str, Any]:
    """So many enquiries a second, each sent when it is due."""
    client, start = bus.client(), time.monotonic()

    def send(number: int) -> str:
        time.sleep(max(0.0, start + number / A_SECOND - time.monotonic()))
        body, _ = enquiry(number)
        made = bus.ask(client, "intake", "create_enquiry", body=body, key=f"{name}-{number}", patience=20)
        return str(made.result["reference"])

    with ThreadPoolExecutor(16) as threads:
        sent = list(threads.map(send, range(A_SECOND * SECONDS)))
    named = "', '".join(sent)
    triaged = f"SELECT enquiry, triaged_at FROM assessments WHERE enquiry IN ('{named}')"
    eventually(lambda: len(rows(databases["triage"], triaged)) == len(sent), 60)
    until = dict(rows(databases["triage"], triaged))  # type: ignore[arg-type]
    stored = rows(databases["intake"], f"SELECT reference, created_at FROM enquiries WHERE reference IN ('{named}')")
    waits = [(until[reference] - created).total_seconds() * 1000 for reference, created in stored]  # type: ignore[operator,index]
    return {"enquiries/s": A_SECOND, "p50 ms": round(median(waits), 1), "p99 ms": round(quantiles(waits, n=100)[98], 1)}
