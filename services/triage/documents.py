"""Criteria documents from files: read strictly, and checked for form and for meaning before anything rests on them."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match

from chassis.fields import codes
from services.triage.domain import Catalogue, Fault, faults_of

SCHEMA = Path(__file__).resolve().parents[2] / "contracts" / "criteria.v1.json"
SHIPPED = Path(__file__).parent / "criteria"
MOST_BYTES = 1024 * 1024
MOST_DEEP = 32  # levels of nesting, as the gateway allows
MOST_ITEMS = 100  # in a list, of which the form allows 50


class Unreadable(Exception):
    """The file is no JSON that may be read in one way only. `fault` says where and why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def read_document(path: Path) -> Any:
    """The document in a file. Raises Unreadable, as `parse` does."""
    if path.stat().st_size > MOST_BYTES:
        raise Unreadable(Fault("", f"The file is larger than {MOST_BYTES} bytes."))
    return parse(path.read_bytes())


def parse(content: bytes) -> Any:
    """The value of a JSON text. Raises Unreadable for a name given twice, a fraction, NaN, and all that is no JSON.

    Fractions are refused since all numbers of a document are whole, and 14.0 would be another document than 14.
    """
    try:
        return json.loads(content.decode(), object_pairs_hook=_named_once, parse_float=_refuse, parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise Unreadable(Fault("", "It is not UTF-8.")) from error
    except json.JSONDecodeError as error:
        raise Unreadable(Fault("", f"Line {error.lineno}, column {error.colno}: {error.msg}.")) from error
    except (RecursionError, ValueError) as error:
        raise Unreadable(Fault("", "Nested too deeply, or a number is too long.")) from error


def faults_in(document: Any) -> list[Fault]:
    """Every fault of a document, those of form and those of meaning, in the order of their places."""
    if (bound := _passed_bound(document)) is not None:
        return [Fault("", bound)]
    formless = [*map(_fault, _validator().iter_errors(document)), *_fractions(document, "")]
    meant = faults_of(document, _catalogue(), formless) if isinstance(document, Mapping) else []
    return sorted({*formless, *meant}, key=lambda fault: (fault.pointer, fault.message))


def _passed_bound(document: Any) -> str | None:
    """What is wrong with a document that nests further, or has longer lists, than anybody writes.

    Asked before the validator, whose ways to fail at depth differ with the stack: one is a panic that nobody catches.
    And to see that all items of a long list differ took it minutes.
    """
    level = [document]
    for _ in range(MOST_DEEP):
        if any(isinstance(part, list) and len(part) > MOST_ITEMS for part in level):
            return f"A list in it is longer than {MOST_ITEMS}."
        level = [
            inner
            for part in level
            if isinstance(part, dict | list)
            for inner in (part.values() if isinstance(part, dict) else part)
        ]
    return "Nested too deeply." if any(isinstance(part, dict | list) for part in level) else None


def _fractions(part: Any, pointer: str) -> Iterator[Fault]:
    """Every number that is written as a fraction. JSON Schema takes 14.0 for 14, but it is another document."""
    if isinstance(part, float):
        yield Fault(pointer, f"{part} is not a whole number.")
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for step, value in inner:
        yield from _fractions(value, f"{pointer}/{_escaped(step)}")


def _escaped(step: object) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Unreadable(Fault("", f"“{name}” is given twice in one object."))
        found[name] = value
    return found


def _refuse(number: str) -> NoReturn:
    raise Unreadable(Fault("", f"{number[:20]} is not a whole number."))


def _fault(error: ValidationError) -> Fault:
    closest = best_match([error]) or error
    return Fault("".join(f"/{_escaped(step)}" for step in closest.absolute_path), f"{closest.message[:200]}.")


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_bytes()))


@cache
def _catalogue() -> Catalogue:
    """What this service can supply to conditions, and the bands that those who hear of assessments understand."""
    return Catalogue({"spin_out_stage": codes("spin_out_stages")}, ("refer", "develop", "advise", "inform"))
