"""What casework tells and answers fits its contracts."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from chassis.work import Event
from services.casework import events
from services.casework.models import Case, Contact, Evidence, Note, Task
from tests.contract.documents import faults_of

CONTRACTS = Path(__file__).parents[3] / "contracts" / "events" / "casework"
ID = UUID("019b0f3e-5a10-7c3e-9d40-1f2a3b4c5d6e")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PRIVATE = "Siân Ó Briain"
PAUSES = [
    {"state": "paused", "from": "2026-11-20T12:00:00+00:00", "to": "2026-11-20T13:00:00+00:00", "why": why}
    for why in ("enquirer_owes_next_action", "case_closed")
]


def a_case(**changes: Any) -> Case:
    """A case as it was opened, but for the changes."""
    values = {
        "reference": "CAS-8N2F-6KDF",
        "enquiry": "ENQ-7K3M-9Q2R",
        "status": "open",
        "requires_action_by": "adviser",
        "outcome": "refer",
        "score": {"value": 74.0},
        "criteria_version": "2026-11",
        "profile": {"region": "north_west", "service_sector": "community_health"},
        "pauses": PAUSES,
        "opened_at": NOON,
        "version": 3,
    }
    return Case(**{**values, **changes})


def told() -> Iterator[Event]:
    """Every event that casework tells, at least once."""
    case, bare = a_case(), a_case(score={"low": 50.0, "high": 61.5}, profile={}, spin_out_stage="planning")
    contact = Contact(id=ID, channel="phone", direction="inbound", disposition="answered", started_at=NOON)
    contact.note = PRIVATE
    evidence = Evidence(id=ID, kind="success", grade="observed", observed_on=date(2026, 11, 2), source_words=PRIVATE)
    for one in (case, bare):
        yield events.case_opened(one)
        yield events.case_changed(one, ["assignee", "on_hold"])
        yield events.evidence_recorded(one, evidence)
    yield events.case_note_added(case, Note(id=ID, text=PRIVATE))
    yield events.case_contact_recorded(case, contact)
    yield events.case_task_added(case, Task(id=ID, title=PRIVATE, due_on=date(2026, 12, 1)))
    yield events.case_task_added(case, Task(id=ID, title=PRIVATE))
    yield events.case_task_completed(case, Task(id=ID, title=PRIVATE))
    yield events.case_closed(case, "spun_out")
    yield events.case_reopened(case)


@pytest.mark.parametrize("event", list(told()), ids=lambda event: event.type)
def test_what_is_told_fits_its_contract_and_holds_nobodys_words(event: Event) -> None:
    schema = json.loads((CONTRACTS / f"{event.type}.v{event.version}.json").read_text())

    assert faults_of(schema, event.data) == []

    assert event.data.keys() == schema["properties"].keys()
    assert (event.subject, event.sequence) == ("CAS-8N2F-6KDF", 3)
    assert PRIVATE not in event.to_json()


def test_the_pauses_told_are_those_in_which_the_enquirer_owed_the_next_action() -> None:
    [pause] = events.case_reopened(a_case()).data["pauses"]

    assert pause == {"from": "2026-11-20T12:00:00Z", "to": "2026-11-20T13:00:00Z"}


def test_every_contract_is_told() -> None:
    assert {path.name.partition(".")[0] for path in CONTRACTS.iterdir()} == {event.type for event in told()}
