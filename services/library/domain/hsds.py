"""Organisations and their services in the shape of Open Referral's Human Services Data Specification (HSDS) 3.0.

A file is a page of organisations, `{"contents": [...]}`, or the bare list; each has its `services` within. What HSDS
has no place for travels in `attributes`: codes as terms of our own taxonomies, the rest as labelled values. All else
of HSDS, people's names and numbers above all, is not read. docs.openreferral.org describes it.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.library.domain.resource import FACETS
from services.library.domain.rows import MOST_ROWS, Reading, Row

TAXONOMY = "spinout/"
KINDS = ("organisation", "service")
_VALUES = ("publisher", "assured_by", "assured_on", "review_by")
_ENDED = ("inactive", "defunct")


def write_hsds(resources: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A page of all organisations among the resources, each with those services that name it as their publisher."""
    services: dict[str, list[dict[str, Any]]] = {}
    for one in resources:
        if one["kind"] == "service":
            services.setdefault(one["publisher"], []).append(_service(one))
    found = [_organisation(one, services.pop(one["title"], [])) for one in resources if one["kind"] == "organisation"]
    found += [_nameless(publisher, offered) for publisher, offered in services.items()]
    whole = {"total_items": len(found), "total_pages": 1, "page_number": 1, "size": len(found)}
    return {**whole, "first_page": True, "last_page": True, "empty": not found, "contents": found}


def read_hsds(document: Any) -> Reading:
    """The rows of a file. An organisation without a website is no row: it is only the publisher of its services."""
    reading = Reading()
    is_page = isinstance(document, dict)
    organisations = document.get("contents") if is_page else document
    if not isinstance(organisations, list):
        reading.fault("/", "Must be a page of organisations, with “contents”, or a list of them.")
        return reading
    for number, one in enumerate(organisations):
        _read_organisation(one, f"{'/contents' if is_page else ''}/{number}", reading)
        if len(reading.rows) > MOST_ROWS:
            reading.fault(f"/{number}", f"A file holds {MOST_ROWS} resources at most.")
            break
    return reading


def _read_organisation(one: Any, place: str, reading: Reading) -> None:
    services = one.get("services", []) if isinstance(one, dict) else None
    if not isinstance(one, dict) or not isinstance(services, list):
        reading.fault(place, "Must be an organisation, and its services a list.")
        return
    if one.get("website") is not None:
        values = _read(one, place, "organisation", "website", reading)
        reading.rows.append(Row(place, one.get("id"), {"publisher": one.get("name"), **values}))
    elif not services:
        reading.fault(place, "An organisation needs a website, or services.")
    for number, service in enumerate(services):
        within = f"{place}/services/{number}"
        if not isinstance(service, dict):
            reading.fault(within, "Must be a service.")
            continue
        values = _read(service, within, "service", "url", reading)
        named = {"publisher": one.get("name"), **values}
        reading.rows.append(Row(within, service.get("id"), named, service.get("status") in _ENDED))


def _read(one: Mapping[str, Any], place: str, kind: str, address: str, reading: Reading) -> dict[str, Any]:
    """The fields of a resource, none of them looked at yet."""
    told = {"title": one.get("name"), "summary": one.get("description"), "address": one.get(address)}
    values = {"kind": kind, **{name: value for name, value in told.items() if value is not None}}
    attributes = one.get("attributes", [])
    if not isinstance(attributes, list) or not all(isinstance(each, dict) for each in attributes):
        reading.fault(f"{place}/attributes", "Must be a list of attributes.")
        return values
    for each in attributes:
        term = each.get("taxonomy_term")
        facet = str(term.get("taxonomy")).removeprefix(TAXONOMY) if isinstance(term, dict) else ""
        if isinstance(term, dict) and facet in FACETS and term["taxonomy"] != facet:
            values.setdefault(facet, []).append(term.get("code"))
        elif str(each.get("label")).removeprefix(TAXONOMY) in _VALUES and str(each["label"]).startswith(TAXONOMY):
            values[each["label"].removeprefix(TAXONOMY)] = each.get("value")
    if "assured_by" in values and one.get("assured_date") is not None:
        values.setdefault("assured_on", one["assured_date"])
    return values


def _organisation(one: Mapping[str, Any], services: list[dict[str, Any]]) -> dict[str, Any]:
    told = {"name": one["title"], "description": one["summary"], "website": one["address"]}
    values = [name for name in _VALUES if name != "publisher" or one["publisher"] != one["title"]]
    return {"id": one["id"], **told, "services": services, "attributes": _attributes(one, "organization", values)}


def _nameless(publisher: str, services: list[dict[str, Any]]) -> dict[str, Any]:
    """An organisation of which the library knows the name only."""
    made = uuid.uuid5(uuid.NAMESPACE_URL, f"{TAXONOMY}publisher/{publisher}")
    return {"id": str(made), "name": publisher, "description": publisher, "services": services}


def _service(one: Mapping[str, Any]) -> dict[str, Any]:
    told = {"name": one["title"], "description": one["summary"], "url": one["address"], "status": "active"}
    assured = {"assured_date": str(one["assured_on"])} if one["assured_on"] else {}
    values = [name for name in _VALUES if name != "publisher"]
    return {"id": one["id"], **told, **assured, "attributes": _attributes(one, "service", values)}


def _attributes(one: Mapping[str, Any], entity: str, values: Iterable[str]) -> list[dict[str, Any]]:
    codes = [(facet, code) for facet in FACETS for code in one[facet]]
    return [
        *(_attribute(one, entity, f"{facet}/{code}", taxonomy_term=_term(facet, code)) for facet, code in codes),
        *(
            _attribute(one, entity, name, label=TAXONOMY + name, value=str(one[name]))
            for name in values
            if one[name] is not None
        ),
    ]


def _attribute(one: Mapping[str, Any], entity: str, name: str, **more: Any) -> dict[str, Any]:
    made = uuid.uuid5(uuid.UUID(one["id"]), name)
    return {"id": str(made), "link_id": one["id"], "link_entity": entity, **more}


def _term(facet: str, code: str) -> dict[str, str]:
    taxonomy = TAXONOMY + facet
    made = uuid.uuid5(uuid.NAMESPACE_URL, f"{taxonomy}/{code}")
    name = code.replace("_", " ").capitalize()
    return {"id": str(made), "code": code, "name": name, "description": name, "taxonomy": taxonomy}
