"""A mailbox is read however much lies in it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from imapclient import IMAPClient

from deploy.ports import LOOPBACK
from services.intake.mailbox import folders
from services.intake.mailbox.folders import undeleted
from tests.fixtures.dovecot import TestMailbox
from tests.service.mail_samples import email


class Crowded:
    """A server with messages of these UIDs, which meets one client and answers each search in one line."""

    def __init__(self, uids: range) -> None:
        self._uids = uids
        self._listening = socket.create_server((LOOPBACK, 0))
        self.port = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._meet)
        self._thread.start()

    def _meet(self) -> None:
        connection, _ = self._listening.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"* PREAUTH hello\r\n")
            for line in lines:
                tag, *command = line.decode().split()
                if command[:2] == ["UID", "SEARCH"]:
                    found = " ".join(map(str, self._found(command[2:])))
                    connection.sendall(f"* SEARCH {found}\r\n".encode())
                elif command[0] == "SELECT":
                    connection.sendall(f"* {len(self._uids)} EXISTS\r\n* OK [UIDVALIDITY 7] Well.\r\n".encode())
                elif command[0] == "CAPABILITY":
                    connection.sendall(b"* CAPABILITY IMAP4rev1\r\n")
                connection.sendall(f"{tag} OK done\r\n".encode())

    def _found(self, criteria: list[str]) -> range:
        match criteria:
            case [wanted, "UNDELETED"]:
                first, last = map(int, wanted.split(":"))
                return self._uids[first - 1 : last]
        return self._uids

    def close(self) -> None:
        """Forget about it, once the client has gone."""
        self._thread.join(10)
        self._listening.close()


@pytest.fixture
def crowded() -> Iterator[Crowded]:
    """A server with more messages than it can name in a line that is read to its end."""
    with closing(Crowded(range(1_000_001, 1_145_001))) as server:
        yield server


def test_more_messages_than_fit_into_one_line_are_all_found(crowded: Crowded) -> None:
    with IMAPClient(LOOPBACK, crowded.port, ssl=False, timeout=30) as client:
        assert undeleted(client, "INBOX") == (7, list(range(1_000_001, 1_145_001)))


def test_what_lies_in_a_mailbox_is_found_in_parts_whatever_was_taken_out_between(
    mailbox: TestMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "_SPAN", 3)
    with mailbox.opened() as client:
        assert undeleted(client, "INBOX")[1] == []

        mailbox.put(*(email(f"Message {number}") for number in range(1, 13)))
        undeleted(client, "INBOX")
        client.delete_messages([5, 12])
        client.delete_messages([1, *range(7, 11)])
        client.uid_expunge([1, *range(7, 11)])

        assert undeleted(client, "INBOX")[1] == [2, 3, 4, 6, 11]
