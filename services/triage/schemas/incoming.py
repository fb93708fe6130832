"""What comes in: facts of enquiries, by event or to be tried out, and filters of lists."""

import re
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from chassis.database import PageQuery
from chassis.errors import FieldError, Invalid
from chassis.fields import Code, Instant, Words
from services.triage import domain
from services.triage.domain.verdicts import MOST_FACTS_VERSIONS
from services.triage.schemas.describing import about

STATES = ("draft", "agreed", "active", "superseded", "withdrawn")
MOST_FACTS = 50
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_PLAIN = re.compile(r"[A-Za-z0-9_.:+-]{0,60}\Z")


def _is_plain(value: object) -> bool:
    if isinstance(value, list):
        return len(value) <= MOST_FACTS and all(isinstance(item, str) and _is_plain(item) for item in value)
    if isinstance(value, str):
        return _PLAIN.match(value) is not None
    return value is None or isinstance(value, bool | int)


def _reference() -> fields.String:
    is_one = validate.Regexp(r"[A-Z0-9-]{1,40}\Z")
    return fields.String(required=True, validate=is_one, **about("The enquiry's reference."))


def version_name(meaning: str, *, required: bool = False) -> fields.String:
    """A field for the name of a criteria version; it may be null, and left out unless it is required."""
    is_one = validate.Regexp(r"^[a-z0-9][a-z0-9.-]{0,39}$", error="Must be the name of a criteria version.")
    if required:
        return fields.String(required=True, allow_none=True, validate=is_one, **about(meaning))
    return fields.String(load_default=None, allow_none=True, validate=is_one, **about(meaning))


class Profile(fields.Field[dict[str, Any]]):
    """What an enquiry's event says of its background, passed on as it came.

    Held to what an event may hold: whatever is no code, number or time is left out, free words above all.
    """

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or len(value) > MOST_FACTS:
            raise ValidationError("Must be an object of codes, numbers and times.")
        return {name: item for name, item in value.items() if _PLAIN.match(name) and _is_plain(item)}


class Answers(fields.Field[dict[str, Any]]):
    """Answers by the id of what they answer, each exactly one of those given: 1.0 and true are not 1.

    A wrong answer is named by its id, an odd id is not repeated.
    """

    default_error_messages = {
        "map": "Must be an object of ids and answers.",
        "many": f"Must hold {MOST_FACTS} answers at most.",
        "ids": "Every id must be lower_snake_case of 1 to 40 characters.",
    }

    def __init__(self, *answers: str | int | None, **options: Any) -> None:
        super().__init__(**options)
        self._types = {type(answer) for answer in answers}
        self._answers = set(answers)
        shape = {"type": "object", "additionalProperties": {"enum": list(answers)}}
        self.metadata = {**self.metadata, **shape}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.make_error("map")
        if len(value) > MOST_FACTS:
            raise self.make_error("many")
        if not all(_NAME.match(name) for name in value):
            raise self.make_error("ids")
        wrong = [name for name, answer in value.items() if not self._accepts(answer)]
        if wrong:
            wanted = ", ".join(sorted("null" if answer is None else str(answer) for answer in self._answers))
            raise ValidationError({name: [f"Must be one of: {wanted}."] for name in wrong})
        return value

    def _accepts(self, answer: Any) -> bool:
        return type(answer) in self._types and answer in self._answers


class Facts(Schema):
    """The answers that triage scores. What is not known is left out, or said to be unknown."""

    gates = Answers(*domain.ANSWERS, load_default=dict, **about("Gates by id, each with yes, no or unknown."))
    criteria = Answers(
        *range(domain.MOST + 1),
        None,
        load_default=dict,
        **about("Criteria by id, each with 0 to 4; null or left out when it is not answered."),
    )


class EnquiryFacts(Schema):
    """What triage reads of an enquiry that was received or changed."""

    enquiry = _reference()
    facts_version = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(0, MOST_FACTS_VERSIONS),
        **about("Counts the changes of facts and stage."),
    )
    spin_out_stage = Code("spin_out_stages", load_default=None, allow_none=True, **about("The team's own progress."))
    facts = fields.Nested(Facts, required=True, unknown=EXCLUDE, **about("The answers to be scored."))
    profile = Profile(required=True, **about("What reports and cases may know of the enquiry."))


class ReferralDecided(Schema):
    """referrals: the Cabinet Office accepted or rejected a referral."""

    enquiry = _reference()
    decision = fields.String(
        required=True, validate=validate.OneOf(("accepted", "rejected")), **about("What was decided.")
    )
    reason_code = fields.String(required=True, validate=validate.Length(1, 100), **about("Why, as a code."))
    decided_at = Instant(required=True, **about("When."))


class CaseMoved(Schema):
    """casework: a case was opened, closed or reopened. Only of a closed one is the outcome its own."""

    enquiry = _reference()
    outcome = fields.String(
        load_default=None, allow_none=True, validate=validate.Length(1, 100), **about("How it ended, as a code.")
    )


class EnquiryEnded(Schema):
    """intake: an enquiry was answered, withdrawn or closed, or goes on after an answer."""

    enquiry = _reference()


class WhatIf(Schema):
    """Facts to be assessed without storing anything."""

    facts = fields.Nested(Facts, load_default=lambda: {"gates": {}, "criteria": {}}, **about("The answers to score."))
    spin_out_stage = Code("spin_out_stages", load_default=None, allow_none=True, **about("The team's own progress."))
    criteria_version = version_name("The version to apply. Left out: the active one.")


class NewCriteria(Schema):
    """A criteria document in the form of `contracts/criteria.v1.json`, which says more of each part than stands here.

    Its form and its meaning are checked together, so that every fault is told at once.
    """

    format = fields.Raw(**about("criteria.v1."))
    version = fields.Raw(**about("The name of this version. A changed document has another one.", type="string"))
    title = fields.Raw(**about("What the set is called.", type="string"))
    meaning = fields.Raw(
        data_key="about", attribute="about", **about("What it decides, and what it rests on.", type="string")
    )
    author = fields.Raw(**about("Who wrote it. The version's author is whoever sends it in.", type="string"))
    facts = fields.Raw(**about("The facts beside gates and criteria that conditions may read.", type="array"))
    gates = fields.Raw(**about("The gates: what yes, no and unknown lead to.", type="array"))
    criteria = fields.Raw(**about("The scored criteria: the weight, and a reason for each step.", type="array"))
    bands = fields.Raw(**about("From which score on which outcome, the highest first.", type="array"))
    unanswered = fields.Raw(**about("The words for what is not answered.", type="object"))
    undecided = fields.Raw(**about("The words for a score between two bands.", type="object"))
    limits = fields.Raw(**about("What a band needs beside the score.", type="array"))


class Reason(Schema):
    """Why a version is agreed or withdrawn."""

    reason = Words(2_000, least=3, required=True, **about("Why, in plain words."))


class Activation(Reason):
    """Why and from when a version is in force."""

    active_from = Instant(
        data_key="from", load_default=None, allow_none=True, **about("From when on. At once when left out.")
    )


class Nothing(Schema):
    """No fields."""


class AssessmentQuery(PageQuery):
    """Which page of an enquiry's assessments."""


class CriteriaQuery(PageQuery):
    """Which criteria versions."""

    state = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf(STATES), **about("Only versions in this state.")
    )


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
