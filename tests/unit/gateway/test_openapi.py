"""The OpenAPI document and the page made of it."""

import base64
import hashlib
import itertools
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import jsonschema
import pytest

from gateway.api import ROUTES
from gateway.routes import Route
from tests.unit.gateway.fakes import gateway

DOOR = gateway()
DOCUMENT: dict[str, Any] = DOOR.ask("GET", "/openapi.json").get_json()
PAGE = DOOR.ask("GET", "/docs")


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = DOCUMENT["paths"][route.path][route.method.lower()]
    return operation


def _walk(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for inner in node.values():
            yield from _walk(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _walk(inner)


each_route = pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")


def test_every_reference_in_the_document_leads_somewhere() -> None:
    for node in _walk(DOCUMENT):
        if isinstance(node.get("$ref"), str):
            target: Any = DOCUMENT
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]


def test_every_schema_in_the_document_is_one() -> None:
    for schema in DOCUMENT["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [_operation(route)["operationId"] for route in ROUTES]

    assert len(set(names)) == len(names) == sum(len(operations) for operations in DOCUMENT["paths"].values())


@each_route
def test_an_operation_says_who_may_and_what_it_is_for(route: Route) -> None:
    operation = _operation(route)

    assert operation["x-roles"] == sorted(route.roles)
    assert operation["summary"].endswith(".")
    assert [given["name"] for given in operation["parameters"] if given.get("in") == "path"] == list(route.in_path)
    assert ("requestBody" in operation) is route.manner.has_body


def test_conditions_are_declared_as_needed_where_they_are() -> None:
    made = DOCUMENT["paths"]["/v1/enquiries"]["post"]
    changed = DOCUMENT["paths"]["/v1/enquiries/{reference}"]["patch"]

    assert {"$ref": "#/components/parameters/Idempotency-Key"} in made["parameters"]
    assert {"$ref": "#/components/parameters/If-Match"} in changed["parameters"]
    assert DOCUMENT["components"]["parameters"]["If-Match"]["required"] is True
    retried = DOCUMENT["paths"]["/v1/ops/parked/{service}/{handler}/{event_id}/retry"]["post"]
    assert not any("If-Match" in given.get("$ref", "") for given in retried["parameters"]), "what has no version"
    assert "428" in changed["responses"]
    assert "428" not in made["responses"]
    assert made["responses"]["201"]["headers"].keys() >= {"Location", "ETag", "Idempotent-Replay"}


def test_who_has_the_secret_of_a_url_needs_no_header_of_a_signature() -> None:
    told = DOCUMENT["paths"]["/v1/telephony/events"]["post"]
    names = [given["$ref"].rpartition("/")[2] for given in told["parameters"]]

    assert {"secret": []} in told["security"]
    assert [name for name in names if DOCUMENT["components"]["parameters"][name]["required"]] == []


def test_a_list_is_declared_as_a_page_with_its_filters() -> None:
    listed = DOCUMENT["paths"]["/v1/cases"]["get"]
    names = {given["name"] for given in listed["parameters"] if "name" in given}

    assert names >= {"limit", "cursor", "status", "assignee", "q"}
    assert "after" not in names
    schema = listed["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema["properties"]["items"]["items"] == {"$ref": "#/components/schemas/casework.CaseLine"}


def test_a_query_parameter_is_never_null() -> None:
    for given in (each for node in _walk(DOCUMENT["paths"]) for each in node.get("parameters", [])):
        if given.get("in") == "query":
            assert "null" not in given["schema"].get("type", [])
            assert None not in given["schema"].get("enum", [])
            assert given["schema"].get("default", 0) is not None


def test_what_the_gateway_fills_is_not_in_the_document() -> None:
    body = DOCUMENT["paths"]["/v1/cases/{reference}/referral"]["post"]["requestBody"]
    schema = body["content"]["application/json"]["schema"]

    assert body["required"] is True
    assert schema["required"] == ["amount", "summary", "support_needed"]
    assert schema["properties"].keys() == {"amount", "summary", "support_needed"}
    assert schema["additionalProperties"] is False


def test_a_telephone_exchange_is_told_that_it_may_send_more_than_is_read() -> None:
    heard = DOCUMENT["paths"]["/v1/telephony/events"]["post"]["requestBody"]["content"]["application/json"]["schema"]

    jsonschema.validate({"event": "newCall", "callId": "1", "queueName": "Mutuals"}, heard)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"event": "newCall"}, heard)


def test_a_removal_is_declared_without_content() -> None:
    assert "204" in DOCUMENT["paths"]["/v1/webhooks/endpoints/{endpoint_id}"]["delete"]["responses"]


def test_a_file_is_declared_as_one() -> None:
    answer = DOCUMENT["paths"]["/v1/reports/{name}.csv"]["get"]["responses"]["200"]

    assert answer["content"] == {"text/csv": {"schema": {"type": "string"}}}


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(PAGE.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_page_runs_nothing_and_loads_nothing() -> None:
    page = _Page()

    assert PAGE.content_type == "text/html; charset=utf-8"
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "link", "img", "iframe", "object", "form", "base"})
    for _, attributes in page.tags:
        assert not any(name in ("src", "style") or name.startswith("on") for name in attributes)
        assert attributes.get("href", "#").startswith(("#", "/"))


def test_the_policy_of_the_page_lets_its_style_through_and_nothing_else() -> None:
    (style,) = re.findall("<style>(.*?)</style>", PAGE.text, re.S)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    policy = PAGE.headers["Content-Security-Policy"]

    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'; ")
    assert "unsafe" not in policy


def test_the_page_can_be_read_by_ear_and_by_keyboard() -> None:
    page = _Page()
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    targets = [link["href"] or "" for link in page.all("a")]

    assert page.all("html")[0]["lang"] == "en-GB"
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("nav")) == len(page.all("footer")) == 1
    assert len(set(ids)) == len(ids)
    assert {target[1:] for target in targets if target.startswith("#")} <= set(ids)
    assert targets[0] == "#content"
    assert len(page.all("caption")) == len(page.all("table"))
    assert all("scope" in cell for cell in page.all("th"))
    headings = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert all(below <= above + 1 for above, below in itertools.pairwise(headings))


def test_every_operation_is_on_the_page() -> None:
    for route in ROUTES:
        assert f"<code>{route.method} {route.path}</code></h3>" in PAGE.text.replace("<wbr>", "")


def test_a_table_is_one_where_a_narrow_screen_lays_it_out_as_blocks() -> None:
    page = _Page()
    roles = {"table": "table", "tr": "row", "td": "cell", "thead": "rowgroup", "tbody": "rowgroup"}

    assert all(attributes["role"] == roles[tag] for tag, attributes in page.tags if tag in roles)
    assert {cell["role"] for cell in page.all("th")} == {"columnheader", "rowheader"}
    assert {cell.get("data-column") for cell in page.all("td")} == {None, "In", "Needed", "Kind", "Meaning"}
    assert '<td role="cell"></td>' in PAGE.text


def test_the_words_of_the_page_are_for_people() -> None:
    assert "<code>next</code> of the page before" in PAGE.text
    assert "`" not in PAGE.text
    assert "<code>null</code>" in PAGE.text
    assert "None" not in re.findall("<code>(.*?)</code>", PAGE.text)


def test_the_page_has_neither_the_typeface_nor_the_crown_of_gov_uk() -> None:
    (style,) = re.findall("<style>(.*?)</style>", PAGE.text, re.S)

    assert not re.search("gds|transport|@font-face|url", style, re.I)
    assert not _Page().all("svg")
