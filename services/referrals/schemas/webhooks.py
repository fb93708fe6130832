"""Webhook endpoints and deliveries as they come in and go out."""

from marshmallow import Schema, fields, validate

from chassis.database import PageQuery
from chassis.fields import Instant, Words
from services.referrals.domain.delivery import WEBHOOK_TYPES, DeliveryStatus
from services.referrals.schemas.shapes import Flag, each_once

_TYPES = "What it wants to be told of. With referral.sent or referral.withdrawn comes referral.consent_changed."


class EndpointChange(Schema):
    """What may be changed of an endpoint. What is not sent stays."""

    url = Words(
        2_000, least=1, metadata={"description": "Where to send: an https address that the public internet reaches."}
    )
    event_types = fields.List(
        fields.String(validate=validate.OneOf(WEBHOOK_TYPES)),
        validate=[validate.Length(min=1), each_once],
        metadata={"description": _TYPES},
    )
    description = Words(500, metadata={"description": "What it is for."})
    enabled = Flag(
        metadata={"description": "Whether anything is sent to it. What is pending when it is disabled is given up."},
    )


class NewEndpoint(Schema):
    """An address that wants to be told."""

    url = Words(
        2_000,
        least=1,
        required=True,
        metadata={"description": "Where to send: an https address that the public internet reaches."},
    )
    event_types = fields.List(
        fields.String(validate=validate.OneOf(WEBHOOK_TYPES)),
        required=True,
        validate=[validate.Length(min=1), each_once],
        metadata={"description": _TYPES},
    )
    description = Words(500, load_default="", metadata={"description": "What it is for."})


class Endpoint(Schema):
    """An endpoint. Its secret is not among what is shown."""

    id = fields.UUID(metadata={"description": "Its id."})
    version = fields.Integer(metadata={"description": "Goes up with each change."})
    url = fields.String(metadata={"description": "Where to send."})
    event_types = fields.List(fields.String(), metadata={"description": "What it wants to be told of."})
    description = fields.String(metadata={"description": "What it is for."})
    enabled = fields.Boolean(metadata={"description": "Whether anything is sent to it."})
    disabled_because = fields.String(
        allow_none=True, metadata={"description": "`by_hand`, or `gone` when it answered 410; null while enabled."}
    )
    previous_secret_until = Instant(
        allow_none=True,
        metadata={"description": "Until when the secret before this one signs too; null when there is none."},
    )
    created_at = Instant(metadata={"description": "When it was created."})
    created_by = fields.String(metadata={"description": "The account of who created it."})


class EndpointWithSecret(Endpoint):
    """An endpoint with its new secret. It is shown in this answer and never again."""

    secret = fields.String(metadata={"description": "Verifies our signatures: `whsec_` and base64. Keep it safe."})


class DeliveryFilter(PageQuery):
    """Which deliveries to list."""

    endpoint = fields.UUID(metadata={"description": "Only those to this endpoint."})
    status = fields.String(
        validate=validate.OneOf([*DeliveryStatus]), metadata={"description": "Only those in this state."}
    )
    from_ = Instant(data_key="from", metadata={"description": "Only those created at this moment or later."})
    to = Instant(metadata={"description": "Only those created before this moment."})


class Delivery(Schema):
    """One event on its way to one endpoint."""

    id = fields.UUID(metadata={"description": "Its id."})
    version = fields.Integer(metadata={"description": "Goes up with each attempt and replay."})
    endpoint = fields.UUID(attribute="endpoint_id", metadata={"description": "To which endpoint."})
    webhook_id = fields.UUID(
        attribute="event_id", metadata={"description": "The header `webhook-id` of every attempt: the event's id."}
    )
    type = fields.String(metadata={"description": "The type of event."})
    status = fields.String(metadata={"description": "pending, delivered or failed."})
    attempts = fields.Integer(metadata={"description": "How often it was tried since it was created or replayed."})
    next_attempt_at = Instant(allow_none=True, metadata={"description": "When it is tried next; null when it is not."})
    last_attempt_at = Instant(allow_none=True, metadata={"description": "When it was last tried, or null."})
    last_answer = fields.Integer(
        allow_none=True, metadata={"description": "The HTTP status of the last answer; null without one."}
    )
    last_fault = fields.String(
        allow_none=True, metadata={"description": "Why there was no answer, as a code; null with one."}
    )
    created_at = Instant(metadata={"description": "When the event happened."})
