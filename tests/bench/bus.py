"""What is measured of the bus alone: our RPC, stock nameko's and the ceiling; events heard; events relayed.

All on one broker, in one run, one after the other: read the ratios, not the figures.
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any, ClassVar
from uuid import uuid4

import amqp
from kombu.utils.url import parse_url
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from chassis.bus import REPLY_TO
from chassis.entrypoints import entrypoints_of
from chassis.fields import new_id
from chassis.work import Caller, CallerSeal, Event, new_trace
from deploy.topology import declare
from tests.bench.load import rate_of
from tests.fixtures.probes import Hearer, Teller
from tests.fixtures.processes import ROOT, SECRET, Bus, eventually, rows

CALLERS = (1, 8, 32)
EVENTS = 20_000


def rpc(bus: Bus, database: str) -> list[dict[str, Any]]:
    """Calls a second of an echo: stock nameko service to service, ours, and py-amqp by hand."""
    bus.serve(Teller, database)
    client = bus.client()
    sealed = {"caller": ""}

    def ours() -> None:
        said = {**sealed, "deadline": time.time() + 5, "traceparent": new_trace()}
        client.call("intake", "echo", {"body": {"name": "ENQ-7K3M-9Q2D"}}, said)

    measured = []
    for callers in CALLERS:
        with _stock("echo", bus.host.url("operator")):
            stock = _said("call", bus.host.url("operator"), str(callers))
        with _stock("ceiling-echo", bus.host.url("operator")), closing(ByHand(bus.host.url("operator"))) as by_hand:
            ceiling = rate_of(by_hand.call, callers)
        sealed["caller"] = CallerSeal(SECRET).sign(Caller("adviser-1", "bench", frozenset({"adviser"})))
        rate = rate_of(ours, callers)
        measured.append(
            {
                "callers": callers,
                "stock nameko": round(stock),
                "ours": round(rate),
                "by hand": round(ceiling),
                "ours / by hand": round(rate / ceiling, 2),
                "ours / stock": round(rate / stock, 2),
            }
        )
    return measured


def events(bus: Bus, told: str, heard: str) -> dict[str, Any]:
    """Events a second: stock nameko's handler that does nothing, ours that commits a change, and the relay."""
    stock = _said("handle", bus.host.url("operator"), str(EVENTS))
    declare(bus.host.url("operator"), [entrypoints_of(Teller), entrypoints_of(Hearer)])
    _fill_outbox(told, EVENTS)

    began = time.perf_counter()
    teller = bus.serve(Teller, told)
    unsent = "SELECT count(*) FROM outbox WHERE sent_at IS NULL"
    eventually(lambda: rows(told, unsent) == [(0,)], 60)
    first = rows(told, "SELECT extract(epoch FROM max(sent_at) - min(sent_at)) FROM outbox")[0][0]
    teller.stop()

    hearer = bus.serve(Hearer, heard)
    eventually(lambda: rows(heard, "SELECT count(*) FROM inbox") == [(EVENTS,)], 120)
    spent = rows(heard, "SELECT extract(epoch FROM max(handled_at) - min(handled_at)) FROM inbox")[0][0]
    hearer.stop()
    ours = EVENTS / float(str(spent))
    return {
        "stock handler": round(stock),
        "ours, committed": round(ours),
        "ours / stock": round(ours / stock, 2),
        "relayed": round(EVENTS / float(str(first))),
        "whole seconds": round(time.perf_counter() - began, 1),
    }


class ByHand:
    """An echo's caller written by hand on py-amqp as it comes: one connection, one reader, nothing else."""

    def __init__(self, url: str) -> None:
        place = parse_url(url)
        self._connection = ReadElsewhere(
            f"{place['hostname']}:{place['port']}",
            place["userid"],
            place["password"],
            login_method="PLAIN",
            virtual_host=place["virtual_host"],
        )
        self._connection.connect()
        self._channel = self._connection.channel()
        self._channel.basic_consume(REPLY_TO, no_ack=True, callback=self._answered)
        self._waiting: dict[str, threading.Event] = {}
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def call(self) -> None:
        """Ask and wait."""
        number, done = uuid4().hex, threading.Event()
        self._waiting[number] = done
        message = amqp.Message("{}", reply_to=REPLY_TO, correlation_id=number, content_type="application/json")
        self._channel.basic_publish(message, "", "ceiling")
        done.wait(5)

    def close(self) -> None:
        """Close the connection; the reader ends with it."""
        self._connection.sock.shutdown(socket.SHUT_RDWR)
        self._reader.join()
        self._connection.transport.close()

    def _answered(self, message: Any) -> None:
        self._waiting.pop(message.properties["correlation_id"]).set()

    def _read(self) -> None:
        with suppress(OSError):
            while True:
                self._connection.drain_events()


class ReadElsewhere(amqp.Connection):  # type: ignore[misc]
    """Does not read in the publishing thread."""

    negotiate_capabilities: ClassVar[dict[str, bool]] = {}


def _fill_outbox(url: str, count: int) -> None:
    """Write events as a service would have told them."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        told = []
        for number in range(count):
            name = f"n{number}"
            event = Event("entered", name, 1, {"name": name}, id=new_id(), source="intake", traceparent=new_trace())
            told.append({"id": event.id, "envelope": event.to_json()})
        connection.execute(
            text("INSERT INTO outbox (event_id, type, envelope) VALUES (:id, 'entered', :envelope)"), told
        )


@contextmanager
def _stock(what: str, url: str) -> Iterator[None]:
    process = subprocess.Popen(_command(what, url), cwd=ROOT, stdout=subprocess.PIPE, env=_environment())
    assert process.stdout
    try:
        while b"ready" not in process.stdout.readline():
            assert process.poll() is None, what
        yield
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _said(what: str, url: str, *words: str) -> float:
    done = subprocess.run(_command(what, url, *words), cwd=ROOT, capture_output=True, check=False, env=_environment())
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return float(json.loads(done.stdout.splitlines()[-1]))


def _command(what: str, url: str, *words: str) -> list[str]:
    return [sys.executable, "-W", "ignore", "-m", "tests.bench.stock", what, url, *words]


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONWARNINGS": "ignore"}
