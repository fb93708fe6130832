"""Callbacks as whoever is to ring has to see them: with what stands of what is safe for the enquirer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.database import Page
from chassis.work import Work
from services.intake import standing
from services.intake.domain.reaching import Safety
from services.intake.models import Callback, Enquiry, EnquiryWords

_WHOSE = select(Enquiry.reference, Enquiry.party_id, EnquiryWords.safe_to_contact).join(Enquiry.words)


@dataclass(frozen=True, slots=True)
class Shown:
    """A callback, and what is safe by all that its enquirer said."""

    callback: Callback
    safe_to_contact: Safety

    def __getattr__(self, name: str) -> Any:
        return getattr(self.callback, name)


def shown(work: Work, callback: Callback) -> Shown:
    """One callback."""
    return _all(work.session, [callback])[0]


def shown_page(work: Work, found: Page) -> Page:
    """A page of callbacks."""
    return replace(found, items=_all(work.session, found.items))


def _all(session: Session, callbacks: Sequence[Callback]) -> list[Shown]:
    asked = _WHOSE.where(Enquiry.reference.in_({callback.enquiry for callback in callbacks}))
    whose = {row.reference: row for row in session.execute(asked)}
    parties = {row.party_id for row in whose.values() if row.party_id is not None}
    stands = standing.of_parties(session, parties) if parties else {}
    safe = {
        reference: row.safe_to_contact if row.party_id is None else stands[row.party_id].safe
        for reference, row in whose.items()
    }
    return [Shown(callback, safe[callback.enquiry]) for callback in callbacks]
