"""Every route, walked: who may, what is asked of which service, and whether the contracts agree."""

import re
from typing import Any

import pytest

from chassis.work import Caller
from gateway.api import ROUTES
from gateway.routes import ASK, Route
from tests.unit.gateway.fakes import CONTRACTS, shared_gateway

ROLES = "adviser triage_lead manager co_reviewer analyst portal ops dpo leader private_office admin nobody".split()
_NAMES = {"service": "casework", "name": "funnel", "version": "2011.1"}


def _name(route: Route) -> str:
    return f"{route.method} {route.path}"


def _path(route: Route) -> str:
    path = re.sub(r"\{(\w+)\}", lambda found: _NAMES.get(found[1], "X-7K3M-9Q2D"), route.path)
    return path + "".join(f"?{name}=casework" for name in route.in_query)


def _calls(route: Route) -> list[str]:
    return [call.replace("{service}", "casework") for call in route.all_calls]


# Signed ones want no token: tests/unit/gateway/test_signatures.py.
each_route = pytest.mark.parametrize("route", [route for route in ROUTES if not route.is_signed], ids=_name)


def test_no_route_is_declared_twice() -> None:
    assert len({_name(route) for route in ROUTES}) == len(ROUTES)


@each_route
@pytest.mark.parametrize("role", ROLES)
def test_a_route_is_open_to_its_roles_and_to_nobody_else(route: Route, role: str) -> None:
    may = role in route.roles or role == "admin" or (role == "manager" and "adviser" in route.roles)
    door = shared_gateway()

    answer = door.ask(route.method, _path(route), roles=(role,), json={} if route.method != "GET" else None)

    assert answer.status_code == (int(route.manner.status) if may else 403)
    assert bool(door.bus.asked) is may


@each_route
def test_a_route_asks_what_it_declares_for_the_caller(route: Route) -> None:
    door = shared_gateway()

    door.ask(route.method, _path(route), json={"given": 1} if route.manner.has_body else None)

    assert [asked.method for asked in door.bus.asked] == _calls(route)
    last = door.bus.last
    wanted = {*route.in_path, *route.in_query} - {"service"} - ({"reference"} if route.fills else set())
    assert last.arguments.keys() - {"body", "kind"} == wanted
    if "kind" in last.arguments:
        assert f"/{last.arguments['kind'].replace('_', '-')}s" in route.path
    assert last.context["caller"] == "adviser-1/console/admin"
    if route.manner.has_body:
        assert last.arguments["body"]["given"] == 1


@each_route
def test_a_route_and_the_contract_of_what_it_asks_agree(route: Route) -> None:
    for call in route.all_calls:
        contract = CONTRACTS.of(call)
        for role in route.roles:
            assert Caller("", "", frozenset({role})).may(contract.roles), f"{role} may not {call}"
    contract = CONTRACTS.of(route.calls)
    assert contract.is_command is route.is_command
    assert contract.is_paged is route.manner.is_paged
    if route.manner is ASK:
        assert contract.takes is not None


@each_route
def test_without_a_token_nothing_is_asked(route: Route) -> None:
    door = shared_gateway()

    answer = door.ask(route.method, _path(route), headers={"Authorization": None})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert not door.bus.asked


@each_route
def test_a_route_that_makes_or_changes_wants_its_conditions(route: Route) -> None:
    for header, status, needed in (
        ("Idempotency-Key", 400, route.manner.needs_key),
        ("If-Match", 428, route.manner.needs_match),
    ):
        door = shared_gateway()
        body: Any = {} if route.manner.has_body else None

        answer = door.ask(route.method, _path(route), json=body, headers={header: None})

        assert answer.status_code == (status if needed else int(route.manner.status))
        assert bool(door.bus.asked) is not needed


def test_whatever_makes_or_starts_something_wants_a_key() -> None:
    """To retry what is parked twice is to retry it once."""
    without = {route.calls for route in ROUTES if route.manner.status in (201, 202) and not route.manner.needs_key}

    assert without == {"{service}.retry_parked"}


@pytest.mark.parametrize("route", [one for one in ROUTES if one.manner.needs_match], ids=_name)
def test_what_wants_a_match_gives_what_the_next_one_has_to_match(route: Route) -> None:
    contract = CONTRACTS.of(route.calls)
    assert contract.gives is not None
    fields = CONTRACTS.resolve(contract.service, contract.gives)["properties"]

    assert any("integer" in fields.get(name, {}).get("type", ()) for name in ("version", "revision"))


def test_every_method_for_callers_outside_has_a_route() -> None:
    offered = {call for route in ROUTES for call in _calls(route)}
    methods = {f"{service}.{method}" for service in CONTRACTS.services for method in CONTRACTS.methods(service)}
    of_every_service = {"ping", "list_parked", "show_parked", "retry_parked", "discard_parked"}

    assert {name for name in methods if name.split(".")[1] not in of_every_service} <= offered


def test_a_service_that_does_not_exist_is_not_found() -> None:
    door = shared_gateway()

    assert door.ask("GET", "/v1/ops/parked?service=payroll").status_code == 404
    assert door.ask("GET", "/v1/ops/parked/payroll/handler/1").status_code == 404
    assert door.ask("GET", "/v1/ops/parked").get_json()["errors"][0]["pointer"] == "/service"
    assert not door.bus.asked
