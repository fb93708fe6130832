"""Finding e-mails, and what is shown of them."""

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from chassis.database import Page, page
from services.intake import store
from services.intake.domain.post import Disposition, allowed
from services.intake.domain.sending import Status
from services.intake.errors import NoSuchMessage
from services.intake.mail.data import as_data
from services.intake.mail.reading import read_message
from services.intake.mailbox.letters import subject_of
from services.intake.models import Enquiry, IncomingMessage, OutgoingMessage

Shown = dict[str, Any]

_NOTHING_OUTGOING = dict.fromkeys(
    ("recipient", "template", "status", "attempts", "last_fault", "next_attempt_at", "delivered_at", "ended_at")
)
_INCOMING = (
    *("version", "sender_name", "sender", "size", "disposition", "reason"),
    *("handled_by", "handled_at", "handled_reason"),
)
_NOTHING_READ: Shown = {
    **dict.fromkeys(("sent_at", "text", "reply", "may_be_answered")),
    **{name: [] for name in ("reply_to", "to", "cc", "files", "allowed")},
}


def of_enquiry(session: Session, reference: str, wanted: dict[str, Any]) -> Page:
    """A page of what came in and went out about an enquiry, the newest first. Raises NoSuchEnquiry.

    Two tables, each read for a whole page: of both together the page is the newest.
    """
    enquiry = store.find_enquiry(session, reference)
    came = select(IncomingMessage).where(IncomingMessage.enquiry == reference)
    went = select(OutgoingMessage).where(OutgoingMessage.enquiry_id == enquiry.id)
    pages = (
        page(session, came, (IncomingMessage.arrived_at, IncomingMessage.id), wanted),
        page(session, went, (OutgoingMessage.created_at, OutgoingMessage.id), wanted),
    )
    lines = [*map(incoming_line, pages[0].items), *(outgoing_line(one, reference) for one in pages[1].items)]
    lines.sort(key=lambda line: (line["at"], line["id"]), reverse=True)
    shown = lines[: wanted["limit"]]
    if len(lines) == len(shown) and not any(one.next for one in pages):
        return Page(shown, None)
    return Page(shown, [shown[-1]["at"].isoformat(), str(shown[-1]["id"])])


def list_incoming(session: Session, wanted: dict[str, Any]) -> Page:
    """A page of what came in, the newest first."""
    statement = select(IncomingMessage)
    if "disposition" in wanted:
        statement = statement.where(IncomingMessage.disposition == wanted["disposition"])
    found = page(session, statement, (IncomingMessage.arrived_at, IncomingMessage.id), wanted)
    return Page([incoming_line(one) for one in found.items], found.next)


def read(session: Session, message_id: str) -> Shown:
    """One e-mail with its reading. Raises NoSuchMessage."""
    wanted = id_of(message_id)
    came = session.get(IncomingMessage, wanted, options=[undefer(IncomingMessage.reading)])
    if came is not None:
        return whole(came)
    went = session.get(OutgoingMessage, wanted)
    if went is None:
        raise NoSuchMessage
    reference = session.scalars(select(Enquiry.reference).where(Enquiry.id == went.enquiry_id)).one()
    return {**outgoing_line(went, reference), **_NOTHING_READ}


def id_of(message_id: str) -> uuid.UUID:
    """A message's id. Raises NoSuchMessage for what is none."""
    try:
        return uuid.UUID(message_id)
    except ValueError:
        raise NoSuchMessage from None


def reading_of(message: IncomingMessage) -> dict[str, Any]:
    """What was understood of an e-mail: kept since it was filed or, where it was filed before that, read now."""
    return message.reading or as_data(read_message(message.raw))


def whole(message: IncomingMessage) -> Shown:
    """All that is shown of an e-mail that came in."""
    reading = reading_of(message)
    return {
        **incoming_line(message),
        **{name: reading[name] for name in ("reply_to", "to", "cc", "text", "reply")},
        "sent_at": reading["date"],
        "may_be_answered": reading["flags"]["may_be_answered"],
        "allowed": allowed(Disposition(message.disposition)),
        "files": [
            {**file, "number": number, "link": f"/v1/messages/{message.id}/files/{number}"}
            for number, file in enumerate(reading["attachments"], start=1)
        ],
    }


def incoming_line(message: IncomingMessage) -> Shown:
    """What a list shows of an e-mail that came in."""
    shown = {name: getattr(message, name) for name in ("id", "enquiry", "subject", "faults", *_INCOMING)}
    return {**_NOTHING_OUTGOING, **shown, "direction": "inbound", "at": message.arrived_at}


def outgoing_line(message: OutgoingMessage, reference: str) -> Shown:
    """What a list shows of an e-mail that goes out."""
    shown = {name: getattr(message, name) for name in ("id", "recipient", "template", "status", "attempts")}
    return {
        **dict.fromkeys(_INCOMING),
        **shown,
        "direction": "outbound",
        "at": message.created_at,
        "enquiry": reference,
        "subject": subject_of(message.template),
        "faults": [],
        "last_fault": message.last_fault,
        "next_attempt_at": message.next_attempt_at if message.status == Status.QUEUED else None,
        "delivered_at": message.delivered_at,
        "ended_at": message.ended_at,
    }
