"""Enquiries to send to intake, events for it to hear, and what it says to its database."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event

from chassis.work import Caller, Work, new_trace
from services.intake.diagnosis.commands import import_document
from tests.fixtures.desk import Desk

SCRIPT_FILE = Path(__file__).parents[2] / "services" / "intake" / "diagnosis" / "scripts" / "2026-11.json"
SCRIPT: dict[str, Any] = json.loads(SCRIPT_FILE.read_text())
LEAST: dict[str, Any] = {"channel": "phone", "enquirer": {"kind": "other"}, "subject": "Pensions"}
FULL: dict[str, Any] = {
    "channel": "phone",
    "received_at": "2026-11-20T09:04:00Z",
    "enquirer": {
        "name": "Siân  O’Neill-Jones",
        "email": "Sian@Example.org",
        "phone": "07700 900123",
        "kind": "public_sector_employee",
        "job_title": "Nurse",
        "organisation": "Aber Trust",
        "parent_body_kind": "nhs_trust",
        "region": "wales",
    },
    "acting_for": {"name": "Bob", "email": "bob@example.org", "relation": "colleague", "authority": "spoken"},
    "subject": "Pensions of nurses",
    "message": "How do we keep\nour pensions?",
    "matters": ["pensions", "legal_form_and_governance"],
    "service_sector": "community_health",
    "spin_out_stage": "making_the_case",
    "self_declared_readiness": "exploring",
    "facts": {
        "gates": {"public_origin": "yes", "employee_control": "unknown"},
        "criteria": {"promise": 3, "viability": 1},
    },
    "consent": {"contact": True, "share_with_cabinet_office": True, "research": False},
    "heard_from": "search_engine",
    "portal": {"session": "s-1", "resources_seen": ["guide-1"]},
}


def enquiry(**enquirer: Any) -> dict[str, Any]:
    """The least enquiry, of this enquirer."""
    return {**LEAST, "enquirer": {"kind": "other", **enquirer}}


def assessed(reference: str, outcome: str, *, facts_version: int = 1, **other: Any) -> dict[str, Any]:
    """Arguments of `Desk.hear` for an assessment of the enquiry."""
    data = {
        "enquiry": reference,
        "assessment": "0193c5a0-7c00-7000-8000-000000000001",
        "facts_version": facts_version,
        "criteria_version": "2011.1",
        "outcome": outcome,
        "scored_outcome": outcome,
        "score": None,
        "reason": "England is where most of it is delivered.",
        "explanation": [{"id": "england", "kind": "gate", "value": "yes", "reason": "…", "missing": False}],
        "what_would_change_it": [],
        "questions": [{"id": "senior_sponsor", "question": "Who in the parent body backs it?"}],
        "signpost": None,
        "triaged_at": "2026-11-21T09:05:00Z",
        **other,
    }
    return {"subject": reference, "sequence": facts_version, "data": data}


def statements_of(desk: Desk) -> list[str]:
    """Every statement that is sent to the database from now on: each is one way there and back."""
    sent: list[str] = []
    event.listen(desk.database.engine, "before_cursor_execute", lambda *details: sent.append(details[2]))
    return sent


def import_script(desk: Desk, document: dict[str, Any] = SCRIPT) -> str:
    """Import a script of the diagnosis, the shipped one unless told otherwise; return what was done, in words."""
    with desk.session() as session:
        work = Work(session, "intake", Caller("operator", "command"), datetime.now(UTC), new_trace(), "import")
        words = import_document(work, document)
        work.record()
    return words
