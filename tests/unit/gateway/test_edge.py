"""What every request has, whatever becomes of it."""

import logging
import re
from collections.abc import Iterable
from typing import Any

import pytest

from gateway.edge import Edge
from gateway.incoming import LARGEST_BODY
from gateway.metrics import Metrics
from tests.unit.gateway.fakes import Gateway, gateway, shared_gateway

_TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def door() -> Gateway:
    return shared_gateway()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/fund", 200),
        ("GET", "/nowhere", 404),
        ("GET", "/", 404),
        ("GET", "/v1/enquiries/", 404),
        ("GET", "//v1//fund", 404),
        ("GET", "/v1/enquiries/%00", 404),
        ("GET", "/v1/enquiries/%E2%80%AE", 404),
        ("GET", "/v1/enquiries/..%2f..%2fetc", 404),
        ("GET", "/v1/enquiries/" + "A" * 101, 404),
        ("GET", "/v1/reports/Funnel", 404),
        ("PUT", "/v1/fund", 405),
        ("OPTIONS", "/v1/fund", 405),
        ("TRACE", "/v1/fund", 405),
        ("FOO", "/v1/fund", 405),
        ("POST", "/livez", 405),
        ("GET", "/livez", 200),
        ("GET", "/docs", 200),
        ("GET", "/openapi.json", 200),
        ("GET", "/metrics", 404),
    ],
)
def test_every_answer_is_safe_for_a_browser_and_every_error_a_problem(
    door: Gateway, method: str, path: str, status: int
) -> None:
    answer = door.ask(method, path)

    assert answer.status_code == status
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert answer.headers["Cache-Control"] == "no-store"
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Correlation-Id"])
    if status >= 400:
        assert answer.content_type == "application/problem+json"
        assert answer.get_json()["status"] == status


def test_an_answer_before_the_body_was_read_says_that_the_connection_ends(door: Gateway) -> None:
    refused = door.ask("POST", "/v1/fund/entries", json={}, roles=("portal",))
    nowhere = door.ask("POST", "/nowhere", json={})
    too_long = door.ask("POST", "/v1/fund/entries", data=b" " * (LARGEST_BODY + 1), content_type="application/json")

    assert [one.headers.get("Connection") for one in (refused, nowhere, too_long)] == ["close"] * 3
    for read in (door.ask("POST", "/v1/fund/entries", json={}), door.ask("GET", "/v1/fund", roles=("portal",))):
        assert "Connection" not in read.headers


def test_a_method_that_is_not_allowed_says_which_are(door: Gateway) -> None:
    assert door.ask("DELETE", "/v1/fund/entries").headers["Allow"] == "GET, HEAD, POST"


def test_the_trace_of_the_caller_goes_along(door: Gateway) -> None:
    answer = door.ask("GET", "/v1/fund", headers={"traceparent": _TRACE})

    assert door.bus.last.context["traceparent"] == _TRACE
    assert answer.headers["X-Correlation-Id"] == _TRACE[3:35]


@pytest.mark.parametrize(
    "given", ["", "x", _TRACE.upper(), _TRACE[:-1], _TRACE.replace("00-", "ff-"), "00-" + "0" * 32 + _TRACE[35:]]
)
def test_a_trace_that_is_none_is_replaced(door: Gateway, given: str) -> None:
    door.ask("GET", "/v1/fund", headers={"traceparent": given})

    made = door.bus.last.context["traceparent"]
    assert made != given
    assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-01", made)


def test_requests_are_counted_by_template_so_that_no_reference_is_a_label() -> None:
    door = gateway()
    door.ask("GET", "/v1/enquiries/ENQ-7K3M-9Q2D")
    door.ask("GET", "/somebody/else")
    door.ask("SOMETHING", "/v1/fund")

    def count(**labels: str) -> float | None:
        return door.metrics.registry.get_sample_value("http_requests_total", labels)

    assert count(route="/v1/enquiries/{reference}", method="GET", status="200") == 1
    assert count(route="none", method="GET", status="404") == 1
    assert count(route="none", method="other", status="405") == 1
    assert door.metrics.registry.get_sample_value("http_requests_in_flight") == 0


def test_a_refusal_is_found_in_the_log_by_its_correlation_id(door: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "gateway"):
        answer = door.ask("GET", "/v1/cases?q=Siân&x=1")

    (record,) = caplog.records
    assert vars(record)["correlation_id"] == answer.headers["X-Correlation-Id"]
    assert vars(record)["route"] == "/v1/cases"
    assert "Siân" not in str(vars(record))


def _fails(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    raise RuntimeError("a secret")


def _fails_late(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [])
    yield b"half"
    raise RuntimeError("a secret")


@pytest.mark.parametrize("application", [_fails, _fails_late])
def test_whatever_fails_the_caller_gets_a_problem(application: Any) -> None:
    told: list[Any] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/x"}

    body = b"".join(Edge(application, Metrics())(environ, lambda *said: told.extend(said)))

    assert told[0] == "500 Internal Server Error"
    assert b'"incident"' in body
    assert b"secret" not in body
