"""Referrals as they come in and go out."""

from marshmallow import EXCLUDE, Schema, fields, validate

from chassis.database import PageQuery
from chassis.fields import Code, Instant, Money, Words, codes
from services.referrals.domain.lifecycle import Status, allowed_actions
from services.referrals.schemas.shapes import MESSAGE, POUNDS, Flag, Part, each_once


class Nothing(Schema):
    """An action that needs no words."""


class Message(Schema):
    """What one side says to the other."""

    message = Words(
        MESSAGE, least=1, required=True, metadata={"description": "What is asked or answered, in plain words."}
    )


class Reason(Schema):
    """Why an adviser takes a referral back."""

    reason = Words(
        MESSAGE, least=1, required=True, metadata={"description": "Why, in plain words. The reviewer reads it."}
    )


class Rejection(Schema):
    """The Cabinet Office's no: a coded reason, and words that the adviser can pass on."""

    reason_code = Code(
        "decision_reasons", required=True, metadata={"description": "The reason, from the list `decision_reasons`."}
    )
    message = Words(MESSAGE, load_default="", metadata={"description": "Words for the enquirer."})


class Acceptance(Rejection):
    """The Cabinet Office's yes, with the pounds that it earmarks."""

    amount = Money(
        required=True,
        validate=POUNDS,
        metadata={"description": "Pounds to earmark. May be less or more than was asked for."},
    )


class Conclusion(Schema):
    """How the support of an accepted referral ended."""

    outcome = Code("referral_outcomes", required=True, metadata={"description": "From the list `referral_outcomes`."})
    message = Words(MESSAGE, load_default="", metadata={"description": "What was achieved, or why it ended."})


class Snapshot(Schema):
    """What casework knows of the case at this moment; the gateway asked for it. Fields unknown here are ignored."""

    class Meta:
        unknown = EXCLUDE

    case = fields.String(required=True, validate=validate.Length(1, 20), metadata={"description": "The case."})
    enquiry = fields.String(
        required=True, validate=validate.Length(1, 20), metadata={"description": "The enquiry it came from."}
    )
    version = fields.Integer(
        load_default=None, strict=True, allow_none=True, metadata={"description": "The case's, which If-Match names."}
    )
    status = fields.String(required=True, metadata={"description": "The case's state; only an open one is referred."})
    enquiry_withdrawn_at = Instant(
        load_default=None, allow_none=True, metadata={"description": "When the enquirer withdrew, or null."}
    )
    consent_to_share = Flag(
        required=True,
        allow_none=True,
        metadata={"description": "Whether the enquirer agreed that the Cabinet Office sees it; null when not asked."},
    )
    outcome = fields.String(required=True, metadata={"description": "Triage's outcome."})
    score = fields.Dict(required=True, allow_none=True, metadata={"description": "Triage's score or range."})
    criteria_version = fields.String(required=True, metadata={"description": "The criteria that gave the score."})
    spin_out_stage = Code("spin_out_stages", required=True, allow_none=True, metadata={"description": "The stage."})
    profile = fields.Dict(required=True, metadata={"description": "Codes that describe the enquiry."})
    facts = fields.Dict(required=True, metadata={"description": "The facts that triage scored."})
    facts_version = fields.Integer(
        load_default=None,
        strict=True,
        allow_none=True,
        metadata={"description": "Which facts of the enquiry they are."},
    )


class NewReferral(Schema):
    """A case to be referred: the snapshot of it, and what the adviser asks for."""

    snapshot = fields.Nested(Snapshot, required=True, metadata={"description": "The case as casework knows it."})
    support_needed = fields.List(
        Code("matters"),
        required=True,
        validate=[validate.Length(1, len(codes("matters"))), each_once],
        metadata={"description": "The matters in which the team needs support, each from the list `matters`."},
    )
    amount = Money(required=True, validate=POUNDS, metadata={"description": "Pounds asked for."})
    summary = Words(
        20_000, least=1, required=True, metadata={"description": "The case in the adviser's words, for the reviewer."}
    )


class ReferralFilter(PageQuery):
    """Which referrals to list."""

    status = fields.String(validate=validate.OneOf([*Status]), metadata={"description": "Only those in this state."})
    case = fields.String(validate=validate.Length(1, 20), metadata={"description": "Only those of this case."})
    enquiry = fields.String(validate=validate.Length(1, 20), metadata={"description": "Only those of this enquiry."})


