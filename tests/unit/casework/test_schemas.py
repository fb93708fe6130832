"""What casework takes: exact types, and every fault with its place."""

from typing import Any

import pytest
from marshmallow import Schema

from chassis.errors import Invalid
from chassis.fields import load_strictly
from services.casework import schemas

CONTACT = {"channel": "phone", "direction": "inbound", "disposition": "answered"}
EVIDENCE = {"kind": "success", "grade": "observed", "source_words": "It works.", "observed_on": "2026-11-02"}


@pytest.mark.parametrize(
    ("schema", "sent", "pointer"),
    [
        (schemas.CaseChange, {"on_hold": "true"}, "/on_hold"),
        (schemas.CaseChange, {"on_hold": 1}, "/on_hold"),
        (schemas.CaseChange, {"on_hold": None}, "/on_hold"),
        (schemas.CaseChange, {"assignee": ""}, "/assignee"),
        (schemas.CaseChange, {"assignee": "Siân Parry"}, "/assignee"),
        (schemas.CaseChange, {"assignee": "none"}, "/assignee"),
        (schemas.NewTask, {"title": "Call", "assignee": "Siân\u00a0Parry"}, "/assignee"),
        (schemas.CaseChange, {"requires_action_by": None}, "/requires_action_by"),
        (schemas.CaseChange, {"spin_out_stage": "soon"}, "/spin_out_stage"),
        (schemas.CaseChange, {"status": "closed"}, "/status"),
        (schemas.NewNote, {}, "/text"),
        (schemas.NewNote, {"text": "a" * 20_001}, "/text"),
        (schemas.NewNote, {"text": "\ud800"}, "/text"),
        (schemas.NewContact, {**CONTACT, "succeeded": "no"}, "/succeeded"),
        (schemas.NewContact, {**CONTACT, "succeeded": True, "disposition": "wrong_number"}, "/succeeded"),
        (schemas.NewContact, {**CONTACT, "started_at": "2026-11-20T10:00:00"}, "/started_at"),
        (schemas.NewContact, {**CONTACT, "sources_used": [1]}, "/sources_used/0"),
        (schemas.NewTask, {"title": "Call", "due_on": "2026-W48-1"}, "/due_on"),
        (schemas.NewTask, {"title": "Call", "due_on": 20261201}, "/due_on"),
        (schemas.NewTask, {"title": "Call", "due_on": "2026-02-30"}, "/due_on"),
        (schemas.NewEvidence, {**EVIDENCE, "kind": "barrier"}, "/category"),
        (schemas.NewClosing, {"outcome": "spun_out"}, "/reason"),
        (schemas.Nothing, {"anything": 1}, "/anything"),
    ],
)
def test_what_cannot_be_taken_is_named(schema: type[Schema], sent: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        load_strictly(schema, sent)

    assert [error.pointer for error in refused.value.errors] == [pointer]


def test_what_is_left_out_of_a_change_is_not_touched_and_null_takes_away() -> None:
    assert load_strictly(schemas.CaseChange, {}) == {}
    assert load_strictly(schemas.CaseChange, {"assignee": None}) == {"assignee": None}


def test_a_contact_needs_no_more_than_its_way_direction_and_disposition() -> None:
    loaded = load_strictly(schemas.NewContact, CONTACT)

    assert (loaded["started_at"], loaded["succeeded"], loaded["sources_used"]) == (None, None, [])
