"""How intake keeps and finds enquiries, contacts, diagnoses and messages to be sent."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, defer, joinedload, load_only, raiseload

from chassis.database import Page, page
from chassis.fields import instant, is_reference, new_id, new_reference
from chassis.work import Caller
from services.intake.domain.consents import Purpose
from services.intake.domain.identity import Address
from services.intake.domain.post import Mark
from services.intake.domain.reaching import SIGNED, Standing, may_be_written_to, signed
from services.intake.domain.states import Status
from services.intake.errors import NoSuchEnquiry
from services.intake.models import (
    SEARCHED,
    Contact,
    Enquirer,
    Enquiry,
    EnquiryWords,
    OutgoingMessage,
)

# What is stored as it was sent.
_CODES = ("channel", "received_at", "matters", "service_sector", "spin_out_stage", "self_declared_readiness")
_FACTS = ("facts", "heard_from")
_WORDS = ("subject", "message", "portal")
_WORDS_IN_LISTS = load_only(EnquiryWords.subject, EnquiryWords.enquirer, raiseload=True)
_NOT_IN_LISTS = (defer(Enquiry.facts, raiseload=True), defer(Enquiry.consent, raiseload=True))


def new_enquiry(body: Mapping[str, Any], party: uuid.UUID | None, caller: Caller, now: datetime) -> Enquiry:
    """A new enquiry made of a loaded NewEnquiry."""
    reference = new_reference("ENQ")
    words = EnquiryWords(
        reference=reference,
        enquirer=_as_typed(body["enquirer"]),
        **{name: body[name] for name in _WORDS},
        **{name: signed(body[name], caller.subject, instant(now)) for name in SIGNED},
    )
    return Enquiry(
        id=new_id(),
        reference=reference,
        version=1,
        client=caller.client,
        via_portal="portal" in caller.roles or body["portal"] is not None,
        created_at=now,
        updated_at=now,
        status=Status.RECEIVED,
        status_since=now,
        party_id=party,
        words=words,
        consent={purpose.value: body["consent"][purpose] for purpose in Purpose},
        facts_version=1,
        assessed_sequence=0,
        case_sequence=0,
        **{name: body[name] for name in _CODES + _FACTS},
    )


def _as_typed(enquirer: Mapping[str, Any]) -> Enquirer:
    return Enquirer(**{k: v.typed if isinstance(v, Address) else v for k, v in enquirer.items()})


def acknowledgements(enquiry: Enquiry, stands: Standing, now: datetime) -> list[OutgoingMessage]:
    """The message that tells the enquirer that the enquiry has arrived; none where there is no way or no consent."""
    return [] if Mark.NO_AUTOMATIC_ANSWER in enquiry.marks else messages(enquiry, stands, "enquiry_received", now)


def messages(enquiry: Enquiry, stands: Standing, template: str, now: datetime) -> list[OutgoingMessage]:
    """A message of this template to the enquirer, to be sent; none where there is no way, no consent or no safety."""
    email = enquiry.words.enquirer.email
    if not email or not may_be_written_to(stands):
        return []
    return [
        OutgoingMessage(
            id=new_id(),
            enquiry_id=enquiry.id,
            template=template,
            recipient=email,
            status="queued",
            created_at=now,
            message_id=None,
            attempts=0,
            next_attempt_at=now,
            ended_at=None,
            last_fault=None,
            provider_id=None,
            ask_at=None,
            delivered_at=None,
        )
    ]


def new_contact(enquiry: Enquiry, body: Mapping[str, Any], caller: Caller, now: datetime) -> Contact:
    """A contact about an enquiry, made of a loaded NewContact."""
    said = {name: value for name, value in body.items() if name != "call"}  # which the call itself keeps
    return Contact(id=new_id(), enquiry_id=enquiry.id, recorded_by=caller.subject, recorded_at=now, **said)


def find_enquiry(session: Session, reference: str) -> Enquiry:
    """The enquiry of a reference. Raises NoSuchEnquiry."""
    return _one(session, reference, select(Enquiry))


def find_for(caller: Caller, session: Session, reference: str) -> Enquiry:
    """An enquiry that is the caller's to know about: of a portal what came by it. Raises NoSuchEnquiry."""
    enquiry = find_enquiry(session, reference)
    came_by_it = enquiry.via_portal and enquiry.client == caller.client
    if not came_by_it and not caller.may(frozenset({"adviser"})):
        raise NoSuchEnquiry
    return enquiry


def lock_enquiry(session: Session, reference: str) -> Enquiry:
    """The enquiry of a reference, which nobody else can change until the transaction ends. Raises NoSuchEnquiry.

    Its words are locked too: who waited for the lock would else see the words as they were before.
    """
    return _one(session, reference, select(Enquiry).with_for_update())


def lock_without_words(session: Session, reference: str) -> Enquiry:
    """As `lock_enquiry`, for whoever needs to know nothing of what was said."""
    return _one(session, reference, select(Enquiry).options(raiseload(Enquiry.words)).with_for_update())


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
    words = joinedload(Enquiry.words, innerjoin=True).options(_WORDS_IN_LISTS)
    statement = select(Enquiry).options(words, *_NOT_IN_LISTS)
    for name, column in (("status", Enquiry.status), ("channel", Enquiry.channel), ("band", Enquiry.outcome)):
        if name in wanted:
            statement = statement.where(column == wanted[name])
    if "received_from" in wanted:
        statement = statement.where(Enquiry.received_at >= wanted["received_from"])
    if "received_to" in wanted:
        statement = statement.where(Enquiry.received_at < wanted["received_to"])
    if "q" in wanted:
        pattern = f"%{_escaped(wanted['q'])}%"
        columns = (EnquiryWords.__table__.c[name] for name in SEARCHED)
        found = select(EnquiryWords.reference).where(or_(*(column.ilike(pattern) for column in columns)))
        statement = statement.where(Enquiry.reference.in_(found))
    return page(session, statement, (Enquiry.received_at, Enquiry.id), dict(wanted))


def _escaped(text: str) -> str:
    """Text in which the wildcards of LIKE stand for themselves."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def list_contacts(session: Session, reference: str, query: dict[str, Any]) -> Page:
    """A page of the contacts about an enquiry, the newest first. Raises NoSuchEnquiry."""
    enquiry = find_enquiry(session, reference)
    return page(
        session, select(Contact).where(Contact.enquiry_id == enquiry.id), (Contact.started_at, Contact.id), query
    )


def newest_reply(session: Session, enquiry: Enquiry, after: datetime) -> Contact | None:
    """The newest e-mail that an enquirer wrote about an enquiry and that was written down after a moment, if any."""
    replies = select(Contact).where(
        Contact.enquiry_id == enquiry.id,
        Contact.channel == "email",
        Contact.direction == "inbound",
        Contact.succeeded.is_(True),  # a machine's answer reaches nobody
        Contact.recorded_at > after,
    )
    return session.scalar(replies.order_by(Contact.started_at.desc(), Contact.id.desc()).limit(1))
