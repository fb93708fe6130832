"""What crosses the boundary of parties. Every field of an answer is always there."""

import re
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from chassis.database import PageQuery
from chassis.fields import Instant
from services.intake.domain.duplicates import Reason
from services.intake.domain.parties import Change, PartyKind, Verified
from services.intake.schemas.kinds import Email, Line, Phone, Prose

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_REASONS = {
    Reason.SAME_EMAIL: "Both have given the same e-mail address.",
    Reason.SAME_NUMBER: "Both have given the same telephone number.",
    Reason.SAME_NAME: "Both have the same name.",
    Reason.SIMILAR_NAME: "Their names are alike.",
    Reason.SAME_MAILBOX: "Their e-mail addresses are alike up to the @.",
    Reason.SAME_ORGANISATION: "Both speak of the same organisation.",
}


def _about(description: str) -> dict[str, Any]:
    """The options of a field that may be left out or null."""
    return {"load_default": None, "allow_none": True, "metadata": {"description": description}}


def _text(description: str, **options: Any) -> fields.String:
    return fields.String(metadata={"description": description}, **options)


def _code(codes: Any, description: str, **options: Any) -> fields.String:
    return _text(description, validate=validate.OneOf(tuple(codes)), **options)


class Day(fields.Date):
    """A day as `2026-11-21`, and in no other of ISO 8601's forms."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> date:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return super()._deserialize(value, attr, data, **options)


class PartyFilter(PageQuery):
    """Which parties to list. All that are given must hold."""

    q = Line(200, metadata={"description": "Words of the name, with or without accents, apostrophes and hyphens."})
    kind = _code(PartyKind, "What the party is.")


class PartySearch(Schema):
    """Whom to look for. All that are given must hold, and one must be given."""

    email = Email(**_about("An e-mail address that leads to the party."))
    phone = Phone(**_about("A telephone number that leads to the party."))
    name = Line(200, **_about("Words of the name, with or without accents, apostrophes and hyphens."))

    @validates_schema
    def asks_something(self, loaded: dict[str, Any], **_: Any) -> None:
        """Whoever asks for nothing would be given anybody."""
        if not any(loaded.values()):
            raise ValidationError("Give an e-mail address, a telephone number or a name.")


class PartyCorrection(Schema):
    """What may be changed of a party. What is left out stays."""

    name = Line(200, metadata={"description": "The name, kept exactly as typed."})
    kind = _code(PartyKind, "What the party is. Only while nobody is merged into it.")


class NewIdentifier(Schema):
    """What leads to a party: an e-mail address or a telephone number, one of the two."""

    email = Email(**_about("An e-mail address."))
    phone = Phone(**_about("A telephone number, British unless it begins with + or 00."))

    @validates_schema
    def is_one(self, loaded: dict[str, Any], **_: Any) -> None:
        """Each identifier is added, and told of, by itself."""
        if sum(value is not None for value in loaded.values()) != 1:
            raise ValidationError("Give an e-mail address or a telephone number, one of the two.")


class Verification(Schema):
    """How and when somebody made sure of an identifier."""

    how = _code(Verified, "How it was made sure of.", required=True)
    on = Day(**_about("On which day: today, when left out. Not in the future."))


class Merging(Schema):
    """Which party this one is seen as from now on, and why."""

    into = fields.UUID(required=True, metadata={"description": "The id of the surviving party."})
    reason = Prose(2_000, required=True, metadata={"description": "Why, in plain words."})


class Identifier(Schema):
    """What leads to a party."""

    id = fields.UUID(metadata={"description": "The identifier's id."})
    kind = _code(("email", "phone"), "What it is.")
    value = _text("The address or number, in the form in which it is compared.")
    party = fields.UUID(
        attribute="party_id", metadata={"description": "The party that has it: this one, or a merged one."}
    )
    verified_on = fields.Date(allow_none=True, metadata={"description": "On which day somebody made sure of it."})
    verified_by = _text("Who made sure of it.", allow_none=True)
    verified_how = _code(Verified, "How.", allow_none=True)
    created_at = Instant(metadata={"description": "When it was stored."})


def _links(party: Any) -> dict[str, str]:
    own = f"/v1/parties/{party['id']}"
    return {"self": own, "duplicates": f"{own}/duplicates"}


class PartyLine(Schema):
    """A party in a list: enough to choose by."""

    id = fields.UUID(metadata={"description": "The party's id."})
    version = fields.Integer(metadata={"description": "Goes up by each change."})
    kind = _code(PartyKind, "What the party is.")
    name = _text("The name exactly as typed.", allow_none=True)
    organisation = _text("The organisation as last given in an enquiry.", allow_none=True)
    merged_into = fields.UUID(allow_none=True, metadata={"description": "The party into which it was merged."})
    identifiers = fields.List(
        fields.Nested(Identifier), metadata={"description": "What leads to it and those merged into it, 100 at most."}
    )
    created_at = Instant(metadata={"description": "When it was first stored."})
    links = fields.Function(_links, metadata={"description": "Where to go from here.", "type": "object"})


class MergedParty(Schema):
    """A party that was merged."""

    id = fields.UUID(metadata={"description": "The party's id."})
    name = _text("The name exactly as typed.", allow_none=True)
    merged_into = fields.UUID(metadata={"description": "The party into which it was merged."})


class PartyEnquiry(Schema):
    """An enquiry of a party."""

    reference = _text("The enquiry's reference.")
    status = _text("Where it stands.")
    received_at = Instant(metadata={"description": "When it reached the service."})
    party = fields.UUID(attribute="party_id", metadata={"description": "The party under which it came in."})


class PartyChange(Schema):
    """What somebody did to a party."""

    change = _code(Change, "What was done.")
    other = fields.UUID(attribute="other_id", allow_none=True, metadata={"description": "The other party concerned."})
    before = _text("The name, kind or identifier until then.", allow_none=True)
    reason = _text("Why.", allow_none=True)
    made_by = _text("Who did it.")
    made_at = Instant(metadata={"description": "When."})


class Party(PartyLine):
    """A party in full, with all that were merged into it."""

    survivor = fields.UUID(metadata={"description": "The party as which it is seen: itself, unless it was merged."})
    merged = fields.List(
        fields.Nested(MergedParty), metadata={"description": "Those merged into it, directly or by way of another."}
    )
    enquiries = fields.List(
        fields.Nested(PartyEnquiry), metadata={"description": "Its enquiries and theirs, the newest first, 50 at most."}
    )
    more_enquiries = fields.Boolean(metadata={"description": "Whether there are more than are shown."})
    history = fields.List(
        fields.Nested(PartyChange), metadata={"description": "What was done to it, the newest first, 50 at most."}
    )


class PartiesFound(Schema):
    """Who was found."""

    items = fields.List(fields.Nested(PartyLine), metadata={"description": "The parties, 20 at most."})
    more = fields.Boolean(metadata={"description": "Whether there are more than are shown."})


class LikenessReason(Schema):
    """Why two parties may be the same."""

    code = fields.Function(str, metadata={"description": "The reason's code.", "enum": [*Reason], "type": "string"})
    words = fields.Function(
        lambda reason: _REASONS[Reason(reason)], metadata={"description": "In a sentence.", "type": "string"}
    )


class Duplicate(Schema):
    """Somebody who may be the same party."""

    party = fields.Nested(PartyLine, metadata={"description": "Who it may be."})
    score = fields.Integer(metadata={"description": "How much speaks for it, 0 to 100. It orders; it decides nothing."})
    reasons = fields.List(fields.Nested(LikenessReason), metadata={"description": "What speaks for it."})


class Duplicates(Schema):
    """Who may be the same as a party. A person decides: merge them, or say that they differ."""

    party = fields.UUID(metadata={"description": "The party; the surviving one if it was merged."})
    version = fields.Integer(metadata={"description": "That party's version."})
    items = fields.List(fields.Nested(Duplicate), metadata={"description": "The likeliest first, ten at most."})


class DuplicatePair(Schema):
    """Two parties that may be the same."""

    one = fields.Nested(PartyLine, metadata={"description": "The one that came first."})
    other = fields.Nested(PartyLine, metadata={"description": "The other."})
    score = fields.Integer(metadata={"description": "How much speaks for it, 0 to 100. It orders; it decides nothing."})
    reasons = fields.List(fields.Nested(LikenessReason), metadata={"description": "What speaks for it."})
    found_at = Instant(metadata={"description": "When it was first found."})
