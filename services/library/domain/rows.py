"""What files of resources are read into, whatever their format."""

from dataclasses import dataclass, field
from typing import Any

# What a file may hold at most: ten times the library, and no more than a process can well hold twice.
MOST_BYTES = 16 * 1024 * 1024
MOST_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Row:
    """One resource as a file tells of it. `place` says where, `ends` that it is no longer to be pointed to."""

    place: str
    id: str | None
    values: dict[str, Any]
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a file, and where."""

    place: str
    message: str


@dataclass(slots=True)
class Reading:
    """What was read of a file: its rows, and every fault at once."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, place: str, message: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(place, message))
