"""What filing asks of the database, and keeps in it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from services.intake.domain.identity import email_address
from services.intake.domain.post import Disposition, Named
from services.intake.domain.states import Status
from services.intake.models import Enquiry, IncomingMessage, OutgoingMessage, PartyIdentifier
from services.intake.parties.families import survivors

CAP_PERIOD = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Filed:
    """A message that was filed from a place: what became of it, and what the server said of it."""

    id: uuid.UUID
    disposition: Disposition
    arrived_at: datetime
    server_size: int | None

    def is_of(self, arrived_at: datetime | None, server_size: int | None) -> bool:
        """Whether it is surely that message of which the server says this now, in the same place.

        Servers do not always say the same of a message, so that another answer only means that its content has to show.
        """
        return self.server_size is not None and (self.arrived_at, self.server_size) == (arrived_at, server_size)


def filed_from(session: Session, mailbox: str, uid_validity: int, uids: Sequence[int]) -> dict[int, Filed]:
    """What was filed from those of a mailbox's places."""
    filed = select(IncomingMessage).where(
        IncomingMessage.mailbox == mailbox,
        IncomingMessage.uid_validity == uid_validity,
        IncomingMessage.uid.in_(uids),
    )
    return {
        one.uid: Filed(one.id, Disposition(one.disposition), one.arrived_at, one.server_size)
        for one in session.scalars(filed)
        if one.uid is not None
    }


def filed_as(session: Session, fingerprint: str) -> Disposition | None:
    """What became of a message when it was filed before, from wherever."""
    found = session.scalar(select(IncomingMessage.disposition).where(IncomingMessage.fingerprint == fingerprint))
    return None if found is None else Disposition(found)


def raw_of(session: Session, message: uuid.UUID) -> bytes | None:
    """The bytes of a message that was filed."""
    return session.scalar(select(IncomingMessage.raw).where(IncomingMessage.id == message))


def leave_place(session: Session, message: uuid.UUID) -> None:
    """Note that the server has given a message's place to another."""
    session.execute(update(IncomingMessage).where(IncomingMessage.id == message).values(uid=None))


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
