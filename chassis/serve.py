"""A service's process: `python -m chassis.serve intake`. nameko's container carries it, everything else is ours."""

import warnings

warnings.filterwarnings("ignore", r"\s*Eventlet is deprecated", Warning)  # known: docs/adr/0001

import eventlet

eventlet.monkey_patch()  # before any other import, or a library would keep the blocking functions

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import eventlet.wsgi
from kombu.utils.url import parse_url
from nameko.containers import ServiceContainer
from nameko.extensions import Entrypoint, SharedExtension, register_entrypoint
from sqlalchemy import text

from chassis.bus import Consumer, Responder
from chassis.database import Database
from chassis.entrypoints import Background, entrypoints_of, find_service
from chassis.events import Hearing
from chassis.listeners import DeadLetters, Listener
from chassis.observe import Metrics, configure_logging, health_application
from chassis.operations import Operations, sweep
from chassis.relay import Relay
from chassis.rpc import Answering
from chassis.work import CallerSeal

REQUESTS_AT_ONCE = 16
STOP_WITHIN = 9.0  # seconds for what is under way when the process is told to stop

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a service's process is told by its environment.

    DATABASE_URL its own database · BROKER_URL its own broker user · CALLER_SECRET the secret that seals callers ·
    SERVICE_PORT and SERVICE_HOST where health and metrics are served · PID_FILE · LOG_LEVEL ·
    SHARED_BROKER_USER the one user of all processes, where the broker has no user for each.
    """

    database_url: str
    broker_url: str
    caller_secret: str
    port: int
    host: str
    shared_user: str
    log_level: str
    pid_file: str

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the settings. Raises KeyError naming the one that is missing."""
        return cls(
            database_url=os.environ["DATABASE_URL"],
            broker_url=os.environ["BROKER_URL"],
            caller_secret=os.environ["CALLER_SECRET"],
            port=int(os.environ["SERVICE_PORT"]),
            host=os.environ.get("SERVICE_HOST", "127.0.0.1"),
            shared_user=os.environ.get("SHARED_BROKER_USER", ""),
            log_level=os.environ.get("LOG_LEVEL", "INFO"),
            pid_file=os.environ.get("PID_FILE", ""),
        )


