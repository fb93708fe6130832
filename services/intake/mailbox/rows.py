"""What filing asks of the database, and keeps in it."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from services.intake.domain.identity import email_address
from services.intake.domain.post import Disposition, Named
from services.intake.domain.states import Status
from services.intake.models import Enquiry, IncomingMessage, OutgoingMessage, PartyIdentifier
from services.intake.parties.families import survivors

CAP_PERIOD = timedelta(hours=1)


def filed_from(session: Session, mailbox: str, uid_validity: int, uids: Sequence[int]) -> dict[int, Disposition]:
    """What became of those of a mailbox's messages that were filed."""
    filed = select(IncomingMessage.uid, IncomingMessage.disposition).where(
        IncomingMessage.mailbox == mailbox,
        IncomingMessage.uid_validity == uid_validity,
        IncomingMessage.uid.in_(uids),
    )
    return {uid: Disposition(disposition) for uid, disposition in session.execute(filed)}


def filed_before(session: Session, mailbox: str, uid_validity: int, uid: int, fingerprint: str) -> Disposition | None:
    """What became of this message when it was filed before, from here or from elsewhere."""
    place = (
        (IncomingMessage.mailbox == mailbox)
        & (IncomingMessage.uid_validity == uid_validity)
        & (IncomingMessage.uid == uid)
    )
    found = session.scalar(
        select(IncomingMessage.disposition).where(or_(place, IncomingMessage.fingerprint == fingerprint)).limit(1)
    )
    return None if found is None else Disposition(found)


def recent(session: Session, sender: str | None, now: datetime) -> int:
    """How many enquiries came by a sender's messages within the hour; those without one count as one sender's."""
    of_sender = IncomingMessage.sender.is_(None) if sender is None else IncomingMessage.sender == sender
    counted = select(func.count()).select_from(IncomingMessage)
    enquiries = counted.where(of_sender, IncomingMessage.disposition == Disposition.ENQUIRY)
    return session.scalar(enquiries.where(IncomingMessage.kept_at > now - CAP_PERIOD)) or 0


def behind(session: Session, signed: Sequence[str]) -> tuple[list[str], bool]:
    """The references of enquiries that signed references lead to, and whether some of them lead nowhere.

    A case leads to the enquiry that it was opened for. What a referral belongs to is not known to intake.
    """
    cases = [one for one in signed if one.startswith("CAS-")]
    known: dict[str | None, str] = {}
    if cases:
        statement = select(Enquiry.case_reference, Enquiry.reference).where(Enquiry.case_reference.in_(cases))
        known = dict(session.execute(statement).all())
    found = [known.get(one, one) for one in signed]
    enquiries = list(dict.fromkeys(one for one in found if one.startswith("ENQ-")))
    return enquiries, any(not one.startswith("ENQ-") for one in found)


def named(session: Session, signed: Sequence[str], answered: Sequence[str], sender: str | None) -> list[Named]:
    """The enquiries behind signed references and identifiers that we gave, the signed ones first.

    Nobody else changes them until the transaction ends: one that ends meanwhile would take an answer with it.
    """
    sent = (
        select(Enquiry.reference)
        .join(OutgoingMessage, OutgoingMessage.enquiry_id == Enquiry.id)
        .where(OutgoingMessage.message_id.in_(answered))
    )
    references = [*signed, *(session.scalars(sent) if answered else ())]
    if not references:
        return []
    locked = select(Enquiry).where(Enquiry.reference.in_(references)).order_by(Enquiry.id).with_for_update()
    found = {one.reference: one for one in session.scalars(locked)}
    return [
        Named(reference, Status(found[reference].status), _is_on(session, sender, found[reference]))
        for reference in dict.fromkeys(references)
        if reference in found
    ]


def _is_on(session: Session, sender: str | None, enquiry: Enquiry) -> bool:
    """Whether a sender is on an enquiry: who asked, who spoke for them, or an address of what is seen as one party."""
    if sender is None:
        return False
    typed = (enquiry.words.enquirer.email, (enquiry.words.acting_for or {}).get("email"))
    if sender in {email_address(one).canonical for one in typed if one}:
        return True
    by_email = select(PartyIdentifier.party_id).where(PartyIdentifier.kind == "email", PartyIdentifier.value == sender)
    holder = session.scalar(by_email)
    if holder is None or enquiry.party_id is None:
        return False
    seen_as = survivors(session, (holder, enquiry.party_id))
    return seen_as[holder] == seen_as[enquiry.party_id]


def note_bounce(session: Session, enquiry: uuid.UUID, returned: Sequence[str], now: datetime) -> None:
    """Note that messages of ours about an enquiry did not arrive."""
    session.execute(
        update(OutgoingMessage)
        .where(OutgoingMessage.enquiry_id == enquiry, OutgoingMessage.message_id.in_(returned))
        .values(status="bounced", ended_at=now)
    )
