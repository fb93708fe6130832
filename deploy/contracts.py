"""What the services answer, as data: `contracts/rpc/<service>.json`, generated from the services' own schemas.

The gateway builds its OpenAPI document from these files, so that every shape is said once, by the service that owns
it. A test holds the files against the code.
"""

import inspect
from pathlib import Path
from typing import Any

import orjson
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from chassis.database import Page
from chassis.entrypoints import Remote, entrypoints_of
from chassis.fields import Money
from chassis.operations import Operations

DIRECTORY = Path(__file__).resolve().parent.parent / "contracts" / "rpc"


def contract_of(service: type) -> dict[str, Any]:
    """The contract of one service: its methods with their roles and shapes, and the schemas they speak of."""
    plugin = MarshmallowPlugin()
    document = APISpec(title="", version="", openapi_version="3.1.0", plugins=[plugin])
    converter: Any = plugin.converter
    converter.add_attribute_function(_money)
    methods = {
        name: _method(converter, owner, remote)
        for owner in (Operations, service)
        for name, remote in sorted(entrypoints_of(owner).remotes.items())
    }
    schemas = document.to_dict().get("components", {}).get("schemas", {})
    return {"service": entrypoints_of(service).service, "methods": methods, "schemas": dict(sorted(schemas.items()))}


def text_of(contract: dict[str, Any]) -> bytes:
    """A contract as it lies in its file."""
    return orjson.dumps(contract, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def write(services: list[type]) -> list[Path]:
    """Write the contracts of these services; return the files' paths."""
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    paths = []
    for service in services:
        contract = contract_of(service)
        paths.append(DIRECTORY / f"{contract['service']}.json")
        paths[-1].write_bytes(text_of(contract))
    return paths


def _method(converter: Any, owner: type, remote: Remote) -> dict[str, Any]:
    method = getattr(owner, remote.name)
    return {
        "kind": "command" if remote.changes else "query",
        "summary": str(inspect.getdoc(method)).partition("\n")[0],
        "roles": sorted(remote.roles),
        "arguments": list(remote.ids),
        "takes": converter.resolve_nested_schema(remote.takes) if remote.takes else None,
        "gives": converter.resolve_nested_schema(remote.gives) if remote.gives else None,
        "page": inspect.signature(method).return_annotation is Page,
    }


def _money(_: Any, field: Any, **__: Any) -> dict[str, Any]:
    if not isinstance(field, Money):
        return {}
    return {"type": ["string", "null"] if field.allow_none else "string", "pattern": r"^\d{1,10}\.\d\d$"}
