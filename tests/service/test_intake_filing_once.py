"""A message is filed once, wherever and however often it is met, and none is taken for another."""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from imapclient import IMAPClient
from sqlalchemy import select, text

from services.intake.domain.post import Disposition
from services.intake.mailbox import reader as reader_module
from services.intake.mailbox.filing import Filing, Post
from services.intake.models import IncomingMessage
from tests.fixtures.desk import Desk
from tests.fixtures.dovecot import TestMailbox
from tests.fixtures.processes import eventually
from tests.service.mail_reading import count, reader_of, reading
from tests.service.mail_samples import RULES, Counter, email, enquiries


class Died(BaseException):
    """The process was killed."""


class Killed(Filing):
    """Files messages, and dies before it can say so."""

    def file(self, post: Post) -> Disposition:
        super().file(post)
        raise Died


def test_the_same_message_is_filed_once_wherever_it_lies(intake: Desk, counter: Counter) -> None:
    raw = email()

    for place in ({"uid": 7}, {"uid": 7}, {"uid": 8}, {"uid_validity": 2}, {"mailbox": "other"}):
        assert counter.take(raw, **place) is Disposition.ENQUIRY
    counter.take(without := email(message_id=None), uid=9)
    counter.take(without, uid_validity=3)

    assert len(enquiries(intake)) == 2


def test_eight_that_file_a_message_in_the_place_of_another_at_once_file_it_once(intake: Desk, counter: Counter) -> None:
    counter.take(email("One"), uid=1)
    raw = email("Another")

    with ThreadPoolExecutor(8) as pool:
        filed = list(pool.map(lambda _: counter.take(raw, uid=1), range(8)))

    assert filed == [Disposition.ENQUIRY] * 8
    assert len(enquiries(intake)) == 2


def test_a_place_that_is_given_to_another_message_keeps_neither_out(intake: Desk, counter: Counter) -> None:
    first, second = email("One"), email("Another", message_id=None)

    for raw in (first, second, first, second):
        assert counter.take(raw, uid=7) is Disposition.ENQUIRY

    assert [one["message"].strip() for one in enquiries(intake)] == ["One", "Another"]


def test_a_message_is_known_by_what_it_says_where_nothing_was_kept_of_its_place(intake: Desk, counter: Counter) -> None:
    counter.take(raw := email())
    with intake.session() as session:
        session.execute(text("UPDATE incoming_messages SET server_size = NULL, fingerprint = 'of another release'"))

    assert counter.take(raw, uid=1) is Disposition.ENQUIRY

    assert len(enquiries(intake)) == 1


def test_a_message_that_its_server_words_anew_is_the_same_in_its_place(intake: Desk, counter: Counter) -> None:
    arrived = datetime.now(UTC)

    for words in ("One", "1"):
        counter.take(email(words, message_id=None), uid=7, arrived_at=arrived, server_size=700)

    assert len(enquiries(intake)) == 1


def test_nobody_keeps_a_message_out_by_using_its_identifier(intake: Desk, counter: Counter) -> None:
    counter.take(email("Nothing", sender="mallory@example.net", message_id="<1@example.org>"))
    counter.take(email("The real one", message_id="<1@example.org>"))

    assert len(enquiries(intake)) == 2


def test_eight_that_file_the_same_message_at_once_file_it_once(intake: Desk, counter: Counter) -> None:
    raw = email()

    with ThreadPoolExecutor(8) as pool:
        filed = list(pool.map(lambda number: counter.take(raw, mailbox=f"box {number % 4}", uid=1), range(8)))

    assert filed == [Disposition.ENQUIRY] * 8
    assert len(enquiries(intake)) == 1


def test_who_dies_between_the_commit_and_the_move_files_nothing_twice(intake: Desk, mailbox: TestMailbox) -> None:
    mailbox.put(email())
    with pytest.raises(Died):
        reader_of(mailbox, Killed(intake.database, RULES), threading.Event()).run()
    assert (mailbox.count(), count(intake)) == (1, 1)

    with reading(lambda stopping: reader_of(mailbox, Filing(intake.database, RULES), stopping)):
        eventually(lambda: mailbox.count("Processed") == 1, 20)

    assert count(intake) == 1


class Fickle(IMAPClient):
    """Meets a server that says something else of a message each time, or words it anew."""

    changes = ""
    told = 0

    def fetch(self, messages: Any, *rest: Any) -> Any:
        """What the server says this time."""
        Fickle.told += 1
        return {uid: self._changed(found) for uid, found in super().fetch(messages, *rest).items()}

    def _changed(self, found: Mapping[bytes, Any]) -> dict[bytes, Any]:
        later = {
            "INTERNALDATE": lambda value: value + timedelta(minutes=self.told),
            "RFC822.SIZE": lambda value: value + self.told,
            "BODY[]<0>": lambda value: value + b"!" * self.told,
        }
        return {
            name: later[self.changes](value) if name == self.changes.encode() else value
            for name, value in found.items()
        }


@pytest.mark.parametrize("changes", ["INTERNALDATE", "RFC822.SIZE", "BODY[]<0>"])
def test_a_server_that_changes_its_mind_about_a_message_doubles_none(
    intake: Desk, mailbox: TestMailbox, monkeypatch: pytest.MonkeyPatch, changes: str
) -> None:
    monkeypatch.setattr(reader_module, "IMAPClient", Fickle)
    monkeypatch.setattr(Fickle, "changes", changes)
    mailbox.put(email(message_id=None))
    with pytest.raises(Died):
        reader_of(mailbox, Killed(intake.database, RULES), threading.Event()).run()

    with reading(lambda stopping: reader_of(mailbox, Filing(intake.database, RULES), stopping)):
        eventually(lambda: mailbox.count("Processed") == 1, 20)

    assert count(intake) == 1


def test_a_server_that_was_restored_loses_no_message_and_doubles_none(intake: Desk, mailbox: TestMailbox) -> None:
    mailbox.put(email("One"))
    backup = mailbox.back_up()
    mailbox.put(email("Two"))
    filing = Filing(intake.database, RULES)
    with reading(lambda stopping: reader_of(mailbox, filing, stopping)):
        eventually(lambda: mailbox.count("Processed") == 2, 20)

    mailbox.restore(backup)
    mailbox.put(email("Another"))
    with pytest.raises(Died):
        reader_of(mailbox, Killed(intake.database, RULES), threading.Event()).run()
    with reading(lambda stopping: reader_of(mailbox, filing, stopping)):
        eventually(lambda: mailbox.count("Processed") == 2, 20)

    with intake.session() as session:
        places = session.execute(select(IncomingMessage.uid).order_by(IncomingMessage.kept_at))
        assert [uid for (uid,) in places] == [1, None, 2], "the server gave a UID a second time"
    assert sorted(one["message"].strip() for one in enquiries(intake)) == ["Another", "One", "Two"]
