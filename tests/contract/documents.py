"""The contracts of all events, as data, and examples as tomorrow's tellers would send them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

EVENTS = Path(__file__).parents[2] / "contracts" / "events"

# What an older hearer has never heard of: it must not mind, wherever it stands.
UNKNOWN = {"added_later": {"how": ["deep", 1, None, {"x": True}], "empty": {}}}


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
        validator = Draft202012Validator(self.schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
        return [f"{self} /{'/'.join(map(str, fault.path))}: {fault.message}" for fault in validator.iter_errors(data)]

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
