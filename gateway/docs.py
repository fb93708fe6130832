"""The documentation page: the OpenAPI document for people. One file, no script, nothing from elsewhere."""

import base64
import hashlib
import re
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

_PAGES = Path(__file__).resolve().parent / "pages"
_METHODS = ("get", "post", "put", "patch", "delete")

Row = tuple[str | Markup, ...]


def page(document: dict[str, Any]) -> tuple[bytes, str]:
    """The page, and the content security policy that lets its one style sheet through and nothing else."""
    pages = Environment(loader=FileSystemLoader(_PAGES), autoescape=True, trim_blocks=True)
    pages.globals.update(broken=_broken, fields=_fields, kind=_kind, prose=_prose, shape=_shape)
    pages.globals["parameters"] = lambda operation: _parameters(document, operation)
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


def _parameters(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[Row]:
    """The parameters of an operation, as rows of a table."""
    for given in operation["parameters"]:
        shared = given.get("$ref", "").rpartition("/")[2]
        each = document["components"]["parameters"][shared] if shared else given
        needed = "yes" if each["required"] else "no"
        yield each["name"], each["in"], needed, _kind(each["schema"]), _prose(each.get("description", ""))


def _shape(content: dict[str, Any] | None) -> dict[str, Any]:
    """The schema of a body or of an answer."""
    return next(iter(content.values()))["schema"] if content else {}


def _fields(schema: dict[str, Any]) -> Iterator[Row]:
    """The fields of an object, as rows of a table."""
    required = schema.get("required", ())
    for name, each in schema.get("properties", {}).items():
        yield name, "yes" if name in required else "no", _kind(each), _prose(each.get("description", ""))


def _prose(text: str) -> Markup:
    """A description, in which `code` is marked by backticks."""
    parts = text.split("`")
    code = (Markup("<code>{}</code>").format(part) for part in parts[1::2])
    return Markup("").join(part for pair in zip_longest(parts[::2], code, fillvalue="") for part in pair)


def _broken(name: str) -> Markup:
    """A path or a name that may go on in the next line after a slash or a dot, rather than anywhere."""
    return Markup("<wbr>").join(re.findall(r"[^/.]*[/.]|[^/.]+", name))


def _kind(schema: dict[str, Any]) -> Markup:
    """What a value may be, in few words, with a link where it is one of the schemas below."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return Markup('<a href="#schema-{}">{}</a>').format(name, _broken(name))
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return Markup(" or ").join(_kind(each) for each in schema[word])
    if "enum" in schema:
        values = ("null" if value is None else value for value in schema["enum"])
        return Markup(", ").join(Markup("<code>{}</code>").format(value) for value in values)
    said = schema.get("type", "anything")
    if said == "array" or (isinstance(said, list) and "array" in said):
        return Markup("list of ") + _kind(schema.get("items", {}))
    words = " or ".join(said) if isinstance(said, list) else str(said)
    return Markup("{}").format(f"{words} ({schema['format']})" if "format" in schema else words)
