"""An SMTP server that keeps what it is sent, and who sends by it."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.headerregistry import Address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from deploy.ports import LOOPBACK, free_ports
from services.intake.mailbox.sending import Sender
from services.intake.mailbox.settings import Account, Outgoing
from services.intake.mailbox.smtp import Smtp
from tests.fixtures.desk import Desk
from tests.service.certificates import Authority
from tests.service.mail_samples import KEY


@dataclass
class Sink:
    """An SMTP server that keeps what it is sent. `says` is its answer to the next messages, at their end."""

    authority: Authority
    port: int
    says: str = "250 Kept"
    kept: list[Envelope] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        """Answer a message."""
        if self.says.startswith("250"):
            self.kept.append(envelope)
        return self.says

    @property
    def outgoing(self) -> Outgoing:
        """How to send by it."""
        account = Account(LOOPBACK, self.port, "help", "secret", tls_first=True)
        return Outgoing(account, Address("Mutuals", addr_spec="help@mutuals.example"), KEY)


@contextmanager
def smtp_sink(folder: Path) -> Iterator[Sink]:
    """An SMTP server, with its certificates in a folder."""
    sink = Sink(Authority(folder), free_ports(1)[0])
    controller = Controller(
        sink,
        hostname=LOOPBACK,
        port=sink.port,
        ssl_context=sink.authority.serves(LOOPBACK),
        authenticator=lambda *_: AuthResult(success=True),
        auth_require_tls=False,
    )
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


def sender_of(intake: Desk, sink: Sink, tls: ssl.SSLContext | None = None) -> Sender:
    """Who sends what intake has queued."""
    return Sender(Smtp(sink.outgoing, tls or sink.authority.trusted()), intake.database, threading.Event())
