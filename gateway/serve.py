"""The gateway's process: `python -m gateway.serve`. granian serves it, with one worker of many threads."""

import logging
import multiprocessing
import os
import threading
from pathlib import Path

from flask import Flask
from granian.constants import HTTPModes, Interfaces
from granian.server import Server
from granian.utils.proxies import wrap_wsgi_with_proxy_headers
from kombu.utils.url import parse_url
from prometheus_client import start_http_server

from chassis.observe import configure_logging
from chassis.work import CallerSeal
from gateway.api import ROUTES
from gateway.app import create_app
from gateway.clients.line import Exchange
from gateway.contracts import Contracts
from gateway.cursors import Cursors
from gateway.dispatch import Parts
from gateway.edge import Application
from gateway.health import Readiness
from gateway.keys import key_ring
from gateway.metrics import Metrics
from gateway.rpc_client import RpcClient
from gateway.settings import Settings
from gateway.signatures import Signatures
from gateway.tokens import Issuer, Tokens
from gateway.url_secrets import UrlSecrets, networks_of

THREADS = 32
STOP_WITHIN = 9  # seconds for what is under way when the process is told to stop

log = logging.getLogger(__name__)


def application() -> Flask:
    """The application of the worker process, with its own way to the broker and its own metrics."""
    settings = Settings.from_environment()
    configure_logging("gateway", settings.log_level)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    keys = key_ring(settings.token_keys)
    bus = RpcClient(settings.broker_url, parse_url(settings.broker_url)["userid"])
    exchange = Exchange(bus, CallerSeal(settings.caller_secret).sign)
    contracts = Contracts.read()
    signatures, url_secrets = _programs(settings)
    parts = Parts(
        tokens=Tokens(keys, Issuer(settings.token_issuer, settings.token_audience)),
        exchange=exchange,
        cursors=Cursors(settings.cursor_secret),
        contracts=contracts,
        patience=settings.request_deadline_seconds,
        signatures=signatures,
        url_secrets=url_secrets,
    )
    metrics = Metrics()
    app = create_app(ROUTES, parts, Readiness(exchange, contracts.services, keys), metrics)
    app.wsgi_app = behind_proxies(app.wsgi_app, settings.proxy_addresses)  # type: ignore[assignment, method-assign]
    start_http_server(settings.metrics_port, settings.metrics_host, metrics.registry)
    log.info("The gateway is up", extra={"port": settings.port})
    return app


def behind_proxies(application: Application, addresses: str) -> Application:
    """The application, told the address that the last of our proxies names. Raises ValueError as `networks_of` does."""
    networks = networks_of(addresses)
    # A socket that takes both kinds of addresses tells those of the older kind so.
    mapped = [f"::ffff:{one.network_address}/{96 + one.prefixlen}" for one in networks if one.version == 4]
    if not networks:
        return application
    wrapped: Application = wrap_wsgi_with_proxy_headers(application, [*map(str, networks), *mapped])
    return wrapped


def main() -> None:
    """Serve until SIGTERM or SIGINT, then take nothing new and finish what is under way."""
    settings = Settings.from_environment()
    _programs(settings)  # what is wrong with one stops the start at once
    networks_of(settings.proxy_addresses)
    if settings.pid_file:
        Path(settings.pid_file).write_text(f"{os.getpid()}\n")
    Server(
        "gateway.serve:application",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=1,
        blocking_threads=THREADS,
        workers_kill_timeout=STOP_WITHIN,
        log_enabled=False,
    ).serve()


def _programs(settings: Settings) -> tuple[Signatures, UrlSecrets]:
    """What knows the programs that have no token."""
    return (
        Signatures(settings.telephony_secret),
        UrlSecrets(settings.telephony_url_secret, settings.telephony_addresses),
    )


def _end_with_parent() -> None:
    """A worker whose parent was killed would hold the port against the gateway that is started in its place."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


if __name__ == "__main__":
    main()
