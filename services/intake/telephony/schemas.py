"""What crosses the boundary of the telephone channel. Every field of an answer is always there."""

from typing import Any

from marshmallow import Schema, fields, validate

from chassis.fields import Instant, Words
from services.intake.domain.callers import Confidence, NumberState, Reason

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
