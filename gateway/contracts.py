"""What the services answer, as their contracts say: read once, at start-up, as data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

DIRECTORY = Path(__file__).resolve().parent.parent / "contracts" / "rpc"
# Fields of a list's body that the gateway sets from `limit` and `cursor`.
PAGE_FIELDS = frozenset({"limit", "after"})


@dataclass(frozen=True, slots=True)
class Contract:
    """What one RPC method takes and gives: JSON Schemas whose references lead to the service's own schemas."""

    service: str
    roles: frozenset[str]
    is_command: bool
    takes: Mapping[str, Any] | None
    gives: Mapping[str, Any] | None
    is_paged: bool


class Contracts:
    """The methods of all services by name, such as `intake.read_enquiry`, and the schemas they speak of."""

    def __init__(self, documents: Mapping[str, Mapping[str, Any]]) -> None:
        self.services = tuple(sorted(documents))
        self._documents = documents

    @classmethod
    def read(cls, directory: Path = DIRECTORY) -> "Contracts":
        """The contracts in a directory, one file for each service. Raises OSError or ValueError."""
        found = [orjson.loads(path.read_bytes()) for path in sorted(directory.glob("*.json"))]
        return cls({document["service"]: document for document in found})

    def of(self, call: str) -> Contract:
        """The contract of a method. A placeholder for the service stands for any: all answer that method alike.

        Raises KeyError when no service answers it.
        """
        service, _, method = call.partition(".")
        if service.startswith("{"):
            service = self.services[0]
        said = self._documents[service]["methods"][method]
        return Contract(
            service=service,
            roles=frozenset(said["roles"]),
            is_command=said["kind"] == "command",
            takes=said["takes"],
            gives=said["gives"],
            is_paged=said["page"],
        )

    def methods(self, service: str) -> Iterator[str]:
        """The names of all methods that a service answers."""
        yield from self._documents[service]["methods"]

    def properties(self, call: str) -> dict[str, Any]:
        """The fields of the body that a method takes, each with its schema."""
        contract = self.of(call)
        if contract.takes is None:
            return {}
        return dict(self.resolve(contract.service, contract.takes).get("properties", {}))

    def resolve(self, service: str, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """The schema itself, where it is but a reference to one of the service's schemas."""
        name = schema.get("$ref", "").rpartition("/")[2]
        found: Mapping[str, Any] = self._documents[service]["schemas"][name] if name else schema
        return found

    def schemas(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Every schema with its service and its name."""
        for service in self.services:
            for name, schema in self._documents[service]["schemas"].items():
                yield service, name, schema
