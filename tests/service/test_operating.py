"""What operators do at a terminal: migrate, declare, look after parked events; and what the broker shows them."""

from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3
from click.testing import CliRunner
from sqlalchemy import NullPool, create_engine, text

from deploy.commands import NO_DATABASE_URL, NOT_MIGRATED, NOT_REACHED, spinout
from tests.fixtures.desk import Desk
from tests.fixtures.probes import Base, Hearer, entered
from tests.fixtures.processes import ROOT, MakeProbeDatabase, eventually, rows
from tests.fixtures.stores import MakeDatabase, MakeVirtualHost

AWAY = "postgresql://nobody@127.0.0.1:1/none"


def run(*words: str, **settings: str) -> Any:
    """Run `spinout` with these words and settings."""
    return CliRunner().invoke(spinout, words, env=settings)


@pytest.fixture
def parked(probe_database: MakeProbeDatabase) -> tuple[str, str]:
    """The URL of a service's database with one parked event, and the event's id."""
    url, event = probe_database(Base, "triage"), entered("Ann")
    desk = Desk(Hearer, url)
    desk.hearing.park("keep", event, "ValueError at probes.py:1")
    desk.close()
    return url, str(event.id)


def test_a_parked_event_is_listed_shown_and_tried_again(parked: tuple[str, str]) -> None:
    url, event = parked

    listed = run("parked", "list", DATABASE_URL=url)
    shown = run("parked", "show", event, "triage.keep", DATABASE_URL=url)
    retried = run("parked", "retry", event, "triage.keep", DATABASE_URL=url, SUDO_USER="ann")

    assert event in listed.output
    assert "ValueError at probes.py:1" in listed.output
    assert '"type": "entered"' in shown.output
    assert retried.exit_code == 0
    assert rows(url, "SELECT state FROM inbox") == [("retry",)]
    assert rows(url, "SELECT actor, action FROM audit") == [("ann", "parked_event_retried")]


def test_a_parked_event_is_thrown_away_with_a_reason_only(parked: tuple[str, str]) -> None:
    url, event = parked

    without = run("parked", "discard", event, "triage.keep", DATABASE_URL=url)
    done = run("parked", "discard", event, "triage.keep", "--reason", "A test of ours.", DATABASE_URL=url)
    again = run("parked", "discard", event, "triage.keep", "--reason", "A test of ours.", DATABASE_URL=url)

    assert (without.exit_code, done.exit_code, again.exit_code) == (2, 0, 1)
    assert "There is no such parked event" in again.output
    assert rows(url, "SELECT state FROM inbox") == [("discarded",)]


def test_a_database_that_is_away_is_told_in_words() -> None:
    refused = run("parked", "list", DATABASE_URL=AWAY)

    assert (refused.exit_code, "not available" in refused.output) == (1, True)


def test_a_database_that_is_away_is_told_in_words_of_a_migration_too() -> None:
    refused = run("migrate", "intake", DATABASE_URL=AWAY)

    assert (refused.exit_code, refused.stderr) == (1, f"Error: {NOT_REACHED}\n")


@pytest.mark.parametrize(
    "words",
    ["migrate intake", "parked list", "library export --format csv", "organisations export", "reporting rebuild"],
)
def test_what_is_no_address_of_a_database_is_told_in_words_that_do_not_repeat_it(words: str) -> None:
    refused = run(*words.split(), DATABASE_URL="the password is secret")

    assert (refused.exit_code, refused.stderr) == (1, f"Error: {NO_DATABASE_URL}\n")


def test_a_database_is_migrated_and_again(database: MakeDatabase) -> None:
    done = run("migrate", "intake", DATABASE_URL=database("intake"))

    assert (done.exit_code, done.output) == (0, "intake: up to date\n")


@pytest.mark.parametrize(
    "words",
    [
        f"library import {ROOT}/services/library/resources.csv --format csv",
        "library export --format hsds",
        f"organisations import {ROOT}/services/intake/organisations/register.csv",
        "organisations export",
        f"diagnosis import {ROOT}/services/intake/diagnosis/scripts/2026-11.json",
        f"criteria load {ROOT}/services/triage/criteria/2026-11.json",
        "criteria export 2027-02 --format jdm",
        "back-test 2026-11 --from 2026-01-01",
        "calibrate --from 2026-01-01 --share 0.2",
        "reporting rebuild",
    ],
)
def test_a_database_without_the_tables_that_a_command_needs_is_told_in_words(
    database: MakeDatabase, words: str
) -> None:
    refused = run(*words.split(), DATABASE_URL=database("casework"))

    assert (refused.exit_code, refused.stderr) == (1, f"Error: {NOT_MIGRATED}\n")


def test_a_database_that_a_release_before_left_is_told_in_words(database: MakeDatabase) -> None:
    url = database("library")
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text("ALTER TABLE resources DROP COLUMN audience"))

    refused = run("library", "export", "--format", "csv", DATABASE_URL=url)

    assert (refused.exit_code, refused.stderr) == (1, f"Error: {NOT_MIGRATED}\n")


def test_a_migration_that_lacks_a_table_itself_fails_with_what_the_database_says(database: MakeDatabase) -> None:
    url = database("intake")
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text("DROP TABLE diagnoses"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0011'"))

    failed = run("migrate", "intake", DATABASE_URL=url)

    assert (failed.exit_code, failed.stderr) == (1, "")
    assert 'relation "diagnoses" does not exist' in str(failed.exception)


def test_the_topology_is_declared_and_again(vhost: MakeVirtualHost) -> None:
    url = vhost().url("operator")

    first, second = (run("topology", BROKER_URL=url) for _ in range(2))

    assert (first.exit_code, second.output) == (0, first.output)
    assert "queues are there" in first.output


def test_the_broker_counts_what_is_unrouted_under_the_name_that_an_alert_asks_for(vhost: MakeVirtualHost) -> None:
    host = vhost()
    run("topology", BROKER_URL=host.url("operator"))
    place = urlsplit(host.management_url)
    known = urllib3.make_headers(basic_auth=f"{place.username}:{place.password}")
    overview = urllib3.request("GET", f"http://{place.hostname}:{place.port}/api/overview", headers=known).json()
    [port] = [one["port"] for one in overview["listeners"] if one["protocol"] == "http/prometheus"]
    page = f"http://{place.hostname}:{port}/metrics/detailed?family=queue_coarse_metrics&vhost={host.name}"

    line = f'rabbitmq_detailed_queue_messages{{vhost="{host.name}",queue="unrouted"}} 0'
    eventually(lambda: line in urllib3.request("GET", page).data.decode())
