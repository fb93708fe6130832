"""The OpenAPI document, fuzzed against the running system: no server error, no answer that it does not describe.

Every second request is about something that is there, so that what passes is looked at too.
"""

import itertools
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS, load_all_checks

from deploy.tokens import ROLES
from tests.e2e.visitor import Visitor, new_case
from tests.fixtures.system import RunningSystem

CASES = 1_000
WANTED = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")


@pytest.mark.untraced
@pytest.mark.timeout(400)
def test_a_thousand_odd_requests_meet_no_server_error_and_no_undocumented_answer(system: RunningSystem) -> None:
    load_all_checks()
    checks = [CHECKS.get_one(name) for name in WANTED]
    schema = schemathesis.openapi.from_url(f"{system.address}/openapi.json")
    token = system.token(*ROLES)
    operations = [found.ok() for found in schema.get_all_operations()]
    each = -(-CASES // len(operations))
    known, answered = _what_is_there(Visitor(system, *ROLES)), Counter[int]()

    def send(case: Any) -> None:
        if sum(answered.values()) % 2:
            case.path_parameters = {**case.path_parameters, **_named(case.path, known)}
        response = case.call(headers={"Authorization": f"Bearer {token}"}, timeout=10)
        answered[response.status_code] += 1
        case.validate_response(response, checks=checks)

    for operation, mode in itertools.product(operations, schemathesis.GenerationMode):
        _fuzz(operation.as_strategy(generation_mode=mode), -(-each // 2), send)

    assert sum(answered.values()) >= CASES
    assert answered[200] + answered[201] > CASES / 10, "many must have passed"
    assert answered[400] + answered[422] > CASES / 10, "many must have been refused"


def _fuzz(strategy: st.SearchStrategy[Any], count: int, send: Callable[[Any], None]) -> None:
    @seed(7)
    @settings(
        max_examples=count,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
        deadline=None,
    )
    @given(case=strategy)
    def fuzz(case: Any) -> None:
        send(case)

    fuzz()


def _what_is_there(visitor: Visitor) -> dict[str, dict[str, str]]:
    """The path parameters of something that is there, by the beginning of the path."""
    enquiry, case = new_case(visitor)
    wanted = {"support_needed": ["pensions"], "amount": "100.00", "summary": "To be fuzzed."}
    referral = visitor.make(f"/v1/cases/{case}/referral", wanted).json["reference"]
    task = visitor.make(f"/v1/cases/{case}/tasks", {"title": "To be fuzzed"}).json["id"]
    hook = {"url": "https://hooks.example.org/in", "event_types": ["referral.sent"]}
    endpoint = visitor.make("/v1/webhooks/endpoints", hook).json["id"]
    resource = visitor.get("/v1/resources?limit=1").json["items"][0]["id"]
    signpost = visitor.make(f"/v1/enquiries/{enquiry}/signposts", {"resource_id": resource}).json["id"]
    return {
        "/v1/enquiries": {"reference": enquiry, "signpost_id": signpost},
        "/v1/resources": {"resource_id": resource},
        "/v1/cases": {"reference": case, "task_id": task},
        "/v1/referrals": {"reference": referral},
        "/v1/webhooks/endpoints": {"endpoint_id": endpoint},
        "/v1/criteria": {"version": "2026-11"},
        "/v1/reports": {"name": "funnel"},
    }


def _named(path: str, known: dict[str, dict[str, str]]) -> dict[str, str]:
    found = next((names for start, names in known.items() if path.startswith(start)), {})
    return {name: value for name, value in found.items() if f"{{{name}}}" in path}
