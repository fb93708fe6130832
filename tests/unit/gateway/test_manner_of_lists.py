"""How all lists behave: pages, filters, and what a query may not hold."""

from typing import Any

import pytest

from tests.unit.gateway.fakes import Gateway, shared_gateway

ENQUIRY = "/v1/enquiries/ENQ-7K3M-9Q2D"
JSON, PROBLEM = "application/json", "application/problem+json"


@pytest.fixture
def door() -> Gateway:
    return shared_gateway()


def test_a_walk_over_a_list_follows_its_cursors(door: Gateway) -> None:
    pages = {None: (["a"], ["t1", "id1"]), "t1": (["b"], None)}

    def list_cases(arguments: dict[str, Any]) -> dict[str, Any]:
        items, following = pages[(arguments["body"].get("after") or [None])[0]]
        return {"items": items, "next": following}

    door.bus.says["casework.list_cases"] = list_cases

    first = door.ask("GET", "/v1/cases?status=open&limit=1").get_json()
    second = door.ask("GET", f"/v1/cases?limit=2&cursor={first['next']}&status=open").get_json()

    assert (first["items"], second) == (["a"], {"items": ["b"], "next": None})
    assert [asked.arguments["body"] for asked in door.bus.asked] == [
        {"status": "open", "limit": 1},
        {"status": "open", "limit": 2, "after": ["t1", "id1"]},
    ]


def test_a_cursor_of_other_filters_is_refused(door: Gateway) -> None:
    door.bus.says["casework.list_cases"] = {"items": [], "next": ["t", "i"]}
    cursor = door.ask("GET", "/v1/cases?status=open").get_json()["next"]

    assert door.ask("GET", f"/v1/cases?status=closed&cursor={cursor}").status_code == 422
    assert door.ask("GET", f"/v1/cases?status=open&cursor={cursor}x").status_code == 400
    assert door.ask("GET", f"/v1/enquiries?cursor={cursor}").status_code == 422


@pytest.mark.parametrize(
    ("query", "status", "pointer"),
    [
        ("limit=0", 422, "/limit"),
        ("limit=201", 422, "/limit"),
        ("limit=1.0", 422, "/limit"),
        ("limit=", 422, "/limit"),
        ("limit=%D9%A1", 422, "/limit"),
        ("after=x", 422, "/after"),
        ("colour=red", 422, "/colour"),
        ("a%2Fb~=1", 422, "/a~1b~0"),
        ("status=open&status=closed", 422, "/status"),
        ("q=%00", 400, None),
        ("q=%FF", 400, None),
        ("&".join(f"a{number}=1" for number in range(101)), 400, None),
    ],
)
def test_a_query_that_cannot_be_taken_is_refused(door: Gateway, query: str, status: int, pointer: str | None) -> None:
    answer = door.ask("GET", f"/v1/cases?{query}")

    assert answer.status_code == status
    assert [error["pointer"] for error in answer.get_json().get("errors", [])] == ([pointer] if pointer else [])
    assert not door.bus.asked


@pytest.mark.parametrize("path", [ENQUIRY, f"{ENQUIRY}/contacts", "/v1/fund"])
def test_where_nothing_narrows_down_no_parameter_is_taken(door: Gateway, path: str) -> None:
    assert door.ask("GET", f"{path}?status=open").status_code == 422


def test_a_report_comes_as_a_file_too(door: Gateway) -> None:
    door.bus.says["reporting.read_report"] = {"columns": ["week", "received"], "rows": [{"week": "w1", "received": 3}]}

    answer = door.ask("GET", "/v1/reports/funnel.csv?by=week", roles=("analyst",))

    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="funnel.csv"'
    assert answer.data == b"week,received\r\nw1,3\r\n"
    assert door.bus.last.arguments == {"name": "funnel", "body": {"by": "week"}}
