"""What is queued is sent by GOV.UK Notify where that is set, once, and what became of it is found out."""

import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from deploy.ports import LOOPBACK
from services.intake.mail.threads import token
from services.intake.mailbox.following import Following
from services.intake.mailbox.notify import Notify, Unanswered
from services.intake.mailbox.sending import Sender
from services.intake.mailbox.settings import NotifyAccount
from services.intake.models import OutgoingMessage
from tests.fixtures.desk import Desk
from tests.service.certificates import Authority
from tests.service.intake_samples import enquiry
from tests.service.mail_samples import KEY, Counter, contacts, email
from tests.service.notify_server import SECRET, SERVICE, TEMPLATE, NotifyServer, notify_server
from tests.service.runbook import after_restore


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Who vouches for the server."""
    return Authority(tmp_path)


@pytest.fixture
def server(authority: Authority) -> Iterator[NotifyServer]:
    """Something that speaks like Notify."""
    with notify_server(authority.serves(LOOPBACK)) as server:
        yield server


@pytest.fixture
def notify(server: NotifyServer, authority: Authority) -> Notify:
    """The way out by that server."""
    return way(server, authority.trusted())


def way(server: NotifyServer, tls: ssl.SSLContext, **changes: Any) -> Notify:
    """A way out by the server."""
    known = {"service": SERVICE, "secret": SECRET, "templates": {"enquiry_received": TEMPLATE}, "key": KEY, **changes}
    return Notify(NotifyAccount(url=server.url, **known), tls)


def send(intake: Desk, notify: Notify) -> int:
    """Send what is due."""
    return Sender(notify, intake.database, threading.Event()).send_due()


def follow(intake: Desk, notify: Notify) -> int:
    """Ask what became of what was sent, as if it were time."""
    with intake.session() as session:
        session.execute(text("UPDATE outgoing_messages SET ask_at = now() WHERE ask_at IS NOT NULL"))
    return Following(notify, intake.database, threading.Event()).ask_due()


def ask(intake: Desk) -> str:
    """An enquiry that is acknowledged; its reference."""
    return str(intake.ask("create_enquiry", body=enquiry(email="jane@example.org"))["reference"])


def message(intake: Desk) -> OutgoingMessage:
    """The one message to be sent."""
    with intake.session() as session:
        return session.scalars(select(OutgoingMessage)).one()


def make_due(intake: Desk) -> None:
    """Let the next attempt's time come."""
    with intake.session() as session:
        session.execute(text("UPDATE outgoing_messages SET next_attempt_at = now()"))


def test_a_message_goes_out_once_with_our_token_and_is_found_to_have_arrived(
    intake: Desk, server: NotifyServer, notify: Notify
) -> None:
    reference = ask(intake)

    assert (send(intake, notify), send(intake, notify)) == (1, 0)

    [sent] = server.sent
    assert (sent["email_address"], sent["template_id"]) == ("jane@example.org", TEMPLATE)
    assert sent["personalisation"] == {"token": token(reference, KEY), "reference": reference}
    assert (sent["reference"], message(intake).provider_id) == (str(message(intake).id), sent["id"])
    assert (message(intake).status, message(intake).delivered_at) == ("sent", None)

    server.say("sending")
    assert (follow(intake, notify), message(intake).ask_at is None) == (1, False)
    server.say("delivered")
    assert (follow(intake, notify), follow(intake, notify)) == (1, 0)
    assert message(intake).status == "sent"
    assert message(intake).delivered_at is not None


def test_an_answer_to_it_comes_back_to_its_enquiry_by_the_token(
    intake: Desk, server: NotifyServer, notify: Notify
) -> None:
    reference = ask(intake)
    send(intake, notify)

    Counter(intake).take(email("Yes", subject=f"Re: {server.sent[0]['subject']}"))

    assert [one["note"].strip() for one in contacts(intake, reference)] == ["Yes"]


