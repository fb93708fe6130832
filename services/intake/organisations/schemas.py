"""What crosses the boundary of the register. Every field of an answer is always there."""

import re
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate
from marshmallow.utils import get_value

from chassis.database import PageQuery
from chassis.fields import Code, Instant, Words
from services.intake.domain.organisations.addresses import canonical_domain
from services.intake.domain.organisations.matches import Confidence, Reason
from services.intake.domain.organisations.names import normal_form
from services.intake.domain.organisations.sheet import COLUMNS
from services.intake.schemas.kinds import Flag, Line

KEY = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$"
LONGEST_NAME = 300
# What a request may bring of a sheet; a larger one is the command's, which takes its time.
LARGEST_SHEET = 200_000

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOST_PARTS = 50
_REASONS = {
    Reason.DOMAIN: "The e-mail address is one of this body's.",
    Reason.NAME: "What was typed is like its name.",
    Reason.OTHER_NAME: "What was typed is like another name of it.",
    Reason.SUCCESSOR_OF: "It took the place of a body that is no more, and that may be meant.",
    Reason.SHARED_DOMAIN: "The e-mail address is one that all bodies of the health service share, as this one does.",
}


def _text(description: str, **options: Any) -> fields.String:
    return fields.String(metadata={"description": description}, **options)


def _key(description: str, **options: Any) -> fields.String:
    return fields.String(
        validate=validate.Regexp(re.compile(KEY, re.ASCII), error="Must be letters, digits, and . _ - between them."),
        metadata={"description": description, "pattern": KEY},
        **options,
    )


