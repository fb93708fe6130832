"""Whoever locks several rows locks them in one order, so that of two at work nobody waits for one who waits for them.

They go by the pieces that the service is made of and not through it: what meets a deadlock there is run again.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from chassis.fields import load_strictly
from chassis.work import Caller, Work, new_trace
from services.intake import changing, receiving, schemas
from services.intake.consents import recording
from services.intake.domain.sending import Outcome
from services.intake.domain.states import Action
from services.intake.mailbox import rows
from services.intake.mailbox.sending import Handed, Letter, Taken, note
from services.intake.models import OutgoingMessage
from services.intake.parties import correcting
from services.intake.parties import schemas as party_schemas
from services.intake.service import IntakeService
from services.intake.telephony import callbacks
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.callback_desk import asked, promised, tried
from tests.service.intake_samples import enquiry
from tests.service.parties_desk import party, read
from tests.service.race import WAITING

WITHDRAWN = {"purpose": "contact", "act": "withdrawn", "channel": "phone", "at": None, "wording_version": None}


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work on a database of its own."""
    return desk(IntakeService)


@contextmanager
def at_work(intake: Desk) -> Iterator[Work]:
    """A piece of an adviser's work, committed at its end."""
    with intake.session() as session:
        adviser = Caller("adviser-1", "console", frozenset({"adviser"}))
        work = Work(session, "intake", adviser, datetime.now(UTC), new_trace(), "test")
        yield work
        session.flush()
        work.record()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    """Somebody else at work beside us."""
    with ThreadPoolExecutor(1) as made:
        yield made


def beside(threads: ThreadPoolExecutor, intake: Desk, act: Callable[[Work], Any]) -> Future[None]:
    """Have another piece of work begun, and go on once it waits for a lock or is through."""

    def do() -> None:
        with at_work(intake) as work:
            act(work)

    doing = threads.submit(do)
    with intake.database.read() as onlooker:
        while not doing.done() and not onlooker.scalar(text(WAITING)):
            onlooker.execute(text("SELECT pg_sleep(0.01)"))
    return doing


def withdrawing(reference: str) -> Callable[[Work], Any]:
    """Contact, refused from now on, which gives callbacks up."""
    return lambda work: recording.record(work, reference, WITHDRAWN)


def closing(reference: str) -> Callable[[Work], Any]:
    """An enquiry that is over, which gives its callback up."""

    def close(work: Work) -> None:
        taken = changing.take(work, reference, Action.CLOSE)
        taken.status = "closed"
        callbacks.follow_enquiry(work, taken)

    return close


@pytest.mark.parametrize("ending", [withdrawing, closing])
def test_a_third_attempt_in_vain_and_what_gives_the_callback_up_take_turns(
    intake: Desk, threads: ThreadPoolExecutor, ending: Callable[[str], Callable[[Work], Any]]
) -> None:
    reference = asked(intake, email="jane@example.org")
    made = promised(intake, reference)
    for _ in range(2):
        tried(intake, made, "no_answer")

    with at_work(intake) as work:
        callbacks.attempt(work, made["id"], {"result": "no_answer", "at": None, "note": None})
        doing = beside(threads, intake, ending(reference))
    doing.result()

    assert intake.ask("read_callback", callback_id=made["id"])["status"] == "not_reached"


def test_a_message_that_is_refused_for_good_and_its_bounce_from_an_earlier_attempt_take_turns(
    intake: Desk, threads: ThreadPoolExecutor
) -> None:
    reference = asked(intake, email="jane@example.org")
    with intake.session() as session:
        message = session.scalars(select(OutgoingMessage)).one()
        message.message_id, message.attempts = "<ours@example.org>", 2
    letter = Letter("enquiry_received", "jane@example.org", reference, "<ours@example.org>", ())
    taken, refused = Taken(message.id, 2, letter), Handed(Outcome.NEVER, "smtp_550")

    with at_work(intake) as work:
        enquiry_of_it = changing.take(work, reference, Action.RECORD_CONTACT)
        doing = beside(threads, intake, lambda other: note(other.session, taken, refused, other.now))
        rows.note_bounce(work.session, enquiry_of_it.id, ["<ours@example.org>"], work.now)
    doing.result()

    with intake.session() as session:
        assert session.scalars(select(OutgoingMessage.status)).all() == ["bounced"]


def test_a_new_enquiry_that_refuses_and_whoever_adds_what_it_brings_to_its_party_take_turns(
    intake: Desk, threads: ThreadPoolExecutor
) -> None:
    known = party(intake, email="jane@example.org")
    brought = enquiry(email="jane@example.org", phone="07700 900123")
    body = load_strictly(schemas.NewEnquiry, {**brought, "consent": {"contact": False}})
    added = load_strictly(party_schemas.NewIdentifier, {"phone": "07700 900123"})

    with at_work(intake) as work:
        correcting.take(work, known)
        doing = beside(threads, intake, lambda other: receiving.receive(other, {**body, "received_at": other.now}))
        correcting.add_identifier(work, known, added)
    with pytest.raises(IntegrityError):  # met the other's key: the service runs it again, and it finds the party
        doing.result()

    assert {one["value"] for one in read(intake, known)["identifiers"]} == {"jane@example.org", "+447700900123"}
