"""A part is away: the rest goes on, says so in time, and all comes back alone."""

import os
import signal
import time

import pytest
import urllib3

from tests.e2e.visitor import ENQUIRY, Answer, Visitor
from tests.fixtures.processes import eventually
from tests.fixtures.system import SERVICES, RunningSystem

pytestmark = pytest.mark.timeout(300)

DEADLINE = 5.0  # seconds; the gateway's own, when the caller names none


def timed(visitor: Visitor, method: str, path: str, body: object = None, **headers: str) -> tuple[Answer, float]:
    """An answer, and the seconds that it took."""
    began = time.monotonic()
    return visitor.ask(method, path, body, **headers), time.monotonic() - began


def is_said(answer: Answer) -> bool:
    """Whether it says that a part is away, and when to come again."""
    said = answer.json
    return (answer.status, said["status"], answer.headers["Retry-After"].isdecimal()) == (503, 503, True)


def outcome(visitor: Visitor, reference: str) -> str | None:
    """What triage found; None while it has not, or while nobody can say."""
    try:
        answer = visitor.get(f"/v1/enquiries/{reference}")
    except urllib3.exceptions.HTTPError:
        return None
    found = answer.json.get("assessment") if answer.status == 200 else None
    return found["outcome"] if found else None


def test_while_triage_hangs_enquiries_are_taken_and_triaged_when_it_is_back(
    system: RunningSystem, adviser: Visitor
) -> None:
    hanging = system.pid("triage")
    assert hanging is not None
    os.kill(hanging, signal.SIGSTOP)

    made = [timed(adviser, "POST", "/v1/enquiries", ENQUIRY, Idempotency_Key=f"hangs-{n}") for n in range(5)]
    asked, waited = timed(adviser, "GET", "/v1/criteria/2026-11")
    sooner, briefly = timed(adviser, "GET", "/v1/criteria/2026-11", X_Request_Timeout="0.5")

    assert [answer.status for answer, _ in made] == [201] * 5
    assert max(seconds for _, seconds in made) < DEADLINE
    assert is_said(asked)
    assert is_said(sooner)
    assert waited < DEADLINE + 1
    assert briefly < 1.5
    assert "triage" in Visitor(system).get("/readyz").json["missing"]

    os.kill(hanging, signal.SIGKILL)

    references = [answer.json["reference"] for answer, _ in made]
    eventually(lambda: {outcome(adviser, one) for one in references} == {"refer"}, 60)
    assert system.pid("triage") != hanging
    eventually(lambda: all(adviser.get(f"/v1/enquiries/{one}").json["case"] for one in references), 30)
    system.wait_until_ready()


def test_while_the_broker_is_away_it_is_said_at_once_and_all_comes_back_alone(
    system: RunningSystem, adviser: Visitor
) -> None:
    before = [adviser.make("/v1/enquiries", ENQUIRY).json["reference"] for _ in range(5)]
    assert system.kill("broker")
    eventually(lambda: adviser.get("/v1/enquiries?limit=1").status == 503, 10)

    read, read_in = timed(adviser, "GET", f"/v1/enquiries/{before[0]}")
    sent, sent_in = timed(adviser, "POST", "/v1/enquiries", ENQUIRY, Idempotency_Key="while-away")
    assert is_said(read)
    assert is_said(sent)
    assert max(read_in, sent_in) < DEADLINE + 1
    assert Visitor(system).get("/livez").status == 200

    eventually(lambda: not system.is_ready(), 5)

    system.wait_until_ready()

    again = adviser.make("/v1/enquiries", ENQUIRY, key="while-away")
    assert again.status == 201
    eventually(lambda: {outcome(adviser, one) for one in [*before, again.json["reference"]]} == {"refer"}, 60)
    taken = system.rows("intake", "SELECT count(*) FROM idempotency WHERE key = 'while-away'")
    assert taken == [(1,)]


def test_nothing_was_parked_by_any_of_it(system: RunningSystem) -> None:
    operator = Visitor(system, "ops")

    for service in SERVICES:
        assert operator.get(f"/v1/ops/parked?service={service}").json["items"] == [], service


def test_no_log_tells_who_asked_or_what(system: RunningSystem) -> None:
    logs = list((system.home / "log").glob("*.log"))

    assert len(logs) >= 8
    for log in logs:
        words = log.read_text(errors="replace")
        assert not any(part in words for part in ("sian@example.org", "O’Neill", "community nurses")), log.name
