"""Callbacks are promised, tried, given up and listed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from chassis.errors import Invalid, NotAllowedNow, NotFound, Refused, Stale
from chassis.fields import instant
from services.intake.domain.callbacks import CAPACITY
from services.intake.errors import CallbackPromised, NoNumber, SlotFull
from services.intake.models import Callback, OutgoingMessage
from services.intake.service import IntakeService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.callback_desk import REASON, asked, promised, slot, tried
from tests.service.intake_samples import LEAST, enquiry


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work on a database of its own."""
    return desk(IntakeService)


def queued(intake: Desk) -> list[tuple[str, str]]:
    """Template and recipient of every message to be sent."""
    with intake.session() as session:
        rows = session.execute(select(OutgoingMessage.template, OutgoingMessage.recipient))
        return [(template, recipient) for template, recipient in rows]


def test_a_callback_is_promised_and_told_without_words(intake: Desk) -> None:
    reference = asked(intake)

    made = promised(intake, reference, note="Ask for Siân.", owner="adviser-7")

    assert (made["status"], made["owner"], made["version"], made["attempts"]) == ("promised", "adviser-7", 1, [])
    assert made["allowed"] == ["attempt", "rebook", "cancel"]
    assert intake.ask("read_callback", callback_id=made["id"]) == made
    assert intake.ask("list_enquiry_callbacks", reference=reference)["items"] == [made]
    told = intake.told()[-1]
    assert (told.type, told.subject, told.sequence) == ("callback_promised", made["id"], 1)
    assert not any(word in told.to_json() for word in ("Siân", "7700", "adviser-7"))


def test_after_the_third_attempt_in_vain_an_e_mail_is_queued_and_it_is_over(intake: Desk) -> None:
    made = promised(intake, asked(intake, email="sian@example.org"))

    after = [tried(intake, made, result) for result in ("engaged", "message_left", "no_answer")]

    assert [one["status"] for one in after] == ["promised", "promised", "not_reached"]
    assert [attempt["number"] for attempt in after[-1]["attempts"]] == [1, 2, 3]
    assert queued(intake).count(("callback_not_reached", "sian@example.org")) == 1
    assert [event.data["status"] for event in intake.told()[-3:]] == ["promised", "promised", "not_reached"]
    with pytest.raises(NotAllowedNow):
        tried(intake, made, "reached")


@pytest.mark.parametrize(("email", "is_safe"), [(None, True), ("sian@example.org", False)])
def test_nobody_is_written_to_without_a_way_or_where_it_is_not_safe(
    intake: Desk, email: str | None, is_safe: bool
) -> None:
    body = {**enquiry(phone="07700 900123", email=email), "safe_to_contact": {"email": is_safe}}
    made = promised(intake, intake.ask("create_enquiry", body=body)["reference"])

    for _ in range(3):
        tried(intake, made, "no_answer")

    assert "callback_not_reached" not in dict(queued(intake))


def test_an_attempt_that_reaches_somebody_keeps_the_promise(intake: Desk) -> None:
    kept = tried(intake, promised(intake), "reached")

    assert (kept["status"], kept["allowed"], kept["ended_at"] is not None) == ("reached", [], True)


def test_a_callback_is_cancelled_with_a_reason_and_gives_its_place_back(intake: Desk) -> None:
    reference = asked(intake)
    made = promised(intake, reference)
    with pytest.raises(CallbackPromised):
        promised(intake, reference)

    given_up = intake.ask("cancel_callback", callback_id=made["id"], body=REASON, if_match=1)

    assert (given_up["status"], given_up["ended_reason"], given_up["version"]) == ("cancelled", REASON["reason"], 2)
    assert REASON["reason"] not in intake.told()[-1].to_json()
    assert promised(intake, reference)["status"] == "promised"
    with pytest.raises(Stale):
        intake.ask("cancel_callback", callback_id=made["id"], body=REASON, if_match=1)


