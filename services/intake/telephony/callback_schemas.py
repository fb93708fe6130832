"""What crosses the boundary of callbacks. Every field of an answer is always there."""

from typing import Any

from marshmallow import Schema, fields, validate

from chassis.database import PageQuery
from chassis.fields import Instant
from services.intake.domain.callbacks import CallbackAction, CallbackStatus, Result, allowed
from services.intake.schemas.kinds import Line, Prose
from services.intake.schemas.safety import SafeToContactRecorded


def _about(description: str) -> dict[str, Any]:
    """The options of a field that may be left out or null."""
    return {"load_default": None, "allow_none": True, "metadata": {"description": description}}


def _text(description: str, **options: Any) -> fields.String:
    return fields.String(metadata={"description": description}, **options)


class NewCallback(Schema):
    """A promise to ring the enquirer."""

    window_from = Instant(
        required=True,
        metadata={"description": "When the half hour begins: in working time, ahead, and within 28 days."},
    )
    owner = Line(200, **_about("Who is to ring: whoever promises it, when left out."))
    note = Prose(2_000, **_about("What whoever rings should know."))


class NewWindow(Schema):
    """Another window for a callback."""

    window_from = Instant(
        required=True,
        metadata={"description": "When the half hour begins: in working time, ahead, and within 28 days."},
    )


class SlotQuery(Schema):
    """Of which period to list the slots."""

    since = Instant(data_key="from", **_about("The first moment: now, when left out."))
    until = Instant(data_key="to", **_about("The first moment after it: seven days later, when left out; 28 at most."))


class Slot(Schema):
    """A half hour of working time in which callbacks are made."""

    window_from = Instant(metadata={"description": "When it begins."})
    window_to = Instant(metadata={"description": "When it ends."})
    room = fields.Integer(metadata={"description": "How many callbacks can still be promised for it."})


class Slots(Schema):
    """The slots of a period."""

    slots = fields.List(fields.Nested(Slot), metadata={"description": "In the order of time."})


class NewAttempt(Schema):
    """A try to keep a callback."""

    result = fields.String(
        required=True, validate=validate.OneOf(tuple(Result)), metadata={"description": "What came of it."}
    )
    at = Instant(**_about("When it was: now, when left out. Not in the future."))
    note = Prose(2_000, **_about("What was said."))


class CallbackFilter(PageQuery):
    """Which callbacks to list. All that are given must hold."""

    owner = Line(200, metadata={"description": "Who is to ring."})
    due = fields.Boolean(
        metadata={"description": "Still promised, with a window that has begun (true) or is ahead (false)."}
    )


class Attempt(Schema):
    """A try to keep a callback."""

    number = fields.Integer(metadata={"description": "The first one has 1."})
    result = _text("What came of it.", validate=validate.OneOf(tuple(Result)))
    at = Instant(metadata={"description": "When it was."})
    note = _text("What was said.", allow_none=True)
    recorded_by = _text("Who recorded it.")
    recorded_at = Instant(metadata={"description": "When it was recorded."})


def _links(callback: Any) -> dict[str, str]:
    own = f"/v1/callbacks/{callback.id}"
    return {"self": own, "attempts": f"{own}/attempts", "enquiry": f"/v1/enquiries/{callback.enquiry}"}


class Callback(Schema):
    """A promise to ring the enquirer in a window, and what became of it."""

    id = fields.UUID(metadata={"description": "The callback's id."})
    version = fields.Integer(metadata={"description": "Goes up by each change."})
    enquiry = _text("The enquiry's reference.")
    owner = _text("Who is to ring.")
    status = _text("Where it stands.", validate=validate.OneOf(tuple(CallbackStatus)))
    window_from = Instant(metadata={"description": "When the window begins."})
    window_to = Instant(metadata={"description": "When the window ends."})
    note = _text("What whoever rings should know.", allow_none=True)
    safe_to_contact: fields.Field[Any] = fields.Nested(
        SafeToContactRecorded,
        allow_none=True,
        metadata={"description": "How to ring and leave word safely: each answer is their newest; null: not asked."},
    )
    attempts = fields.List(fields.Nested(Attempt), metadata={"description": "The attempts, in order, three at most."})
    allowed = fields.Function(
        lambda callback: [action.value for action in allowed(CallbackStatus(callback.status))],
        metadata={
            "description": "What may be done with it now.",
            "type": "array",
            "items": {"enum": [action.value for action in CallbackAction]},
        },
    )
    created_by = _text("Who promised it.")
    created_at = Instant(metadata={"description": "When it was promised."})
    ended_at = Instant(
        allow_none=True, metadata={"description": "When it was kept, tried for the last time or given up."}
    )
    ended_reason = _text("Why it was cancelled.", allow_none=True)
    links = fields.Function(_links, metadata={"description": "Where to go from here.", "type": "object"})
