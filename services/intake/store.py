"""How intake keeps and finds parties, enquiries, contacts and messages to be sent."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, insert, or_, select, tuple_
from sqlalchemy.orm import Session, aliased, defer

from chassis.database import Page, page
from chassis.references import is_reference, new_id, new_reference
from chassis.work import Caller
from services.intake.domain.identity import Address, Holder, party_behind
from services.intake.domain.states import Status
from services.intake.errors import NoSuchEnquiry
from services.intake.models import SEARCHED, Contact, Enquirer, Enquiry, OutgoingMessage, Party, PartyIdentifier

# What is sent as it came in. The rest of an enquiry is decided here.
_AS_SENT = ("channel", "received_at", "acting_for", "subject", "message", "matters", "service_sector")
_ALSO_AS_SENT = ("spin_out_stage", "self_declared_readiness", "facts", "consent", "heard_from", "portal")
_NOT_IN_LISTS = (Enquiry.message, Enquiry.acting_for, Enquiry.facts, Enquiry.consent, Enquiry.portal)


def party_of(session: Session, enquirer: Mapping[str, Any], now: datetime) -> uuid.UUID | None:
    """The party of a loaded NewEnquirer, stored if it is new; None when there is nothing to know it by.

    Two requests may bring the same new identifier at once. The second then meets the first one's key, and the whole
    transaction is run again (`chassis.rpc`), which finds the party: nothing is left over of the attempt.
    """
    given = {kind: enquirer[kind].canonical for kind in ("email", "phone") if enquirer[kind]}
    if not given:
        return None
    known = _holders(session, given)
    party = party_behind(given, known)
    fresh = {kind: value for kind, value in given.items() if kind not in known}
    if party is None:
        return _add_party(session, enquirer["name"], fresh, now)
    if fresh:
        session.execute(insert(PartyIdentifier).values(_identifiers(party, fresh, now)))
    return party


def _holders(session: Session, given: Mapping[str, str]) -> dict[str, Holder]:
    email = aliased(PartyIdentifier)
    has_email = exists().where(email.party_id == PartyIdentifier.party_id, email.kind == "email")
    rows = session.execute(
        select(PartyIdentifier.kind, PartyIdentifier.party_id, has_email).where(
            tuple_(PartyIdentifier.kind, PartyIdentifier.value).in_(given.items())
        )
    )
    return {kind: Holder(party, found) for kind, party, found in rows}


def _add_party(session: Session, name: str | None, fresh: Mapping[str, str], now: datetime) -> uuid.UUID:
    """A new party and its identifiers, in one statement."""
    party = new_id()
    added = insert(Party).values(id=party, name=name, created_at=now).cte("added")
    session.execute(insert(PartyIdentifier).values(_identifiers(party, fresh, now)).add_cte(added))
    return party


def _identifiers(party: uuid.UUID, fresh: Mapping[str, str], now: datetime) -> list[dict[str, Any]]:
    return [{"kind": kind, "value": value, "party_id": party, "created_at": now} for kind, value in fresh.items()]


def new_enquiry(body: Mapping[str, Any], party: uuid.UUID | None, caller: Caller, now: datetime) -> Enquiry:
    """A new enquiry made of a loaded NewEnquiry."""
    return Enquiry(
        id=new_id(),
        reference=new_reference("ENQ"),
        version=1,
        client=caller.client,
        via_portal="portal" in caller.roles or body["portal"] is not None,
        created_at=now,
        updated_at=now,
        status=Status.RECEIVED,
        status_since=now,
        party_id=party,
        enquirer=_as_typed(body["enquirer"]),
        facts_version=1,
        assessed_facts_version=0,
        case_sequence=0,
        **{name: body[name] for name in _AS_SENT + _ALSO_AS_SENT},
    )


def _as_typed(enquirer: Mapping[str, Any]) -> Enquirer:
    return Enquirer(**{k: v.typed if isinstance(v, Address) else v for k, v in enquirer.items()})


def acknowledgement(enquiry: Enquiry, recipient: str, now: datetime) -> OutgoingMessage:
    """The message that tells the enquirer that the enquiry has arrived."""
    return OutgoingMessage(
        id=new_id(),
        enquiry_id=enquiry.id,
        template="enquiry_received",
        recipient=recipient,
        status="queued",
        created_at=now,
    )


def new_contact(enquiry: Enquiry, body: Mapping[str, Any], caller: Caller, now: datetime) -> Contact:
    """A contact about an enquiry, made of a loaded NewContact."""
    return Contact(id=new_id(), enquiry_id=enquiry.id, recorded_by=caller.subject, recorded_at=now, **body)


def find_enquiry(session: Session, reference: str) -> Enquiry:
    """The enquiry of a reference. Raises NoSuchEnquiry."""
    return _one(session, reference, select(Enquiry))


def lock_enquiry(session: Session, reference: str) -> Enquiry:
    """The enquiry of a reference, which nobody else can change until the transaction ends. Raises NoSuchEnquiry."""
    return _one(session, reference, select(Enquiry).with_for_update())


def _one(session: Session, reference: str, statement: Select[Enquiry]) -> Enquiry:
    enquiry = None
    if is_reference("ENQ", reference):
        enquiry = session.scalar(statement.where(Enquiry.reference == reference))
    if enquiry is None:
        raise NoSuchEnquiry
    return enquiry


def touch(enquiry: Enquiry, now: datetime) -> None:
    """Note that an enquiry has changed."""
    enquiry.version += 1
    enquiry.updated_at = now


def move(enquiry: Enquiry, status: Status, reason: str | None, now: datetime) -> None:
    """Bring an enquiry to a status. The reason and the moment stay as they were when it stands there already."""
    if enquiry.status != status:
        enquiry.status, enquiry.status_reason, enquiry.status_since = status, reason, now


def list_enquiries(session: Session, wanted: Mapping[str, Any]) -> Page:
    """The page of enquiries that a loaded EnquiryFilter asks for, the newest first."""
    statement = select(Enquiry).options(*(defer(column, raiseload=True) for column in _NOT_IN_LISTS))
    for name, column in (("status", Enquiry.status), ("channel", Enquiry.channel), ("band", Enquiry.outcome)):
        if name in wanted:
            statement = statement.where(column == wanted[name])
    if "received_from" in wanted:
        statement = statement.where(Enquiry.received_at >= wanted["received_from"])
    if "received_to" in wanted:
        statement = statement.where(Enquiry.received_at < wanted["received_to"])
    if "q" in wanted:
        pattern = f"%{_escaped(wanted['q'])}%"
        statement = statement.where(or_(*(Enquiry.__table__.c[name].ilike(pattern) for name in SEARCHED)))
    return page(session, statement, (Enquiry.received_at, Enquiry.id), dict(wanted))


def _escaped(text: str) -> str:
    """Text in which the wildcards of LIKE stand for themselves."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def list_contacts(session: Session, reference: str) -> Page:
    """Every contact about an enquiry, the newest first. Raises NoSuchEnquiry."""
    enquiry = find_enquiry(session, reference)
    statement = select(Contact).where(Contact.enquiry_id == enquiry.id)
    return Page(session.scalars(statement.order_by(Contact.started_at.desc(), Contact.id.desc())).all(), None)