class ConsentChanged(Schema):
    """intake: the enquirer gave, refused or withdrew consent."""

    enquiry = fields.String(
        required=True, validate=validate.Length(1, 100), metadata={"description": "The enquiry's reference."}
    )
    purpose = fields.String(
        required=True, validate=validate.Length(1, 100), metadata={"description": "What consent is asked for."}
    )
    given = fields.Boolean(required=True, allow_none=True, metadata={"description": "What stands now."})
    since = Instant(required=True, metadata={"description": "When the act took place that stands now."})
    facts_version = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, 2**31 - 1),
        metadata={"description": "Snapshots by these facts or later ones know of it."},
    )


class Step(Schema):
    """One action on a referral, or what the enquirer has done meanwhile."""

    action = fields.String(metadata={"description": "What was done."})
    status = fields.String(metadata={"description": "The state that it led to."})
    at = Instant(metadata={"description": "When."})
    by = fields.String(metadata={"description": "The account of who did it."})
    message = fields.String(allow_none=True, metadata={"description": "The words that came with it, or null."})
    reason_code = fields.String(
        allow_none=True, metadata={"description": "`consent_withdrawn` where that led to it; else null."}
    )


class Assessment(Schema):
    """What triage had said when the referral was sent."""

    outcome = fields.String(metadata={"description": "Triage's outcome."})
    score = fields.Dict(
        allow_none=True, metadata={"description": "`{value}`, or `{low, high}` where facts were missing; or null."}
    )
    criteria_version = fields.String(metadata={"description": "The criteria that gave the score."})


class Decision(Schema):
    """What the Cabinet Office decided."""

    decision = fields.String(metadata={"description": "`accepted` or `rejected`."})
    reason_code = fields.String(metadata={"description": "From the list `decision_reasons`."})
    amount = Money(
        attribute="granted", allow_none=True, metadata={"description": "Pounds earmarked; null when rejected."}
    )
    decided_at = Instant(metadata={"description": "When."})
    message = fields.Function(
        lambda referral: next(step.message for step in referral.steps if step.status == referral.decision),
        metadata={"description": "Words for the enquirer.", "type": "string"},
    )


class Ending(Schema):
    """How an accepted referral ended."""

    outcome = fields.String(attribute="status", metadata={"description": "From the list `referral_outcomes`."})
    released = Money(metadata={"description": "Pounds that went back to the fund."})
    concluded_at = Instant(metadata={"description": "When."})


class Account(Schema):
    """What one referral has of the fund."""

    earmarked = Money(metadata={"description": "Pounds earmarked and not committed."})
    committed = Money(metadata={"description": "Pounds committed and not spent."})
    spent = Money(metadata={"description": "Pounds spent."})


class Referral(Schema):
    """A referral as advisers and reviewers see it.

    To a reviewer all that is of the case is null once consent was withdrawn before the referral was decided.
    """

    reference = fields.String(metadata={"description": "Its name for people, such as REF-7K3M-9Q2D."})
    version = fields.Integer(metadata={"description": "Goes up with each change."})
    case = fields.String(attribute="case_reference", metadata={"description": "The case."})
    enquiry = fields.String(attribute="enquiry_reference", metadata={"description": "The enquiry it came from."})
    status = fields.String(metadata={"description": "Where it stands."})
    allowed_actions = fields.Function(
        lambda referral: list(allowed_actions(Status(referral.status))),
        metadata={"description": "What may be done with it now.", "type": "array", "items": {"type": "string"}},
    )
    support_needed = fields.List(
        fields.String(), allow_none=True, metadata={"description": "The matters that need support, or null."}
    )
    amount = Money(allow_none=True, metadata={"description": "Pounds asked for, or null."})
    summary = fields.String(allow_none=True, metadata={"description": "The case in the adviser's words, or null."})
    assessment = Part(Assessment, once="outcome", metadata={"description": "What triage had said, or null."})
    spin_out_stage = fields.String(
        allow_none=True, metadata={"description": "Where the team stood when it was sent, or null."}
    )
    profile = fields.Dict(allow_none=True, metadata={"description": "Codes that describe the enquiry, or null."})
    facts = fields.Dict(allow_none=True, metadata={"description": "The facts that triage scored, or null."})
    sent_at = Instant(metadata={"description": "When it was sent."})
    sent_by = fields.String(metadata={"description": "The account of who sent it."})
    acknowledged_at = Instant(
        allow_none=True, metadata={"description": "When the Cabinet Office first acted on it, or null."}
    )
    decision = Part(Decision, once="decision", metadata={"description": "The decision with its words, or null."})
    consent_withdrawn_at = Instant(
        allow_none=True,
        metadata={"description": "When the enquirer withdrew the consent to share; null if never, or given again."},
    )
    conclusion = Part(Ending, once="concluded_at", metadata={"description": "How it ended, or null."})
    account = fields.Nested(Account, metadata={"description": "What it has of the fund."})
    steps = fields.List(fields.Nested(Step), metadata={"description": "Every action on it, in order."})
