"""What casework reads of the events that it hears. All else in them is ignored."""

from typing import Any

from marshmallow import INCLUDE, Schema, fields, validate

from chassis.fields import Instant
from services.casework.domain.calendar import EARLIEST, LATEST


def _id(description: str, **options: Any) -> fields.String:
    return fields.String(validate=validate.Length(1, 100), metadata={"description": description}, **options)


def _moment(description: str) -> Instant:
    true = validate.Range(EARLIEST, LATEST)
    return Instant(load_default=None, validate=true, metadata={"description": description})


class Facts(Schema):
    """The answers that triage scored. Their names are triage's own business; they are kept as they came."""

    class Meta:
        unknown = INCLUDE

    gates = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)
    criteria = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), load_default=dict)


class Profile(Schema):
    """Who asks, by kind and place. Kept as it came; only what is read here is looked at."""

    class Meta:
        unknown = INCLUDE

    region = fields.String(load_default=None, allow_none=True)
    service_sector = fields.String(load_default=None, allow_none=True)
    consent_to_share = fields.Boolean(load_default=None, allow_none=True)


class EnquiryTriaged(Schema):
    """triage: an enquiry's facts were assessed."""

    enquiry = _id("The enquiry's reference.", required=True)
    assessment = _id("The assessment's id.", required=True)
    facts_version = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, 2**31 - 1),
        metadata={"description": "Which facts were assessed; a later version replaces an earlier one."},
    )
    criteria_version = _id("The version of the criteria that decided.", required=True)
    outcome = _id("The band, out_of_scope or information_needed.", required=True)
    score = fields.Dict(required=True, allow_none=True, metadata={"description": "Value, or low and high, or null."})
    spin_out_stage = _id("The team's own progress.", load_default=None, allow_none=True)
    facts = fields.Nested(Facts, required=True, metadata={"description": "The answers that triage scored."})
    profile = fields.Nested(Profile, required=True, metadata={"description": "Who asks, by kind and place."})


class EnquiryWithdrawn(Schema):
    """intake: the enquirer has withdrawn the enquiry."""

    enquiry = _id("The enquiry's reference.", required=True)


class EnquirerReplied(Schema):
    """intake: the enquirer of an enquiry with a case has written."""

    enquiry = _id("The enquiry's reference.", required=True)
    case = _id("The case's reference.", required=True)
    channel = _id("By which way.", required=True)
    at = Instant(required=True, validate=validate.Range(EARLIEST, LATEST), metadata={"description": "When it came."})


class ConsentChanged(Schema):
    """intake: the enquirer gave, refused or withdrew consent."""

    enquiry = _id("The enquiry's reference.", required=True)
    purpose = _id("For what.", required=True)
    act = _id("What the enquirer did.", required=True)
    given = fields.Boolean(required=True, allow_none=True, metadata={"description": "What stands now."})
    facts_version = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, 2**31 - 1),
        metadata={"description": "Assessments of these facts or later ones know of it."},
    )


class ReferralMoved(Schema):
    """referrals: a referral of a case was sent, or has moved on."""

    referral = _id("The referral's reference.", required=True)
    case = _id("The case's reference.", required=True)
    status = _id("The status that the referral has now.", load_default=None)
    decision = _id("Of a decision: accepted or rejected.", load_default=None)
    outcome = _id("Of a conclusion: how it ended. Else what triage had said.", load_default=None)
    sent_at = _moment("When it was sent.")
    decided_at = _moment("When the Cabinet Office decided.")
