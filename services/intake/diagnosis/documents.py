"""Scripts of the guided diagnosis from files: read strictly, and checked for form and for meaning before use."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from chassis.fields import codes
from services.intake.diagnosis.drawings import Undrawable, document_of
from services.intake.domain.script_checks import MOST_FAULTS, Fault, Lists, faults_of

SCHEMA = Path(__file__).resolve().parents[3] / "contracts" / "diagnosis.v1.json"
MOST_BYTES = 1024 * 1024
MOST_DEEP = 32  # levels of nesting, as the gateway allows


class Unsound(Exception):
    """The file holds no script that may be walked. `faults` are all that are wrong with it, in order."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


def read_script(path: Path) -> dict[str, Any]:
    """The sound document in a file: JSON, or a GraphML drawing. Raises Unsound."""
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Unsound([Fault("", f"The file is larger than {MOST_BYTES} bytes.")])
    try:
        is_drawing = content.lstrip(b"\xef\xbb\xbf\t\r\n ").startswith(b"<")
        document: dict[str, Any] = document_of(content) if is_drawing else _parse(content)
    except Undrawable as error:
        raise Unsound(error.faults) from error
    faults = faults_in(document)
    if faults:
        raise Unsound(faults)
    return document


def faults_in(document: Any) -> list[Fault]:
    """Every fault of a document, of form (the first thousand) and of meaning, in the order of their places."""
    if _is_too_deep(document):
        return [Fault("", "Nested too deeply.")]
    formless = [_fault(error, document) for error in islice(_validator().iter_errors(document), MOST_FAULTS)]
    is_known = isinstance(document, Mapping) and len(formless) < MOST_FAULTS
    meant = faults_of(document, _lists(), formless) if is_known else []
    return sorted({*formless, *meant}, key=_place)


def _is_too_deep(document: Any) -> bool:
    """Whether a document nests further than anybody writes.

    Asked before the validator, whose ways to fail at it differ with the stack: one is a panic that nobody catches.
    """
    level = [document]
    for _ in range(MOST_DEEP):
        level = [
            inner
            for part in level
            if isinstance(part, dict | list)
            for inner in (part.values() if isinstance(part, dict) else part)
        ]
    return any(isinstance(part, dict | list) for part in level)


def _place(fault: Fault) -> tuple[list[tuple[int, str]], str]:
    """Sorts node 10 after node 9, for it is the longer number."""
    return [(len(step) if step.isdecimal() else 0, step) for step in fault.place.split("/")], fault.message


def _parse(content: bytes) -> Any:
    """The value of a JSON text that may be read in one way only: whole numbers, and each name once. Raises Unsound."""
    try:
        return json.loads(content.decode(), object_pairs_hook=_named_once, parse_float=_refuse, parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise Unsound([Fault("", "It is not UTF-8.")]) from error
    except json.JSONDecodeError as error:
        raise Unsound([Fault("", f"Line {error.lineno}, column {error.colno}: {error.msg}.")]) from error
    except (RecursionError, ValueError) as error:
        raise Unsound([Fault("", "Nested too deeply, or a number is too long.")]) from error


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Unsound([Fault("", f"“{name[:100]}” is given twice in one object.")])
        found[name] = value
    return found


def _refuse(number: str) -> NoReturn:
    raise Unsound([Fault("", f"{number[:20]} is not a whole number.")])


def _fault(error: ValidationError, document: Any) -> Fault:
    """A fault of form, with the name of the node in which it is."""
    closest = best_match([error]) or error
    path = list(closest.absolute_path)
    node = document["nodes"][path[1]] if path[:1] == ["nodes"] and len(path) > 1 else None
    named = f"Node “{str(node['id'])[:60]}”: " if isinstance(node, Mapping) and "id" in node else ""
    pointer = "".join(f"/{str(step)[:60].replace('~', '~0').replace('/', '~1')}" for step in path)
    return Fault(pointer, f"{named}{closest.message[:200]}.")


@cache
def _validator() -> Validator:
    own: type[Validator] = extend(Draft202012Validator, {"uniqueItems": _repeats})  # type: ignore[no-untyped-call]
    return own(json.loads(SCHEMA.read_bytes()))


def _repeats(validator: Validator, unique: bool, items: Any, _: Any) -> Iterator[ValidationError]:
    """What JSON Schema means by unique items. The library holds each of a list of mixed kinds against every other."""
    if unique and validator.is_type(items, "array"):
        different = {json.dumps(one, sort_keys=True) for one in items}
        if len(different) < len(items):
            yield ValidationError(f"{items!r} has non-unique elements")


@cache
def _lists() -> Lists:
    return Lists(matters=codes("matters"), spin_out_stages=codes("spin_out_stages"))
