"""Which PostgreSQL and which RabbitMQ a local system uses."""

from dataclasses import replace
from pathlib import Path

import pytest

from deploy.errors import CannotRun
from deploy.home import Home, Secrets
from deploy.stores import bus_of, store_of
from deploy.virtual_hosts import PROCESSES


class Noting:
    """A management API that notes what it is told."""

    def __init__(self) -> None:
        self.users: dict[str, str] = {}
        self.hosts: dict[str, tuple[str, ...]] = {}

    def ensure_user(self, name: str, password: str) -> None:
        """Note a user."""
        self.users[name] = password

    def ensure_virtual_host(self, name: str, processes: tuple[str, ...]) -> None:
        """Note a virtual host, and whose it is."""
        self.hosts[name] = processes


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    made.make()
    return made


def test_an_outside_database_server_is_used_as_it_is(home: Home) -> None:
    store = store_of({"DATABASE_URL": "postgresql://admin:pw@db.example/postgres"}, home, Secrets(home))
    assert store.admin_url == "postgresql://admin:pw@db.example/postgres"
    assert store.parts == ()


def test_without_a_management_api_all_processes_are_the_one_user(home: Home) -> None:
    bus = bus_of({"BROKER_URL": "amqp://us%40er:pw@mq.example/house"}, home, Secrets(home))
    assert bus.shared_user == "us@er"
    assert bus.make_users(Secrets(home)) == dict.fromkeys(PROCESSES, "amqp://us%40er:pw@mq.example/house")


def test_with_a_management_api_each_process_is_a_user_of_its_own(home: Home) -> None:
    settings = {"BROKER_URL": "amqp://mq.example", "BROKER_MANAGEMENT_URL": "http://admin:pw@mq.example:15672"}
    bus, secrets, made = bus_of(settings, home, Secrets(home)), Secrets(home), Noting()
    assert bus.shared_user == ""
    assert bus.parts == ()

    urls = replace(bus, management=made).make_users(secrets)

    passwords = {process: secrets[f"broker user {process}"] for process in PROCESSES}
    assert made.users == passwords
    assert made.hosts == {"spinout": PROCESSES}
    assert urls == {process: f"amqp://{process}:{word}@mq.example:5672/spinout" for process, word in passwords.items()}
    assert len(set(passwords.values())) == len(PROCESSES)


def test_half_of_an_outside_broker_is_refused(home: Home) -> None:
    with pytest.raises(CannotRun, match="set both, or neither"):
        bus_of({"BROKER_MANAGEMENT_URL": "http://admin:pw@mq.example:15672"}, home, Secrets(home))
