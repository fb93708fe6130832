"""What was heard of enquiries and referrals: kept by version, so that what comes late changes nothing newer."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, literal_column
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.errors import Unacceptable
from chassis.work import Event
from services.casework.domain import referral as rules
from services.casework.domain.calendar import EARLIEST, LATEST
from services.casework.models import Case, Enquiry, Referral


@dataclass(frozen=True, slots=True)
class Heard:
    """What else was heard of an enquiry whose newest assessment has just come."""

    withdrawn_at: datetime | None
    is_first: bool


def note_assessment(session: Session, enquiry: str, event: Event | None) -> Heard | None:
    """Note that triage told of an enquiry; None when this or something later was heard before.

    The enquiry's row stays locked, so that two events about one enquiry never open two cases, nor miss each other.
    """
    sequence = event.sequence if event else 0
    fresh = insert(Enquiry).values(reference=enquiry, triage_sequence=sequence)
    statement = fresh.on_conflict_do_update(
        index_elements=[Enquiry.reference],
        set_={"triage_sequence": fresh.excluded.triage_sequence},
        where=Enquiry.triage_sequence < fresh.excluded.triage_sequence,
    )
    # A row that was inserted, not updated, has no transaction that superseded an earlier form of it.
    is_first = literal_column("xmax = 0", Boolean)
    row = session.execute(statement.returning(Enquiry.withdrawn_at, is_first)).one_or_none()
    return Heard(*row) if row else None


def note_withdrawal(session: Session, enquiry: str, at: datetime) -> bool:
    """Note that an enquiry was withdrawn, whether it has a case yet or not. False when that was known."""
    fresh = insert(Enquiry).values(reference=enquiry, withdrawn_at=at)
    statement = fresh.on_conflict_do_update(
        index_elements=[Enquiry.reference],
        set_={"withdrawn_at": fresh.excluded.withdrawn_at},
        where=Enquiry.withdrawn_at.is_(None),
    )
    return session.execute(statement.returning(Enquiry.reference)).one_or_none() is not None


def note_consent(session: Session, told: dict[str, Any], event: Event | None) -> bool:
    """Note what stands of consent to share, whether there is a case yet or not. False when something later was heard.

    `told` is a loaded ConsentChanged.
    """
    values = {
        "consent_sequence": event.sequence if event else 0,
        "consent_given": told["given"],
        "consent_facts_version": told["facts_version"],
    }
    fresh = insert(Enquiry).values(reference=told["enquiry"], **values)
    statement = fresh.on_conflict_do_update(
        index_elements=[Enquiry.reference],
        set_={name: fresh.excluded[name] for name in values},
        where=Enquiry.consent_sequence < fresh.excluded.consent_sequence,
    )
    return session.execute(statement.returning(Enquiry.reference)).one_or_none() is not None


def fold_referral(session: Session, case: Case, reference: str, change: rules.Moved) -> tuple[Referral, bool]:
    """Fold an event into what is known of a referral; say whether it was the newest one heard of it."""
    row = session.get(Referral, reference)
    if row is None:
        row = Referral(reference=reference, case=case.reference, **asdict(rules.Referral()))
        session.add(row)
    known = rules.Referral(row.sequence, row.status, row.sent_at, row.acknowledged_at, row.ended_at, row.decided)
    folded = rules.fold(known, change)
    for name, value in asdict(folded).items():
        setattr(row, name, value)
    return row, change.sequence > known.sequence


def told_at(event: Event | None) -> datetime:
    """When an event was told. Raises Unacceptable when it does not say, or what cannot be true."""
    try:
        moment = datetime.fromisoformat(event.time if event else "")
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not EARLIEST <= moment <= LATEST:
        raise Unacceptable("an event that does not say when it was told")
    return moment


def moved(event: Event | None, data: dict[str, Any]) -> rules.Moved:
    """What an event says of a referral. Raises Unacceptable when it does not tell the status."""
    moment = told_at(event)
    found = event and rules.moved_by(event.type, event.sequence, data, moment)
    if not found:
        raise Unacceptable("an event of a referral that does not tell its status")
    return found
