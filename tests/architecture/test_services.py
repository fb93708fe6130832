"""Who knows one service knows all; and what each says of itself is true."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chassis.entrypoints import Entrypoints, entrypoints_of, find_service
from deploy.contracts import contract_of, text_of
from deploy.topology import UNROUTED, topology
from deploy.virtual_hosts import SERVICES
from tests.contract.documents import FORMATS, faults_of

ROOT = Path(__file__).parents[2]
EVENTS = ROOT / "contracts" / "events"
FORMAT = re.compile(r'"format": ?"([^"]+)"')
PARTS = ("service", "domain", "models", "store", "schemas", "errors")


def noted(service: str) -> Entrypoints:
    """What a service answers and hears."""
    return entrypoints_of(find_service(service))


def told(service: str) -> set[str]:
    """The types of event that a service tells, by its contracts."""
    return {path.name.partition(".")[0] for path in (EVENTS / service).glob("*.json")}


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_the_same_files(service: str) -> None:
    folder = ROOT / "services" / service

    for part in PARTS:
        assert (folder / f"{part}.py").is_file() or (folder / part).is_dir(), part
    assert (folder / "README.md").is_file()
    assert (folder / "migrations" / "env.py").is_file()


@pytest.mark.parametrize("service", SERVICES)
def test_the_readme_names_all_that_a_service_answers_tells_and_hears(service: str) -> None:
    readme = (ROOT / "services" / service / "README.md").read_text()
    heard = [f"{handler.source}.{kind}" for handler in noted(service).handlers.values() for kind in handler.types]

    for word in (*noted(service).remotes, *told(service), *heard):
        assert f"`{word}`" in readme, f"{word} is missing"
    for heading in ("Owns", "Answers", "Tells", "Hears"):
        assert heading in readme


@pytest.mark.parametrize("service", SERVICES)
def test_every_event_heard_is_told_by_its_source(service: str) -> None:
    for handler in noted(service).handlers.values():
        assert set(handler.types) <= told(handler.source), f"{handler.name} waits for what nobody tells"


@pytest.mark.parametrize("service", SERVICES)
def test_every_event_told_is_heard_by_somebody(service: str) -> None:
    heard = {
        kind
        for one in SERVICES
        for handler in noted(one).handlers.values()
        if handler.source == service
        for kind in handler.types
    }

    assert told(service) <= heard, f"these would end in the queue {UNROUTED}"


@pytest.mark.parametrize("path", sorted(EVENTS.rglob("*.json")), ids=lambda path: str(path.relative_to(EVENTS)))
def test_every_example_of_an_event_fits_its_schema(path: Path) -> None:
    schema: dict[str, Any] = json.loads(path.read_text())

    Draft202012Validator.check_schema(schema)
    assert schema["examples"], "a contract is its examples"
    assert schema.get("additionalProperties") is not False, "hearers ignore what they do not know"
    for example in schema["examples"]:
        assert faults_of(schema, example) == []


def test_every_format_of_a_contract_is_checked() -> None:
    files = [*EVENTS.rglob("*.json"), *(ROOT / "contracts" / "rpc").glob("*.json")]
    named = {name for path in files for name in FORMAT.findall(path.read_text())}

    assert {"date", "date-time", "uuid"} <= named <= FORMATS.checkers.keys()


@pytest.mark.parametrize("service", SERVICES)
def test_the_rpc_contract_is_what_the_service_answers(service: str) -> None:
    committed = (ROOT / "contracts" / "rpc" / f"{service}.json").read_bytes()

    assert text_of(contract_of(find_service(service))) == committed, "run `make contracts`"


@pytest.mark.parametrize("service", SERVICES)
def test_every_method_names_the_roles_that_may_call_it(service: str) -> None:
    for remote in noted(service).remotes.values():
        assert remote.roles, remote.name


def test_every_queue_is_bound_bounded_and_has_a_listener() -> None:
    exchanges, queues = topology([noted(service) for service in SERVICES])
    listened = {f"{service}.{name}" for service in SERVICES for name in ("rpc", "dead", *noted(service).handlers)}

    assert {queue.name for queue in queues} == {*listened, UNROUTED}
    for queue in queues:
        assert queue.durable
        assert queue.queue_arguments["x-max-length"] > 0
        assert queue.queue_arguments["x-overflow"] == "reject-publish"
        assert queue.bindings or queue.exchange
    assert all(exchange.durable for exchange in exchanges)
