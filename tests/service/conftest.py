"""What the tests of e-mail work with: intake, a counter for messages, a mailbox, and a server to send by."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.intake.service import IntakeService
from tests.fixtures.desk import Desk
from tests.fixtures.dovecot import ImapServer, TestMailbox
from tests.fixtures.stores import MakeDesk
from tests.service.mail_samples import Counter
from tests.service.smtp_sink import Sink, smtp_sink


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work on a database of its own."""
    return desk(IntakeService)


@pytest.fixture
def counter(intake: Desk) -> Counter:
    """A counter over which messages come in."""
    return Counter(intake)


@pytest.fixture
def mailbox(imap_server: ImapServer) -> TestMailbox:
    """A mailbox with nothing in it."""
    return imap_server.mailbox()


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    """An SMTP server."""
    with smtp_sink(tmp_path) as sink:
        yield sink
