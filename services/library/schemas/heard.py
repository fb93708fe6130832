"""What the library reads of the events that it hears. All else in them is ignored."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate


def _code(description: str) -> fields.String:
    fit = [validate.Length(1, 100), validate.ContainsNoneOf("\0")]
    return fields.String(load_default=None, allow_none=True, validate=fit, metadata={"description": description})


class Profile(Schema):
    """What an enquiry is about."""

    matters = fields.List(
        fields.String(validate=[validate.Length(1, 100), validate.ContainsNoneOf("\0")]),
        required=True,
        validate=validate.Length(max=100),
        metadata={"description": "The subjects it names."},
    )
    service_sector = _code("The public service it is about.")
    region = _code("Where the service is delivered.")


class EnquiryProfiled(Schema):
    """intake: an enquiry was received or changed."""

    enquiry = fields.String(
        required=True, validate=validate.Length(1, 100), metadata={"description": "The enquiry's reference."}
    )
    spin_out_stage = _code("The team's own progress.")
    profile: fields.Field[Any] = fields.Nested(
        Profile, required=True, unknown=EXCLUDE, metadata={"description": "What it is about."}
    )
