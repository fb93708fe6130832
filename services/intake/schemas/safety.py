"""What is safe for the enquirer, as it comes in and as it is answered."""

from typing import Any

from marshmallow import Schema, fields

from chassis.fields import Code
from services.intake.schemas.kinds import Flag, Line


def _about(description: str) -> dict[str, Any]:
    """The options of a field that may be left out or null."""
    return {"load_default": None, "allow_none": True, "metadata": {"description": description}}


class SafeToContact(Schema):
    """By which ways the enquirer may be reached, and how word may be left. Null: nobody has asked."""

    phone = Flag(**_about("Whether they may be rung."))
    email = Flag(**_about("Whether they may be written to by e-mail."))
    post = Flag(**_about("Whether they may be written to by post."))
    safe_times = Line(200, **_about("When it is safe, in their words."))
    leave_message = Code("messages_left", **_about("Where a message may be left."))
    announce = Code("announcements", **_about("What may be said of who is calling."))


class SafeToContactRecorded(SafeToContact):
    """The same as it is kept: with who wrote it down, and when."""

    recorded_by = fields.String(metadata={"description": "Who recorded it."})
    recorded_at = fields.String(metadata={"description": "When it was recorded.", "format": "date-time"})
