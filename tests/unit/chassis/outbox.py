"""An outbox that a test holds in its hand."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from chassis.fields import new_id
from tests.unit.chassis.fakes import event


class FakeStore:
    """An outbox. Its rows stay until a transaction that sent them has ended well."""

    def __init__(self, rows: int = 0, looked: Callable[[], None] = lambda: None) -> None:
        self.unsent = [outbox_row(number) for number in range(rows)]
        self._looked = looked
        self._sent: set[int] = set()

    @contextmanager
    def change(self) -> Iterator["FakeStore"]:
        """One transaction."""
        self._sent = set()
        yield self
        self.unsent = [row for row in self.unsent if row.position not in self._sent]

    def execute(self, _: object, values: dict[str, Any]) -> Any:
        """Read a batch, or mark rows sent."""
        if "positions" in values:
            self._sent = set(values["positions"])
            return None
        self._looked()
        return SimpleNamespace(all=lambda: self.unsent[: values["batch"]])


def outbox_row(number: int) -> Any:
    """A row of the outbox."""
    return SimpleNamespace(position=number, event_id=new_id(), type="entered", envelope=event(str(number)).to_json())
