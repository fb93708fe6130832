"""The PostgreSQL and the RabbitMQ of a local system: our own, or those that the environment names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from deploy import broker, postgres
from deploy.databases import administrator, database_url, ensure_database, ensure_role
from deploy.errors import CannotRun
from deploy.home import Home, Secrets
from deploy.ports import answers, free_ports
from deploy.programs import Program
from deploy.virtual_hosts import PROCESSES, SERVICES, Management, broker_url

VIRTUAL_HOST = "spinout"


@dataclass(frozen=True)
class Part:
    """One server to start: its program, and the question whether it is ready."""

    program: Program
    is_ready: Callable[[], bool]


@dataclass(frozen=True)
class Store:
    """Where PostgreSQL is, for its administrator, and what to start for it (nothing when it is an outside one)."""

    admin_url: str
    parts: tuple[Part, ...]

    def make_databases(self, secrets: Secrets) -> dict[str, str]:
        """Make each service's role and database; return their URLs by service."""
        urls = {}
        with administrator(self.admin_url) as cursor:
            for service in SERVICES:
                role, password = f"spinout_{service}", secrets[f"database role {service}"]
                ensure_role(cursor, role, password)
                ensure_database(cursor, role, role)
                urls[service] = database_url(self.admin_url, role, password, role)
        return urls


@dataclass(frozen=True)
class Bus:
    """Where RabbitMQ is, and what to start for it, the node itself last (nothing when it is an outside one).

    Without a management API (`management` is None) every process uses the one user of `url`.
    """

    url: str
    management: Management | None
    parts: tuple[Part, ...]

    @property
    def shared_user(self) -> str:
        """The one user of all processes; empty where each has its own."""
        return "" if self.management else unquote(urlsplit(self.url).username or "guest")

    def make_users(self, secrets: Secrets) -> dict[str, str]:
        """Make the virtual host and each process's user in it; return their URLs by process."""
        if self.management is None:
            return dict.fromkeys(PROCESSES, self.url)
        parts = urlsplit(self.url)
        host, address = unquote(parts.path[1:]) or VIRTUAL_HOST, f"{parts.hostname}:{parts.port or 5672}"
        for process in PROCESSES:
            self.management.ensure_user(process, secrets[f"broker user {process}"])
        self.management.ensure_virtual_host(host, PROCESSES)
        return {process: broker_url(address, process, secrets[f"broker user {process}"], host) for process in PROCESSES}


def store_of(environment: Mapping[str, str], home: Home, secrets: Secrets) -> Store:
    """The PostgreSQL that DATABASE_URL names; else our own, prepared to be started."""
    if outside := environment.get("DATABASE_URL"):
        return Store(outside, ())
    (port,) = free_ports(1)
    server = postgres.Postgres(home.path / "postgres", port, secrets["postgres"])
    program = postgres.prepare(server, postgres.SAFE, home.pid_file("postgres"), home.log_file("postgres"))
    return Store(server.admin_url, (Part(program, server.is_ready),))


def bus_of(environment: Mapping[str, str], home: Home, secrets: Secrets) -> Bus:
    """The RabbitMQ that BROKER_URL and BROKER_MANAGEMENT_URL name; else our own, prepared to be started."""
    outside, management = environment.get("BROKER_URL"), environment.get("BROKER_MANAGEMENT_URL")
    if outside:
        return Bus(outside, Management.at(management) if management else None, ())
    if management:
        raise CannotRun("BROKER_MANAGEMENT_URL is set, but BROKER_URL is not: set both, or neither.")
    node = broker.on_free_ports(home.path / "broker", secrets["broker"])
    program = broker.prepare(node, home.pid_file("broker"), home.log_file("broker"))
    names = broker.name_server(node, home.log_file("epmd"))
    parts = (Part(names, lambda: answers(node.names)), Part(program, node.is_ready))
    return Bus(broker_url(node.address, broker.ADMIN, node.password, VIRTUAL_HOST), node.api(), parts)
