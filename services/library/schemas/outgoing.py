"""What the library answers."""

from marshmallow import Schema, fields

from chassis.fields import Instant


def _text(description: str) -> fields.String:
    return fields.String(metadata={"description": description})


def _text_or_null(description: str) -> fields.String:
    return fields.String(allow_none=True, metadata={"description": description})


def _codes(description: str) -> fields.List[str]:
    return fields.List(fields.String(), metadata={"description": f"{description} None named: all."})


def _day_or_null(description: str) -> fields.Date:
    return fields.Date(allow_none=True, metadata={"description": description})


def _count(description: str, attribute: str) -> fields.Integer:
    return fields.Integer(attribute=attribute, metadata={"description": description})


class Answers(Schema):
    """How often it was answered whether a resource helped."""

    yes = _count("It did.", "helped_yes")
    partly = _count("In part.", "helped_partly")
    no = _count("It did not.", "helped_no")


class Resource(Schema):
    """Something to point people to."""

    id = fields.UUID(metadata={"description": "Its id."})
    version = fields.Integer(metadata={"description": "Goes up by each change."})
    kind = _text("What it is.")
    title = _text("What it is called.")
    summary = _text("What it is good for.")
    address = _text("Where it is.")
    publisher = _text("The body that published it.")
    matters = _codes("The subjects of advice that it is about.")
    stages = _codes("The spin-out stages for which it is good.")
    sectors = _codes("The public services that it is about.")
    regions = _codes("Where it is good.")
    audience = _codes("Whom it is for.")
    assured_by = _text_or_null("The body that has checked it. Null: nobody has.")
    assured_on = _day_or_null("When it was checked.")
    review_by = _day_or_null("By when it is to be looked at again.")
    stale = fields.Boolean(metadata={"description": "Whether that day has passed."})
    helped = fields.Nested(Answers, metadata={"description": "The answers to “did it help?”."})
    created_at = Instant(metadata={"description": "When it came into the library."})
    updated_at = Instant(metadata={"description": "When it last changed."})
    retired_at = Instant(allow_none=True, metadata={"description": "Since when nobody is pointed to it."})
    retired_because = _text_or_null("Why not.")


class Signpost(Schema):
    """A resource that an enquirer was pointed to, as it was then."""

    id = fields.UUID(metadata={"description": "Its id."})
    version = fields.Integer(metadata={"description": "Goes up by each answer."})
    enquiry = _text("The enquiry's reference.")
    resource_id = fields.UUID(metadata={"description": "The resource."})
    resource_version = fields.Integer(metadata={"description": "The version of it that was given."})
    title = _text("What it was called in that version.")
    address = _text("Where it was in that version.")
    note = _text_or_null("What was said with it.")
    given_by = _text("Who gave it.")
    given_at = Instant(metadata={"description": "When it was given."})
    helped = _text_or_null("yes, partly or no; null while nobody has asked.")
    answered_by = _text_or_null("Who wrote the answer down.")
    answered_at = Instant(allow_none=True, metadata={"description": "When."})
