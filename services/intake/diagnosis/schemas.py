"""The guided diagnosis: what an adviser answers, and how a diagnosis stands."""

from typing import Any

from marshmallow import Schema, fields, validate

from chassis.fields import Instant
from services.intake.diagnosis.diagnosed import Diagnosed
from services.intake.domain.scripts import Question, Scope
from services.intake.domain.walks import Action, Status, Step

_TEXT = {"type": "string"}
_TEXT_OR_NULL = {"type": ["string", "null"]}
_SCOPE = {"enum": [*(scope.value for scope in Scope), None]}
_CHOICE = {"type": "object", "required": ["id", "label"], "properties": {"id": _TEXT, "label": _TEXT}}
_NODE = {
    "id": _TEXT,
    "words": {**_TEXT, "description": "What to ask, or to say at an end."},
    "note": {**_TEXT_OR_NULL, "description": "For the adviser alone."},
    "answers": {"type": "array", "items": _CHOICE, "description": "The possible answers; none at an end."},
    "scope": _SCOPE,
}
_GIVEN = {
    "type": "object",
    "required": ["node", "words", "answer", "label"],
    "properties": dict.fromkeys(("node", "words", "answer", "label"), _TEXT),
}
_PROGRESS = {
    "answered": {"type": "integer", "description": "Questions answered."},
    "least_left": {"type": "integer", "description": "Questions left on the shortest way to an end."},
    "most_left": {
        "type": ["integer", "null"],
        "description": "Questions left on the longest way; null where the script can lead back.",
    },
}
_FACTS = {
    "gates": {"type": "object", "additionalProperties": {"enum": ["yes", "no", "unknown"]}},
    "criteria": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0, "maximum": 4}},
}


class Nothing(Schema):
    """No fields."""


class GivenAnswer(Schema):
    """An answer to the open question, or another one to an earlier question."""

    node = fields.String(
        required=True, validate=validate.Length(1, 60), metadata={"description": "The question's node."}
    )
    answer = fields.String(
        required=True, validate=validate.Length(1, 60), metadata={"description": "The id of one of its answers."}
    )


def _object(read: Any, description: str, properties: dict[str, Any]) -> fields.Function:
    return fields.Function(read, metadata={"description": description, "type": "object", "properties": properties})


def _list(read: Any, description: str, items: dict[str, Any]) -> fields.Function:
    return fields.Function(read, metadata={"description": description, "type": "array", "items": items})


def _node(shown: Diagnosed) -> dict[str, Any]:
    node = shown.walk.node
    answers = node.answers.values() if isinstance(node, Question) else ()
    choices = [{"id": answer.id, "label": answer.label} for answer in answers]
    return {"id": node.id, "words": node.words, "note": node.note, "answers": choices, "scope": shown.walk.scope}


def _given(shown: Diagnosed, steps: tuple[Step, ...]) -> list[dict[str, str]]:
    """Answers with the words of the script, for people to read."""
    script, said = shown.walk.script, []
    for step in steps:
        question = script.nodes[step.node]
        label = question.answers[step.answer].label if isinstance(question, Question) else ""
        said.append({"node": step.node, "words": question.words, "answer": step.answer, "label": label})
    return said


def _progress(shown: Diagnosed) -> dict[str, int | None]:
    walk = shown.walk
    least, most = walk.script.least[walk.node.id], walk.script.most.get(walk.node.id)
    return {"answered": len(walk.taken), "least_left": least, "most_left": most}


def _links(shown: Diagnosed) -> dict[str, str]:
    enquiry = f"/v1/enquiries/{shown.row.enquiry}"
    return {"self": f"{enquiry}/diagnosis", "enquiry": enquiry}


class ScriptLine(Schema):
    """The script by which a diagnosis goes."""

    version = fields.String(metadata={"description": "The version that the diagnosis began with, and keeps."})
    title = fields.String(metadata={"description": "Its title."})


class Diagnosis(Schema):
    """A guided diagnosis as it stands: the way so far, what comes next, and what was found."""

    id = fields.UUID(attribute="row.id", metadata={"description": "The diagnosis's id."})
    enquiry = fields.String(attribute="row.enquiry", metadata={"description": "The enquiry's reference."})
    version = fields.Integer(attribute="row.version", metadata={"description": "Goes up by each change."})
    status = fields.String(
        attribute="row.status",
        validate=validate.OneOf(tuple(Status)),
        metadata={"description": "Whether it is open."},
    )
    script = fields.Nested(ScriptLine, attribute="row.script", metadata={"description": "The script."})
    node = _object(_node, "The open question, or the end that was reached.", _NODE)
    path = _list(lambda shown: _given(shown, shown.walk.path), "The answers that count, in order.", _GIVEN)
    fell_away = _list(
        lambda shown: _given(shown, shown.fell_away), "The answers that this change took off the way.", _GIVEN
    )
    progress = _object(_progress, "How far it has got.", _PROGRESS)
    scope = fields.Function(
        lambda shown: shown.walk.scope, metadata={"description": "What was found; null before an end.", **_SCOPE}
    )
    facts = _object(lambda shown: shown.walk.found.facts, "What the answers set, as an enquiry has it.", _FACTS)
    spin_out_stage = fields.String(
        attribute="walk.found.spin_out_stage", allow_none=True, metadata={"description": "The stage, if it came up."}
    )
    matters = fields.List(
        fields.String(), attribute="walk.found.matters", metadata={"description": "The subjects that came up."}
    )
    allowed = fields.List(
        fields.String(validate=validate.OneOf(tuple(Action))),
        metadata={"description": "What may be done with it now; nothing once the enquiry has ended."},
    )
    started_by = fields.String(attribute="row.started_by", metadata={"description": "Who began it."})
    started_at = Instant(attribute="row.started_at", metadata={"description": "When it began."})
    updated_at = Instant(attribute="row.updated_at", metadata={"description": "When it last changed."})
    ended_at = Instant(
        attribute="row.ended_at", allow_none=True, metadata={"description": "When it was finished or given up."}
    )
    ended_reason = fields.String(
        attribute="row.ended_reason",
        allow_none=True,
        metadata={"description": "Why it was given up where nobody gave it up: its enquiry was over."},
    )
    links = fields.Function(_links, metadata={"description": "Where to go from here.", "type": "object"})
