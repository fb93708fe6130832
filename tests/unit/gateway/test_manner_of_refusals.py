"""How refusals of services reach the client."""

import pytest

from chassis.errors import (
    DeadlineExceeded,
    FieldError,
    Incident,
    Invalid,
    KeyReused,
    KeyRunning,
    NotAllowedNow,
    NotFound,
    Refused,
    RemoteRefusal,
    Stale,
    Unavailable,
)
from tests.unit.gateway.fakes import Gateway, shared_gateway

ENQUIRY = "/v1/enquiries/ENQ-7K3M-9Q2D"
JSON, PROBLEM = "application/json", "application/problem+json"


@pytest.fixture
def door() -> Gateway:
    return shared_gateway()


@pytest.mark.parametrize(
    ("refused", "status", "code"),
    [
        (Invalid([FieldError("/enquirer/email", "Not a valid email address.")]), 422, "invalid"),
        (NotFound("There is no such enquiry."), 404, "not_found"),
        (NotAllowedNow("withdraw", "closed", ["reopen"]), 409, "not_allowed_now"),
        (Stale(), 412, "stale"),
        (KeyReused(), 422, "idempotency_key_reused"),
        (KeyRunning(), 409, "idempotency_key_running"),
        (Unavailable(), 503, "unavailable"),
        (DeadlineExceeded(), 503, "deadline_exceeded"),
        (RemoteRefusal({"kind": "conflict", "code": "fund_overdrawn", "detail": "Too much."}), 409, "fund_overdrawn"),
        (RemoteRefusal({"kind": "of tomorrow", "code": "new", "detail": "New."}), 409, "new"),
    ],
)
def test_a_refusal_of_a_service_becomes_a_problem(door: Gateway, refused: Refused, status: int, code: str) -> None:
    door.bus.says["intake.change_enquiry"] = refused

    answer = door.ask("PATCH", ENQUIRY, json={"subject": "x"})
    problem = answer.get_json()

    assert (answer.status_code, answer.content_type) == (status, PROBLEM)
    assert (problem["status"], problem["code"], problem["detail"]) == (status, code, refused.detail)
    assert problem["type"] == f"/problems/{code.replace('_', '-')}"
    assert problem["instance"] == ENQUIRY
    assert problem["correlation_id"] == answer.headers["X-Correlation-Id"]
    assert ("Retry-After" in answer.headers) is (refused.kind in ("unavailable", "key_running"))
    assert problem.get("allowed") == refused.allowed
    assert [error["pointer"] for error in problem.get("errors", [])] == [error.pointer for error in refused.errors]


@pytest.mark.parametrize("error", [Incident("ab12"), RuntimeError("postgresql://user:secret@host")])
def test_the_caller_of_a_failure_learns_an_incident_and_nothing_else(door: Gateway, error: Exception) -> None:
    door.bus.says["intake.read_enquiry"] = error

    answer = door.ask("GET", ENQUIRY)

    assert (answer.status_code, answer.content_type) == (500, PROBLEM)
    assert b"secret" not in answer.data
    assert answer.get_json()["incident"] == "ab12" or isinstance(error, RuntimeError)