class Process:
    """All that one service's process does, as loops for threads, and the order in which it stops."""

    def __init__(self, service: Any, settings: Settings) -> None:
        noted = entrypoints_of(type(service))
        self._settings = settings
        self._stopping = threading.Event()
        self._pool = eventlet.GreenPool(REQUESTS_AT_ONCE)
        self.database = Database(settings.database_url, connections=REQUESTS_AT_ONCE + len(noted.handlers) + 6)
        self.metrics = Metrics(self.database)
        user = parse_url(settings.broker_url)["userid"]
        self._relay = Relay(self.database, settings.broker_url, noted.service, user, self.metrics)
        answering = Answering(service, self.database, self._relay.wake, beside=[Operations()])
        self._hearing = Hearing(service, self.database, self.metrics, self._relay.wake)
        seal = CallerSeal(settings.caller_secret)
        trusted = settings.shared_user
        responder = Responder(answering, seal, self.metrics, self._pool.spawn_n, trusted or "gateway")
        self._listeners = [Listener(self._hearing, handler, trusted) for handler in noted.handlers.values()]
        self._dead = DeadLetters(self._hearing, trusted)
        self._consumers = [
            Consumer(settings.broker_url, f"{noted.service} requests", responder.subscribe, self._pool.waitall),
            Consumer(settings.broker_url, f"{noted.service} events", self._subscribe, self._wait_for_listeners),
        ]
        self._jobs = [self._job(getattr(service, job.name), job) for job in noted.backgrounds.values()]

    def loops(self) -> list[Callable[[], None]]:
        """The functions that run beside each other for as long as the process lives."""
        return [
            self._serve_health,
            self._prove_green,
            *(consumer.run for consumer in self._consumers),
            *(lambda listener=listener: listener.run(self._stopping) for listener in self._listeners),
            lambda: self._relay.run(self._stopping),
            self._job(lambda _: self._hearing.retry_due(), Background("retry", every=0.5)),
            self._job(sweep, Background("sweep", every=600)),
            *self._jobs,
        ]

    def stop(self) -> None:
        """Take nothing new, finish what is under way, let the relay send what was told."""
        for consumer in self._consumers:
            consumer.stop()
        self._pool.waitall()
        self._wait_for_listeners()
        self._stopping.set()
        self._relay.wake()
        eventlet.sleep(0.2)

    def missing(self) -> list[str]:
        """The parts that the service needs and cannot reach now."""
        broker = all(consumer.connected.is_set() for consumer in self._consumers)
        return [name for name, there in (("database", self.database.answers()), ("broker", broker)) if not there]

    def _subscribe(self, connection: Any) -> None:
        subscribers: list[Listener | DeadLetters] = [*self._listeners, self._dead]
        for queue in subscribers:
            queue.subscribe(connection)

    def _wait_for_listeners(self) -> None:
        for listener in self._listeners:
            listener.idle.wait(STOP_WITHIN)

    def _job(self, do: Callable[[Database], int], job: Background) -> Callable[[], None]:
        def loop() -> None:
            while not self._stopping.wait(job.every):
                try:
                    while do(self.database) and not self._stopping.is_set():
                        eventlet.sleep(0)
                except Exception as error:
                    _log.exception("A job failed", extra={"method": job.name, "error": type(error).__name__})

        return loop

    def _serve_health(self) -> None:
        listening = eventlet.listen((self._settings.host, self._settings.port))
        eventlet.wsgi.server(listening, health_application(self.metrics.exposition, self.missing), log_output=False)

    def _prove_green(self) -> None:
        """Prove that a waiting query lets the rest of the process run; end the process if it does not.

        A driver that blocks would stop heartbeats and every other request, without a sound. It fails every round; one
        that does not fails some of them on a busy machine, and the first, which opens the connections.
        """

        def sleep(_: int) -> None:
            with self.database.read() as session:
                session.execute(text("SELECT pg_sleep(0.2)"))

        while not self.database.answers():
            eventlet.sleep(1)
        for _ in range(10):
            began = time.monotonic()
            list(eventlet.GreenPool().imap(sleep, range(2)))
            if time.monotonic() - began < 0.39:
                return
        raise RuntimeError("the database driver blocks the process while it waits")


class _Bus(SharedExtension):  # type: ignore[misc]
    """nameko's hook for a process: its loops are the container's managed threads."""

    def setup(self) -> None:
        self.process = Process(self.container.service_cls(), Settings.from_environment())

    def start(self) -> None:
        for loop in self.process.loops():
            self.container.spawn_managed_thread(loop)

    def stop(self) -> None:
        self.process.stop()


class _Entry(Entrypoint):  # type: ignore[misc]
    """Marks a service's methods for nameko; all of them share one bus."""

    bus = _Bus()


def main(name: str) -> None:
    """Serve until SIGTERM or SIGINT, then stop within ten seconds."""
    settings = Settings.from_environment()
    service = find_service(name)
    configure_logging(service.name, settings.log_level)
    if settings.pid_file:
        Path(settings.pid_file).write_text(f"{os.getpid()}\n")
    noted = entrypoints_of(service)
    for method in (*noted.remotes, *noted.handlers, *noted.backgrounds):
        register_entrypoint(getattr(service, method), _Entry())
    container = ServiceContainer(service)

    def stop(*_: object) -> None:
        eventlet.spawn_after(STOP_WITHIN + 0.5, os._exit, 1)
        eventlet.spawn(container.stop)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    container.start()
    _log.info("The service is up", extra={"port": settings.port})
    container.wait()


if __name__ == "__main__":
    main(sys.argv[1])
