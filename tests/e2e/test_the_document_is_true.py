"""The OpenAPI document, fuzzed against the running system: no server error, no answer that it does not describe."""

import random
from collections import Counter
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS, load_all_checks

from tests.fixtures.system import RunningSystem

CASES = 1_000
ROLES = ("adviser", "admin", "analyst", "co_reviewer", "manager", "ops", "triage_lead")
WANTED = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")


@pytest.mark.xdist_group("e2e")
@pytest.mark.timeout(400)
def test_a_thousand_odd_requests_meet_no_server_error_and_no_undocumented_answer(system: RunningSystem) -> None:
    load_all_checks()
    checks = [CHECKS.get_one(name) for name in WANTED]
    schema = schemathesis.openapi.from_url(f"{system.address}/openapi.json")
    token = system.token(*ROLES)
    operations = [found.ok() for found in schema.get_all_operations()]
    each = -(-CASES // len(operations))
    answered: Counter[int] = Counter()

    for operation in operations:
        for mode in schemathesis.GenerationMode:
            _fuzz(operation.as_strategy(generation_mode=mode), -(-each // 2), checks, token, answered)

    assert sum(answered.values()) >= CASES
    assert answered[200] + answered[201] > 0, "some must have passed"
    assert answered[400] + answered[422] > 0, "some must have been refused"


def _fuzz(strategy: st.SearchStrategy[Any], count: int, checks: list[Any], token: str, answered: Counter[int]) -> None:
    @seed(random.Random(7).randrange(2**32))
    @settings(max_examples=count, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None)
    @given(case=strategy)
    def fuzz(case: Any) -> None:
        response = case.call(headers={"Authorization": f"Bearer {token}"}, timeout=10)
        answered[response.status_code] += 1
        case.validate_response(response, checks=checks)

    fuzz()
