"""How a service says what it answers, what it hears and what it does by itself: four decorators.

They only note what was said. The bus is built from the notes (`chassis.bus`), and so are the topology, the contracts
and the tests, so that nothing has to be said twice.
"""

import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from marshmallow import Schema

from chassis.errors import FieldError, Invalid
from chassis.fields import load_strictly

Method = TypeVar("Method", bound=Callable[..., Any])

_MARK = "_spinout_entrypoint"
_LONGEST_ID = 100


@dataclass(frozen=True, slots=True)
class Remote:
    """A method that is answered by RPC. `changes` is true for commands, false for queries.

    `ids` are the names of its string arguments; `takes` loads its argument `body`; `gives` dumps what it returns.
    """

    name: str
    roles: frozenset[str]
    takes: type[Schema] | None
    gives: type[Schema] | None
    changes: bool
    ids: tuple[str, ...]

    def load(self, arguments: object) -> dict[str, Any]:
        """The keyword arguments for the method. Raises Invalid with a pointer for every fault."""
        if not isinstance(arguments, dict):
            raise Invalid([FieldError("", "Must be an object of named arguments.")])
        wanted = {*self.ids, "body"} if self.takes else {*self.ids}
        faults = [FieldError(f"/{str(name)[:100]}", "Unknown argument.") for name in arguments.keys() - wanted]
        for name in self.ids:
            value = arguments.get(name)
            if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_ID or "\0" in value:
                faults.append(FieldError(f"/{name}", "Must be text of 1 to 100 characters."))
        if faults:
            raise Invalid(faults)
        loaded: dict[str, Any] = {name: arguments[name] for name in self.ids}
        if self.takes:
            loaded["body"] = load_strictly(self.takes, arguments.get("body", {}))
        return loaded


@dataclass(frozen=True, slots=True)
class Handler:
    """A method that hears events of one source. Its queue is `<service>.<name>`."""

    name: str
    source: str
    types: tuple[str, ...]
    takes: type[Schema] | None

    def hears(self, source: str, type_: str) -> bool:
        """Whether its queue is for this type of event."""
        return source == self.source and type_ in self.types


@dataclass(frozen=True, slots=True)
class Background:
    """A method that is run every so many seconds, and again at once for as long as it did something."""

    name: str
    every: float


@dataclass(frozen=True, slots=True)
class Entrypoints:
    """All that one service class has noted."""

    service: str
    remotes: dict[str, Remote] = field(default_factory=dict)
    handlers: dict[str, Handler] = field(default_factory=dict)
    backgrounds: dict[str, Background] = field(default_factory=dict)


def command(
    *, roles: tuple[str, ...], takes: type[Schema] | None = None, gives: type[Schema] | None = None
) -> Callable[[Method], Method]:
    """A method that changes this service's database: one transaction with its events and its idempotency row.

    Called as `method(self, work, body=…, reference=…)` with the arguments that its signature names.
    """
    return _remote(roles, takes, gives, changes=True)


def query(
    *, roles: tuple[str, ...], takes: type[Schema] | None = None, gives: type[Schema] | None = None
) -> Callable[[Method], Method]:
    """A method that only reads. Outside a transaction, so every statement is one way to the database and back."""
    return _remote(roles, takes, gives, changes=False)


def handles(source: str, *types: str, takes: type[Schema] | None = None) -> Callable[[Method], Method]:
    """A method that hears events of these types from one source: `method(self, work, data)`.

    It runs in one transaction with the inbox row that makes a repeat do nothing. `takes` loads the event's data,
    ignoring unknown fields. The method's name names the queue: renaming it needs a migration of the queue.
    """

    def note(method: Method) -> Method:
        setattr(method, _MARK, Handler(method.__name__, source, types, takes))
        return method

    return note


def background(*, every: float) -> Callable[[Method], Method]:
    """A method run every `every` seconds: `method(self, database) -> int`, how much it did.

    It is run again at once while it returns more than 0. Each process of the service runs it, so it must take its
    work with `FOR UPDATE SKIP LOCKED` or the like.
    """

    def note(method: Method) -> Method:
        setattr(method, _MARK, Background(method.__name__, every))
        return method

    return note


def entrypoints_of(service: Any) -> Entrypoints:
    """What a service class has noted with the decorators above."""
    found = Entrypoints(service.name)
    for name, method in inspect.getmembers(service, inspect.isfunction):
        match getattr(method, _MARK, None):
            case Remote() as remote:
                found.remotes[name] = remote
            case Handler() as handler:
                found.handlers[name] = handler
            case Background() as job:
                found.backgrounds[name] = job
    return found


def find_service(name: str) -> Any:
    """A service's class by its name (`intake`), or by its place (`package.module:Class`)."""
    module, _, attribute = name.partition(":")
    if attribute:
        return getattr(importlib.import_module(module), attribute)
    found = vars(importlib.import_module(f"services.{name}.service")).values()
    return next(one for one in found if isinstance(one, type) and getattr(one, "name", None) == name)


def _remote(
    roles: tuple[str, ...], takes: type[Schema] | None, gives: type[Schema] | None, *, changes: bool
) -> Callable[[Method], Method]:
    def note(method: Method) -> Method:
        parameters = list(inspect.signature(method).parameters)[2:]
        ids = tuple(name for name in parameters if name != "body")
        if ("body" in parameters) != (takes is not None):
            raise TypeError(f"{method.__name__}: `takes` and an argument `body` go together")
        setattr(method, _MARK, Remote(method.__name__, frozenset(roles), takes, gives, changes, ids))
        return method

    return note
