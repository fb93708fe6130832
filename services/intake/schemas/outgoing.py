"""What intake answers."""

from typing import Any

from marshmallow import Schema, fields

from chassis.fields import Instant
from services.intake import models


def _links(enquiry: models.Enquiry) -> dict[str, str | None]:
    """Where the gateway keeps this enquiry and what belongs to it."""
    own = f"/v1/enquiries/{enquiry.reference}"
    case = enquiry.case_reference
    return {
        "self": own,
        "contacts": f"{own}/contacts",
        "assessments": f"{own}/assessments",
        "case": f"/v1/cases/{case}" if case else None,
    }


class Enquirer(Schema):
    """Who asked, in the words of this enquiry."""

    name = fields.String(metadata={"description": "The name exactly as typed."})
    email = fields.String(metadata={"description": "The e-mail address as typed."})
    phone = fields.String(metadata={"description": "The telephone number as typed."})
    kind = fields.String(metadata={"description": "What kind of enquirer this is."})
    job_title = fields.String(metadata={"description": "What they do."})
    organisation = fields.String(metadata={"description": "The organisation as typed."})
    parent_body_kind = fields.String(metadata={"description": "The kind of public body that the service leaves."})
    region = fields.String(metadata={"description": "Where the service is delivered."})


class EnquirerLine(Schema):
    """Who asked, in a list."""

    name = fields.String(metadata={"description": "The name exactly as typed."})
    kind = fields.String(metadata={"description": "What kind of enquirer this is."})
    organisation = fields.String(metadata={"description": "The organisation as typed."})


class AssessmentLine(Schema):
    """What triage found, in a list."""

    criteria_version = fields.Raw(metadata={"description": "The version of the criteria that decided."})
    outcome = fields.String(metadata={"description": "The band, out_of_scope or information_needed."})
    score = fields.Raw(metadata={"description": "Either value, or low and high; null when a gate decided."})
    triaged_at = fields.String(metadata={"description": "When triage decided."})


class EnquiryLine(Schema):
    """An enquiry in a list: enough to choose by."""

    reference = fields.String(metadata={"description": "The enquiry's reference."})
    version = fields.Integer(metadata={"description": "Goes up by each change."})
    status = fields.String(metadata={"description": "Where the enquiry stands."})
    status_since = Instant(metadata={"description": "Since when it stands there."})
    channel = fields.String(metadata={"description": "How it reached the service."})
    received_at = Instant(metadata={"description": "When it reached the service."})
    created_at = Instant(metadata={"description": "When it was stored."})
    updated_at = Instant(metadata={"description": "When it last changed."})
    enquirer: fields.Field[Any] = fields.Nested(
        EnquirerLine, attribute="words.enquirer", metadata={"description": "Who asks."}
    )
    subject = fields.String(attribute="words.subject", metadata={"description": "What it is about."})
    matters = fields.List(fields.String(), metadata={"description": "The subjects of advice."})
    service_sector = fields.String(metadata={"description": "The public service that is to be delivered."})
    spin_out_stage = fields.String(metadata={"description": "The team's own progress."})
    assessment: fields.Field[Any] = fields.Nested(AssessmentLine, metadata={"description": "Null until triaged."})
    case = fields.String(attribute="case_reference", metadata={"description": "The case's reference, or null."})
    links = fields.Function(_links, metadata={"description": "Where to go from here."})


class Enquiry(EnquiryLine):
    """An enquiry in full."""

    enquirer = fields.Nested(Enquirer, attribute="words.enquirer", metadata={"description": "Who asks."})
    status_reason = fields.String(metadata={"description": "Why it was answered, withdrawn or closed."})
    acting_for = fields.Raw(attribute="words.acting_for", metadata={"description": "Who speaks for them, or null."})
    message = fields.String(attribute="words.message", metadata={"description": "What was asked."})
    self_declared_readiness = fields.String(metadata={"description": "How far the team says it is."})
    facts = fields.Raw(metadata={"description": "The answers that triage scores, as given."})
    facts_version = fields.Integer(metadata={"description": "Goes up whenever triage has to look again."})
    consent = fields.Raw(metadata={"description": "What the enquirer agreed to."})
    heard_from = fields.String(metadata={"description": "How the enquirer learned of the service."})
    portal = fields.Raw(attribute="words.portal", metadata={"description": "The portal's account of the visit."})
    assessment = fields.Raw(metadata={"description": "The newest assessment with its explanation; null until triaged."})


class Contact(Schema):
    """One moment of exchange."""

    id = fields.String(metadata={"description": "The contact's id."})
    version = fields.Constant(1, metadata={"description": "Always 1: a contact is never changed."})
    channel = fields.String(metadata={"description": "By which way."})
    direction = fields.String(metadata={"description": "Who began it."})
    started_at = Instant(metadata={"description": "When it began."})
    ended_at = Instant(metadata={"description": "When it ended, or null."})
    succeeded = fields.Boolean(metadata={"description": "Whether the other side was reached, or null."})
    disposition = fields.String(metadata={"description": "What came of it."})
    sources_used = fields.List(fields.String(), metadata={"description": "What the answer was taken from."})
    note = fields.String(metadata={"description": "What was said."})
    recorded_by = fields.String(metadata={"description": "Who wrote it down."})
    recorded_at = Instant(metadata={"description": "When it was written down."})
