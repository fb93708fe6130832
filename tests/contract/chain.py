"""The services, each at its desk, and every event carried by hand from who tells it to all who hear it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from chassis.entrypoints import entrypoints_of, find_service
from chassis.work import Event
from deploy.virtual_hosts import SERVICES
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDatabase
from tests.service.intake_samples import import_script
from tests.service.triage_desk import load

PEOPLE = {"roles": ("admin",), "subject": "admin-1", "client": "console"}


@dataclass
class Chain:
    """All services on databases of their own. What is told is heard before `ask` returns."""

    desks: dict[str, Desk]
    outcomes: list[tuple[str, Event, str]] = field(default_factory=list)
    _carried: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SERVICES, 0))

    def ask(self, service: str, method: str, **options: Any) -> Any:
        """Ask as somebody who may everything, unless told otherwise; then carry what was told."""
        answer = self.desks[service].ask(method, **{**PEOPLE, **options})
        self.carry()
        return answer

    def carry(self) -> None:
        """Carry events until nobody tells anything new."""
        while fresh := [event for service in SERVICES for event in self._fresh(service)]:
            for event in fresh:
                for service in hearers(event.source, event.type):
                    self.outcomes.append((service, event, self.desks[service].hear_event(event)))

    def told(self) -> list[Event]:
        """Every event told so far, service by service."""
        return [event for desk in self.desks.values() for event in desk.told()]

    def _fresh(self, service: str) -> list[Event]:
        told = self.desks[service].told()
        fresh = told[self._carried[service] :]
        self._carried[service] = len(told)
        return fresh


def hearers(source: str, type_: str) -> list[str]:
    """The services that hear a type of event."""
    return [name for name in SERVICES if (source, type_) in _heard(name)]


@contextmanager
def opened(make: MakeDatabase) -> Iterator[Chain]:
    """A chain whose criteria are loaded, and whose script of the diagnosis is imported."""
    chain = Chain({name: Desk(find_service(name), make(name)) for name in SERVICES})
    try:
        load(chain.desks["triage"])
        import_script(chain.desks["intake"])
        chain.carry()
        yield chain
    finally:
        for desk in chain.desks.values():
            desk.close()


def _heard(service: str) -> set[tuple[str, str]]:
    handlers = entrypoints_of(find_service(service)).handlers.values()
    return {(handler.source, type_) for handler in handlers for type_ in handler.types}
