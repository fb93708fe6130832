"""What intake answers. Every field is always there; what is not known is null."""

from typing import Any

from marshmallow import Schema, fields

from chassis.fields import Instant
from services.intake import models
from services.intake.schemas.safety import SafeToContactRecorded

_CODES = {"type": "array", "items": {"type": "string"}}
_FACTS = {
    "gates": {"type": "object", "additionalProperties": {"enum": ["yes", "no", "unknown"]}},
    "criteria": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0, "maximum": 4}},
}
_ENTRIES = {"type": "array", "items": {"type": "object"}}
_SCORE = {"type": ["object", "null"], "additionalProperties": {"type": "number"}}
_TEXT = {"type": "string"}
_TEXT_OR_NULL = {"type": ["string", "null"]}
_FLAG_OR_NULL = {"type": ["boolean", "null"]}


def _text(description: str) -> fields.String:
    return fields.String(metadata={"description": description})


def _text_or_null(description: str, attribute: str | None = None) -> fields.String:
    return fields.String(allow_none=True, attribute=attribute, metadata={"description": description})


def _when(description: str) -> Instant:
    return Instant(metadata={"description": description})


def _document(description: str, properties: dict[str, Any]) -> fields.Field[Any]:
    """A document that is answered as it was stored."""
    return fields.Raw(metadata={"description": description, "type": "object", "properties": properties})


def _document_or_null(description: str, properties: dict[str, Any], attribute: str | None = None) -> fields.Field[Any]:
    metadata = {"description": description, "type": "object", "properties": properties}
    return fields.Raw(allow_none=True, attribute=attribute, metadata=metadata)


def _links(enquiry: models.Enquiry) -> dict[str, str | None]:
    """Where the gateway keeps this enquiry and what belongs to it."""
    own = f"/v1/enquiries/{enquiry.reference}"
    case, party = enquiry.case_reference, enquiry.party_id
    return {
        "self": own,
        "contacts": f"{own}/contacts",
        "consents": f"{own}/consents",
        "messages": f"{own}/messages",
        "assessments": f"{own}/assessments",
        "diagnosis": f"{own}/diagnosis",
        "case": f"/v1/cases/{case}" if case else None,
        "organisation": f"/v1/organisations/{enquiry.organisation_key}" if enquiry.organisation_key else None,
        "party": f"/v1/parties/{party}" if party else None,
    }


class EnquirerLine(Schema):
    """Who asked, in a list."""

    name = _text_or_null("The name exactly as typed.")
    kind = _text("What kind of enquirer this is.")
    organisation = _text_or_null("The organisation as typed.")


class Enquirer(EnquirerLine):
    """Who asked, in the words of this enquiry."""

    email = _text_or_null("The e-mail address as typed.")
    phone = _text_or_null("The telephone number as typed.")
    job_title = _text_or_null("What they do.")
    parent_body_kind = _text_or_null("The kind of public body that the service leaves.")
    region = _text_or_null("Where the service is delivered.")


class AssessmentLine(Schema):
    """What triage found, in a list."""

    criteria_version = _text("The version of the criteria that decided.")
    outcome = _text("refer, develop, advise, inform, out_of_scope or information_needed.")
    scored_outcome = _text("What was found; another than the outcome where an adviser set that.")
    score: fields.Field[Any] = fields.Raw(
        metadata={"description": "Value, or low and high; null when a gate decided.", **_SCORE}
    )
    triaged_at = fields.String(metadata={"description": "When triage decided.", "format": "date-time"})


