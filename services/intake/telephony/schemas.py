"""What crosses the boundary of the telephone channel. Every field of an answer is always there."""

from typing import Any

from marshmallow import Schema, fields, validate

from chassis.database import PageQuery
from chassis.fields import Instant, Words
from services.intake.domain.callers import Confidence, NumberState, Reason
from services.intake.domain.calls import DIRECTIONS, CallEvent, CallStatus
from services.intake.schemas.safety import SafeToContactRecorded

_REASONS = {
    Reason.OWN_NUMBER: "The number is kept as theirs.",
    Reason.GAVE_NUMBER: "They gave the number in an enquiry.",
    Reason.SAME_SWITCHBOARD: "They gave an extension behind this number.",
}


def _text(description: str, **options: Any) -> fields.String:
    return fields.String(metadata={"description": description}, **options)


class CallersQuery(Schema):
    """Whose number rings."""

    phone = Words(
        320,
        required=True,
        metadata={"description": "The number as the exchange shows it; empty or `anonymous` when it is withheld."},
    )


class CallerReason(Schema):
    """Why somebody may be the one who rings."""

    code = _text("The reason's code.", attribute="reason", validate=validate.OneOf(tuple(Reason)))
    words = fields.Function(
        lambda trace: _REASONS[trace["reason"]],
        metadata={"description": "The reason, in a sentence.", "type": "string"},
    )
    seen_at = Instant(attribute="at", metadata={"description": "When that was last seen."})


class OpenEnquiry(Schema):
    """An open enquiry of somebody who may be ringing."""

    reference = _text("The enquiry's reference.")
    status = _text("Where it stands.")
    received_at = Instant(metadata={"description": "When it reached the service."})
    subject = _text("What it is about.", allow_none=True)


class Caller(Schema):
    """A party who may be ringing."""

    party = fields.UUID(metadata={"description": "The party's id."})
    name = _text("The name as last given.", allow_none=True)
    organisation = _text("The organisation as last given.", allow_none=True)
    kind = _text("What kind of enquirer.")
    safe_to_contact: fields.Field[Any] = fields.Nested(
        SafeToContactRecorded,
        allow_none=True,
        metadata={"description": "How word may be left: each answer is their newest, of any enquiry; null: not asked."},
    )
    confidence = _text("How sure it is.", validate=validate.OneOf(tuple(Confidence)))
    reasons = fields.List(fields.Nested(CallerReason), metadata={"description": "Why it may be them."})
    enquiries = fields.List(
        fields.Nested(OpenEnquiry), metadata={"description": "Their open enquiries, the newest first, ten at most."}
    )
    cases = fields.List(fields.String(), metadata={"description": "The references of the open cases of these."})


class Callers(Schema):
    """Who may be ringing. Nobody is chosen: that is for a person to do who has heard a name."""

    number = _text("What the number is worth.", validate=validate.OneOf(tuple(NumberState)))
    explanation = _text("What to make of it, in a sentence or two.")
    candidates = fields.List(
        fields.Nested(Caller), metadata={"description": "Who it may be, the surest first, ten at most."}
    )
    more = fields.Boolean(metadata={"description": "Whether there are more than are shown."})


def _said(most: int, description: str, **options: Any) -> Words:
    """What an exchange may say or not."""
    return Words(most, load_default=None, allow_none=True, metadata={"description": description}, **options)


class HeardCall(Schema):
    """What a telephone exchange tells of a call, by the names that exchanges use."""

    event = fields.String(
        required=True, validate=validate.OneOf(tuple(CallEvent)), metadata={"description": "What happened."}
    )
    call_id = Words(
        200,
        least=1,
        required=True,
        data_key="callId",
        metadata={
            "description": "The exchange's own name for the call. Told of a time four hours away, it is another call."
        },
    )
    caller = _said(320, "Who rings; empty or `anonymous` when it is withheld.", data_key="from")
    called = _said(320, "Who is rung.", data_key="to")
    direction = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(tuple(DIRECTIONS)),
        metadata={"description": "Whether the call comes in to us or goes out."},
    )
    user = _said(100, "Whose telephone it was.")
    queue = _said(100, "Through which queue it came.")
    at = Instant(
        load_default=None, allow_none=True, metadata={"description": "When it happened; when it arrived, if left out."}
    )


class CallFilter(PageQuery):
    """Which calls to list."""

    written_up = fields.Boolean(
        metadata={
            "description": "Whether there is a record of it. False: calls without one that ended or are 4 hours old."
        }
    )


def _call_links(call: Any) -> dict[str, str | None]:
    enquiry = call.enquiry
    return {
        "self": f"/v1/telephony/calls/{call.id}",
        "enquiry": f"/v1/enquiries/{enquiry}" if enquiry else None,
    }


class Call(Schema):
    """One telephone call, as it follows from what the exchange told."""

    id = fields.UUID(metadata={"description": "The call's id, by which a contact or an enquiry names it."})
    version = fields.Integer(metadata={"description": "Goes up by each change."})
    status = _text("Where it stands.", validate=validate.OneOf(tuple(CallStatus)))
    direction = _text("Who began it; null when nobody said.", allow_none=True)
    number = _text("The other side's number; null when it is withheld or unreadable.", allow_none=True)
    queue = _text("Through which queue it came.", allow_none=True)
    users = fields.List(
        fields.String(),
        metadata={"description": "Who answered, in order, the last of whom has it: one more, one transfer."},
    )
    began_at = Instant(metadata={"description": "When it began, as far as is known."})
    answered_at = Instant(allow_none=True, metadata={"description": "When it was first answered."})
    ended_at = Instant(allow_none=True, metadata={"description": "When the last side hung up."})
    enquiry = _text("The enquiry that it was written up with.", allow_none=True)
    contact_id = fields.UUID(allow_none=True, metadata={"description": "The contact that it was written up by."})
    written_up_by = _text("Who wrote it up.", allow_none=True)
    written_up_at = Instant(allow_none=True, metadata={"description": "When it was written up."})
    links = fields.Function(_call_links, metadata={"description": "Where to go from here.", "type": "object"})
