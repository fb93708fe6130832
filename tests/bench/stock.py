"""nameko as it comes: an echo called service to service, and an event handler. And py-amqp by hand, as the ceiling.

`python -m tests.bench.stock echo|call|handle|ceiling-echo|ceiling-call URL …`; what measures prints one JSON line.
"""

import eventlet

eventlet.monkey_patch()

import json
import sys
import time
from typing import Any

import amqp
import nameko
from kombu.utils.url import parse_url
from nameko.containers import ServiceContainer
from nameko.events import event_handler
from nameko.rpc import ServiceRpc, rpc
from nameko.standalone.events import event_dispatcher
from nameko.testing.services import dummy, entrypoint_hook

from tests.bench.load import rate_of


class Echo:
    """The callee."""

    name = "stock_echo"

    @rpc
    def echo(self, reference: str) -> dict[str, str]:
        """Say it back."""
        return {"reference": reference}


class Caller:
    """Calls the echo from so many workers' greenlets."""

    name = "stock_caller"
    echo = ServiceRpc("stock_echo")

    @dummy
    def call(self, callers: int) -> float:
        """Calls a second."""
        return rate_of(lambda: self.echo.echo("ENQ"), callers)


class Handler:
    """Counts events."""

    name = "stock_handler"
    heard = 0

    @event_handler("stock_source", "happened")
    def handle(self, payload: dict[str, Any]) -> None:
        """Count."""
        Handler.heard += 1


def serve(service: type) -> ServiceContainer:
    """Start a service."""
    container = ServiceContainer(service)
    container.start()
    return container


def handle(count: int) -> float:
    """Events a second that the stock handler takes from a full queue."""
    container = serve(Handler)
    container.stop()
    with nameko.config.patch({}):
        tell = event_dispatcher()
        for _ in range(count):
            tell("stock_source", "happened", {"reference": "ENQ"})
    began = time.monotonic()
    container = serve(Handler)
    while Handler.heard < count:
        eventlet.sleep(0.01)
    seconds = time.monotonic() - began
    container.stop()
    return count / seconds


def by_hand(url: str) -> amqp.Connection:
    """A connection as py-amqp makes it."""
    place = parse_url(url)
    address = f"{place['hostname']}:{place['port']}"
    names = {"userid": place["userid"], "password": place["password"], "virtual_host": place["virtual_host"]}
    connection = amqp.Connection(address, login_method="PLAIN", **names)
    connection.connect()
    return connection


def ceiling_echo(url: str) -> None:
    """Answer by hand."""
    channel = by_hand(url).channel()
    channel.queue_declare("ceiling", durable=False, auto_delete=True)

    def answer(message: Any) -> None:
        reply = amqp.Message(message.body, correlation_id=message.properties["correlation_id"])
        channel.basic_publish(reply, "", message.properties["reply_to"])

    channel.basic_consume("ceiling", no_ack=True, callback=answer)
    print("ready", flush=True)  # noqa: T201 - whoever measures waits for it
    while True:
        channel.connection.drain_events()


if __name__ == "__main__":
    what, url, *rest = sys.argv[1:]
    nameko.config.setup({"AMQP_URI": url, "max_workers": 50})
    if what == "echo":
        running = serve(Echo)
        print("ready", flush=True)  # noqa: T201
        running.wait()
    elif what == "call":
        container = serve(Caller)
        with entrypoint_hook(container, "call", timeout=60) as call:
            print(json.dumps(call(int(rest[0]))), flush=True)  # noqa: T201
    elif what == "handle":
        print(json.dumps(handle(int(rest[0]))), flush=True)  # noqa: T201
    else:
        ceiling_echo(url)
