"""What crosses triage's boundary: what comes in, what goes out, and what is heard."""

import re
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from chassis.database import PageQuery
from chassis.errors import FieldError, Invalid
from chassis.fields import Code, Instant
from services.triage import domain
from services.triage.models import CriteriaVersion

STATES = ("draft", "agreed", "active", "superseded", "withdrawn")
MOST_FACTS = 50
_NAME = validate.Regexp(r"[a-z][a-z0-9_]{0,39}\Z", error="Must be lower_snake_case of 1 to 40 characters.")
_PLAIN = re.compile(r"[A-Za-z0-9_.:+-]{0,60}\Z")


def _about(words: str, **shape: Any) -> dict[str, Any]:
    """A field's description, and what JSON Schema would say of one that only a method knows."""
    return {"metadata": {"description": words, **shape}}


def _perhaps(words: str) -> dict[str, Any]:
    return {"allow_none": True, **_about(words)}


def _is_plain(value: object) -> bool:
    if isinstance(value, list):
        return len(value) <= MOST_FACTS and all(isinstance(item, str) and _is_plain(item) for item in value)
    if isinstance(value, str):
        return _PLAIN.match(value) is not None
    return value is None or isinstance(value, bool | int)


class Profile(fields.Field[dict[str, Any]]):
    """What an enquiry's event says of its background, passed on as it came.

    Held to what an event may hold: whatever is no code, number or time is left out, free words above all.
    """

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or len(value) > MOST_FACTS:
            raise ValidationError("Must be an object of codes, numbers and times.")
        return {name: item for name, item in value.items() if _PLAIN.match(name) and _is_plain(item)}


class Facts(Schema):
    """The answers that triage scores. What is not known is left out, or said to be unknown."""

    gates = fields.Dict(
        keys=fields.String(validate=_NAME),
        values=fields.String(validate=validate.OneOf(list(domain.ANSWERS))),
        load_default=dict,
        validate=validate.Length(max=MOST_FACTS),
        **_about("Gates by id, each with yes, no or unknown."),
    )
    criteria = fields.Dict(
        keys=fields.String(validate=_NAME),
        values=fields.Integer(strict=True, validate=validate.Range(0, domain.MOST), allow_none=True),
        load_default=dict,
        validate=validate.Length(max=MOST_FACTS),
        **_about("Criteria by id, each with 0 to 4; null or left out when it is not answered."),
    )


class EnquiryFacts(Schema):
    """What triage reads of an enquiry that was received or changed."""

    enquiry = fields.String(
        required=True,
        validate=validate.Regexp(r"[A-Z0-9-]{1,40}\Z"),
        **_about("The enquiry's reference."),
    )
    facts_version = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(0, 2**31 - 1),
        **_about("Counts the changes of facts and stage."),
    )
    spin_out_stage = Code("spin_out_stages", load_default=None, allow_none=True, **_about("The team's own progress."))
    facts = fields.Nested(Facts, required=True, unknown=EXCLUDE, **_about("The answers to be scored."))
    profile = Profile(required=True, **_about("What reports and cases may know of the enquiry."))


class WhatIf(Schema):
    """Facts to be assessed without storing anything."""

    facts = fields.Nested(Facts, load_default=lambda: {"gates": {}, "criteria": {}}, **_about("The answers to score."))
    spin_out_stage = Code("spin_out_stages", load_default=None, allow_none=True, **_about("The team's own progress."))
    criteria_version = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(r"^[a-z0-9][a-z0-9.-]{0,39}$", error="Must be the name of a criteria version."),
        **_about("The version to apply. Left out: the active one."),
    )


class AssessmentQuery(PageQuery):
    """Which page of an enquiry's assessments."""


class CriteriaQuery(PageQuery):
    """Which criteria versions."""

    state = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf(STATES), **_about("Only versions in this state.")
    )


class Finding(Schema):
    """What was found at one gate or criterion."""

    id = fields.String(**_about("The gate's or criterion's id."))
    kind = fields.String(**_about("gate or criterion."))
    value = fields.Raw(**_about("yes, no, unknown or not_applicable; 0 to 4; null when a criterion is not answered."))
    points = fields.Float(**_perhaps("Its share of the score. Null for gates and for what is not answered."))
    of = fields.Integer(**_perhaps("The most points that it can give. Null for gates."))
    reason = fields.String(**_about("Why, in plain English."))
    missing = fields.Boolean(**_about("Whether an answer is missing."))


