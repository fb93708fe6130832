"""The main path by HTTP: from the enquiry to the Cabinet Office's decision and the report."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest

from tests.e2e.visitor import ENQUIRY, Answer, Visitor, new_case
from tests.fixtures.processes import eventually
from tests.fixtures.system import RunningSystem

pytestmark = pytest.mark.timeout(300)


def test_an_enquiry_of_the_portal_is_triaged_and_becomes_a_case(system: RunningSystem, adviser: Visitor) -> None:
    portal, other = (Visitor(system, "portal", client=name) for name in ("gds", "another"))

    made = portal.make("/v1/enquiries", {**ENQUIRY, "channel": "web", "portal": {"session": "s-1"}})

    assert made.status == 201
    assert made.json["assessment"] is None or made.json["assessment"]["outcome"] == "refer"
    place = made.headers["Location"]
    eventually(lambda: portal.get(place).json["case"] is not None, 30)
    seen = portal.get(place).json
    assert seen["assessment"]["outcome"] == "refer"
    assert {entry["id"] for entry in seen["assessment"]["explanation"]} >= {"england", "promise"}
    assert other.get(place).status == 404, "another portal's enquiry is not its to know about"
    assert adviser.get(f"/v1/cases/{seen['case']}").json["enquiry"] == seen["reference"]


def test_the_same_key_gives_the_first_answer_again_and_another_body_is_refused(adviser: Visitor) -> None:
    made = adviser.make("/v1/enquiries", ENQUIRY, key="the-same")
    again = adviser.make("/v1/enquiries", ENQUIRY, key="the-same")
    other = adviser.make("/v1/enquiries", {**ENQUIRY, "channel": "email"}, key="the-same")

    assert (again.status, again.json, again.headers["Idempotent-Replay"]) == (201, made.json, "true")
    assert (other.status, other.json["code"]) == (422, "idempotency_key_reused")
    assert adviser.ask("POST", "/v1/enquiries", ENQUIRY).status == 400, "a key is needed"


def test_a_change_needs_the_version_that_was_read(adviser: Visitor) -> None:
    made = adviser.make("/v1/enquiries", {**ENQUIRY, "facts": {}})
    place, change = made.headers["Location"], {"facts": {"gates": {"england": "no"}}}
    eventually(lambda: adviser.get(place).json["assessment"] is not None, 30)
    read = adviser.get(place)

    assert adviser.get(place, If_None_Match=read.headers["ETag"]).status == 304
    assert adviser.ask("PATCH", place, change).status == 428
    assert adviser.ask("PATCH", place, change, If_Match=made.headers["ETag"]).status == 412
    changed = adviser.ask("PATCH", place, change, If_Match=read.headers["ETag"])
    assert changed.status == 200
    assert changed.headers["ETag"] != read.headers["ETag"]

    eventually(lambda: adviser.get(place).json["assessment"]["outcome"] == "out_of_scope", 30)
    assessments = adviser.get(f"{place}/assessments").json["items"]
    assert [one["outcome"] for one in assessments] == ["out_of_scope", "information_needed"]
    assert adviser.change("POST", f"{place}/close", {"reason": "Not in England."}, place).json["status"] == "closed"
    refused = adviser.change("POST", f"{place}/answer", {"reason": "Too late."}, place)
    assert (refused.status, "answer" in refused.json["allowed"]) == (409, False)


def test_a_walk_over_a_list_skips_and_repeats_nothing_while_it_grows(adviser: Visitor) -> None:
    stage = {"spin_out_stage": "growing", "facts": {}}
    first = [adviser.make("/v1/enquiries", {**ENQUIRY, **stage}).json["reference"] for _ in range(5)]
    seen, following = [], ""
    while True:
        page = adviser.get(f"/v1/enquiries?limit=2&channel=phone{following}").json
        seen += [item["reference"] for item in page["items"]]
        adviser.make("/v1/enquiries", {**ENQUIRY, **stage})
        if page["next"] is None:
            break
        following = f"&cursor={page['next']}"

    assert set(first) <= set(seen)
    assert len(set(seen)) == len(seen)
    assert adviser.get(f"/v1/enquiries?limit=2&channel=web{following}").status == 422, "a cursor of another list"
    assert adviser.get(f"/v1/enquiries?limit=2&channel=phone{following[:-2]}").status == 400, "not our signature"


def work_on(adviser: Visitor, case: str) -> None:
    """Everything that an adviser writes on a case."""
    place = f"/v1/cases/{case}"
    assert adviser.change("PATCH", place, {"assignee": "adviser-1"}).status == 200
    assert adviser.make(f"{place}/notes", {"text": "They called."}).status == 201
    contact = {"channel": "phone", "direction": "outbound", "disposition": "answered"}
    assert adviser.make(f"{place}/contacts", contact).status == 201
    task = adviser.make(f"{place}/tasks", {"title": "Ring back", "due_on": "2026-12-24"})
    done = adviser.ask("POST", f"{place}/tasks/{task.json['id']}/complete", {}, If_Match=task.headers["ETag"])
    assert done.json["completed_by"] == "adviser-1"
    barrier = {"kind": "barrier", "category": "pensions", "grade": "reported", "source_words": "…"}
    assert adviser.make(f"{place}/evidence", {**barrier, "observed_on": "2026-11-19"}).status == 201


def decide(adviser: Visitor, reviewer: Visitor, place: str) -> None:
    """Take a referral through every step to an acceptance of 10,000 pounds."""
    steps: list[tuple[Visitor, str, dict[str, Any]]] = [
        (reviewer, "acknowledge", {}),
        (reviewer, "request-information", {"message": "Who sponsors it?"}),
        (adviser, "provide-information", {"message": "The chief executive."}),
        (reviewer, "accept", {"reason_code": "strong_case", "message": "Yes.", "amount": "10000.00"}),
    ]
    for who, action, body in steps:
        answer = who.change("POST", f"{place}/{action}", body, place)
        assert answer.status == 200, answer.json


def close(adviser: Visitor, case: str) -> Answer:
    """Close a case."""
    closing = {"outcome": "advice_complete", "reason": "All is done."}
    return adviser.change("POST", f"/v1/cases/{case}/close", closing, f"/v1/cases/{case}")


def test_a_case_is_worked_referred_decided_paid_and_closed(adviser: Visitor, reviewer: Visitor) -> None:
    _, case = new_case(adviser)
    work_on(adviser, case)
    before = reviewer.get("/v1/fund").json
    wanted = {"support_needed": ["pensions"], "amount": "12500.00", "summary": "A strong team."}

    sent = adviser.make(f"/v1/cases/{case}/referral", wanted)
    assert sent.status == 201
    assert adviser.make(f"/v1/cases/{case}/referral", wanted).status == 409, "once at a time"
    place, reference = sent.headers["Location"], sent.json["reference"]
    eventually(lambda: len(adviser.get(f"/v1/cases/{case}").json["referrals"]) == 1, 30)
    assert close(adviser, case).json["code"] == "referral_is_live"
    decide(adviser, reviewer, place)

    moved = [
        reviewer.make("/v1/fund/entries", {"kind": kind, "referral": reference, "amount": amount}).status
        for kind, amount in (("commit", "6000.00"), ("spend", "5999.99"), ("commit", "4000.01"), ("release", "0.01"))
    ]
    assert moved == [201, 201, 409, 201]
    ended = reviewer.change("POST", f"{place}/conclude", {"outcome": "delivered"}, place)
    assert (ended.status, ended.json["conclusion"]["released"]) == (200, "4000.00")
    after = reviewer.get("/v1/fund").json
    assert Decimal(before["available"]) - Decimal(after["available"]) == Decimal("5999.99")

    eventually(lambda: adviser.get(f"/v1/cases/{case}").json["referrals"][0]["status"] == "delivered", 30)
    assert close(adviser, case).json["status"] == "closed"


def test_the_reports_count_it_and_the_file_has_the_same_figures(system: RunningSystem) -> None:
    analyst = Visitor(system, "analyst")

    eventually(lambda: sum(row["accepted"] for row in analyst.get("/v1/reports/funnel").json["rows"]) >= 1, 30)
    for name in ("funnel", "barriers", "timeliness", "sectors", "stages", "referrals", "evidence"):
        shown, file = analyst.get(f"/v1/reports/{name}"), analyst.get(f"/v1/reports/{name}.csv")
        assert (shown.status, file.status) == (200, 200), name
        assert set(shown.json["columns"]) == set(shown.json["definitions"])
        [head, *lines] = csv.reader(io.StringIO(file.body.decode("utf-8-sig")))
        assert head == shown.json["columns"], name
        assert len(lines) == len(shown.json["rows"]), name
        assert file.headers["Content-Type"].startswith("text/csv")