class EnquiryLine(Schema):
    """An enquiry in a list: enough to choose by."""

    reference = _text("The enquiry's reference.")
    version = fields.Integer(metadata={"description": "Goes up by each change."})
    status = _text("Where the enquiry stands.")
    status_since = _when("Since when it stands there.")
    channel = _text("How it reached the service.")
    received_at = _when("When it reached the service.")
    created_at = _when("When it was stored.")
    updated_at = _when("When it last changed.")
    enquirer: fields.Field[Any] = fields.Nested(
        EnquirerLine, attribute="words.enquirer", metadata={"description": "Who asks."}
    )
    subject = _text_or_null("What it is about.", "words.subject")
    matters = fields.List(fields.String(), metadata={"description": "The subjects of advice."})
    service_sector = _text_or_null("The public service that is to be delivered.")
    spin_out_stage = _text_or_null("The team's own progress.")
    assessment: fields.Field[Any] = fields.Nested(
        AssessmentLine, allow_none=True, metadata={"description": "What triage found; null until triaged."}
    )
    case = _text_or_null("The reference of the case that it led to.", "case_reference")
    links = fields.Function(_links, metadata={"description": "Where to go from here.", "type": "object"})


class Enquiry(EnquiryLine):
    """An enquiry in full."""

    enquirer = fields.Nested(Enquirer, attribute="words.enquirer", metadata={"description": "Who asks."})
    status_reason = _text_or_null("Why it was answered, withdrawn or closed. The portal may show it to the enquirer.")
    organisation_key = _text_or_null("The registered public body that an adviser chose.")
    enquirer_from_register = fields.Function(
        lambda enquiry: enquiry.enquirer_from_register or [],
        metadata={"description": "The fields of the enquirer that it filled, and nobody said.", **_CODES},
    )
    acting_for = _document_or_null(
        "Who speaks for the enquirer. A portal reads in `recorded_by` itself or null.",
        {
            **dict.fromkeys(("name", "organisation", "email", "phone", "recorded_by"), _TEXT_OR_NULL),
            **dict.fromkeys(("relation", "authority", "recorded_at"), _TEXT),
        },
        "words.acting_for",
    )
    safe_to_contact: fields.Field[Any] = fields.Nested(
        SafeToContactRecorded,
        allow_none=True,
        attribute="words.safe_to_contact",
        metadata={
            "description": "By which ways to reach the enquirer safely; null: not asked. A portal reads its own note."
        },
    )
    message = _text_or_null("What was asked.", "words.message")
    self_declared_readiness = _text_or_null("How far the team says it is.")
    facts = _document("The answers that triage scores, as given.", _FACTS)
    facts_version = fields.Integer(metadata={"description": "Goes up whenever triage has to look again."})
    consent = _document(
        "What the enquirer agreed to. Null: not asked.",
        dict.fromkeys(("contact", "share_with_cabinet_office", "research"), _FLAG_OR_NULL),
    )
    heard_from = _text_or_null("How the enquirer learned of the service.")
    marks = fields.List(
        fields.String(), metadata={"description": "What to know of how it came in, as codes; none for a portal."}
    )
    related_to = _text_or_null("The reference of an earlier enquiry that it speaks of; null for a portal.")
    portal = _document_or_null(
        "The portal's account of the visit.", {"session": _TEXT_OR_NULL, "resources_seen": _CODES}, "words.portal"
    )
    assessment = _document_or_null(
        "The newest assessment with its explanation; null until triaged.",
        {
            **dict.fromkeys(("criteria_version", "outcome", "triaged_at"), _TEXT),
            **dict.fromkeys(("reason", "signpost"), _TEXT_OR_NULL),
            **dict.fromkeys(("explanation", "what_would_change_it", "questions"), _ENTRIES),
            "score": _SCORE,
        },
    )


class Contact(Schema):
    """One moment of exchange."""

    id = _text("The contact's id.")
    version = fields.Constant(1, metadata={"description": "Always 1: a contact is never changed.", "type": "integer"})
    channel = _text("By which way.")
    direction = _text("Who began it.")
    started_at = _when("When it began.")
    ended_at = Instant(allow_none=True, metadata={"description": "When it ended."})
    succeeded = fields.Boolean(allow_none=True, metadata={"description": "Whether the other side was reached."})
    disposition = _text("What came of it.")
    sources_used = fields.List(fields.String(), metadata={"description": "What the answer was taken from."})
    note = _text_or_null("What was said.")
    recorded_by = _text("Who wrote it down.")
    recorded_at = _when("When it was written down.")
