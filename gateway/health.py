"""Whether the gateway lives, and whether all that it needs is there."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, wait

from chassis.errors import Incident, Refused
from chassis.work import Caller, new_trace
from gateway.clients import Operations
from gateway.clients.line import Exchange
from gateway.keys import KeyRing

# Seconds within which a service must answer a ping; readiness itself must be known within 0.3.
PING_PATIENCE = 0.25
# Seconds for which a result is given again: anybody may ask, and each asking would cost a call to every service.
REMEMBERED = 0.5
_OURSELVES = Caller("gateway", "gateway", frozenset({"ops"}))


class Readiness:
    """Asks every service at the same time whether it is there."""

    def __init__(self, exchange: Exchange, services: Iterable[str], keys: KeyRing) -> None:
        self._exchange, self._services, self._keys = exchange, tuple(services), keys
        self._pool = ThreadPoolExecutor(max(1, 2 * len(self._services)), thread_name_prefix="ping")
        self._known: tuple[float, list[str]] = (float("-inf"), [])

    def missing(self) -> list[str]:
        """The names of the parts that are missing; empty when all is well."""
        told, found = self._known
        if time.monotonic() - told < REMEMBERED:
            return found
        pings = {self._pool.submit(self._answers, service): service for service in self._services}
        done, _ = wait(pings, timeout=PING_PATIENCE)
        present = {pings[ping] for ping in done if ping.result()}
        found = [service for service in self._services if service not in present]
        if not self._keys.is_filled():
            found.append("token_keys")
        self._known = (time.monotonic(), found)
        return found

    def _answers(self, service: str) -> bool:
        line = self._exchange.line(_OURSELVES, time.time() + PING_PATIENCE, {"traceparent": new_trace()})
        try:
            Operations(line, service).ping()
        except (Refused, Incident):
            return False
        return True
