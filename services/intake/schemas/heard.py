"""What intake reads of the events that it hears. All else in them is ignored."""

from typing import Any

from marshmallow import Schema, fields, validate

from chassis.fields import Instant


def _reference(description: str) -> fields.String:
    return fields.String(required=True, validate=validate.Length(1, 100), metadata={"description": description})


def _list(description: str) -> fields.List[Any]:
    return fields.List(fields.Dict(), required=True, metadata={"description": description})


class EnquiryTriaged(Schema):
    """triage: an enquiry's facts were assessed."""

    enquiry = _reference("The enquiry's reference.")
    facts_version = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(0, 2**31 - 1),
        metadata={"description": "Which facts were assessed."},
    )
    criteria_version = _reference("The version of the criteria that decided.")
    outcome = _reference("The band, out_of_scope or information_needed.")
    scored_outcome = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 100),
        metadata={"description": "What was found; another than the outcome where an adviser set that."},
    )
    score = fields.Dict(required=True, allow_none=True, metadata={"description": "Value, or low and high, or null."})
    reason = fields.String(load_default=None, metadata={"description": "Why this outcome, in plain English."})
    explanation = _list("One entry for each gate and criterion.")
    what_would_change_it = _list("What would lead to another band.")
    questions = _list("What to ask the enquirer.")
    signpost = fields.String(required=True, allow_none=True, metadata={"description": "Where else to turn."})
    triaged_at = Instant(required=True, metadata={"description": "When triage decided."})


class CaseMoved(Schema):
    """casework: the case of an enquiry was opened, closed or reopened."""

    case = _reference("The case's reference.")
    enquiry = _reference("The enquiry's reference.")
