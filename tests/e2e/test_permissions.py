"""Every route and method, walked by everybody: who may is never turned away, who may not always is."""

import re
from collections.abc import Iterator

import pytest

from chassis.work import Caller
from gateway.api import ROUTES
from gateway.routes import Route
from tests.e2e.visitor import Visitor
from tests.fixtures.system import RunningSystem

# Those that want a token; the others want a signature (tests/unit/gateway/test_signatures.py).
TOKENED = [route for route in ROUTES if not route.is_signed]
pytestmark = [pytest.mark.timeout(300), pytest.mark.usefixtures("nothing_is_stored")]

ROLES = (
    *("adviser", "triage_lead", "manager", "co_reviewer", "analyst", "portal", "ops", "dpo", "leader"),
    *("private_office", "admin", "Adviser", "nobody"),
)
NOWHERE = {"name": "funnel", "service": "casework", "handler": "casework.open_case", "version": "2026-11"}


def place(route: Route) -> str:
    """A path of the route that leads to nothing that could be changed."""
    path = re.sub(r"\{(\w+)\}", lambda found: NOWHERE.get(found[1], "CAS-0000-0000"), route.path)
    return f"{path}?service=casework" if "service" in route.in_query else path


def named(route: Route) -> str:
    """The route as one says it."""
    return f"{route.method} {route.path}"


def walk(visitor: Visitor) -> Iterator[tuple[Route, int, str]]:
    """Every route with a request that is right but for its body: the status, and the kind of answer."""
    for route in TOKENED:
        body = {"a field": "that nobody knows"} if route.manner.has_body else None
        headers = {"Idempotency_Key": "walk", "If_Match": "*"} if route.is_command else {}
        answer = visitor.ask(route.method, place(route), body, **headers)
        yield route, answer.status, answer.headers["Content-Type"]


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_what_the_table_says_and_nothing_else(system: RunningSystem, role: str) -> None:
    caller = Caller("x", "x", frozenset({role}))

    for route, status, media in walk(Visitor(system, role)):
        if caller.may(route.roles):
            assert status not in (401, 403), named(route)
            assert status < 500, named(route)
        else:
            assert (status, media) == (403, "application/problem+json"), named(route)


def test_without_a_token_nobody_may_anything(system: RunningSystem) -> None:
    assert {status for _, status, _ in walk(Visitor(system))} == {401}


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer x.y.z", "Basic YTpi", "bearer e30.e30.", "Bearer " + "x" * 9000]
)
def test_with_a_token_that_is_none_nobody_may_anything(system: RunningSystem, header: str) -> None:
    for route in TOKENED:
        answer = Visitor(system).ask(route.method, place(route), Authorization=header)
        assert answer.status == 401, named(route)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_with_the_signature_of_another_is_none(system: RunningSystem) -> None:
    admin, adviser = system.token("admin").split("."), system.token("adviser").split(".")

    answer = Visitor(system).get("/v1/fund", Authorization=f"Bearer {'.'.join([*admin[:2], adviser[2]])}")

    assert (answer.status, answer.json["code"]) == (401, "unauthenticated")


def test_the_walk_meets_every_operation_of_the_document(system: RunningSystem) -> None:
    paths = Visitor(system).get("/openapi.json").json["paths"]
    documented = {(method.upper(), path) for path, methods in paths.items() for method in methods}

    assert documented == {(route.method, route.path) for route in ROUTES}
    assert {paths[route.path][route.method.lower()]["x-roles"] == sorted(route.roles) for route in ROUTES} == {True}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"])
def test_a_method_that_a_path_does_not_know_is_refused(system: RunningSystem, method: str) -> None:
    answer = Visitor(system, "admin").ask(method, "/v1/fund")

    assert answer.status in (400, 404, 405)
    assert answer.headers["Content-Type"] == "application/problem+json"
