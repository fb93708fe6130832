"""How a route is declared: once, in one decorator, with all that the gateway, its documents and its tests need."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson

from gateway.clients.line import Line
from gateway.rpc_client import Answer

_PLACEHOLDER = re.compile(r"\{(\w+)\}")

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Call:
    """One request, read: the line to the services, and the body that goes along.

    For a list the body holds its filters and the page that is wanted.
    """

    line: Line
    body: dict[str, Any]


View = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class Manner:
    """How all routes of a kind behave, whatever they are about."""

    status: HTTPStatus
    has_body: bool = False
    is_paged: bool = False
    is_tagged: bool = False
    needs_key: bool = False
    needs_match: bool = False
    media: str = JSON
    render: Callable[[Any], bytes] = orjson.dumps


READ = Manner(HTTPStatus.OK, is_tagged=True)
LIST = Manner(HTTPStatus.OK, is_paged=True)
ASK = Manner(HTTPStatus.OK, has_body=True)
CREATE = Manner(HTTPStatus.CREATED, has_body=True, is_tagged=True, needs_key=True)
CHANGE = Manner(HTTPStatus.OK, has_body=True, is_tagged=True, needs_match=True)
ACT = Manner(HTTPStatus.OK, has_body=True)
START = Manner(HTTPStatus.ACCEPTED, has_body=True, is_tagged=True, needs_key=True)
RETRY = Manner(HTTPStatus.ACCEPTED, has_body=True)
REMOVE = Manner(HTTPStatus.NO_CONTENT)


@dataclass(frozen=True, slots=True)
class Route:
    """A declared route.

    `calls` is the method that does the work and shapes the answer, such as `intake.read_enquiry`. Where it begins with
    a placeholder (`{service}.show_parked`) the caller names the service, in the path or, failing that, in the query.
    `location` is where what was made can be read, filled from the answer. `fills` names the fields of the method's
    body that the gateway fills itself, and that no caller may send. `is_signed`: no token is wanted but a signature
    (gateway.signatures) or a secret in the URL (gateway.url_secrets); who has it calls in the one role that is named.
    """

    method: str
    path: str
    manner: Manner
    roles: frozenset[str]
    calls: str
    view: View
    location: str | None = None
    fills: Mapping[str, str] | None = None
    is_signed: bool = False

    @property
    def is_command(self) -> bool:
        """Whether it changes something (a POST may just ask)."""
        return self.method != "GET" and self.manner is not ASK

    @property
    def in_path(self) -> tuple[str, ...]:
        """The names of the path's parameters."""
        return tuple(_PLACEHOLDER.findall(self.path))

    @property
    def in_query(self) -> tuple[str, ...]:
        """Names that the call needs and the path does not give: the caller must name them in the query."""
        return tuple(name for name in _PLACEHOLDER.findall(self.calls) if name not in self.in_path)

    @property
    def all_calls(self) -> tuple[str, ...]:
        """Every method that an answer may need."""
        return (*(self.fills or {}).values(), self.calls)


class Routes:
    """The routes of one module of the API, in the order in which they were declared."""

    def __init__(self) -> None:
        self._routes: list[Route] = []

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes)

    def route(
        self,
        rule: str,
        manner: Manner,
        *,
        roles: tuple[str, ...],
        calls: str,
        location: str | None = None,
        fills: Mapping[str, str] | None = None,
        is_signed: bool = False,
    ) -> Callable[[View], View]:
        """Declare a view as the answer to `rule`, such as `GET /v1/enquiries/{reference}`. See Route for the rest.

        A manager may all that an adviser may, and an admin everything: they are not listed.
        """
        method, _, path = rule.partition(" ")

        def declare(view: View) -> View:
            route = Route(method, path, manner, frozenset(roles), calls, view, location, fills, is_signed)
            self._routes.append(route)
            return view

        return declare
