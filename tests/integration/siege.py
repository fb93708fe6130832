"""All services on a virtual host, and hostile messages on every queue of theirs."""

import hashlib
import itertools
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import amqp
import orjson

from chassis.bus import CLOSED, REPLY_TO, RPC, connect
from chassis.entrypoints import entrypoints_of, find_service
from deploy.topology import declare
from deploy.virtual_hosts import OPERATOR, SERVICES
from tests.contract.documents import Contract, contracts
from tests.contract.story import enquiry
from tests.fixtures.desk import Desk
from tests.fixtures.ledger import CRITERIA, GATES
from tests.fixtures.processes import Bus, ServiceProcess, eventually, rows
from tests.fixtures.stores import MakeDatabase, VirtualHost
from tests.integration.hostile_events import envelope, no_envelopes, odd_data, odd_envelopes
from tests.integration.hostile_events import properties as of_event
from tests.integration.hostile_garbage import Hostile, dumped, garbage
from tests.integration.hostile_requests import forged_reply_to, request, requests
from tests.integration.hostile_requests import properties as of_request
from tests.service.triage_desk import load

CONTRACTS = contracts()
HANDLERS = {
    f"{service}.{handler.name}": handler
    for service in SERVICES
    for handler in entrypoints_of(find_service(service)).handlers.values()
}
LAST = "the last"
# Types of events that together reach every queue, each thrown in all its odd envelopes.
ENVELOPED = (
    ("intake", "enquiry_withdrawn"),
    ("intake", "enquiry_changed"),
    ("intake", "consent_changed"),
    ("intake", "enquirer_replied"),
    ("triage", "enquiry_triaged"),
    ("casework", "case_opened"),
    ("casework", "case_closed"),
    ("referrals", "referral_sent"),
    ("referrals", "referral_decided"),
    ("library", "signpost_given"),
)
FACTS = {"gates": dict.fromkeys(GATES, "yes"), "criteria": dict.fromkeys(CRITERIA, 4)}


@dataclass
class Siege:
    """What is besieged, and what was thrown at it: the messages by the queue that they came to."""

    bus: Bus
    databases: dict[str, str]
    processes: dict[str, ServiceProcess]
    pids: dict[str, int]
    victim: dict[str, str] = field(default_factory=dict)
    thrown: dict[str, list[Hostile]] = field(default_factory=dict)
    answers: list[Any] = field(default_factory=list)

    def rows(self, service: str, statement: str) -> list[tuple[Any, ...]]:
        """What a statement finds in a service's database."""
        return rows(self.databases[service], statement)

    def new_enquiry(self) -> str:
        """An honest enquiry that will become a case; its reference."""
        client = self.bus.client()
        body = enquiry(facts=FACTS)
        return str(self.bus.ask(client, "intake", "create_enquiry", body=body, patience=20).result["reference"])

    def case_of(self, reference: str) -> str | None:
        """The case of an enquiry, once intake has heard of it."""
        found = self.rows("intake", f"SELECT case_reference FROM enquiries WHERE reference = '{reference}'")
        return found[0][0]

    def as_of_victim(self, example: dict[str, Any]) -> dict[str, Any]:
        """An example that speaks of an enquiry, a case and a referral that are there."""
        return {**example, **{name: value for name, value in self.victim.items() if name in example}}

    def throw_all(self) -> None:
        """Everything, on every queue, by those who may publish there."""
        for service in SERVICES:
            self.throw("gateway", RPC, service, [f"{service}.rpc"], requests(service))
            self.throw("gateway", RPC, service, [f"{service}.rpc"], [forged_reply_to()])
            self.throw(OPERATOR, "", f"{service}.rpc", [f"{service}.rpc"], _some(_requests_of_operator()))
            self.throw(OPERATOR, "", f"{service}.dead", [f"{service}.dead"], self._events_of_operator("intake"))
        for queue, handler in HANDLERS.items():
            self.throw(OPERATOR, "", queue, [queue], _some(self._events_of_operator(handler.source)))
        for contract in CONTRACTS.values():
            queues = [name for name, one in HANDLERS.items() if _is_for(contract, one)]
            data = self.as_of_victim(contract.examples[0])
            self.throw(contract.source, f"{contract.source}.events", contract.type, queues, odd_data(contract, data))
        for kind in ENVELOPED:
            self._throw_envelopes(CONTRACTS[kind])

    def throw(self, user: str, exchange: str, key: str, queues: list[str], messages: Iterable[Hostile]) -> None:
        """Publish as a user, and wait until the broker has taken or refused every message."""
        thrown = list(messages)
        with closing(Thrower(self.bus.host.url(user), takes_answers=user in ("gateway", OPERATOR))) as thrower:
            taken = [message for message in thrown if thrower.throw(message, exchange, key)]
            thrower.wait()
            self.answers += thrower.listen(exchange, key) if user == "gateway" else []
        for queue in queues:
            self.thrown.setdefault(queue, []).extend(taken)

    def _throw_envelopes(self, contract: Contract) -> None:
        queues = [name for name, one in HANDLERS.items() if _is_for(contract, one)]
        data = self.as_of_victim(contract.examples[0])
        messages = itertools.chain(_some(no_envelopes(contract, data)), odd_envelopes(contract, data))
        self.throw(contract.source, f"{contract.source}.events", contract.type, queues, messages)

    def _events_of_operator(self, source: str) -> Iterator[Hostile]:
        contract = next(one for (whose, _), one in CONTRACTS.items() if whose == source)
        honest = envelope(contract, self.as_of_victim(contract.examples[0]))
        yield from garbage(dumped(honest), of_event(OPERATOR))


