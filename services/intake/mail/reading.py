"""Reading a message: from its bytes to what was understood of it."""

from collections.abc import Collection, Sequence

from services.intake.mail import headers, loops
from services.intake.mail.bodies import Body, read_body
from services.intake.mail.headers import Header, identifiers, mailboxes, moment, words
from services.intake.mail.message import Attachment, Fault, Message, Place, Thread
from services.intake.mail.parsing import Parsed, Part, attempt, parse, parse_header
from services.intake.mail.replies import fold
from services.intake.mail.threads import tokens_in

_RETURNED_TYPES = ("message/rfc822", "text/rfc822-headers", "message/global", "message/rfc822-headers")


def read_message(raw: bytes, *, own: Collection[str] = (), keys: Sequence[bytes] = ()) -> Message:
    """What is understood of a message, in its raw form. Never raises: what cannot be read is a fault of the reading.

    `own` are our addresses, by which our own mail is known; `keys` are those that sign our references, with the
    present one among them.
    """
    parsed = parse(raw)
    message = attempt(lambda: _understood(raw, parsed, own, keys))
    if message is None:  # nobody has seen this yet
        nothing = Parsed(Part.empty(), whole=False, faults={Fault.UNREADABLE})
        message = _understood(raw, nothing, own, keys)
    return message


def _understood(raw: bytes, parsed: Parsed, own: Collection[str], keys: Sequence[bytes]) -> Message:
    faults = parsed.faults
    header = Header(parsed.root)
    if not header and Fault.EMPTY not in faults:
        faults.add(Fault.NOT_MAIL)
    body = Body(faults) if Fault.NOT_MAIL in faults and b"\x00" in raw else _body(parsed)
    sender = next(iter(mailboxes(header.first("from"), faults)), None)
    if sender is None or sender.address is None:
        faults.add(Fault.NO_SENDER)
    subject = words(header.first("subject"), faults)
    sent_at = moment(header.first("date"))
    if sent_at is None and header.first("date").strip():
        faults.add(Fault.DATE_UNREADABLE)
    if len(subject) > headers.LONGEST_SUBJECT:
        faults.add(Fault.SUBJECT_CUT)
    to, cc, reply_to, others = (mailboxes(header.first(name), faults) for name in ("to", "cc", "reply-to", "sender"))
    senders = loops.Senders.of([sender, *others], reply_to)
    return Message(
        raw=raw,
        sender=sender,
        reply_to=reply_to,
        to=to,
        cc=cc,
        subject=subject[: headers.LONGEST_SUBJECT].strip() or None,
        sent_at=sent_at,
        message_id=next(iter(identifiers(header.first("message-id"))), None),
        thread=_thread(header, subject, _returned(parsed.root, body.attachments), keys),
        text=body.text,
        reply=fold(body.text),
        attachments=tuple(body.attachments),
        flags=loops.flags_of(parsed.root, header, senders, subject, own),
        faults=tuple(fault for fault in Fault if fault in faults),
    )


def _body(parsed: Parsed) -> Body:
    """The body, or an empty one where the message was not taken apart."""
    if parsed.whole:
        body = attempt(lambda: read_body(parsed.root, parsed.faults))
        if body is not None:
            return body
        parsed.faults.add(Fault.UNREADABLE)
    return Body(parsed.faults)


def _returned(root: Part, attachments: Sequence[Attachment]) -> Header | None:
    """The header of the message that a bounce brings back."""
    if not loops.is_report(root):
        return None
    returned = next((one.content for one in attachments if one.type in _RETURNED_TYPES), None)
    return None if returned is None else Header(parse_header(returned.lstrip(), set()))


def _thread(header: Header, subject: str, returned: Header | None, keys: Sequence[bytes]) -> Thread:
    in_reply_to, references = (identifiers(header.first(name)) for name in ("in-reply-to", "references"))
    earlier = identifiers(returned.first("message-id")) if returned else ()
    returned_subject = [words(returned.first("subject"), set())] if returned else []
    texts = {
        Place.SUBJECT: [subject],
        Place.THREAD: [*in_reply_to, *references],
        Place.RETURNED: [*earlier, *returned_subject],
    }
    return Thread(in_reply_to, references, earlier, tokens_in(texts, keys))