class Change(Schema):
    """One single change and where it would lead."""

    id = fields.String(**_about("The gate, criterion or fact that would change."))
    kind = fields.String(**_about("gate, criterion or fact."))
    change = fields.String(**_about("answer (a missing one), instead (another one), up or down (one step)."))
    before = fields.Raw(data_key="from", attribute="from", **_about("The present answer."))
    after = fields.Raw(data_key="to", attribute="to", **_about("The other answer. Null where any answer is meant."))
    outcomes = fields.List(fields.String(), **_about("The other outcomes it can lead to. Empty: not by itself."))
    text = fields.String(**_about("The question to ask, or what would have to be true."))


class Question(Schema):
    """What to ask before the outcome can be decided."""

    id = fields.String(**_about("The gate, criterion or fact that is asked for."))
    question = fields.String(**_about("The question in plain English."))


class Result(Schema):
    """One criteria version applied to one snapshot of facts."""

    criteria_version = fields.String(**_about("The criteria version that decided."))
    criteria_sha256 = fields.String(**_about("The fingerprint of that version's document."))
    spin_out_stage = fields.String(**_perhaps("The team's own progress, as it was."))
    facts = fields.Nested(Facts, **_about("The answers, as they were."))
    outcome = fields.String(**_about("refer, develop, advise, inform, out_of_scope or information_needed."))
    score = fields.Method(
        "dump_score",
        **_about(
            "Points out of 100: one value, or low and high while answers are missing.",
            type="object",
            properties={name: {"type": "number", "minimum": 0, "maximum": 100} for name in ("value", "low", "high")},
        ),
    )
    reason = fields.String(**_about("Why this outcome, in plain English."))
    explanation = fields.List(fields.Nested(Finding), **_about("One entry for each gate and criterion."))
    what_would_change_it = fields.List(fields.Nested(Change), **_about("Which single change leads elsewhere."))
    questions = fields.List(fields.Nested(Question), **_about("What to ask; empty once the outcome is decided."))
    signpost = fields.String(**_perhaps("Where else to turn. Null unless out of scope."))

    def dump_score(self, result: Any) -> dict[str, float]:
        """The score of a what-if's result, or of a stored row."""
        if isinstance(result, dict):
            score: dict[str, float] = result["score"]
            return score
        return domain.Score(result.score_low, result.score_high).data()


class Assessment(Result):
    """A stored assessment of an enquiry."""

    id = fields.UUID(**_about("The assessment's id."))
    enquiry = fields.String(**_about("The enquiry's reference."))
    facts_version = fields.Integer(**_about("The version of the enquiry's facts that was assessed."))
    triaged_at = Instant(**_about("When it was assessed."))


class CriteriaLine(Schema):
    """A criteria version in a list."""

    version = fields.String(**_about("The version's name."))
    sha256 = fields.String(**_about("The fingerprint of its document."))
    title = fields.String(**_about("What it is called."))
    state = fields.String(**_about("draft, agreed, active, superseded or withdrawn."))
    author = fields.String(**_about("Who wrote it."))
    agreed_by = fields.String(**_perhaps("Who agreed it: never its author."))
    created_at = Instant(**_about("When it came in."))
    agreed_at = Instant(**_perhaps("When it was agreed."))
    active_from = Instant(**_perhaps("When it came into force."))
    superseded_at = Instant(**_perhaps("When another version took its place."))
    revision = fields.Integer(**_about("Counts the changes of its state."))


class HistoryEntry(Schema):
    """One step in the life of a criteria version."""

    state = fields.String(**_about("The state that began."))
    at = Instant(**_about("When."))
    by = fields.String(**_perhaps("Who did it; null where another version's coming did."))


class Criteria(CriteriaLine):
    """A criteria version with its document and its history."""

    document = fields.Dict(**_about("The document (`contracts/criteria.v1.json`)."))
    history = fields.Method(
        "dump_history", **_about("Its states so far, the oldest first.", type="array", items={"type": "object"})
    )

    def dump_history(self, criteria: CriteriaVersion) -> list[Any]:
        """The states that the version has been in."""
        steps: list[dict[str, Any]] = [
            {"state": "draft", "at": criteria.created_at, "by": criteria.author},
            {"state": "agreed", "at": criteria.agreed_at, "by": criteria.agreed_by},
            {"state": "active", "at": criteria.active_from, "by": criteria.agreed_by},
            {"state": "superseded", "at": criteria.superseded_at, "by": None},
        ]
        return list(HistoryEntry(many=True).dump([step for step in steps if step["at"] is not None]))


def refuse_unknown_facts(facts: dict[str, dict[str, Any]], rules: domain.Rules) -> None:
    """Raise Invalid for every fact that the rules do not read: most likely a slip of the keyboard."""
    faults = [
        FieldError(f"/facts/{part}/{name}", "The criteria version does not read this.")
        for part, answers in facts.items()
        for name in answers
        if f"{part}.{name}" not in rules.questions
    ]
    if faults:
        raise Invalid(faults)
