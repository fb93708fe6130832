"""The mail process, killed at random while it empties a mailbox."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.pool import NullPool

from services.intake.models import EnquiryWords, IncomingMessage
from tests.fixtures.dovecot import ImapServer, TestMailbox
from tests.fixtures.processes import light
from tests.service.mail_samples import KEY, OWN, email

ROOT = Path(__file__).parents[2]
# Seconds; longer than it takes to start, and to move what was filed before.
_PATIENCE = 5.0


def environment(mailbox: TestMailbox, database: str, **settings: str) -> dict[str, str]:
    """What the mail process is told to read this mailbox."""
    return {
        **os.environ,
        "DATABASE_URL": database,
        "MAILBOXES": mailbox.url,
        "MAIL_OWN_ADDRESSES": OWN,
        "MAIL_KEYS": KEY.decode().replace(" ", "-"),
        "SSL_CERT_FILE": str(mailbox.server.authority.path),
        **settings,
    }


def start(settings: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    """Start the mail process."""
    return subprocess.Popen([sys.executable, "-m", "services.intake.mailbox"], cwd=ROOT, env=settings)


def besiege(server: ImapServer, database: str, messages: int) -> int:
    """Put messages into a mailbox and kill the process at random until all are filed; return how often it was killed.

    Raises AssertionError when one is lost, or filed twice, or left behind.
    """
    mailbox, kills = server.mailbox(), 0
    texts = [f"Message {number}" for number in range(messages)]
    mailbox.put(*(email(text, sender=f"person-{number}@example.org") for number, text in enumerate(texts)))
    engine = create_engine(database, poolclass=NullPool)
    while mailbox.count():
        process = start(light(environment(mailbox, database)))
        _wait_for_more(engine, process)
        time.sleep(random.uniform(0, 0.4))
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
    with engine.connect() as connection:
        told = connection.execute(select(EnquiryWords.message)).scalars().all()
        assert sorted(str(text).strip() for text in told) == sorted(texts)
    assert mailbox.count("Processed") == messages
    return kills


def _wait_for_more(engine: Engine, process: "subprocess.Popen[bytes]") -> None:
    """Wait until the process has filed something, or there is nothing to do for it but to move."""
    before, until = _filed(engine), time.monotonic() + _PATIENCE
    while _filed(engine) == before and time.monotonic() < until:
        assert process.poll() is None, "the process ended by itself"
        time.sleep(0.01)


def _filed(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(IncomingMessage)).scalar_one()
