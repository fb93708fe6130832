"""What an enquirer said with one enquiry holds for all of theirs, and of whoever is seen as one with them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from chassis.errors import Refused
from chassis.fields import instant
from services.intake.mailbox.sending import take
from services.intake.models import Enquiry, OutgoingMessage
from services.intake.service import IntakeService
from tests.contract.telephone import next_slot
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.intake_samples import enquiry
from tests.service.parties_desk import merge, party, read, unmerge

JANE = {"email": "jane@example.org", "phone": "07700 900123"}
SLOT = {"window_from": instant(next_slot(datetime.now(UTC) + timedelta(minutes=30)))}
LATER = {"window_from": instant(next_slot(datetime.now(UTC) + timedelta(days=4)))}


class Way:
    """A way out that nothing takes."""

    domain, key = "mutuals.example", b"k" * 16

    def opened(self) -> Any:
        """Never opened."""
        raise AssertionError


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work on a database of its own."""
    return desk(IntakeService)


def asked(intake: Desk, safe: dict[str, Any] | None = None, **more: Any) -> str:
    """The reference of a new enquiry of Jane's."""
    made = intake.ask("create_enquiry", body={**enquiry(**JANE), "safe_to_contact": safe, **more})
    return str(made["reference"])


def said(intake: Desk, reference: str, act: str) -> None:
    """An act of consent to contact, now."""
    body = {"purpose": "contact", "act": act, "channel": "phone"}
    intake.ask("record_consent", reference=reference, body=body)


def noted(intake: Desk, reference: str, **safe: Any) -> None:
    """What is safe, recorded with an enquiry."""
    intake.ask("change_enquiry", reference=reference, body={"safe_to_contact": safe})


def queued(intake: Desk) -> list[str]:
    """Where every message stands."""
    with intake.session() as session:
        return list(session.scalars(select(OutgoingMessage.status)))


def promised(intake: Desk, reference: str) -> Any:
    """A callback that is promised."""
    return intake.ask("promise_callback", reference=reference, body=SLOT)


def stands_at(intake: Desk, callback: Any) -> tuple[str, str]:
    """Where a callback stands now, and why."""
    now = intake.ask("read_callback", callback_id=callback["id"])
    return now["status"], now["ended_reason"]


def two_of_jane(intake: Desk) -> tuple[list[str], list[str]]:
    """Two parties that are both Jane, and the reference of the one enquiry of each."""
    both = [party(intake, name="Jane", email=f"{one}@example.org", phone="07700 900123") for one in "ab"]
    return both, [read(intake, one)["enquiries"][0]["reference"] for one in both]


def refusal(intake: Desk, reference: str) -> str:
    """Why no callback is promised."""
    with pytest.raises(Refused) as refused:
        intake.ask("promise_callback", reference=reference, body=SLOT)
    return refused.value.code


def test_whom_it_is_not_safe_to_reach_is_not_written_to_for_the_next_enquiry_nor_promised_to_be_rung(
    intake: Desk,
) -> None:
    asked(intake, {"email": False, "phone": False})

    second = asked(intake, {"post": True})

    assert queued(intake) == []
    assert refusal(intake, second) == "not_safe_to_ring"
    noted(intake, second, phone=True)
    assert intake.ask("promise_callback", reference=second, body=SLOT)["status"] == "promised"
    assert queued(intake) == []


def test_contact_that_was_refused_once_stays_refused_until_it_is_given_again(intake: Desk) -> None:
    first = asked(intake, consent={"contact": False})

    second = asked(intake)

    assert (queued(intake), refusal(intake, second)) == ([], "contact_refused")
    said(intake, second, "given")
    asked(intake)
    assert queued(intake) == ["queued"]
    assert intake.ask("promise_callback", reference=first, body=SLOT)["status"] == "promised"


def test_what_is_said_with_one_enquiry_stops_what_is_under_way_for_another(intake: Desk) -> None:
    first, second = asked(intake), asked(intake)
    callback = intake.ask("promise_callback", reference=first, body=SLOT)

    noted(intake, second, phone=False, email=False)

    assert intake.ask("read_callback", callback_id=callback["id"])["status"] == "cancelled"
    with intake.session() as session:
        session.execute(update(OutgoingMessage).values(next_attempt_at=datetime.now(UTC)))
        assert take(session, Way(), datetime.now(UTC)) is None
    assert queued(intake) == ["withheld", "withheld"]


def test_a_new_enquiry_that_says_not_to_ring_gives_up_what_was_promised_before(intake: Desk) -> None:
    callback = intake.ask("promise_callback", reference=asked(intake), body=SLOT)

    asked(intake, {"phone": False, "announce": "nothing"})

    given_up = intake.ask("read_callback", callback_id=callback["id"])
    assert (given_up["status"], given_up["safe_to_contact"]["announce"]) == ("cancelled", "nothing")
    assert intake.ask("list_callbacks")["items"] == [given_up]


