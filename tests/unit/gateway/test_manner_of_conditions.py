"""How all routes behave: ETags and what hangs on them."""

import pytest

from tests.unit.gateway.fakes import Gateway, shared_gateway

ENQUIRY = "/v1/enquiries/ENQ-7K3M-9Q2D"
JSON, PROBLEM = "application/json", "application/problem+json"


@pytest.fixture
def door() -> Gateway:
    return shared_gateway()


def test_a_change_carries_the_version_that_was_read(door: Gateway) -> None:
    for match in ('"7"', f'"7-{"0" * 24}"', "*"):
        door.ask("PATCH", ENQUIRY, json={"subject": "x"}, headers={"If-Match": match})

    assert [asked.context.get("if_match") for asked in door.bus.asked] == [7, 7, None]


@pytest.mark.parametrize(("match", "status"), [('W/"7"', 412), ('"x"', 412), ("7", 400), ('"7", "8"', 400)])
def test_a_match_that_names_no_version_of_ours_changes_nothing(door: Gateway, match: str, status: int) -> None:
    assert door.ask("PATCH", ENQUIRY, json={}, headers={"If-Match": match}).status_code == status
    assert not door.bus.asked


def test_a_question_carries_neither_key_nor_match(door: Gateway) -> None:
    door.ask("GET", ENQUIRY, headers={"Idempotency-Key": "k", "If-Match": '"1"'})
    door.ask("POST", "/v1/triage/what-if", json={})

    assert all(asked.context.keys() == {"caller", "deadline", "traceparent"} for asked in door.bus.asked)


def test_what_the_client_has_already_is_not_sent_again(door: Gateway) -> None:
    fresh = door.ask("GET", ENQUIRY)
    known = door.ask("GET", ENQUIRY, headers={"If-None-Match": fresh.headers["ETag"]})

    assert (fresh.status_code, known.status_code) == (200, 304)
    assert known.headers["ETag"] == fresh.headers["ETag"]
    assert known.data == b""


def test_what_changed_by_time_alone_is_sent_again_and_can_be_changed(door: Gateway) -> None:
    """The clock of a case runs out, and its version stays."""
    door.bus.says["casework.read_case"] = {"version": 3, "overdue": False}
    tag = door.ask("GET", "/v1/cases/CAS-7K3M-9Q2D").headers["ETag"]
    door.bus.says["casework.read_case"] = {"version": 3, "overdue": True}

    later = door.ask("GET", "/v1/cases/CAS-7K3M-9Q2D", headers={"If-None-Match": tag})
    door.ask("PATCH", "/v1/cases/CAS-7K3M-9Q2D", json={}, headers={"If-Match": tag})

    assert (later.status_code, later.get_json()["overdue"]) == (200, True)
    assert door.bus.last.context["if_match"] == 3


def test_what_is_named_by_a_version_is_changed_by_its_revision(door: Gateway) -> None:
    """The version of criteria is their name."""
    door.bus.says["triage.read_criteria"] = {"version": "2026-11", "revision": 3, "state": "draft"}
    tag = door.ask("GET", "/v1/criteria/2026-11").headers["ETag"]

    door.ask("POST", "/v1/criteria/2026-11/agree", json={"reason": "x"}, headers={"If-Match": tag})

    assert door.bus.last.context["if_match"] == 3


def test_what_has_no_version_is_known_by_its_content(door: Gateway) -> None:
    door.bus.says["reporting.read_report"] = {"columns": [], "rows": [], "generated_at": "2026-11-21T09:04:00Z"}

    tag = door.ask("GET", "/v1/reports/funnel").headers["ETag"]

    door.bus.says["reporting.read_report"] |= {"generated_at": "2026-11-21T09:05:00Z"}
    assert door.ask("GET", "/v1/reports/funnel", headers={"If-None-Match": tag}).status_code == 304
    door.bus.says["reporting.read_report"] = {"columns": [], "rows": [{}]}
    assert door.ask("GET", "/v1/reports/funnel", headers={"If-None-Match": tag}).status_code == 200


def test_a_head_is_a_get_without_its_body(door: Gateway) -> None:
    answer = door.ask("HEAD", ENQUIRY)

    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["ETag"] == door.ask("GET", ENQUIRY).headers["ETag"]


def test_what_was_removed_has_no_content(door: Gateway) -> None:
    door.bus.says["referrals.delete_endpoint"] = None

    answer = door.ask("DELETE", "/v1/webhooks/endpoints/1")

    assert (answer.status_code, answer.data) == (204, b"")
