"""What comes by the portal's form warns, and lifts no warning: nobody is asked there who they are."""

from typing import Any

import pytest

from services.intake.service import IntakeService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.intake_samples import enquiry
from tests.service.test_intake_standing import JANE, SLOT, asked, noted, queued, refusal, said


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work on a database of its own."""
    return desk(IntakeService)


def formed(intake: Desk, **more: Any) -> str:
    """The reference of an enquiry that somebody sent by the portal's form, with Jane's address and number."""
    body = {**enquiry(**JANE), "channel": "web", **more}
    return str(intake.ask("create_enquiry", body=body, roles=("portal",), client="portal")["reference"])


def test_whoever_fills_in_the_form_with_somebodys_address_makes_it_no_safer_to_reach_them(intake: Desk) -> None:
    first = asked(intake, {"phone": False, "email": False}, consent={"contact": False})

    form = formed(intake, safe_to_contact={"phone": True, "email": True}, consent={"contact": True})
    act = {"purpose": "contact", "act": "given", "channel": "web"}
    intake.ask("record_consent", reference=form, body=act, roles=("portal",), client="portal")

    assert queued(intake) == []
    assert [refusal(intake, one) for one in (first, form)] == ["contact_refused"] * 2
    said(intake, form, "given")
    assert refusal(intake, first) == "not_safe_to_ring"
    noted(intake, form, phone=True, safe_times="In the evening")
    assert intake.ask("promise_callback", reference=first, body=SLOT)["status"] == "promised"


def test_whoever_is_known_by_the_form_alone_is_written_to_and_a_warning_there_holds_for_all(intake: Desk) -> None:
    formed(intake, consent={"contact": True}, safe_to_contact={"phone": True})
    callback = intake.ask("promise_callback", reference=asked(intake), body=SLOT)
    assert queued(intake) == ["queued", "queued"]

    formed(intake, safe_to_contact={"phone": False, "email": False})

    assert intake.ask("read_callback", callback_id=callback["id"])["status"] == "cancelled"
    assert queued(intake) == ["queued", "queued"]