def test_a_slot_takes_as_many_as_can_be_kept_however_many_ask_at_once(intake: Desk) -> None:
    references = [asked(intake) for _ in range(CAPACITY + 4)]
    body = {"window_from": slot()}

    def promise(reference: str) -> type[Refused] | None:
        try:
            intake.ask("promise_callback", reference=reference, body=body)
        except Refused as refusal:
            return type(refusal)
        return None

    with ThreadPoolExecutor(len(references)) as threads:
        outcomes = list(threads.map(promise, references))

    assert (outcomes.count(None), outcomes.count(SlotFull)) == (CAPACITY, 4)
    assert len(intake.ask("list_callbacks")["items"]) == CAPACITY


def test_attempts_at_once_are_numbered_and_end_with_the_third(intake: Desk) -> None:
    made = promised(intake)

    def attempt(_: int) -> bool:
        try:
            return bool(tried(intake, made, "engaged"))
        except NotAllowedNow:
            return False

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(attempt, range(6))) == 3

    attempts = intake.ask("read_callback", callback_id=made["id"])["attempts"]
    assert [one["number"] for one in attempts] == [1, 2, 3]


def test_callbacks_are_listed_by_owner_and_by_whether_they_are_due(intake: Desk) -> None:
    due, ahead = promised(intake, owner="anna"), promised(intake, owner="ben")
    with intake.session() as session:
        begun = datetime.now(UTC) - timedelta(minutes=5)
        session.execute(update(Callback).where(Callback.owner == "anna").values(window_from=begun))

    def found(**wanted: str) -> list[str]:
        return [one["id"] for one in intake.ask("list_callbacks", body=wanted)["items"]]

    assert found(due="true") == [due["id"]]
    assert found(due="false") == found(owner="ben") == [ahead["id"]]
    assert found(owner="ben", due="true") == []
    tried(intake, due, "reached")
    assert found(due="true") == []


def test_what_cannot_be_promised_is_refused(intake: Desk) -> None:
    reference = asked(intake)
    for window in ("2020-01-01T09:00:00Z", "2999-01-01T09:00:00Z"):
        with pytest.raises(Invalid) as refusal:
            promised(intake, reference, window_from=window)
        assert [error.pointer for error in refusal.value.errors] == ["/window_from"]
    with pytest.raises(NoNumber):
        promised(intake, intake.ask("create_enquiry", body=LEAST)["reference"])
    intake.ask("close_enquiry", reference=reference, body=REASON)
    with pytest.raises(NotAllowedNow):
        promised(intake, reference)
    assert intake.ask("list_callbacks")["items"] == []


def test_an_attempt_is_no_older_than_the_promise_that_it_keeps(intake: Desk) -> None:
    made = promised(intake)

    for before in ("2011-06-01T09:00:00Z", instant(datetime.fromisoformat(made["created_at"]) - timedelta(seconds=1))):
        with pytest.raises(Invalid) as refusal:
            intake.ask("attempt_callback", callback_id=made["id"], body={"result": "no_answer", "at": before})
        assert [error.pointer for error in refusal.value.errors] == ["/at"]

    body = {"result": "no_answer", "at": made["created_at"]}
    assert intake.ask("attempt_callback", callback_id=made["id"], body=body)["status"] == "promised"


def test_an_attempt_has_taken_place_and_is_of_a_callback_that_there_is(intake: Desk) -> None:
    made = promised(intake)
    body = {"result": "engaged", "at": "2999-01-01T00:00:00Z"}
    with pytest.raises(Invalid) as refusal:
        intake.ask("attempt_callback", callback_id=made["id"], body=body)
    assert [error.pointer for error in refusal.value.errors] == ["/at"]
    for unknown in ("x", "0193c5a0-7c00-7000-8000-000000000001"):
        with pytest.raises(NotFound):
            intake.ask("cancel_callback", callback_id=unknown, body=REASON)
