"""What crosses the boundary of consent. Every field of an answer is always there."""

from typing import Any

from marshmallow import Schema, fields, validate

from chassis.fields import Code, Instant
from services.intake.consents import wordings
from services.intake.domain.consents import Act, Purpose
from services.intake.schemas.kinds import Line


def _about(description: str) -> dict[str, Any]:
    """The options of a field that may be left out or null."""
    return {"load_default": None, "allow_none": True, "metadata": {"description": description}}


def _text(description: str, **options: Any) -> fields.String:
    return fields.String(metadata={"description": description}, **options)


class ConsentAct(Schema):
    """An act of giving, refusing or withdrawing consent."""

    purpose = fields.String(
        required=True, validate=validate.OneOf(tuple(Purpose)), metadata={"description": "For what."}
    )
    act = fields.String(
        required=True, validate=validate.OneOf(tuple(Act)), metadata={"description": "What the enquirer did."}
    )
    channel = Code("channels", required=True, metadata={"description": "By which way they said so."})
    at = Instant(**_about("When they did: now, when left out. Not in the future. The newest act decides."))
    wording_version = Line(
        wordings.LONGEST_VERSION,
        **_about("The version of the words that were shown or read out: that in use, when left out."),
    )


class Consent(Schema):
    """One act, as it was recorded."""

    id = fields.UUID(metadata={"description": "The act's id."})
    version = fields.Constant(1, metadata={"description": "Always 1: an act is never changed.", "type": "integer"})
    enquiry = _text("The enquiry's reference.")
    purpose = _text("For what.", validate=validate.OneOf(tuple(Purpose)))
    act = _text("What the enquirer did.", validate=validate.OneOf(tuple(Act)))
    channel = _text("By which way they said so.")
    acted_at = Instant(metadata={"description": "When they did. The newest act of a purpose decides."})
    wording_version = _text("The version of the words that were shown or read out.")
    wording_sha256 = _text("The digest of the file that held them.")
    wording = fields.Function(
        lambda act: wordings.words_of(act.wording_version, act.wording_sha256, act.purpose),
        metadata={
            "description": "These words; null when this release no longer has them.",
            "type": ["string", "null"],
        },
    )
    recorded_by = _text("Who recorded it.")
    recorded_at = Instant(metadata={"description": "When it was recorded."})


class Wording(Schema):
    """A version of the words in which consent is asked for."""

    version = _text("The version's name.")
    sha256 = _text("The digest of the file that holds it.")
    in_use = fields.Function(
        lambda wording: wording == wordings.in_use(),
        metadata={"description": "Whether it is shown and read out now.", "type": "boolean"},
    )
    purposes = fields.Dict(
        keys=fields.String(), values=fields.String(), metadata={"description": "What is asked, for each purpose."}
    )
