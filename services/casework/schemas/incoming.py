"""What callers send to casework. A field that is not required may be left out; null where it says so."""

import re
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from chassis.database import PageQuery
from chassis.fields import Code, Instant, Words
from services.casework.domain.case import NOBODY, OPENING_OUTCOMES, OTHER_OUTCOMES, Status, has_reached

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _about(description: str) -> dict[str, Any]:
    """The options of a field that may be left out or null."""
    return {"load_default": None, "allow_none": True, "metadata": {"description": description}}


class Day(fields.Date):
    """A day as `2026-11-21`, and in no other of ISO 8601's forms."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> date:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return super()._deserialize(value, attr, data, **options)


class Flag(fields.Boolean):
    """True or false, and nothing that merely looks like it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Account(Words):
    """A person by the subject of their token, as events tell it. A typed name would be told too, and match nobody."""

    default_error_messages = {
        "name": "Must be the id of an account, without spaces, not a person's name.",
        "nobody": "No account is called `none`. Send null, or leave it out, for nobody.",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        account = super()._deserialize(value, attr, data, **options)
        if any(letter.isspace() for letter in account):
            raise self.make_error("name")
        if account == NOBODY:
            raise self.make_error("nobody")
        return account


class Nothing(Schema):
    """An empty body: the address says it all."""


class CaseChange(Schema):
    """What may be changed of a case. What is left out stays; null takes a value away."""

    assignee = Account(100, least=1, allow_none=True, metadata={"description": "Whose case it is: an account's id."})
    spin_out_stage = Code("spin_out_stages", allow_none=True, metadata={"description": "The team's own progress."})
    requires_action_by = Code(
        "requires_action_by", metadata={"description": "The one party that owes the next action."}
    )
    on_hold = Flag(metadata={"description": "True puts the case on hold, false takes it up again."})


class NewNote(Schema):
    """Free words about a case."""

    text = Words(20_000, least=1, required=True, metadata={"description": "What is to be noted."})


class NewContact(Schema):
    """One moment of exchange with the enquirer, with what came of it."""

    channel = Code("channels", required=True, metadata={"description": "By which way."})
    direction = Code("contact_directions", required=True, metadata={"description": "Who began it."})
    started_at = Instant(**_about("When it began: now, when left out. Not ahead, nor before 2000."))
    ended_at = Instant(**_about("When it ended. Not before it began."))
    succeeded = Flag(**_about("Whether the other side was reached: as the disposition says, when left out."))
    disposition = Code("dispositions", required=True, metadata={"description": "What came of it."})
    sources_used = fields.List(
        Words(200, least=1),
        load_default=list,
        validate=validate.Length(max=50),
        metadata={"description": "What the answer was taken from."},
    )
    note = Words(20_000, least=1, **_about("What was said."))

    @validates_schema
    def success_fits_the_disposition(self, loaded: dict[str, Any], **_: Any) -> None:
        """A contact that reached nobody did not succeed, or it would end a clock. One that did may have failed."""
        if loaded["succeeded"] and not has_reached(loaded["disposition"]):
            raise ValidationError("Must not be true: by the disposition nobody was reached.", "succeeded")


class NewTask(Schema):
    """Something to be done for a case."""

    title = Words(300, least=1, required=True, metadata={"description": "What is to be done."})
    due_on = Day(**_about("By which day."))
    assignee = Account(100, least=1, **_about("Who is to do it: an account's id."))


class NewEvidence(Schema):
    """A dated, graded, sourced item. A barrier names its category."""

    kind = Code("evidence_kinds", required=True, metadata={"description": "What it tells of."})
    category = Code("matters", **_about("The matter that it concerns; required for a barrier."))
    grade = Code("evidence_grades", required=True, metadata={"description": "How far it can be relied upon."})
    source_words = Words(20_000, least=1, required=True, metadata={"description": "The source's own words."})
    observed_on = Day(required=True, metadata={"description": "When it was observed. Not ahead, nor before 2000."})

    @validates_schema
    def barrier_has_a_category(self, loaded: dict[str, Any], **_: Any) -> None:
        """Barriers are counted by category, so each has one."""
        if loaded["kind"] == "barrier" and loaded["category"] is None:
            raise ValidationError("A barrier needs its category.", "category")


class NewClosing(Schema):
    """How a case ended."""

    outcome = Code("case_outcomes", required=True, metadata={"description": "How the case ended."})
    reason = Words(2_000, least=1, required=True, metadata={"description": "Why, in plain words."})


class NewReopening(Schema):
    """Why a closed case is taken up again."""

    reason = Words(2_000, least=1, required=True, metadata={"description": "Why, in plain words."})


class CaseFilter(PageQuery):
    """Which cases to list. All that are given must hold. Values come from an address, as text."""

    status = fields.String(validate=validate.OneOf(tuple(Status)), metadata={"description": "Where it stands."})
    assignee = Words(
        100, least=1, metadata={"description": f"Whose case it is: an account's id, or `{NOBODY}` for nobody's yet."}
    )
    requires_action_by = Code("requires_action_by", metadata={"description": "Who owes the next action."})
    band = fields.String(
        validate=validate.OneOf((*OPENING_OUTCOMES, *OTHER_OUTCOMES)),
        metadata={"description": "What triage last found."},
    )
    stage = Code("spin_out_stages", metadata={"description": "The team's own progress."})
    overdue = fields.Boolean(metadata={"description": "Whether an open clock of it has run out."})
    q = Words(
        200, least=1, metadata={"description": "The beginning of a reference, or text found in what was written."}
    )
