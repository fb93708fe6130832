"""Organisations and services in the shape of HSDS 3.0."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.library.domain import hsds
from services.library.domain.hsds import read_hsds, write_hsds
from tests.unit.library.shelf import DIRECTORY, written

ORGANISATION = "d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610"
SERVICE = "ac148810-d857-441c-9679-408f346de14b"
# Cut down from what the specification gives as an example.
EXAMPLE: dict[str, Any] = {
    "id": ORGANISATION,
    "name": "Example Organisation",
    "description": "Supports aspiring mutuals.",
    "email": "email@example.com",
    "website": "https://example.com",
    "contacts": [{"id": "1e7efce3-639b-4880-940c-b95cd30cdb50", "name": "Ann Persona"}],
    "services": [
        {
            "id": SERVICE,
            "name": "Advice line",
            "description": "Answers questions.",
            "url": "https://example.com/line",
            "status": "active",
            "assured_date": "2005-01-01",
            "attributes": [
                {"id": "x", "taxonomy_term": {"taxonomy": "spinout/matters", "code": "pensions"}},
                {"id": "y", "taxonomy_term": {"taxonomy": "Open Eligibility", "code": "1101"}},
                {"id": "z", "label": "spinout/assured_by", "value": "Office"},
                {"id": "w", "label": "assured_by", "value": "Another"},
                {"id": "v", "label": "spinout/colour", "value": "red"},
            ],
        }
    ],
}


@given(st.lists(DIRECTORY, max_size=4))
def test_what_is_written_is_read_again(resources: list[dict[str, Any]]) -> None:
    reading = read_hsds(json.loads(json.dumps(write_hsds(resources))))

    assert reading.faults == []
    assert len(reading.rows) == len(resources)
    assert {row.id: row.values for row in reading.rows} == {one["id"]: written(one) for one in resources}


def test_an_organisation_and_its_services_are_read_and_nobody_s_name() -> None:
    reading = read_hsds({"contents": [EXAMPLE]})

    organisation, service = reading.rows
    assert (organisation.place, organisation.id) == ("/contents/0", ORGANISATION)
    assert organisation.values == {
        "kind": "organisation",
        "title": "Example Organisation",
        "summary": "Supports aspiring mutuals.",
        "address": "https://example.com",
        "publisher": "Example Organisation",
    }
    assert (service.place, service.id, service.ends) == ("/contents/0/services/0", SERVICE, False)
    assert service.values["matters"] == ["pensions"]
    assert service.values["publisher"] == "Example Organisation"
    assert (service.values["assured_by"], service.values["assured_on"]) == ("Office", "2005-01-01")
    assert "Persona" not in str(reading)


@pytest.mark.parametrize("status", ["inactive", "defunct"])
def test_a_service_that_has_ended_ends_here_too(status: str) -> None:
    service = {**EXAMPLE["services"][0], "status": status}

    _, row = read_hsds([{**EXAMPLE, "services": [service]}]).rows

    assert row.ends


def test_an_organisation_without_a_website_is_only_the_publisher_of_its_services() -> None:
    nameless = {name: value for name, value in EXAMPLE.items() if name != "website"}

    assert [row.id for row in read_hsds([nameless]).rows] == [SERVICE]


def test_an_exported_service_of_an_unknown_publisher_has_an_organisation_as_hsds_wants() -> None:
    [organisation] = read_and_write({**EXAMPLE, "website": None})["contents"]

    assert organisation["name"] == organisation["description"] == "Example Organisation"
    assert [service["status"] for service in organisation["services"]] == ["active"]


def read_and_write(document: dict[str, Any]) -> dict[str, Any]:
    """A document read, and written again."""
    lists = {"matters": [], "stages": [], "sectors": [], "regions": [], "audience": []}
    empty = {**lists, "assured_by": None, "assured_on": None, "review_by": None}
    return write_hsds([{**empty, "id": row.id, **row.values} for row in read_hsds([document]).rows])


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (5, "/"),
        ({}, "/"),
        ({"contents": {}}, "/"),
        ([5], "/0"),
        ({"contents": [{"services": 5}]}, "/contents/0"),
        ([{"name": "Nobody"}], "/0"),
        ([{"name": "Nobody", "services": [5]}], "/0/services/0"),
        ([{"website": "x", "attributes": 5}], "/0/attributes"),
        ([{"website": "x", "attributes": [5]}], "/0/attributes"),
    ],
)
def test_what_is_no_such_document_is_said_with_its_place(document: Any, place: str) -> None:
    assert [fault.place for fault in read_hsds(document).faults] == [place]


def test_a_file_is_read_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hsds, "MOST_ROWS", 3)

    reading = read_hsds([EXAMPLE] * 9)

    assert len(reading.rows) <= 5
    assert [fault.message for fault in reading.faults] == ["A file holds 3 resources at most."]
