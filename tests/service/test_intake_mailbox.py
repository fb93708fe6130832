"""Mailboxes are emptied, on a real IMAP server: everything once, nothing lost, whatever dies on the way."""

import os
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import urllib3
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError
from sqlalchemy import func, select

from deploy.ports import LOOPBACK, free_ports
from services.intake.domain.post import Disposition
from services.intake.mailbox import reader as reader_module
from services.intake.mailbox.filing import Filing, Post
from services.intake.mailbox.reader import Reader
from services.intake.mailbox.settings import mailbox_at
from services.intake.models import Enquiry, IncomingMessage
from services.intake.service import IntakeService
from tests.fixtures.desk import Desk
from tests.fixtures.dovecot import ImapServer, TestMailbox
from tests.fixtures.processes import eventually
from tests.fixtures.stores import MakeDatabase, MakeDesk
from tests.service.mail_samples import RULES, email
from tests.service.mail_siege import besiege, environment, start


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work on a database of its own."""
    return desk(IntakeService)


@pytest.fixture
def mailbox(imap_server: ImapServer) -> TestMailbox:
    """A mailbox with nothing in it."""
    return imap_server.mailbox()


class Died(BaseException):
    """The process was killed."""


class Killed(Filing):
    """Files messages, and dies before it can say so."""

    def file(self, post: Post) -> Disposition:
        super().file(post)
        raise Died


class Choosy(Filing):
    """Stumbles over some messages."""

    def file(self, post: Post) -> Disposition:
        if b"Stumble" in post.raw:
            raise RuntimeError
        return super().file(post)


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


@pytest.mark.parametrize("way", ["url", "url_by_starttls"])
def test_what_lies_in_a_mailbox_and_what_comes_later_is_filed_and_moved(
    intake: Desk, mailbox: TestMailbox, way: str
) -> None:
    filing = Filing(intake.database, RULES)
    mailbox.put(email("One"), email("A newsletter", list_id="<news.example.org>"))

    with reading(lambda stopping: reader_of(mailbox, filing, stopping, url=getattr(mailbox, way))):
        eventually(lambda: mailbox.count("Quarantine") == mailbox.count("Processed") == 1, 20)
        mailbox.put(email("Two"))
        eventually(lambda: mailbox.count("Processed") == 2, 10)

    assert mailbox.count() == 0
    assert (count(intake), count(intake, IncomingMessage)) == (2, 3)


def test_a_connection_that_is_lost_is_made_anew(intake: Desk, mailbox: TestMailbox) -> None:
    opened: list[socket.socket] = []

    class Noting(Reader):
        def _follow(self, client: Any) -> None:
            # A handle of our own: shut down by the reader's, TLS would be taken off the connection.
            opened.append(socket.socket(fileno=os.dup(client.socket().fileno())))
            super()._follow(client)

    filing = Filing(intake.database, RULES)
    tls = mailbox.server.authority.trusted()
    with reading(lambda stopping: Noting(mailbox_at(mailbox.url), filing, tls, stopping)):
        for number in range(1, 4):
            mailbox.put(email(f"Message {number}"))
            eventually(lambda number=number: mailbox.count("Processed") == number, 20)  # type: ignore[misc]
            opened[-1].shutdown(socket.SHUT_RDWR)

    for handle in opened:
        handle.close()
    assert len(opened) >= 3
    assert count(intake) == 3


def test_who_dies_between_the_commit_and_the_move_files_nothing_twice(intake: Desk, mailbox: TestMailbox) -> None:
    mailbox.put(email())
    with pytest.raises(Died):
        reader_of(mailbox, Killed(intake.database, RULES), threading.Event()).run()
    assert (mailbox.count(), count(intake)) == (1, 1)

    with reading(lambda stopping: reader_of(mailbox, Filing(intake.database, RULES), stopping)):
        eventually(lambda: mailbox.count("Processed") == 1, 20)

    assert count(intake) == 1


def test_a_message_that_cannot_be_filed_stays_and_holds_up_no_other(intake: Desk, mailbox: TestMailbox) -> None:
    mailbox.put(email("Stumble"), email("Go on"))

    with reading(lambda stopping: reader_of(mailbox, Choosy(intake.database, RULES), stopping)):
        eventually(lambda: mailbox.count("Processed") == 1, 20)

    assert mailbox.count() == 1


@pytest.mark.parametrize(
    ("command", "error"),
    [("fetch", IMAPClientError), ("fetch", IMAPClientAbortError), ("move", IMAPClientError), ("move", OSError)],
)
def test_a_message_that_the_server_stumbles_over_holds_up_no_other_and_is_tried_again(
    intake: Desk, mailbox: TestMailbox, monkeypatch: pytest.MonkeyPatch, command: str, error: type[Exception]
) -> None:
    tries, mended = [], threading.Event()

    class Stumbling(IMAPClient):
        def stumble(self, name: str, uids: list[int]) -> None:
            if name == command and 1 in uids and not mended.is_set():
                tries.append(uids)
                raise error("damaged")

        def fetch(self, messages: Any, *rest: Any) -> Any:
            self.stumble("fetch", messages)
            return super().fetch(messages, *rest)

        def move(self, messages: Any, folder: Any) -> Any:
            self.stumble("move", messages)
            return super().move(messages, folder)

    monkeypatch.setattr(reader_module, "IMAPClient", Stumbling)
    shorter = {"_SHORTEST_ASIDE": 1.0, "_LONGEST_ASIDE": 2.0, "_SHORTEST_WAIT": 0.05, "_LOOK_AGAIN": 0.1}
    for name, seconds in shorter.items():
        monkeypatch.setattr(reader_module, name, seconds)
    mailbox.put(email("One"), email("Two"))
    filing, tls, aside = Filing(intake.database, RULES), mailbox.server.authority.trusted(), list[int]()

    with reading(lambda stopping: Reader(mailbox_at(mailbox.url), filing, tls, stopping, aside.append)):
        eventually(lambda: mailbox.count("Processed") == 1 and len(tries) >= 2 and 1 in aside, 20)
        mended.set()
        eventually(lambda: mailbox.count("Processed") == 2 and aside[-1] == 0, 20)

    assert count(intake) == 2


def test_a_connection_that_is_lost_with_one_message_puts_no_other_aside(
    intake: Desk, mailbox: TestMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections: list[IMAPClient] = []

    class Losing(IMAPClient):
        def fetch(self, messages: Any, *rest: Any) -> Any:
            connections.append(self)
            if self is connections[0]:
                raise IMAPClientAbortError("gone")
            return super().fetch(messages, *rest)

    monkeypatch.setattr(reader_module, "IMAPClient", Losing)
    monkeypatch.setattr(reader_module, "_SHORTEST_ASIDE", 3600.0)
    mailbox.put(email("One"), email("Two"))

    with reading(lambda stopping: reader_of(mailbox, Filing(intake.database, RULES), stopping)):
        eventually(lambda: mailbox.count("Processed") == 1, 20)

    assert len({*map(id, connections)}) == 2
    assert mailbox.count() == 1


def test_a_server_whose_certificate_is_not_trusted_is_told_nothing(intake: Desk, mailbox: TestMailbox) -> None:
    mailbox.put(email())
    filing = Filing(intake.database, RULES)

    for url in (mailbox.url, mailbox.url_by_starttls):
        stopping = threading.Event()
        reader = reader_of(mailbox, filing, stopping, url=url, tls=ssl.create_default_context())
        with pytest.raises(ssl.SSLCertVerificationError), reader._connected():
            pass

    assert mailbox.count() == 1


def test_the_process_reads_until_it_is_told_to_stop(intake: Desk, mailbox: TestMailbox, database: MakeDatabase) -> None:
    mailbox.put(email(), email(list_id="<news.example.org>"))
    [port] = free_ports(1)
    url = intake.database.engine.url.render_as_string(hide_password=False)
    process = start(environment(mailbox, url, METRICS_PORT=str(port)))

    eventually(lambda: mailbox.count("Processed") == 1 and mailbox.count("Quarantine") == 1, 20)
    shown = urllib3.request("GET", f"http://{LOOPBACK}:{port}/metrics").data.decode()
    assert urllib3.request("GET", f"http://{LOOPBACK}:{port}/readyz").status == 200
    assert 'messages_filed_total{disposition="quarantine"} 1.0' in shown
    assert 'messages_waiting{place="quarantine"} 1.0' in shown
    assert 'mailbox_unread_seconds{mailbox="1"}' in shown
    process.send_signal(signal.SIGTERM)

    assert process.wait(12) == 0
    assert count(intake) == 1


@pytest.mark.timeout(400)
def test_a_process_killed_at_random_loses_no_message_and_doubles_none(
    imap_server: ImapServer, database: MakeDatabase
) -> None:
    assert besiege(imap_server, database("intake"), messages=60) >= 2  # `make chaos` puts 1,000 in
