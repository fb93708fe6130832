"""What a person does with e-mails that nobody was answered for: files them after all, or leaves it at that."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from chassis.errors import FieldError, Invalid, NotAllowedNow
from chassis.work import Work
from services.intake import changing, receiving, store
from services.intake.domain.facts import may_have_happened
from services.intake.domain.post import Disposition, Mail, MessageAction, allowed, filed_by_hand
from services.intake.domain.states import Action
from services.intake.errors import NoSuchEnquiry, NoSuchMessage
from services.intake.mailbox import rows, wording
from services.intake.mailbox.filing import is_readable, is_whole
from services.intake.mailbox.wording import Said
from services.intake.messages import events
from services.intake.messages.showing import id_of, reading_of
from services.intake.models import Enquiry, IncomingMessage


def file(work: Work, message_id: str, reference: str | None) -> IncomingMessage:
    """File an e-mail out of quarantine, or one that was discarded: to the enquiry of this reference, or as a new one.

    Raises NoSuchMessage, Stale, NotAllowedNow, and Invalid for an enquiry that is not known.
    """
    message = _take(work, message_id, MessageAction.FILE)
    reading = reading_of(message)
    said, arrived = Said.in_reading(reading), message.arrived_at
    if not may_have_happened(arrived, work.now):
        arrived = work.now
    verdict = filed_by_hand(_matters(reading), reference)
    if verdict.enquiry is None:
        enquiry = receiving.receive(work, wording.enquiry_body(said, arrived), verdict.marks)
    else:
        enquiry = _lock(work, verdict.enquiry)
        contact = receiving.write_down(work, enquiry, wording.contact_body(verdict.disposition, said, arrived))
        if verdict.disposition is Disposition.REPLY:
            receiving.follow_reply(work, enquiry, contact)
    if verdict.disposition is Disposition.RETURNED:
        rows.note_bounce(work.session, enquiry.id, reading["thread"]["returned"], work.now)
    message.enquiry, message.handled_reason = enquiry.reference, None
    _settle(work, message, verdict.disposition)
    work.tell(events.message_released(message))
    return message


def discard(work: Work, message_id: str, reason: str) -> IncomingMessage:
    """Note that an e-mail in quarantine is nobody's and stays so. It is kept. Raises as `file`."""
    message = _take(work, message_id, MessageAction.DISCARD)
    message.handled_reason = reason
    _settle(work, message, Disposition.DISCARDED)
    work.tell(events.message_discarded(message))
    return message


def _take(work: Work, message_id: str, action: MessageAction) -> IncomingMessage:
    statement = select(IncomingMessage).where(IncomingMessage.id == id_of(message_id)).with_for_update()
    message = work.session.scalar(statement.options(undefer(IncomingMessage.reading)))
    if message is None:
        raise NoSuchMessage
    work.expect(message.version)
    possible = allowed(Disposition(message.disposition))
    if action not in possible:
        raise NotAllowedNow(action.value, message.disposition, [other.value for other in possible])
    return message


def _lock(work: Work, reference: str) -> Enquiry:
    """The enquiry to file to. If-Match speaks of the message, so the enquiry's version is not asked for."""
    try:
        enquiry = store.lock_enquiry(work.session, reference)
    except NoSuchEnquiry:
        raise Invalid([FieldError("/enquiry", "Must be the reference of an enquiry that is known here.")]) from None
    changing.permit(enquiry, Action.RECORD_CONTACT)
    return enquiry


def _settle(work: Work, message: IncomingMessage, disposition: Disposition) -> None:
    message.disposition = disposition
    message.version += 1
    message.handled_by, message.handled_at = work.caller.subject, work.now


def _matters(reading: Mapping[str, Any]) -> Mail:
    flags = reading["flags"]
    return Mail(
        automatic=flags["auto_reply"],
        bounce=flags["bounce"],
        may_be_answered=flags["may_be_answered"],
        readable=is_readable(reading["faults"]),
        whole=is_whole(reading["faults"]),
        has_files=any(not file["inline"] for file in reading["attachments"]),
    )
