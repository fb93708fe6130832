"""The OpenAPI 3.1 document: from the declared routes, and from what the services' contracts say of shapes."""

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.contracts import PAGE_FIELDS, Contract, Contracts
from gateway.dispatch import query_names
from gateway.incoming import MOST_ON_A_PAGE, USUAL_ON_A_PAGE
from gateway.openapi_parts import HEADERS, PARAMETERS, PROBLEM, RESPONSES, SECURITY, TEXT
from gateway.routes import CREATE, JSON, REMOVE, START, Route

Schema = dict[str, Any]

_PAGE = {
    "limit": {
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST_ON_A_PAGE, "default": USUAL_ON_A_PAGE},
        "description": "The greatest number of items on the page.",
    },
    "cursor": {"schema": {"type": "string"}, "description": "`next` of the page before; none for the first page."},
}
_PATH_PART = {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[A-Za-z0-9][A-Za-z0-9._~:-]*$"}
_REPORT_NAME = {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[a-z][a-z_-]*$"}


def document(routes: Iterable[Route], contracts: Contracts) -> dict[str, Any]:
    """The whole document."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, contracts)
    schemas = {f"{service}.{name}": _here(schema, service) for service, name, schema in contracts.schemas()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Mutuals Information Service", "version": "1", "description": TEXT},
        "paths": paths,
        "security": [{"bearer": []}],
        "components": {
            "securitySchemes": SECURITY,
            "schemas": {"Problem": PROBLEM, **schemas},
            "parameters": PARAMETERS,
            "headers": HEADERS,
            "responses": RESPONSES,
        },
    }


def _operation(route: Route, contracts: Contracts) -> dict[str, Any]:
    contract = contracts.of(route.calls)
    summary, _, description = (route.view.__doc__ or "").strip().partition("\n\n")
    operation: dict[str, Any] = {
        "operationId": route.view.__name__,
        "tags": [route.view.__module__.rpartition(".")[2]],
        "summary": summary.strip(),
        "x-roles": sorted(route.roles),
        "parameters": [*_path_parameters(route), *_query_parameters(route, contracts), *_header_parameters(route)],
        "responses": {**_success(route, contract), **_refusals(route)},
    }
    if route.is_signed:
        operation["security"] = [{"signature": []}, {"secret": []}]
    if description:
        operation["description"] = " ".join(description.split())
    if route.manner.has_body and contract.takes is not None:
        whole = contracts.resolve(contract.service, contract.takes)
        schema = _without_filled(whole, route) if route.fills else contract.takes
        if route.is_signed:  # programs of others send more than is read here
            schema = {**whole, "additionalProperties": True}
        operation["requestBody"] = {
            "required": bool(whole.get("required")),
            "content": {JSON: {"schema": _here(schema, contract.service)}},
        }
    return operation


def _path_parameters(route: Route) -> Iterable[dict[str, Any]]:
    for name in route.in_path:
        schema = _REPORT_NAME if name == "name" else _PATH_PART
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(route: Route, contracts: Contracts) -> Iterable[dict[str, Any]]:
    names = query_names(route, contracts)
    for name in route.in_query:
        yield {"name": name, "in": "query", "required": True, "schema": {"enum": list(contracts.services)}}
    if route.manner.has_body:
        return
    contract = contracts.of(route.calls)
    takes = contracts.resolve(contract.service, contract.takes or {})
    for name, schema in contracts.properties(route.calls).items():
        if name not in PAGE_FIELDS:
            own = _as_parameter(_here(schema, contract.service))
            said = {"description": own.pop("description")} if "description" in own else {}
            yield {
                "name": name,
                "in": "query",
                "required": name in takes.get("required", ()),
                "schema": own,
                **said,
            }
    for name, more in _PAGE.items():
        if name in names:
            yield {"name": name, "in": "query", "required": False, **more}


def _as_parameter(schema: Schema) -> Schema:
    """A field's schema for the query, where nothing can be null: it is left out instead."""
    own = {name: value for name, value in schema.items() if not (name == "default" and value is None)}
    if isinstance(own.get("type"), list):
        kinds = [kind for kind in own["type"] if kind != "null"]
        own["type"] = kinds[0] if len(kinds) == 1 else kinds
    if "enum" in own:
        own["enum"] = [value for value in own["enum"] if value is not None]
    return own


def _header_parameters(route: Route) -> list[dict[str, str]]:
    manner = route.manner
    names = ["X-Request-Timeout", "traceparent"]
    if route.is_command:
        names.append("Idempotency-Key" if manner.needs_key else "Idempotency-Key.optional")
        if manner.needs_match:
            names.append("If-Match")
        elif manner in (CREATE, START, REMOVE):
            names.append("If-Match.optional")
    elif manner.is_tagged:
        names.append("If-None-Match")
    if route.is_signed:
        names += ["webhook-id", "webhook-timestamp"]
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _without_filled(whole: Mapping[str, Any], route: Route) -> Schema:
    """The body without what the gateway fills by itself, which is not the caller's to send."""
    filled = route.fills or {}
    return {
        **whole,
        "properties": {name: each for name, each in whole["properties"].items() if name not in filled},
        "required": [name for name in whole.get("required", ()) if name not in filled],
    }


def _success(route: Route, contract: Contract) -> dict[str, Any]:
    manner = route.manner
    headers = ["X-Correlation-Id"]
    if route.is_command:
        headers.append("Idempotent-Replay")
    if contract.gives is None and contract.is_command:
        return {"204": {"description": "Done.", "headers": _headers(headers)}}
    if route.location:
        headers.append("Location")
    if manner.is_tagged:
        headers.append("ETag")
    schema: Schema = {} if contract.gives is None else _here(contract.gives, contract.service)
    if manner.is_paged:
        schema = _page_of(schema)
    media = manner.media.partition(";")[0]
    content = {media: {"schema": schema if media == JSON else {"type": "string"}}}
    answers: dict[str, Any] = {
        str(int(manner.status)): {
            "description": f"{manner.status.phrase}.",
            "headers": _headers(headers),
            "content": content,
        }
    }
    if route.method == "GET" and manner.is_tagged:
        answers["304"] = {"description": "You have it already.", "headers": _headers(["ETag", "X-Correlation-Id"])}
    return answers


def _refusals(route: Route) -> dict[str, Any]:
    statuses = {400, 401, 403, 404, 422, 500, 503}
    if route.is_command:
        statuses |= {409, 412}
    if route.manner.has_body:
        statuses |= {413, 415}
    if route.manner.needs_match:
        statuses.add(428)
    return {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(statuses)}


def _page_of(item: Schema) -> Schema:
    following = {"type": ["string", "null"], "description": "The cursor of the next page; null on the last."}
    return {
        "type": "object",
        "required": ["items", "next"],
        "properties": {"items": {"type": "array", "items": item, "maxItems": MOST_ON_A_PAGE}, "next": following},
    }


def _headers(names: Iterable[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _here(schema: Any, service: str) -> Any:
    """A service's schema with its references leading to where the schemas are in this document."""
    if isinstance(schema, Mapping):
        return {
            key: f"#/components/schemas/{service}.{value.rpartition('/')[2]}"
            if key == "$ref" and isinstance(value, str)
            else _here(value, service)
            for key, value in schema.items()
        }
    if isinstance(schema, list):
        return [_here(item, service) for item in schema]
    return schema
