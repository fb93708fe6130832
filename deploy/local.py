"""`spinout run`: the whole system on this machine, until it is told to stop."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial

import click
import urllib3

from chassis.tables import upgrade
from deploy import processes
from deploy.broker_package import ensure_installed
from deploy.errors import CannotRun
from deploy.home import Home, Secrets, signing_key, write_private
from deploy.leftovers import clear
from deploy.ports import LOOPBACK, free_ports, is_free, wait_until
from deploy.programs import Program, run_to_end, started_for, stop_all
from deploy.stores import Bus, Store, bus_of, store_of
from deploy.supervision import Group, Supervisor
from deploy.virtual_hosts import OPERATOR, SERVICES

CRITERIA = processes.ROOT / "services" / "triage" / "criteria" / "2026-11.json"
SCRIPT = processes.ROOT / "services" / "intake" / "diagnosis" / "scripts" / "2026-11.json"
REGISTER = processes.ROOT / "services" / "intake" / "organisations" / "register.csv"
LIBRARY = processes.ROOT / "services" / "library" / "resources.csv"

# Seconds. On two idle cores all is ready in 15 and stopped in 10; busy ones are given time.
READY_WITHIN, STOPPED_WITHIN, KILLED_AFTER = 180.0, 30.0, 3.0

# Places in the order of stopping: services before the stores, the gateway before all.
SERVICES_PLACE, GATEWAY_PLACE = 50, 90

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Told(Exception):
    """We were told to stop."""


@click.command()
def run() -> None:
    """Run the whole system here: PORT (8080) is its address, SPINOUT_HOME (var) its folder.

    DATABASE_URL, BROKER_URL and BROKER_MANAGEMENT_URL name servers to use instead of our own.
    """
    home = Home.of_environment()
    home.make()
    with home.held():
        for number in _SIGNALS:
            signal.signal(number, _stop_now)
        system = LocalSystem(home, _port())
        try:
            system.start()
            system.watch()
        except Told:
            click.echo("\nStopping")
        finally:
            for number in _SIGNALS:
                signal.signal(number, signal.SIG_IGN)
            system.stop()


class LocalSystem:
    """All processes of the system, brought up step by step and stopped together."""

    def __init__(self, home: Home, port: int) -> None:
        self._home, self._port = home, port
        self._secrets = Secrets(home)
        (supervisors_port,) = free_ports(1)
        self._supervisor = Supervisor(home, supervisors_port, self._secrets["supervisor"])

    def start(self) -> None:
        """Bring everything up, and say so. Raises CannotRun with what is in the way."""
        click.echo(f"Starting the system of {self._home.path} (Ctrl-C stops it)")
        clear(self._home, click.echo)
        if not is_free(self._port):
            raise CannotRun(f"port {self._port} is taken by another program. Choose another one: make run PORT=8090")
        signing_key(self._home)
        if not os.environ.get("BROKER_URL"):
            ensure_installed(click.echo)
        with _step("Preparing PostgreSQL and RabbitMQ"):
            store = store_of(os.environ, self._home, self._secrets)
            bus = bus_of(os.environ, self._home, self._secrets)
            self._supervisor.begin()
        self._start_stores(store, bus)
        database_urls = self._make_databases(store)
        broker_urls = self._make_bus(bus)
        level = os.environ.get("LOG_LEVEL", "INFO")
        self._start_processes(processes.Wiring(database_urls, broker_urls, bus.shared_user, self._port, level))

    def watch(self) -> None:
        """Wait until we are told to stop. Raises CannotRun when supervisor itself was killed."""
        while self._supervisor.is_alive():
            time.sleep(0.5)
        raise CannotRun("supervisor was killed. Everything else is stopped now; start again.")

    def stop(self) -> None:
        """Stop all that was started, in order; kill what does not stop in time."""
        self._supervisor.end(STOPPED_WITHIN)
        left = stop_all(started_for(self._home.path), KILLED_AFTER)
        for path in (self._home.path / "run").glob("*.pid"):
            path.unlink()
        click.echo(f"Stopped; {len(left)} processes had to be killed." if left else "Stopped.")

    def _start_stores(self, store: Store, bus: Bus) -> None:
        """Start the stores, and wait for all but the broker's node: it takes seconds that others can use."""
        for place, part in enumerate((*store.parts, *bus.parts), start=1):
            with _step(f"Starting {part.program.name}"):
                self._supervisor.start(Group(part.program.name, place, (part.program,)))
                if part not in bus.parts[-1:]:
                    self._wait(part.program.name, part.program, part.is_ready)

    def _make_databases(self, store: Store) -> dict[str, str]:
        with _step("Making and migrating the databases"):
            urls = store.make_databases(self._secrets)
            for service in SERVICES:
                upgrade(service, urls[service])
        with _step(f"Loading the criteria {CRITERIA.stem}"):
            self._run("criteria", ("criteria", "load", str(CRITERIA)), {"DATABASE_URL": urls["triage"]})
        with _step(f"Importing the diagnosis script {SCRIPT.stem}"):
            self._run("diagnosis", ("diagnosis", "import", str(SCRIPT)), {"DATABASE_URL": urls["intake"]})
        with _step("Importing a small register of public bodies"):
            bodies = ("organisations", "import", str(REGISTER), "--new-only")
            self._run("organisations-import", bodies, {"DATABASE_URL": urls["intake"]})
        with _step("Loading a small library"):
            words = ("library", "import", str(LIBRARY), "--format", "csv", "--new-only")
            self._run("library-import", words, {"DATABASE_URL": urls["library"]})
        return urls

    def _make_bus(self, bus: Bus) -> dict[str, str]:
        with _step("Waiting for the broker"):
            for part in bus.parts:
                self._wait(part.program.name, part.program, part.is_ready)
        with _step("Making users, exchanges and queues"):
            urls = bus.make_users(self._secrets)
            self._run("topology", ("topology",), {"BROKER_URL": urls[OPERATOR]})
        if bus.shared_user:
            click.echo("  Without BROKER_MANAGEMENT_URL all are one broker user: nothing there keeps them apart")
        return urls

    def _run(self, name: str, words: tuple[str, ...], settings: dict[str, str]) -> None:
        run_to_end(processes.command(self._home, name, words, settings), self._home.path)

    def _start_processes(self, wiring: processes.Wiring) -> None:
        services = Group("services", SERVICES_PLACE, processes.services(self._home, self._secrets, wiring))
        mailbox = processes.mailbox(self._home, self._secrets, wiring)
        gateway = Group("gateway", GATEWAY_PLACE, (processes.gateway(self._home, self._secrets, wiring),))
        self._tell_tools((*services.programs, *mailbox, *gateway.programs))
        with _step(f"Starting {', '.join(SERVICES)} and the gateway"):
            self._supervisor.start(services)
            self._supervisor.start(gateway)
            for program in services.programs:
                address = f"http://{LOOPBACK}:{program.environment['SERVICE_PORT']}"
                self._wait(services.name, program, partial(_is_ready, address))
            self._wait(gateway.name, gateway.programs[0], partial(_is_ready, f"http://{LOOPBACK}:{self._port}"))
        if mailbox:
            with _step("Starting the mailbox"):
                self._supervisor.start(Group("mail", SERVICES_PLACE, mailbox))
                address = f"http://{LOOPBACK}:{mailbox[0].environment['METRICS_PORT']}"
                self._wait("mail", mailbox[0], partial(_is_ready, address))
        click.echo(f"\nReady at http://{LOOPBACK}:{self._port} (the API is shown at /docs).")
        click.echo(f"A token: make token ROLE=adviser    Logs: {self._home.path}/log    Stop: Ctrl-C")

    def _wait(self, group: str, program: Program, is_ready: Callable[[], bool]) -> None:
        def lives() -> bool:
            return not self._supervisor.gave_up(group, program)

        wait_until(is_ready, lives, program.name, program.log, READY_WITHIN)

    def _tell_tools(self, programs: Iterable[Program]) -> None:
        """Write down each process's settings, for whoever measures, checks or kills the system from outside."""
        settings = {program.name: dict(program.environment) for program in programs}
        write_private(self._home.path / "run" / "system.json", json.dumps(settings, indent=2))


def _stop_now(*_: object) -> None:
    raise Told


def _port() -> int:
    text = os.environ.get("PORT") or "8080"
    if not text.isdecimal() or not 0 < int(text) < 65_536:
        raise CannotRun(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def _is_ready(address: str) -> bool:
    try:
        return urllib3.request("GET", f"{address}/readyz", timeout=2, retries=False).status == 200
    except urllib3.exceptions.HTTPError:
        return False


@contextmanager
def _step(words: str) -> Iterator[None]:
    """Say what is being done, and then how long it took."""
    click.echo(f"  {words} … ", nl=False)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        click.echo()
        raise
    click.echo(f"{time.monotonic() - began:.1f} s")
