"""The contracts of all events, as data, and examples as tomorrow's tellers would send them."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

EVENTS = Path(__file__).parents[2] / "contracts" / "events"

# What an older hearer has never heard of: it must not mind, wherever it stands.
UNKNOWN = {"added_later": {"how": ["deep", 1, None, {"x": True}], "empty": {}}}

# jsonschema leaves `date-time` unchecked where no other library is installed for it.
FORMATS = FormatChecker()
_MOMENT = re.compile(r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-6]\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@FORMATS.checks("date-time")
def is_moment(value: object) -> bool:
    """Whether a value, where it is text, is a moment as RFC 3339 writes it."""
    return not isinstance(value, str) or _MOMENT.fullmatch(value) is not None


def faults_of(schema: dict[str, Any], value: Any) -> list[str]:
    """Every way in which a value is not what a schema says, formats too."""
    faults = Draft202012Validator(schema, format_checker=FORMATS).iter_errors(value)
    return [f"/{'/'.join(map(str, fault.path))}: {fault.message}" for fault in faults]


@dataclass(frozen=True)
class Contract:
    """What one service says in one type of event."""

    source: str
    type: str
    schema: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.source}.{self.type}"

    def faults(self, data: Any) -> list[str]:
        """Every way in which an event's data is not what the contract says."""
        return [f"{self} {fault}" for fault in faults_of(self.schema, data)]

    @property
    def examples(self) -> list[dict[str, Any]]:
        """The contract's examples."""
        return list(self.schema["examples"])


def contracts() -> dict[tuple[str, str], Contract]:
    """Every contract by source and type."""
    found = {}
    for path in sorted(EVENTS.glob("*/*.v1.json")):
        source, type_ = path.parent.name, path.name.partition(".")[0]
        found[source, type_] = Contract(source, type_, json.loads(path.read_text()))
    return found


def extended(value: Any, schema: dict[str, Any]) -> Any:
    """The value with an unknown field in every object, wherever the schema says which fields an object has.

    An object whose fields are ids, such as a map of gates to answers, holds nothing but answers: none is added.
    """
    if isinstance(value, list):
        return [extended(item, schema.get("items", {})) for item in value]
    if not isinstance(value, dict):
        return value
    known = schema.get("properties", {})
    grown = {name: extended(item, known.get(name, {})) for name, item in value.items()}
    return grown if isinstance(schema.get("additionalProperties"), dict) else {**grown, **UNKNOWN}
