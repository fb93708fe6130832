"""What callers send to intake. A field that is not required may be left out or null."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from chassis.database import PageQuery
from chassis.fields import Code, Instant
from services.intake.domain.states import OUTCOMES, Status
from services.intake.schemas.kinds import Answers, Codes, Email, Flag, Line, Phone, Prose
from services.intake.schemas.safety import SafeToContact

GATE_ANSWERS = ("yes", "no", "unknown")
POINTS = (0, 1, 2, 3, 4)
LONGEST_SUBJECT = 300
LONGEST_MESSAGE = 100_000


def _about(description: str) -> dict[str, Any]:
    """The options of a field that may be left out or null."""
    return {"load_default": None, "allow_none": True, "metadata": {"description": description}}


class NewEnquirer(Schema):
    """Who asks."""

    name = Line(200, **_about("The name, kept exactly as typed."))
    email = Email(**_about("An e-mail address to answer to."))
    phone = Phone(**_about("A telephone number, British unless it begins with + or 00."))
    kind = Code("enquirer_kinds", required=True, metadata={"description": "What kind of enquirer this is."})
    job_title = Line(200, **_about("What they do."))
    organisation = Line(200, **_about("The organisation they speak of or for, as typed."))
    parent_body_kind = Code("parent_body_kinds", **_about("The kind of public body that the service leaves."))
    region = Code("regions", **_about("Where the service is delivered."))


class ThirdParty(Schema):
    """Who speaks for the enquirer, when the enquirer does not speak themselves."""

    name = Line(200, **_about("The third party's name, kept exactly as typed."))
    organisation = Line(200, **_about("The third party's organisation, as typed."))
    email = Email(**_about("The third party's e-mail address."))
    phone = Phone(**_about("The third party's telephone number."))
    relation = Code("relations", required=True, metadata={"description": "What they are to the enquirer."})
    authority = Code("authorities", required=True, metadata={"description": "On what authority they speak."})

    @post_load
    def keep_as_typed(self, loaded: dict[str, Any], **_: Any) -> dict[str, Any]:
        """A third party is not looked up, so the canonical forms are not kept."""
        typed = {name: loaded[name] and loaded[name].typed for name in ("email", "phone")}
        return {**loaded, **typed}


class NewFacts(Schema):
    """The answers that triage scores. What is not known is left out."""

    gates = Answers(
        *GATE_ANSWERS,
        load_default=dict,
        metadata={"description": "Gate ids, each with yes, no or unknown."},
    )
    criteria = Answers(
        *POINTS,
        load_default=dict,
        metadata={"description": "Criterion ids, each with points from 0 to 4."},
    )


class FactsChange(Schema):
    """Answers to be set. Null takes one away; what is not named stays."""

    gates = Answers(*GATE_ANSWERS, None, metadata={"description": "Gate ids, each with yes, no, unknown or null."})
    criteria = Answers(*POINTS, None, metadata={"description": "Criterion ids, each with points 0 to 4, or null."})


class NewConsent(Schema):
    """What the enquirer agreed to. Null: not asked."""

    contact = Flag(**_about("To be contacted about this enquiry."))
    share_with_cabinet_office = Flag(**_about("To have the enquiry shared with the Cabinet Office."))
    research = Flag(**_about("To be asked to take part in research."))
    wording_version = Line(
        40, **_about("The version of the words that were shown or read out: that in use, when left out.")
    )


class PortalVisit(Schema):
    """What the portal knows of the visit that ended in this enquiry."""

    session = Line(200, **_about("The portal's own name for the visit."))
    resources_seen = fields.List(
        Line(200),
        load_default=list,
        validate=validate.Length(max=100),
        metadata={"description": "The resources looked at before asking."},
    )


class NewEnquiry(Schema):
    """One ask by one enquirer, by any channel."""

    channel = Code("channels", required=True, metadata={"description": "How the enquiry reached the service."})
    received_at = Instant(**_about("When it reached the service: now, when left out. Not in the future."))
    enquirer = fields.Nested(NewEnquirer, required=True, metadata={"description": "Who asks."})
    acting_for = fields.Nested(ThirdParty, **_about("The third party who speaks for the enquirer."))
    safe_to_contact = fields.Nested(SafeToContact, **_about("By which ways it is safe to reach the enquirer."))
    subject = Line(LONGEST_SUBJECT, **_about("What it is about, in a line. This or a message is required."))
    message = Prose(LONGEST_MESSAGE, **_about("What was asked, in the enquirer's words."))
    matters = Codes("matters", load_default=list, metadata={"description": "The subjects of advice."})
    service_sector = Code("service_sectors", **_about("The public service that is to be delivered."))
    spin_out_stage = Code("spin_out_stages", **_about("The team's own progress."))
    self_declared_readiness = Code("spin_out_stages", **_about("How far the team says it is."))
    facts = fields.Nested(
        NewFacts,
        load_default=lambda: {"gates": {}, "criteria": {}},
        metadata={"description": "The answers that triage scores."},
    )
    consent = fields.Nested(
        NewConsent,
        load_default=lambda: dict.fromkeys(NewConsent._declared_fields),
        metadata={"description": "What the enquirer agreed to."},
    )
    heard_from = Code("heard_from", **_about("How the enquirer learned of the service."))
    portal = fields.Nested(PortalVisit, **_about("The portal's account of the visit."))
    call = fields.UUID(**_about("The telephone call that it came by, which is written up with it."))

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def says_something(self, _loaded: Any, sent: Any, **_: Any) -> None:
        """An enquiry asks something: it has a subject or a message."""
        if isinstance(sent, dict) and sent.get("subject") is None and sent.get("message") is None:
            raise ValidationError("Give a subject or a message.", "message")


class EnquiryChange(Schema):
    """What may be changed of an enquiry. What is left out stays; null takes a value away."""

    subject = Line(LONGEST_SUBJECT, allow_none=True, metadata={"description": "What it is about, in a line."})
    message = Prose(LONGEST_MESSAGE, allow_none=True, metadata={"description": "What was asked."})
    matters = Codes("matters", metadata={"description": "The subjects of advice, all of them."})
    facts = fields.Nested(FactsChange, metadata={"description": "Answers to be set; the others stay."})
    spin_out_stage = Code("spin_out_stages", allow_none=True, metadata={"description": "The team's own progress."})
    acting_for = fields.Nested(
        ThirdParty, allow_none=True, metadata={"description": "The third party who speaks for the enquirer, whole."}
    )
    safe_to_contact = fields.Nested(
        SafeToContact, allow_none=True, metadata={"description": "By which ways it is safe to reach them, whole."}
    )
    organisation_key = Line(
        80,
        allow_none=True,
        metadata={
            "description": "The registered public body that the enquirer comes from. It fills the kind of parent body "
            "and the region where the enquirer said none; null takes it, and what it filled, away."
        },
    )


class Reason(Schema):
    """Why something is done."""

    reason = Prose(2_000, required=True, metadata={"description": "Why, in plain words."})


class NewContact(Schema):
    """One moment of exchange, with what came of it."""

    channel = Code("channels", required=True, metadata={"description": "By which way."})
    direction = Code("contact_directions", required=True, metadata={"description": "Who began it."})
    started_at = Instant(**_about("When it began: now, when left out. Not in the future."))
    ended_at = Instant(**_about("When it ended. Not before it began."))
    succeeded = Flag(**_about("Whether the other side was reached."))
    disposition = Code("dispositions", required=True, metadata={"description": "What came of it."})
    sources_used = fields.List(
        Line(200),
        load_default=list,
        validate=validate.Length(max=50),
        metadata={"description": "What the answer was taken from."},
    )
    note = Prose(20_000, **_about("What was said."))
    call = fields.UUID(**_about("The telephone call that it was, which is written up with it."))


class EnquiryFilter(PageQuery):
    """Which enquiries to list. All that are given must hold."""

    status = fields.String(validate=validate.OneOf(tuple(Status)), metadata={"description": "Where it stands."})
    channel = Code("channels", metadata={"description": "How it reached the service."})
    band = fields.String(validate=validate.OneOf(OUTCOMES), metadata={"description": "What triage found."})
    q = Line(200, metadata={"description": "Text found in the reference, subject, message or enquirer's name."})
    received_from = Instant(metadata={"description": "Received at this moment or later."})
    received_to = Instant(metadata={"description": "Received before this moment."})
