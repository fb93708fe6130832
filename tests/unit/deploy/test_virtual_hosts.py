"""What each process may do on the bus."""

import re

import pytest

from deploy.errors import CannotRun
from deploy.virtual_hosts import OPERATOR, PROCESSES, SERVICES, Management, broker_url, permissions_of


@pytest.mark.parametrize("process", [*SERVICES, "gateway"])
def test_only_the_operator_declares_anything(process: str) -> None:
    assert not re.search(permissions_of(process).configure, "anything")
    assert re.search(permissions_of(OPERATOR).configure, "anything")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reads_its_own_queues_and_no_others(service: str) -> None:
    names = [f"{other}.{queue}" for other in SERVICES for queue in ("rpc", "dead", "hear_triage")]
    readable = [name for name in names if re.search(permissions_of(service).read, name)]
    assert readable == [f"{service}.rpc", f"{service}.dead", f"{service}.hear_triage"]


@pytest.mark.parametrize("process", [*SERVICES, "gateway"])
def test_a_name_that_only_looks_like_ones_own_is_another(process: str) -> None:
    allowed = permissions_of(process)
    for name in (
        f"{process}xrpc",
        f"x{process}.rpc",
        f"x{process}.events",
        f"{process}.eventsx",
        "rpcx",
        "amqxdefault",
    ):
        assert not re.search(allowed.write, name)
    for name in (f"{process}xrpc", f"x{process}.rpc", "amq.rabbitmq.reply-to.someone", "unrouted"):
        assert not re.search(allowed.read, name)


def test_each_process_has_a_user() -> None:
    assert set(PROCESSES) == {*SERVICES, "gateway", "operator"}


def test_a_password_with_odd_characters_survives_the_url() -> None:
    assert broker_url("h:1", "a@b", "p/%:w", "v/h") == "amqp://a%40b:p%2F%25%3Aw@h:1/v%2Fh"


@pytest.mark.parametrize("url", ["http://host:15672", "http://user@host:15672", "host:15672"])
def test_a_management_url_without_its_administrator_is_refused(url: str) -> None:
    with pytest.raises(CannotRun, match="needs a user"):
        Management.at(url)


def test_a_management_api_that_is_not_there_does_not_answer() -> None:
    assert not Management.at("http://user:password@127.0.0.1:1").answers()
