"""Our own processes: how the services and the gateway of a local system are started."""

import os
import sys
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from deploy.home import AUDIENCE, ISSUER, Home, Secrets
from deploy.ports import LOOPBACK, free_ports
from deploy.programs import Program
from deploy.virtual_hosts import SERVICES

ROOT = Path(__file__).parents[1]

# What `make run` hands on to the program that reads mailboxes and sends.
MAIL_SETTINGS = (
    "MAILBOXES",
    "MAIL_OWN_ADDRESSES",
    "MAIL_KEYS",
    "MAIL_MOST_PER_SENDER",
    "SMTP_URL",
    "MAIL_FROM",
    "NOTIFY_API_KEY",
    "NOTIFY_TEMPLATES",
    "NOTIFY_URL",
    "SSL_CERT_FILE",
)
# What it hands on to the gateway.
GATEWAY_SETTINGS = ("TELEPHONY_SECRET", "TELEPHONY_URL_SECRET", "TELEPHONY_ADDRESSES", "PROXY_ADDRESSES")


@dataclass(frozen=True)
class Wiring:
    """What the processes need to know of each other: URLs by process, and where requests are taken."""

    database_urls: dict[str, str]
    broker_urls: dict[str, str]
    shared_user: str
    port: int
    log_level: str


def services(home: Home, secrets: Secrets, wiring: Wiring) -> tuple[Program, ...]:
    """One program for each service, with its settings."""
    ports = free_ports(len(SERVICES))
    return tuple(
        _python(
            home,
            service,
            ("chassis.serve", service),
            {
                "SERVICE": service,
                "DATABASE_URL": wiring.database_urls[service],
                "SERVICE_PORT": str(port),
                # Local subscribers of webhooks listen on loopback, where no request of ours goes otherwise.
                **({"WEBHOOK_ALLOW_LOOPBACK": "1"} if service == "referrals" else {}),
                **_common(home, secrets, wiring, service),
            },
        )
        for service, port in zip(SERVICES, ports, strict=True)
    )


def mailbox(home: Home, secrets: Secrets, wiring: Wiring) -> tuple[Program, ...]:
    """The program that reads mailboxes and sends; none where neither is set."""
    settings = _handed_on(MAIL_SETTINGS)
    if settings.keys().isdisjoint({"MAILBOXES", "SMTP_URL", "NOTIFY_API_KEY"}):
        return ()
    (metrics,) = free_ports(1)
    fixed = {
        "METRICS_PORT": str(metrics),
        "DATABASE_URL": wiring.database_urls["intake"],
        "PID_FILE": str(home.pid_file("mailbox")),
        "LOG_LEVEL": wiring.log_level,
    }
    keys = {"MAIL_KEYS": secrets["mail"]}
    return (_python(home, "mailbox", ("services.intake.mailbox",), {**keys, **settings, **fixed}),)


def gateway(home: Home, secrets: Secrets, wiring: Wiring) -> Program:
    """The gateway's program, with its settings."""
    (metrics,) = free_ports(1)
    settings = {
        "HOST": LOOPBACK,
        "PORT": str(wiring.port),
        "METRICS_PORT": str(metrics),
        "CURSOR_SECRET": secrets["cursors"],
        "TELEPHONY_SECRET": f"whsec_{b64encode(secrets['telephony'].encode()).decode()}",
        "TOKEN_KEYS": str(home.token_keys),
        "TOKEN_ISSUER": ISSUER,
        "TOKEN_AUDIENCE": AUDIENCE,
        **_handed_on(GATEWAY_SETTINGS),
        **_common(home, secrets, wiring, "gateway"),
    }
    return _python(home, "gateway", ("gateway.serve",), settings)


def _handed_on(names: tuple[str, ...]) -> dict[str, str]:
    return {name: os.environ[name] for name in names if os.environ.get(name)}


def _common(home: Home, secrets: Secrets, wiring: Wiring, process: str) -> dict[str, str]:
    shared = {"SHARED_BROKER_USER": wiring.shared_user} if wiring.shared_user else {}
    return {
        "BROKER_URL": wiring.broker_urls[process],
        "CALLER_SECRET": secrets["callers"],
        "PID_FILE": str(home.pid_file(process)),
        "LOG_LEVEL": wiring.log_level,
        **shared,
    }


def command(home: Home, name: str, words: tuple[str, ...], settings: dict[str, str]) -> Program:
    """One of our own commands: `spinout` and these words, with these settings."""
    return _program(home, name, (str(Path(sys.executable).with_name("spinout")), *words), settings)


def _python(home: Home, name: str, words: tuple[str, ...], settings: dict[str, str]) -> Program:
    return _program(home, name, (sys.executable, "-m", *words), settings)


def _program(home: Home, name: str, words: tuple[str, ...], settings: dict[str, str]) -> Program:
    return Program(
        name=name,
        command=words,
        directory=ROOT,
        log=home.log_file(name),
        environment={"SPINOUT_HOME": str(home.path), **settings},
    )