def test_what_any_of_those_said_who_are_seen_as_one_holds_for_all(intake: Desk) -> None:
    jane, again, third = (party(intake, name="Jane", email=f"{one}@example.org", phone="07700 900123") for one in "abc")
    references = [read(intake, one)["enquiries"][0]["reference"] for one in (jane, again, third)]
    noted(intake, references[0], phone=False, leave_message="nowhere")
    noted(intake, references[2], email=True)

    merge(intake, jane, again)
    merge(intake, third, again)

    assert [refusal(intake, reference) for reference in references] == ["not_safe_to_ring"] * 3
    [caller] = intake.ask("find_callers", body={"phone": "07700 900123"})["candidates"]
    safe = caller["safe_to_contact"]
    assert (safe["phone"], safe["email"], safe["leave_message"]) == (False, True, "nowhere")


def test_a_refusal_that_is_older_than_their_consent_takes_no_answer_away(intake: Desk) -> None:
    asked(intake, received_at="2026-11-20T09:00:00Z", consent={"contact": True})

    asked(intake, received_at="2026-11-01T09:00:00Z", channel="letter", consent={"contact": False})

    assert queued(intake) == ["queued", "queued"]
    asked(intake, received_at="2026-11-20T10:00:00Z", channel="letter", consent={"contact": False})
    assert len(queued(intake)) == 2


def test_a_callback_of_somebody_who_may_not_be_rung_is_not_promised_anew(intake: Desk) -> None:
    first, second = asked(intake), asked(intake)
    callback = intake.ask("promise_callback", reference=first, body=SLOT)
    with intake.session() as session:  # as it came from before callbacks were given up
        session.execute(update(Enquiry).where(Enquiry.reference == second).values(consent={"contact": False}))

    with pytest.raises(Refused) as refused:
        intake.ask("rebook_callback", callback_id=callback["id"], body=LATER)

    assert refused.value.code == "contact_refused"
    assert intake.ask("read_callback", callback_id=callback["id"])["window_from"] == SLOT["window_from"]


def test_what_is_said_again_with_an_enquiry_is_newer_than_what_was_said_with_another(intake: Desk) -> None:
    first, second = asked(intake, {"phone": False, "email": False}), asked(intake, {"phone": True, "email": True})
    signed_before = intake.ask("read_enquiry", reference=first)["safe_to_contact"]["recorded_at"]

    noted(intake, first, phone=False, email=False)

    assert refusal(intake, second) == "not_safe_to_ring"
    assert intake.ask("read_enquiry", reference=first)["safe_to_contact"]["recorded_at"] > signed_before
    told = intake.told()[-1]
    assert (told.type, told.subject, told.data["changed"]) == ("enquiry_changed", first, ["safe_to_contact"])


def test_what_is_said_again_though_it_stands_changes_nothing(intake: Desk) -> None:
    first, _ = asked(intake, {"phone": False}), asked(intake, {"email": True})
    before = intake.ask("read_enquiry", reference=first)

    noted(intake, first, phone=False)

    assert intake.ask("read_enquiry", reference=first) == before


def test_a_merge_gives_up_what_was_promised_to_somebody_who_refused_contact_as_another(intake: Desk) -> None:
    (jane, again), (first, second) = two_of_jane(intake)
    callback = promised(intake, first)
    said(intake, second, "withdrawn")
    assert stands_at(intake, callback)[0] == "promised"

    merge(intake, again, jane)

    assert stands_at(intake, callback) == ("cancelled", "The enquirer no longer wants to be contacted.")
    assert [event.type for event in intake.told()[-2:]] == ["party_merged", "callback_cancelled"]


def test_a_merge_gives_up_what_was_promised_to_somebody_whom_it_is_not_safe_to_ring_as_another(intake: Desk) -> None:
    (jane, again), (first, second) = two_of_jane(intake)
    noted(intake, second, phone=False)
    callback = promised(intake, first)

    merge(intake, jane, again)

    assert stands_at(intake, callback) == ("cancelled", "It is not safe to ring the enquirer.")


@pytest.mark.parametrize("released", [0, 1])
def test_undoing_a_merge_gives_up_what_was_promised_by_the_word_of_the_other(intake: Desk, released: int) -> None:
    both, (first, second) = two_of_jane(intake)
    noted(intake, first, phone=False)
    merge(intake, both[released], both[1 - released])
    noted(intake, second, phone=True)
    callbacks = [promised(intake, one) for one in (first, second)]

    unmerge(intake, both[released])

    assert [stands_at(intake, one)[0] for one in callbacks] == ["cancelled", "promised"]
