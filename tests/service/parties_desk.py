"""Parties at intake's desk: made by enquiries, as they are in life."""

from typing import Any

from sqlalchemy import select

from services.intake.models import Enquiry
from tests.fixtures.desk import Desk
from tests.service.intake_samples import enquiry

REASON = {"reason": "They rang and said so."}


def party(intake: Desk, **enquirer: Any) -> str:
    """The id of the party under which a new enquiry of this enquirer is stored."""
    reference = intake.ask("create_enquiry", body=enquiry(**enquirer))["reference"]
    with intake.session() as session:
        return str(session.scalar(select(Enquiry.party_id).where(Enquiry.reference == reference)))


def read(intake: Desk, party_id: str) -> Any:
    """The party as it is shown."""
    return intake.ask("read_party", party_id=party_id)


def merge(intake: Desk, party_id: str, into: str, **options: Any) -> Any:
    """The party after it was merged into another."""
    return intake.ask("merge_party", party_id=party_id, body={"into": into, **REASON}, **options)


def unmerge(intake: Desk, party_id: str, **options: Any) -> Any:
    """The party after it was released again."""
    return intake.ask("unmerge_party", party_id=party_id, body=REASON, **options)


def timeless(shown: dict[str, Any]) -> dict[str, Any]:
    """A shown party without what every change leaves: its version and its history."""
    return {name: value for name, value in shown.items() if name not in ("version", "history")}
