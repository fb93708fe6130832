"""The documentation page: the OpenAPI document for people. One file, no script, nothing from elsewhere."""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

_PAGES = Path(__file__).resolve().parent / "pages"
_METHODS = ("get", "post", "put", "patch", "delete")


def page(document: dict[str, Any]) -> tuple[bytes, str]:
    """The page, and the content security policy that lets its one style sheet through and nothing else."""
    pages = Environment(loader=FileSystemLoader(_PAGES), autoescape=True, trim_blocks=True)
    pages.globals.update(fields=_fields, kind=_kind, shape=_shape, parameter=lambda given: _resolved(document, given))
    style = pages.get_template("docs.css").render()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    html = pages.get_template("docs.html").render(
        info=document["info"],
        groups=_groups(document),
        schemas=document["components"]["schemas"],
        responses=document["components"]["responses"],
    )
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
    return html.encode(), policy


def _groups(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method in _METHODS:
            if method in operations:
                operation = operations[method]
                entry = {"method": method.upper(), "path": path, **operation}
                groups.setdefault(operation["tags"][0], []).append(entry)
    return groups


def _resolved(document: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    name = given.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = document["components"]["parameters"][name] if name else given
    return found


def _shape(content: dict[str, Any] | None) -> dict[str, Any]:
    """The schema of a body or of an answer."""
    return next(iter(content.values()))["schema"] if content else {}


def _fields(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The fields of an object, as rows of a table."""
    needed = schema.get("required", ())
    for name, each in schema.get("properties", {}).items():
        yield {"name": name, "schema": each, "needed": name in needed, "text": each.get("description", "")}


def _kind(schema: dict[str, Any]) -> Markup:
    """What a value may be, in few words, with a link where it is one of the schemas below."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return Markup('<a href="#schema-{0}">{0}</a>').format(name)
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return Markup(" or ").join(_kind(each) for each in schema[word])
    if "enum" in schema:
        return Markup(", ").join(Markup("<code>{}</code>").format(value) for value in schema["enum"])
    said = schema.get("type", "anything")
    if said == "array" or (isinstance(said, list) and "array" in said):
        return Markup("list of ") + _kind(schema.get("items", {}))
    words = " or ".join(said) if isinstance(said, list) else str(said)
    return Markup("{}").format(f"{words} ({schema['format']})" if "format" in schema else words)
