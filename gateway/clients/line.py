"""A line to the services for one request: who asks, until when, and what goes along."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from chassis.work import Caller
from gateway.rpc_client import Answer

# Seconds for which a sealed caller is used again; the services believe it for a minute.
_SEAL_REUSED = 30
_SEALS_AT_MOST = 2_000

Body = Mapping[str, Any]


class Bus(Protocol):
    """The RPC client of the chassis, or what stands in for it in a test."""

    def call(self, service: str, method: str, arguments: dict[str, Any], context: dict[str, Any]) -> Answer:
        """Ask, and wait for the answer until the context's deadline. Raises Refused or Incident."""


@dataclass(frozen=True, slots=True)
class Line:
    """One request's way to the services. `context` is what all its questions have in common."""

    bus: Bus
    context: dict[str, Any]

    def ask(self, service: str, method: str, **arguments: Any) -> Answer:
        """Ask one method of a service. Raises Refused or Incident.

        An empty body is not sent: methods that take none refuse the argument, the others take an empty one for none.
        """
        if not arguments.get("body", True):
            del arguments["body"]
        return self.bus.call(service, method, arguments, self.context)


class Exchange:
    """Gives each request its line. Seals callers, each anew after half a minute."""

    def __init__(self, bus: Bus, seal: Callable[[Caller], str]) -> None:
        self._bus, self._seal = bus, seal
        self._sealed: dict[Caller, tuple[float, str]] = {}

    def line(self, caller: Caller, deadline: float, more: Mapping[str, Any]) -> Line:
        """A line for one request of this caller, good until `deadline` (epoch seconds).

        `more` holds `traceparent` and, for commands, `key`, `fingerprint` and `if_match` where there are any.
        """
        return Line(self._bus, {"caller": self._token(caller), "deadline": deadline, **more})

    def _token(self, caller: Caller) -> str:
        now = time.monotonic()
        known = self._sealed.get(caller)
        if known is not None and now < known[0]:
            return known[1]
        if len(self._sealed) >= _SEALS_AT_MOST:
            self._sealed.clear()
        token = self._seal(caller)
        self._sealed[caller] = (now + _SEAL_REUSED, token)
        return token
