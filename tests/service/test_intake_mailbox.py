"""Mailboxes are emptied, on a real IMAP server: everything once, nothing lost, whatever dies on the way."""

import signal
import socket
import ssl
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
import urllib3

from deploy.ports import LOOPBACK, free_ports
from services.intake.mailbox.filing import Filing
from services.intake.models import IncomingMessage
from tests.fixtures.desk import Desk
from tests.fixtures.dovecot import ImapServer, TestMailbox
from tests.fixtures.processes import eventually
from tests.fixtures.stores import MakeDatabase
from tests.service.certificates import Authority
from tests.service.mail_reading import count, reader_of, reading
from tests.service.mail_samples import RULES, email
from tests.service.mail_siege import besiege, environment, start


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


class Silent:
    """A server that answers whoever comes until they ask how folders are named, and then says no more."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        self._tls, self._over = tls, threading.Event()
        self._listening = socket.create_server((LOOPBACK, 0))
        self.port, self.met = self._listening.getsockname()[1], 0
        self._threads = [threading.Thread(target=self._meet) for _ in range(3)]
        for thread in self._threads:
            thread.start()

    def _meet(self) -> None:
        connection, _ = self._listening.accept()
        with self._tls.wrap_socket(connection, server_side=True) as secured, secured.makefile("rb") as lines:
            secured.sendall(b"* OK [CAPABILITY IMAP4rev1 MOVE NAMESPACE IDLE] hello\r\n")
            for line in lines:
                tag, command = line.split()[:2]
                if command.upper() == b"NAMESPACE":
                    self.met += 1
                    self._over.wait(60)
                    return
                if command.upper() == b"CAPABILITY":
                    secured.sendall(b"* CAPABILITY IMAP4rev1 MOVE NAMESPACE IDLE\r\n")
                secured.sendall(tag + b" OK done\r\n")

    def close(self) -> None:
        """Let everybody go."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        self._listening.close()


def test_servers_that_fall_silent_keep_the_process_no_longer_than_one_would(
    database: MakeDatabase, mailbox: TestMailbox, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    with closing(Silent(authority.serves(LOOPBACK))) as silent:
        urls = " ".join(f"imaps://user{number}:secret@{LOOPBACK}:{silent.port}" for number in range(3))
        more = {"MAILBOXES": urls, "SSL_CERT_FILE": str(authority.path)}
        process = start(environment(mailbox, database("intake"), **more))
        eventually(lambda: silent.met == 3, 30)

        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        took = time.monotonic() - began

    assert took < 15


@pytest.mark.timeout(400)
def test_a_process_killed_at_random_loses_no_message_and_doubles_none(
    imap_server: ImapServer, database: MakeDatabase
) -> None:
    assert besiege(imap_server, database("intake"), messages=60) >= 2  # `make chaos` puts 1,000 in