class Name(Line):
    """A name of a body: on one line, with something in it by which it can be found."""

    default_error_messages = {"nothing": "Must hold a letter or a digit."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if not normal_form(text):
            raise self.make_error("nothing")
        return text


class Day(fields.Date):
    """A day as `2013-03-31`, and in no other of ISO 8601's forms."""

    default_error_messages = {"invalid": "Must be a day such as 2013-03-31."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> date:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return super()._deserialize(value, attr, data, **options)


class MailDomain(fields.String):
    """The domain of a body's e-mail addresses, in lower case."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        try:
            return canonical_domain(text)
        except ValueError as refused:
            raise ValidationError(str(refused)) from None


class Parts(fields.List[str]):
    """Several values of one cell, each at most once."""

    default_error_messages = {"twice": "Must not name anything twice."}

    def __init__(self, one: fields.Field[str]) -> None:
        super().__init__(one, load_default=list, validate=validate.Length(max=_MOST_PARTS))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> list[str | None]:
        found = super()._deserialize(value, attr, data, **options)
        if len(set(found)) < len(found):
            raise self.make_error("twice")
        return found


class OrganisationRow(Schema):
    """A body, as a row of a sheet tells of it."""

    key = _key("A stable code, of ours or of where it came from.", required=True)
    name = Name(LONGEST_NAME, required=True)
    other_names = Parts(Name(LONGEST_NAME))
    kind = Code("parent_body_kinds", required=True)
    region = Code("regions", load_default=None)
    domains = Parts(MailDomain())
    dissolved_on = Day(load_default=None)
    successor = _key("The key of whoever took its place.", load_default=None)


class SheetOfOrganisations(Schema):
    """A sheet to bring the register to."""

    csv = Words(
        LARGEST_SHEET,
        required=True,
        least=1,
        metadata={
            "description": f"The sheet, with the columns {', '.join(COLUMNS)}; {LARGEST_SHEET} characters at most."
        },
    )
    dry_run = Flag(
        load_default=False, metadata={"description": "Whether to say only what would be done, and do nothing."}
    )


class Done(Schema):
    """What was done to one body."""

    key = _text("The body's key.")
    fields_ = fields.List(
        fields.String(),
        attribute="fields",
        data_key="fields",
        metadata={"description": "The fields that changed; none where it was added."},
    )


class Imported(Schema):
    """What a sheet came to."""

    dry_run = fields.Boolean(metadata={"description": "Whether nothing was done, and this is what would be."})
    added = fields.Integer(metadata={"description": "How many were added."})
    changed = fields.Integer(metadata={"description": "How many were changed."})
    unchanged = fields.Integer(metadata={"description": "How many stayed as they were."})
    done = fields.List(
        fields.Nested(Done), metadata={"description": "Whom that befell, those that were added first; 200 at most."}
    )
    note = _text("What to know of how the sheet was read.", allow_none=True)


class OrganisationFilter(PageQuery):
    """Which bodies to list. All that are given must hold."""

    q = Line(200, metadata={"description": "A name, in any spelling, or words of one."})
    kind = Code("parent_body_kinds", metadata={"description": "The kind of body."})
    region = Code("regions", metadata={"description": "Where it is."})
    domain = Line(253, metadata={"description": "The domain of an e-mail address of theirs, or one under it."})
    include_dissolved = fields.Boolean(
        load_default=False, metadata={"description": "Whether those that are no more are listed too."}
    )


def _links(organisation: Any) -> dict[str, str | None]:
    key, successor = (get_value(organisation, name) for name in ("key", "successor"))
    return {
        "self": f"/v1/organisations/{key}",
        "successor": f"/v1/organisations/{successor}" if successor else None,
    }


class OrganisationName(Schema):
    """A body, by name."""

    key = _text("Its key.")
    name = _text("Its name.")
    dissolved_on = fields.Date(
        allow_none=True, metadata={"description": "The first day on which it was, or will be, no more."}
    )


class OrganisationLine(OrganisationName):
    """A body as it is registered."""

    version = fields.Integer(metadata={"description": "Goes up by each change."})
    other_names = fields.List(fields.String(), metadata={"description": "What else it is, or was, called."})
    kind = _text("The nearest of the kinds of parent body.")
    region = _text("Where it is; null for one of the whole country.", allow_none=True)
    domains = fields.List(fields.String(), metadata={"description": "The domains of its e-mail addresses."})
    successor = _text("The key of whoever took its place.", allow_none=True)
    updated_at = Instant(metadata={"description": "When a file last changed it."})
    links = fields.Function(_links, metadata={"description": "Where to go from here.", "type": "object"})


class Organisation(OrganisationLine):
    """A body with those that came after it and before it."""

    successors = fields.List(
        fields.Nested(OrganisationName), metadata={"description": "Who took its place, who theirs, and so on."}
    )
    predecessors = fields.List(
        fields.Nested(OrganisationName), metadata={"description": "Whose place it took itself, 200 at most."}
    )


class SuggestionReason(Schema):
    """Why a body may be meant."""

    code = _text("The reason's code.", attribute="reason", validate=validate.OneOf(tuple(Reason)))
    words = fields.Function(
        lambda ground: _REASONS[ground.reason],
        metadata={"description": "The reason, in a sentence.", "type": "string"},
    )
    on = _text("What it rests on: the domain, the registered name, or the key of the body that is no more.")


class SuggestedOrganisation(Schema):
    """A body that may be meant."""

    organisation = fields.Nested(OrganisationLine, metadata={"description": "The body."})
    confidence = _text("How sure it is.", validate=validate.OneOf(tuple(Confidence)))
    score = fields.Integer(metadata={"description": "How sure it is, from 0 to 100."})
    reasons = fields.List(fields.Nested(SuggestionReason), metadata={"description": "Why, the strongest first."})


class SuggestedOrganisations(Schema):
    """Which bodies an enquirer may mean. None is chosen: that is for an adviser to do."""

    organisation = _text("What the enquirer typed.", allow_none=True)
    organisation_key = _text("The body that an adviser has chosen.", allow_none=True)
    explanation = _text("What to make of it, in a sentence or two.")
    suggestions = fields.List(
        fields.Nested(SuggestedOrganisation), metadata={"description": "The likeliest first, ten at most."}
    )
