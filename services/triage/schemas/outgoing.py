"""What goes out: assessments with their explanation, and criteria versions."""

from typing import Any

from marshmallow import Schema, fields

from chassis.fields import Instant
from services.triage import domain
from services.triage.schemas.describing import about, perhaps
from services.triage.schemas.incoming import Facts


class Finding(Schema):
    """What was found at one gate or criterion."""

    id = fields.String(**about("The gate's or criterion's id."))
    kind = fields.String(**about("gate or criterion."))
    value = fields.Raw(**about("yes, no, unknown or not_applicable; 0 to 4; null when a criterion is not answered."))
    points = fields.Float(**perhaps("Its share of the score. Null for gates and for what is not answered."))
    of = fields.Integer(**perhaps("The most points that it can give. Null for gates."))
    reason = fields.String(**about("Why, in plain English."))
    missing = fields.Boolean(**about("Whether an answer is missing."))


class Change(Schema):
    """One single change and where it would lead."""

    id = fields.String(**about("The gate, criterion or fact that would change."))
    kind = fields.String(**about("gate, criterion or fact."))
    change = fields.String(**about("answer (a missing one), instead (another one), up or down (one step)."))
    before = fields.Raw(data_key="from", attribute="from", **about("The present answer."))
    after = fields.Raw(data_key="to", attribute="to", **about("The other answer. Null where any answer is meant."))
    outcomes = fields.List(fields.String(), **about("The other outcomes it can lead to. Empty: not by itself."))
    text = fields.String(**about("The question to ask, or what would have to be true."))


class Question(Schema):
    """What to ask before the outcome can be decided."""

    id = fields.String(**about("The gate, criterion or fact that is asked for."))
    question = fields.String(**about("The question in plain English."))


class Result(Schema):
    """One criteria version applied to one snapshot of facts."""

    criteria_version = fields.String(**about("The criteria version that decided."))
    criteria_sha256 = fields.String(**about("The fingerprint of that version's document."))
    spin_out_stage = fields.String(**perhaps("The team's own progress, as it was."))
    facts = fields.Nested(Facts, **about("The answers, as they were."))
    outcome = fields.String(**about("refer, develop, advise, inform, out_of_scope or information_needed."))
    score = fields.Method(
        "dump_score",
        **about(
            "Points out of 100: one value, or low and high while answers are missing.",
            type="object",
            properties={name: {"type": "number", "minimum": 0, "maximum": 100} for name in ("value", "low", "high")},
        ),
    )
    reason = fields.String(**about("Why this outcome, in plain English."))
    explanation = fields.List(fields.Nested(Finding), **about("One entry for each gate and criterion."))
    what_would_change_it = fields.List(fields.Nested(Change), **about("Which single change leads elsewhere."))
    questions = fields.List(fields.Nested(Question), **about("What to ask; empty once the outcome is decided."))
    signpost = fields.String(**perhaps("Where else to turn. Null unless out of scope."))

    def dump_score(self, result: Any) -> dict[str, float]:
        """The score of a what-if's result, or of a stored row."""
        if isinstance(result, dict):
            score: dict[str, float] = result["score"]
            return score
        return domain.Score(result.score_low, result.score_high).data()


class Assessment(Result):
    """A stored assessment of an enquiry."""

    id = fields.UUID(**about("The assessment's id."))
    enquiry = fields.String(**about("The enquiry's reference."))
    facts_version = fields.Integer(**about("The version of the enquiry's facts that was assessed."))
    verdict = fields.Integer(**about("0 when these facts were assessed first; more where they were re-scored."))
    triaged_at = Instant(**about("When it was assessed."))


class CriteriaLine(Schema):
    """A criteria version in a list."""

    version = fields.String(**about("The version's name."))
    sha256 = fields.String(**about("The fingerprint of its document."))
    title = fields.String(**about("What it is called."))
    state = fields.String(**about("draft, agreed, active, superseded or withdrawn."))
    author = fields.String(**about("Who wrote it."))
    agreed_by = fields.String(**perhaps("Who agreed it: never its author."))
    created_at = Instant(**about("When it came in."))
    agreed_at = Instant(**perhaps("When it was agreed."))
    active_from = Instant(**perhaps("When it came, or is to come, into force."))
    superseded_at = Instant(**perhaps("When another version took its place."))
    revision = fields.Integer(**about("Counts the changes of its state, for If-Match."))


class HistoryEntry(Schema):
    """One step in the life of a criteria version."""

    state = fields.String(**about("The state that began; scheduled: it is to come into force."))
    at = Instant(**about("When."))
    by = fields.String(**perhaps("Who did it; null where another version's coming did."))
    reason = fields.String(**perhaps("Why, in their words."))
    active_from = Instant(**perhaps("The moment for which it was scheduled."))


class Criteria(CriteriaLine):
    """A criteria version with its document and its history."""

    document = fields.Dict(**about("The document (`contracts/criteria.v1.json`)."))
    history = fields.List(fields.Nested(HistoryEntry), **about("Its steps so far, the oldest first."))
