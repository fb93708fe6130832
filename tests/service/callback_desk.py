"""Enquirers with a telephone, and callbacks that are promised to them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from chassis.fields import instant
from tests.contract.telephone import next_slot
from tests.fixtures.desk import Desk
from tests.service.intake_samples import enquiry

REASON = {"reason": "No longer needed."}


def slot() -> str:
    """The first one ahead, but not so near that it begins while a test runs."""
    return instant(next_slot(datetime.now(UTC) + timedelta(minutes=30)))


def asked(intake: Desk, **enquirer: Any) -> str:
    """The reference of an enquiry by somebody with a telephone."""
    body = enquiry(phone="07700 900123", **enquirer)
    return str(intake.ask("create_enquiry", body=body)["reference"])


def promised(intake: Desk, reference: str | None = None, **more: Any) -> dict[str, Any]:
    """A callback, promised for the first slot."""
    body = {"window_from": slot(), **more}
    made: dict[str, Any] = intake.ask("promise_callback", reference=reference or asked(intake), body=body)
    return made


def tried(intake: Desk, callback: dict[str, Any], result: str) -> dict[str, Any]:
    """The callback after another attempt."""
    made: dict[str, Any] = intake.ask("attempt_callback", callback_id=callback["id"], body={"result": result})
    return made