@pytest.mark.parametrize(
    ("said", "status"),
    [("permanent-failure", "bounced"), ("temporary-failure", "bounced"), ("technical-failure", "failed")],
)
def test_what_did_not_arrive_is_a_contact_that_failed(
    intake: Desk, server: NotifyServer, notify: Notify, said: str, status: str
) -> None:
    reference = ask(intake)
    send(intake, notify)
    server.say(said)

    assert (follow(intake, notify), follow(intake, notify)) == (1, 0)

    assert (message(intake).status, message(intake).last_fault) == (status, f"notify_{said}")
    assert [one["disposition"] for one in contacts(intake, reference)] == ["undelivered"]


@pytest.mark.parametrize(("code", "status"), [(429, "queued"), (500, "queued"), (400, "failed"), (403, "failed")])
def test_what_is_refused_for_now_is_tried_again_and_what_is_refused_for_good_is_not(
    intake: Desk, server: NotifyServer, notify: Notify, code: int, status: str
) -> None:
    ask(intake)
    server.refusals = [code]

    assert (send(intake, notify), send(intake, notify)) == (1, 0)

    assert (message(intake).status, message(intake).last_fault) == (status, f"notify_{code}")
    make_due(intake)
    assert send(intake, notify) == (1 if status == "queued" else 0)
    assert len(server.sent) == (1 if status == "queued" else 0)


def test_an_answer_that_was_lost_makes_no_second_copy(intake: Desk, server: NotifyServer, notify: Notify) -> None:
    ask(intake)
    server.loses = True

    send(intake, notify)
    assert message(intake).status == "queued"
    make_due(intake)
    send(intake, notify)

    [sent] = server.sent
    assert (message(intake).status, message(intake).provider_id) == ("sent", sent["id"])


def test_a_secret_that_is_wrong_and_a_template_that_is_unknown_are_named_by_code(
    intake: Desk, server: NotifyServer, authority: Authority
) -> None:
    ask(intake)
    send(intake, way(server, authority.trusted(), secret=SERVICE))
    assert message(intake).last_fault == "notify_403"

    with intake.session() as session:
        session.execute(text("UPDATE outgoing_messages SET status = 'queued', next_attempt_at = now(), attempts = 0"))
    send(intake, way(server, authority.trusted(), templates={}))
    assert (message(intake).status, message(intake).last_fault) == ("failed", "KeyError")


def test_a_server_that_is_not_trusted_is_sent_nothing(intake: Desk, server: NotifyServer) -> None:
    ask(intake)
    stranger = way(server, ssl.create_default_context())

    send(intake, stranger)

    assert (message(intake).status, server.sent) == ("queued", [])
    with pytest.raises(Unanswered):
        stranger.status_of("0192f0c1")


def test_what_notify_has_forgotten_is_asked_for_no_more(intake: Desk, server: NotifyServer, notify: Notify) -> None:
    ask(intake)
    send(intake, notify)
    server.sent.clear()

    assert (follow(intake, notify), follow(intake, notify)) == (1, 0)
    assert message(intake).status == "sent"


def test_what_is_queued_again_after_a_restore_as_the_runbook_says_goes_out_once(
    intake: Desk, server: NotifyServer, notify: Notify
) -> None:
    ask(intake)
    with intake.session() as session:
        before = session.execute(text("SELECT id, next_attempt_at FROM outgoing_messages")).one()
    send(intake, notify)
    restored = (
        "UPDATE outgoing_messages SET status = 'queued', attempts = 0, ended_at = NULL, next_attempt_at = :moment"
    )
    with intake.session() as session:
        session.execute(text(f"{restored}, message_id = NULL, provider_id = NULL"), {"moment": before.next_attempt_at})
        session.execute(text(after_restore()[0]))

    assert send(intake, notify) == 1

    assert (len(server.sent), message(intake).status, message(intake).id) == (1, "sent", before.id)
    assert message(intake).provider_id == server.sent[0]["id"]


def test_what_is_held_after_a_restore_as_the_runbook_says_waits_until_it_is_let_go(
    intake: Desk, server: NotifyServer, notify: Notify
) -> None:
    ask(intake)
    _, hold, let_go = after_restore()

    for statement, made in ((hold, 0), (let_go, 1)):
        with intake.session() as session:
            session.execute(text(statement))
        assert send(intake, notify) == made
