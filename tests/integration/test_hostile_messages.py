"""Hostile messages on every queue of every service: nothing dies, nothing loops, nothing is repeated in a log."""

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest

from chassis.bus import PREFETCH, connect
from deploy.virtual_hosts import OPERATOR, SERVICES, Management
from tests.fixtures.processes import eventually
from tests.fixtures.stores import fresh_databases, fresh_virtual_hosts
from tests.integration.hostile_garbage import MARKER
from tests.integration.siege import HANDLERS, Siege, besieged, ids_of

pytestmark = pytest.mark.timeout(400)

QUEUES = [*HANDLERS, *(f"{service}.{kind}" for service in SERVICES for kind in ("rpc", "dead"))]


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    """The services after all hostile messages were thrown and their queues had a minute to get empty."""
    home = tmp_path_factory.mktemp("siege")
    with fresh_databases() as make, fresh_virtual_hosts() as host, besieged(host(), make, home) as under_siege:
        under_siege.throw_all()
        until = time.monotonic() + 60
        while left(under_siege) and time.monotonic() < until:
            time.sleep(1)
        yield under_siege


def left(siege: Siege) -> int:
    """How many messages are in the queues: waiting, as the broker knows this moment, or taken, as it knew just now."""
    with connect(siege.bus.host.url(OPERATOR), "a test") as connection:
        channel = connection.channel()
        waiting = sum(channel.queue_declare(name, passive=True).message_count for name in QUEUES)
    return waiting or sum(siege.bus.messages(service) for service in SERVICES)


def missing(siege: Siege, queue: str) -> list[str]:
    """The messages of a queue that are in no inbox row."""
    service = queue.partition(".")[0]
    known = {row[0] for row in siege.rows(service, "SELECT event_id FROM inbox")}
    return [one.what for one in siege.thrown[queue] if known.isdisjoint(ids_of(one.body))]


def cpu_seconds(pid: int) -> float:
    """The processor time that a process has used."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_every_queue_is_empty_within_a_minute(siege: Siege) -> None:
    assert left(siege) == 0
    assert sum(len(thrown) for thrown in siege.thrown.values()) > 5000
    assert {queue for queue in QUEUES if len(siege.thrown.get(queue, [])) < 90} == set()


def test_every_process_lives_on_and_is_ready(siege: Siege) -> None:
    for name, process in siege.processes.items():
        assert process.process.poll() is None, f"{name} has died:\n{process.log_end()}"
        assert process.process.pid == siege.pids[name]
        assert process.health("/readyz") == 200, name


@pytest.mark.parametrize("queue", [name for name in QUEUES if not name.endswith(".rpc")])
def test_every_message_of_a_queue_of_events_has_its_row_in_the_inbox(siege: Siege, queue: str) -> None:
    assert missing(siege, queue) == []


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_is_tried_again_but_what_waits_for_another_event(siege: Siege, service: str) -> None:
    waiting = siege.rows(
        service, "SELECT handler, type, error, count(*) FROM inbox WHERE state = 'retry' GROUP BY 1, 2, 3"
    )

    assert [row for row in waiting if not row[2].startswith("NotYet at ")] == []


def test_every_request_was_refused_and_none_was_an_incident(siege: Siege) -> None:
    for name, process in siege.processes.items():
        incidents = [line for line in process.metrics().splitlines() if 'outcome="incident"' in line]
        assert incidents == [], f"{name}:\n{process.log_end()}"
    assert [answer for answer in siege.answers if "incident" in answer] == []
    assert len([answer for answer in siege.answers if "error" in answer]) > 1500


def test_no_request_has_changed_anything(siege: Siege) -> None:
    for service in SERVICES:
        audited = siege.rows(service, "SELECT action FROM audit WHERE client NOT IN ('bus', 'command')")
        assert audited == ([("create_enquiry",)] if service == "intake" else []), service
    assert siege.rows("referrals", "SELECT count(*) FROM referrals") == [(0,)]


def test_no_process_runs_hot_and_nothing_is_delivered_over_and_over(siege: Siege) -> None:
    before = {name: cpu_seconds(pid) for name, pid in siege.pids.items()}
    time.sleep(3)
    for name, pid in siege.pids.items():
        assert cpu_seconds(pid) - before[name] < 1, f"{name} is busy with nothing"

    queues = Management.at(siege.bus.host.management_url).queues(siege.bus.host.name)
    again: dict[str, Any] = {one["name"]: one.get("message_stats", {}).get("redeliver", 0) for one in queues}
    # What a service had read ahead when the forged reply-to ended its connection came again, once.
    assert max(again.values()) <= PREFETCH, again


def test_an_honest_request_and_its_events_still_work(siege: Siege) -> None:
    reference = siege.new_enquiry()

    eventually(lambda: siege.case_of(reference) is not None, 30)
    client = siege.bus.client()
    for service, method, arguments in (
        ("intake", "read_enquiry", {"reference": siege.victim["enquiry"]}),
        ("casework", "read_case", {"reference": siege.victim["case"]}),
        ("casework", "list_cases", {"body": {}}),
        ("triage", "list_assessments", {"reference": siege.victim["enquiry"], "body": {}}),
        ("reporting", "read_report", {"name": "funnel", "body": {}, "roles": ["analyst"]}),
        ("referrals", "list_referrals", {"body": {}}),
    ):
        assert siege.bus.ask(client, service, method, **arguments).result, method
    for service in SERVICES:
        assert siege.bus.ask(client, service, "list_parked", body={}, roles=["ops"]).result is not None


def test_no_log_repeats_a_word_of_any_message(siege: Siege) -> None:
    for name, process in siege.processes.items():
        lines = [line for line in process.log.read_text().splitlines() if MARKER.casefold() in line.casefold()]
        assert lines == [], name
