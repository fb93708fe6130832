"""What an enquirer said and what is promised to them come at the same moment, about different enquiries of theirs."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from chassis.fields import instant
from chassis.work import Caller, Work, new_trace
from services.intake.models import Callback
from services.intake.parties import families, merging
from services.intake.service import IntakeService
from services.intake.telephony import callbacks
from tests.contract.telephone import next_slot
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.callback_desk import asked, slot
from tests.service.parties_desk import REASON, merge, read
from tests.service.race import WAITING, race


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work on a database of its own."""
    return desk(IntakeService)


def refused(intake: Desk, reference: str) -> str:
    """Contact, refused from now on."""
    body = {"purpose": "contact", "act": "withdrawn", "channel": "phone"}
    return str(intake.ask("record_consent", reference=reference, body=body)["act"])


def meanwhile(intake: Desk, act: Callable[[Work], Any], other: Callable[[], Any]) -> None:
    """Do one act, and another that begins before the first is committed and has to wait for it."""
    thread = threading.Thread(target=other)
    with intake.session() as session:
        adviser = Caller("adviser-1", "console", frozenset({"adviser"}))
        work = Work(session, "intake", adviser, datetime.now(UTC), new_trace(), "callback")
        act(work)
        session.flush()
        work.record()
        thread.start()
        with intake.database.read() as onlooker:
            while thread.is_alive() and not onlooker.scalar(text(WAITING)):
                onlooker.execute(text("SELECT pg_sleep(0.01)"))
    thread.join()


def promise(reference: str) -> Callable[[Work], Callback]:
    """A callback promised for the first slot."""
    body = {"window_from": datetime.fromisoformat(slot()), "owner": None, "note": None}
    return lambda work: callbacks.promise(work, reference, body)


def statuses(intake: Desk) -> list[str]:
    """Where all callbacks stand."""
    with intake.session() as session:
        return list(session.scalars(select(Callback.status)))


def party_of(intake: Desk, reference: str) -> str:
    """The id of the party of an enquiry."""
    [found] = [
        one["id"]
        for one in intake.ask("list_parties", body={})["items"]
        if reference in [enquiry["reference"] for enquiry in read(intake, one["id"])["enquiries"]]
    ]
    return str(found)


def test_a_callback_promised_while_contact_is_refused_with_another_enquiry_does_not_stand(intake: Desk) -> None:
    first, second = (asked(intake, email="jane@example.org") for _ in range(2))

    meanwhile(intake, promise(first), lambda: refused(intake, second))

    assert statuses(intake) == ["cancelled"]


def test_one_that_is_rebooked_while_contact_is_refused_does_not_stand_either(intake: Desk) -> None:
    first, second = (asked(intake, email="jane@example.org") for _ in range(2))
    made = intake.ask("promise_callback", reference=first, body={"window_from": slot()})
    later = {"window_from": next_slot(datetime.now(UTC) + timedelta(days=4))}

    meanwhile(intake, lambda work: callbacks.rebook(work, made["id"], later), lambda: refused(intake, second))

    assert statuses(intake) == ["cancelled"]


def test_one_promised_while_its_enquirer_is_merged_with_somebody_who_refused_does_not_stand(intake: Desk) -> None:
    first, second = (asked(intake, email=f"{one}@example.org") for one in "ab")
    refused(intake, second)
    absorbed, into = party_of(intake, second), party_of(intake, first)

    meanwhile(intake, promise(first), lambda: merge(intake, absorbed, into))

    assert statuses(intake) == ["cancelled"]


def test_a_refusal_that_waited_for_a_merge_gives_up_what_was_promised_to_the_other(intake: Desk) -> None:
    first, second = (asked(intake, email=f"{one}@example.org") for one in "ab")
    intake.ask("promise_callback", reference=first, body={"window_from": slot()})
    absorbed, body = party_of(intake, second), {"into": UUID(party_of(intake, first)), **REASON}

    meanwhile(intake, lambda work: merging.merge(work, absorbed, body), lambda: refused(intake, second))

    assert statuses(intake) == ["cancelled"]


def test_who_waited_for_a_merge_holds_all_that_are_one_since(intake: Desk) -> None:
    one, other = (party_of(intake, asked(intake, email=f"{name}@example.org")) for name in "ab")
    held: list[str] = []

    def hold() -> None:
        with intake.session() as session:
            held.extend(map(str, families.lock_together(session, [UUID(one)])))

    meanwhile(intake, lambda work: merging.merge(work, one, {"into": UUID(other), **REASON}), hold)

    assert sorted(held) == sorted([one, other])


def test_of_a_promise_and_a_refusal_at_the_same_moment_the_refusal_stands_whichever_comes_first(intake: Desk) -> None:
    for number in range(8):
        who = {"email": f"jane{number}@example.org"}
        first, second = asked(intake, **who), asked(intake, **who)
        body = {"window_from": instant(next_slot(datetime.now(UTC) + timedelta(days=1, minutes=30 * number)))}

        def promised(reference: str = first, body: dict[str, str] = body) -> str:
            return str(intake.ask("promise_callback", reference=reference, body=body)["status"])

        def refusing(reference: str = second) -> str:
            return refused(intake, reference)

        ends = race([promised, refusing])

        assert {*ends} <= {"promised", "withdrawn", "contact_refused"}
    assert {*statuses(intake)} <= {"cancelled"}
