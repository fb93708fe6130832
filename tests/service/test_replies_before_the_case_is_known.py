"""A reply that is filed before intake has heard of the case reaches the case as soon as intake has."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from chassis.work import Caller, Event, Work, new_trace
from services.casework.service import CaseworkService
from services.intake import receiving, store
from services.intake.models import Contact
from services.intake.service import IntakeService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.casework_story import CLOSING, triaged
from tests.service.intake_samples import LEAST

REPLY = {"channel": "email", "direction": "inbound", "succeeded": True, "disposition": "message_received"}


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work on a database of its own."""
    return desk(IntakeService)


@pytest.fixture
def casework(desk: MakeDesk) -> Desk:
    """Casework on a database of its own."""
    return desk(CaseworkService)


def opened(intake: Desk, casework: Desk) -> tuple[str, str, Event]:
    """An enquiry, its case that waits for the enquirer, and the event of its opening, which intake has not heard."""
    body = {**LEAST, "spin_out_stage": "making_the_case"}
    reference = str(intake.ask("create_enquiry", body=body)["reference"])
    casework.hear("triage", "enquiry_triaged", subject=reference, sequence=1, data=triaged(enquiry=reference))
    [case] = casework.ask("list_cases", body={"q": reference})["items"]
    [opening] = [event for event in casework.told() if event.type == "case_opened"]
    casework.ask("change_case", reference=case["reference"], body={"requires_action_by": "enquirer"})
    return reference, case["reference"], opening


def file(intake: Desk, reference: str, **changes: Any) -> None:
    """File an e-mail as the mailbox's process does, which needs no service."""
    with intake.session() as session:
        now = datetime.now(UTC)
        work = Work(session, "intake", Caller("mailbox", "mailbox"), now, new_trace(), "file_message")
        enquiry = store.lock_enquiry(session, reference)
        body = {**REPLY, "started_at": now, "ended_at": None, "sources_used": [], "note": "Here it is.", **changes}
        receiving.follow_reply(work, enquiry, receiving.write_down(work, enquiry, body))
        work.record()


def told(intake: Desk) -> list[Event]:
    """What intake told of replies."""
    return [event for event in intake.told() if event.type == "enquirer_replied"]


def test_a_case_that_waits_for_a_reply_hears_of_one_that_was_filed_before_intake_knew_of_it(
    intake: Desk, casework: Desk
) -> None:
    reference, case, opening = opened(intake, casework)
    file(intake, reference)
    assert told(intake) == []

    assert [intake.hear_event(opening) for _ in range(2)] == ["done", "repeat"]

    [reply] = told(intake)
    assert casework.hear_event(reply) == "done"
    assert casework.ask("read_case", reference=case)["requires_action_by"] == "adviser"


@pytest.mark.parametrize(
    "other",
    [{"succeeded": None, "disposition": "automatic_reply"}, {"direction": "outbound"}, {"channel": "phone"}],
)
def test_what_is_no_reply_is_not_told_as_one(intake: Desk, casework: Desk, other: dict[str, Any]) -> None:
    reference, _, opening = opened(intake, casework)
    file(intake, reference, **other)

    intake.hear_event(opening)

    assert told(intake) == []


def test_a_reply_from_before_the_case_was_opened_is_not_told_to_it(intake: Desk, casework: Desk) -> None:
    reference, _, opening = opened(intake, casework)
    file(intake, reference)
    with intake.session() as session:
        before = datetime.fromisoformat(opening.time) - timedelta(seconds=1)
        session.execute(update(Contact).values(recorded_at=before))

    intake.hear_event(opening)

    assert told(intake) == []


def test_a_reply_that_was_told_is_not_told_again_by_what_happens_to_the_case_later(
    intake: Desk, casework: Desk
) -> None:
    reference, case, opening = opened(intake, casework)
    intake.hear_event(opening)
    casework.ask("close_case", reference=case, body=CLOSING)
    [closing] = [event for event in casework.told() if event.type == "case_closed"]
    file(intake, reference)

    intake.hear_event(closing)

    assert len(told(intake)) == 1


def test_an_opening_that_does_not_say_when_it_was_is_parked(intake: Desk) -> None:
    reference = intake.ask("create_enquiry", body=LEAST)["reference"]
    data = {"case": "CAS-7K3M-9Q2R", "enquiry": reference}
    heard = intake.hear("casework", "case_opened", subject=data["case"], sequence=1, data=data, time="lately")
    assert heard == "parked"