class Thrower:
    """A connection that publishes what no library would."""

    def __init__(self, url: str, *, takes_answers: bool) -> None:
        self._url, self._takes_answers = url, takes_answers
        self.answers: list[Any] = []
        self._connection = connect(url, "a thrower")
        self._channel = self._connection.channel()
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.confirm_select()
        if takes_answers:
            self._channel.basic_consume(REPLY_TO, no_ack=True, callback=self._on_answer)
        self._number, self._unconfirmed, self._last_came = 0, set[int](), False

    def throw(self, message: Hostile, exchange: str, key: str) -> bool:
        """Publish one message; whether the broker did not refuse it at once."""
        if message.alone:
            return self._throw_alone(message, exchange, key)
        self._number += 1
        self._unconfirmed.add(self._number)
        self._channel.basic_publish(message.message(), exchange, key)
        if self._number % 20 == 0:
            self._read(0.001)
        return True

    def wait(self) -> None:
        """Wait until the broker has confirmed all that was published."""
        until = time.monotonic() + 60
        while self._unconfirmed:
            assert time.monotonic() < until, f"{len(self._unconfirmed)} messages were not confirmed"
            self._read(0.05)

    def listen(self, exchange: str, key: str) -> list[Any]:
        """Every answer: until that to a last request has come, which is put again should its answer be lost."""
        last = Hostile("the last", dumped(request()), {**of_request(), "correlation_id": LAST})
        until = time.monotonic() + 60
        while not self._last_came:
            assert time.monotonic() < until, "no answer came to a good request"
            self.throw(last, exchange, key)
            self._read(1)
        return self.answers

    def close(self) -> None:
        """Go."""
        self._connection.close()

    def _throw_alone(self, message: Hostile, exchange: str, key: str) -> bool:
        alone = Thrower(self._url, takes_answers=self._takes_answers)
        try:
            alone.throw(replace(message, alone=False), exchange, key)
            alone.wait()
        except CLOSED:
            return False
        finally:
            alone._connection.collect()
        return True

    def _read(self, silence: float) -> None:
        """Read what comes, until nothing has come for so many seconds."""
        with suppress(TimeoutError):
            while True:
                self._connection.drain_events(timeout=silence)

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._unconfirmed -= {one for one in self._unconfirmed if one <= tag} if multiple else {tag}

    def _on_answer(self, message: amqp.Message) -> None:
        self.answers.append(orjson.loads(message.body))
        self._last_came |= message.properties.get("correlation_id") == LAST


def _requests_of_operator() -> Iterator[Hostile]:
    yield from garbage(dumped(request()), of_request(OPERATOR))


_turn = itertools.count()


def _some(messages: Iterable[Hostile]) -> Iterator[Hostile]:
    """A third of the messages, by turns another one."""
    return itertools.islice(messages, next(_turn) % 3, None, 3)


def _is_for(contract: Contract, handler: Any) -> bool:
    return bool(handler.source == contract.source and contract.type in handler.types)


def ids_of(body: bytes) -> set[uuid.UUID]:
    """The ids under which an inbox may know a message: its envelope's, or that of garbage."""
    found = {uuid.UUID(bytes=hashlib.sha256(body).digest()[:16])}
    if len(body) > 200_000:  # no envelope of ours is as long, and some of these take long to read
        return found
    with suppress(ValueError, TypeError, KeyError, AttributeError):
        found.add(uuid.UUID(orjson.loads(body)["id"]))
    return found


@contextmanager
def besieged(host: VirtualHost, make: MakeDatabase, home: Path) -> Iterator[Siege]:
    """All services up, with an enquiry, its case and no message thrown yet."""
    bus = Bus(host, home)
    declare(host.url(OPERATOR), [entrypoints_of(find_service(name)) for name in SERVICES])
    databases = {name: make(name) for name in SERVICES}
    with closing(Desk(find_service("triage"), databases["triage"])) as triage:
        load(triage)
    try:
        processes = {name: bus.launch(find_service(name), databases[name]) for name in SERVICES}
        for process in processes.values():
            process.wait_until_ready(60)
        siege = Siege(bus, databases, processes, {name: one.process.pid for name, one in processes.items()})
        reference = siege.new_enquiry()
        eventually(lambda: siege.case_of(reference) is not None, 30)
        siege.victim = {"enquiry": reference, "case": str(siege.case_of(reference))}
        yield siege
    finally:
        for process in bus.started:
            if process.health("/livez") != 200:  # it hangs: it would not stop either
                process.kill()
        bus.close()
