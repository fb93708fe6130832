"""A reader at work on a test mailbox."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import func, select

from services.intake.mailbox.filing import Filing
from services.intake.mailbox.reader import Reader
from services.intake.mailbox.settings import mailbox_at
from services.intake.models import Enquiry
from tests.fixtures.desk import Desk
from tests.fixtures.dovecot import TestMailbox


def reader_of(
    mailbox: TestMailbox, filing: Filing, stopping: threading.Event, *, url: str = "", tls: ssl.SSLContext | None = None
) -> Reader:
    """A reader of the mailbox."""
    return Reader(mailbox_at(url or mailbox.url), filing, tls or mailbox.server.authority.trusted(), stopping)


@contextmanager
def reading(make: Callable[[threading.Event], Reader]) -> Iterator[None]:
    """A reader at work while the block runs. It has to stop soon after."""
    stopping = threading.Event()
    thread = threading.Thread(target=make(stopping).run)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(10)
        assert not thread.is_alive()


def count(intake: Desk, table: type = Enquiry) -> int:
    """How many rows a table has."""
    with intake.session() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0
