"""What the tests of triage share: criteria loaded, and events as intake tells them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chassis.work import Caller, Work, new_trace
from services.triage.commands import load_document
from tests.fixtures.desk import Desk

ROOT = Path(__file__).parents[2]
FIRST_FILE = ROOT / "services" / "triage" / "criteria" / "2026-11.json"
FIRST: dict[str, Any] = json.loads(FIRST_FILE.read_text())

STRONG = {
    "gates": {gate["id"]: "yes" for gate in FIRST["gates"]},
    "criteria": {criterion["id"]: 3 for criterion in FIRST["criteria"]},
}
PROFILE = {
    "channel": "phone",
    "received_at": "2026-11-21T09:04:00Z",
    "enquirer_kind": "public_sector_employee",
    "parent_body_kind": "nhs_trust",
    "region": "north_west",
    "service_sector": None,
    "matters": ["pensions", "legal_form_and_governance"],
    "consent_to_share": True,
    "portal": False,
}


def heard(
    enquiry: str,
    *,
    facts_version: int = 1,
    gates: dict[str, str] | None = None,
    points: int = 3,
    stage: str | None = "planning",
) -> dict[str, Any]:
    """The data of an event of intake: a strong candidate, unless told otherwise."""
    facts = {
        "gates": STRONG["gates"] if gates is None else gates,
        "criteria": dict.fromkeys(STRONG["criteria"], points),
    }
    return {
        "enquiry": enquiry,
        "facts_version": facts_version,
        "spin_out_stage": stage,
        "facts": facts,
        "profile": PROFILE,
    }


def load(desk: Desk, **sections: Any) -> str:
    """Load the first criteria set, or one with some sections replaced; return what was done, in words."""
    with desk.session() as session:
        work = Work(session, "triage", Caller("operator", "command"), datetime.now(UTC), new_trace(), "load_criteria")
        words = load_document(work, FIRST | sections)
        work.record()
    return words
