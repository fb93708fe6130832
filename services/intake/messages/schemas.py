"""What crosses the boundary of messages. Every field of an answer is always there; what does not apply is null."""

from typing import Any

from marshmallow import Schema, fields, validate

from chassis.database import PageQuery
from chassis.fields import Instant
from services.intake.domain.post import Disposition, MessageAction
from services.intake.domain.sending import Status
from services.intake.schemas.kinds import Line

_MAILBOX = {"type": "object", "properties": {name: {"type": ["string", "null"]} for name in ("name", "address")}}


def _text(description: str, **options: Any) -> fields.String:
    return fields.String(metadata={"description": description}, **options)


def _text_or_null(description: str, **options: Any) -> fields.String:
    return _text(description, allow_none=True, **options)


def _mailboxes(description: str) -> fields.Raw:
    return fields.Raw(metadata={"description": description, "type": "array", "items": _MAILBOX})


class MessageFilter(PageQuery):
    """Which of the e-mails that came in to list."""

    disposition = fields.String(
        validate=validate.OneOf(tuple(Disposition)), metadata={"description": "What became of it."}
    )


# PostgreSQL counts the bytes of a value with 32 bits, from one.
_FURTHEST = 2**31 - 2


class PieceQuery(Schema):
    """Which piece of something large is wanted."""

    after = fields.Integer(
        load_default=0,
        strict=True,
        validate=validate.Range(0, _FURTHEST),
        metadata={"description": "How many bytes lie before the piece."},
    )


class Filing(Schema):
    """Where an e-mail out of quarantine belongs."""

    enquiry = Line(
        100,
        load_default=None,
        allow_none=True,
        metadata={"description": "The reference of the enquiry that it speaks of: a new one, when left out."},
    )


class Piece(Schema):
    """A piece of something large."""

    name = _text("What to call the whole as a file.")
    content = _text("The bytes of this piece, in base 64.")
    next = fields.Integer(
        allow_none=True, metadata={"description": "How many bytes lie before the next piece; null after the last."}
    )


def _links(message: dict[str, Any]) -> dict[str, str | None]:
    own, enquiry = f"/v1/messages/{message['id']}", message["enquiry"]
    return {
        "self": own,
        "raw": f"{own}/raw" if message["direction"] == "inbound" else None,
        "enquiry": f"/v1/enquiries/{enquiry}" if enquiry else None,
    }


class MessageLine(Schema):
    """An e-mail in a list."""

    id = fields.UUID(metadata={"description": "The message's id."})
    version = fields.Integer(
        allow_none=True, metadata={"description": "Goes up by each change by hand, of what came in."}
    )
    direction = _text("Whether it came in to us or goes out.", validate=validate.OneOf(("inbound", "outbound")))
    at = Instant(metadata={"description": "When it arrived, or was queued to be sent."})
    enquiry = _text_or_null("The reference of the enquiry that it belongs to.")
    sender_name = _text_or_null("Of what came in: the sender's name, as written.")
    sender = _text_or_null("Of what came in: the address that it says it is from. Anybody may write any.")
    recipient = _text_or_null("Of what goes out: to whom.")
    subject = _text_or_null("The subject; of what goes out without the reference in front.")
    size = fields.Integer(allow_none=True, metadata={"description": "Bytes, of what came in."})
    disposition = _text_or_null("What became of it, once it had come in.", validate=validate.OneOf(tuple(Disposition)))
    reason = _text_or_null("A code for why that became of it.")
    faults = fields.List(
        fields.String(), metadata={"description": "Codes for how far the reading is not the whole of it."}
    )
    handled_by = _text_or_null("Who filed it by hand, or discarded it.")
    handled_at = Instant(allow_none=True, metadata={"description": "When that was."})
    handled_reason = _text_or_null("Why it was discarded.")
    template = _text_or_null("Of what goes out: what it says.")
    status = _text_or_null(
        "Of what goes out: where it stands. Bounced is what came back.", validate=validate.OneOf(tuple(Status))
    )
    attempts = fields.Integer(allow_none=True, metadata={"description": "How often it was tried to be sent."})
    last_fault = _text_or_null("A code for why the last attempt failed.")
    next_attempt_at = Instant(allow_none=True, metadata={"description": "When it is tried next, if it is queued."})
    delivered_at = Instant(allow_none=True, metadata={"description": "When it arrived, where the way out can tell."})
    ended_at = Instant(allow_none=True, metadata={"description": "When it was sent, given up, or came back."})
    links = fields.Function(_links, metadata={"description": "Where to go from here.", "type": "object"})


class MessageFile(Schema):
    """A file that came with an e-mail."""

    number = fields.Integer(metadata={"description": "The file's number in the message, from 1."})
    name = _text_or_null("The name that the sender gave it.")
    type = _text("The media type that the sender gave it. Nobody has checked it.")
    size = fields.Integer(metadata={"description": "Bytes."})
    inline = fields.Boolean(metadata={"description": "Whether it is meant to be shown within the text, as logos are."})
    tnef = fields.Boolean(metadata={"description": "Whether it is a winmail.dat, with the real files inside."})
    link = _text("Where it can be downloaded.")


class Message(MessageLine):
    """An e-mail, with what was understood of one that came in."""

    sent_at = _text_or_null("When the sender's clock said that it was sent.")
    reply_to = _mailboxes("Where the sender wants answers.")
    to = _mailboxes("To whom.")
    cc = _mailboxes("To whom as a copy.")
    text = _text_or_null("All that was written and quoted, as plain text.")
    reply = _text_or_null("What is new in it: the text without what was quoted.")
    files = fields.List(fields.Nested(MessageFile), metadata={"description": "The files that came with it."})
    allowed = fields.List(
        fields.String(validate=validate.OneOf(tuple(MessageAction))),
        metadata={"description": "What may be done with it now."},
    )
    may_be_answered = fields.Boolean(
        allow_none=True, metadata={"description": "Whether a machine may answer it (RFC 3834)."}
    )
