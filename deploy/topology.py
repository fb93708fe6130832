"""The exchanges, queues and bindings of the bus: derived from the service classes, declared before any traffic."""

from collections.abc import Iterable, Sequence
from typing import Any

from kombu import Connection, Exchange, Queue, binding

from chassis.bus import RPC
from chassis.entrypoints import Entrypoints

UNROUTED, DEAD = "unrouted", "dead"


def topology(services: Iterable[Entrypoints]) -> tuple[list[Exchange], list[Queue]]:
    """Every exchange and queue that the services need, derived from what they answer and hear."""
    requests, dead, unrouted = Exchange(RPC, "direct"), Exchange(DEAD, "direct"), Exchange(UNROUTED, "fanout")
    exchanges, queues = [requests, dead, unrouted], [_reliable(UNROUTED, [binding(unrouted)])]
    for service in services:
        name = service.service
        exchanges.append(_events_of(name))
        bounds = {"x-max-length": 10_000, "x-overflow": "reject-publish"}
        queues.append(Queue(f"{name}.rpc", requests, routing_key=name, queue_arguments=bounds))
        queues.append(_reliable(f"{name}.dead", [binding(dead, routing_key=name)]))
        for handler in service.handlers.values():
            source = _events_of(handler.source)
            exchanges.append(source)
            bindings = [binding(source, routing_key=kind) for kind in handler.types]
            letters = {
                "x-dead-letter-exchange": DEAD,
                "x-dead-letter-routing-key": name,
                "x-dead-letter-strategy": "at-least-once",
                "x-delivery-limit": 20,
            }
            queues.append(_reliable(f"{name}.{handler.name}", bindings, letters))
    return exchanges, queues


def declare(url: str, services: Iterable[Entrypoints]) -> list[str]:
    """Declare all that the services need at the broker; return the queues' names. Harmless when repeated."""
    exchanges, queues = topology(services)
    with Connection(url, connect_timeout=5) as connection:
        channel = connection.channel()
        for one in exchanges:
            one(channel).declare()
        for queue in queues:
            bound = queue(channel)
            bound.queue_declare()
            for each in queue.bindings:
                bound.bind_to(each.exchange, each.routing_key)
            if not queue.bindings:
                bound.queue_bind()
    return [queue.name for queue in queues]


def _events_of(source: str) -> Exchange:
    return Exchange(f"{source}.events", "topic", arguments={"alternate-exchange": UNROUTED})


def _reliable(name: str, bindings: Sequence[binding], arguments: dict[str, Any] | None = None) -> Queue:
    bounds = {"x-queue-type": "quorum", "x-max-length": 1_000_000, "x-overflow": "reject-publish"}
    return Queue(name, bindings=bindings, queue_arguments=bounds | (arguments or {}))
