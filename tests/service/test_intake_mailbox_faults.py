"""Whatever goes wrong with a mailbox's server, or with one message, the others are filed, each once."""

import os
import socket
import threading
from typing import Any

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from services.intake.domain.post import Disposition
from services.intake.mailbox import reader as reader_module
from services.intake.mailbox.filing import Filing, Post
from services.intake.mailbox.reader import Reader
from services.intake.mailbox.settings import mailbox_at
from services.intake.models import IncomingMessage
from tests.fixtures.desk import Desk
from tests.fixtures.dovecot import TestMailbox
from tests.fixtures.processes import eventually
from tests.service.mail_reading import count, reader_of, reading
from tests.service.mail_samples import RULES, email


class Choosy(Filing):
    """Stumbles over some messages."""

    def file(self, post: Post) -> Disposition:
        if b"Stumble" in post.raw:
            raise RuntimeError
        return super().file(post)


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


@pytest.mark.parametrize("folder", ["Processed", "Quarantine"])
def test_a_folder_that_was_deleted_meanwhile_is_made_anew(intake: Desk, mailbox: TestMailbox, folder: str) -> None:
    list_id = "<news.example.org>" if folder == "Quarantine" else None

    with reading(lambda stopping: reader_of(mailbox, Filing(intake.database, RULES), stopping)):
        mailbox.put(email("One", list_id=list_id))
        eventually(lambda: mailbox.count(folder) == 1, 20)
        with mailbox.opened() as client:
            client.delete_folder(folder)
        mailbox.put(email("Two", list_id=list_id))
        eventually(lambda: mailbox.count(folder) == 1, 10)

    assert (mailbox.count(), count(intake, IncomingMessage)) == (0, 2)


def test_a_message_that_the_server_gives_without_its_bytes_is_put_aside(
    intake: Desk, mailbox: TestMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Withholding(IMAPClient):
        def fetch(self, messages: Any, *rest: Any) -> Any:
            answer = super().fetch(messages, *rest)
            return {uid: {b"FLAGS": ()} if uid == 1 else found for uid, found in answer.items()}

    monkeypatch.setattr(reader_module, "IMAPClient", Withholding)
    mailbox.put(email("One"), email("Two"))
    filing, tls, aside = Filing(intake.database, RULES), mailbox.server.authority.trusted(), list[int]()

    with reading(lambda stopping: Reader(mailbox_at(mailbox.url), filing, tls, stopping, aside.append)):
        eventually(lambda: mailbox.count("Processed") == 1 and 1 in aside, 20)

    assert (mailbox.count(), count(intake)) == (1, 1)


def test_a_message_lost_with_its_connection_puts_no_other_aside_and_is_tried_again_at_its_time(
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
    monkeypatch.setattr(reader_module, "_SHORTEST_ASIDE", 3.0)
    mailbox.put(email("One"), email("Two"))

    # the reader looks again of itself after a minute only
    with reading(lambda stopping: reader_of(mailbox, Filing(intake.database, RULES), stopping)):
        eventually(lambda: mailbox.count("Processed") == 2, 20)

    assert [client is connections[0] for client in connections] == [True, False, False]


def test_a_message_that_comes_after_the_mailbox_was_opened_is_not_left_for_a_minute(
    intake: Desk, mailbox: TestMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    coming = [email("Meanwhile")]

    class Opening(IMAPClient):
        # The server tells of this message along with the answer to the first search, which does not find it.
        def select_folder(self, folder: Any, *rest: Any) -> Any:
            answer = super().select_folder(folder, *rest)
            while coming:
                mailbox.put(coming.pop())
            return answer

    monkeypatch.setattr(reader_module, "IMAPClient", Opening)

    with reading(lambda stopping: reader_of(mailbox, Filing(intake.database, RULES), stopping)):
        eventually(lambda: mailbox.count("Processed") == 1, 20)


def test_a_server_that_cannot_tell_of_new_mail_is_asked_again_and_again(
    intake: Desk, mailbox: TestMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Silent(IMAPClient):
        def has_capability(self, capability: str) -> bool:
            return capability != "IDLE" and super().has_capability(capability)

    monkeypatch.setattr(reader_module, "IMAPClient", Silent)
    monkeypatch.setattr(reader_module, "_POLL", 0.2)

    with reading(lambda stopping: reader_of(mailbox, Filing(intake.database, RULES), stopping)):
        for number in (1, 2):
            mailbox.put(email(f"Message {number}"))
            eventually(lambda number=number: mailbox.count("Processed") == number, 20)  # type: ignore[misc]
