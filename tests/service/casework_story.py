"""What casework hears and is asked, for its tests."""

from typing import Any

from tests.fixtures.desk import Desk

ENQUIRY = "ENQ-7K3M-9Q2D"
REFERRAL = "REF-4T8W-1X5Z"

PROFILE = {
    "channel": "phone",
    "received_at": "2026-11-20T10:00:00Z",
    "enquirer_kind": "public_sector_employee",
    "parent_body_kind": "nhs_trust",
    "region": "north_west",
    "service_sector": "community_health",
    "matters": ["pensions"],
    "consent_to_share": True,
    "portal": False,
}
FACTS = {"gates": {"public_origin": "yes", "consent_to_share": "yes"}, "criteria": {"promise": 4, "scale": 2}}
CLOSING = {"outcome": "advice_complete", "reason": "They have all that they asked for."}
NOTE = {"text": "Siân of the team called; the board meets in May."}
CONTACT = {"channel": "phone", "direction": "outbound", "disposition": "answered"}
EVIDENCE = {
    "kind": "barrier",
    "category": "pensions",
    "grade": "reported",
    "source_words": "“Nobody could tell us what the pension would cost.”",
    "observed_on": "2026-11-19",
}


def triaged(**changes: Any) -> dict[str, Any]:
    """The data of an `enquiry_triaged`: outcome refer, but for the changes."""
    data = {
        "enquiry": ENQUIRY,
        "assessment": "0193a1b2-0000-7000-8000-000000000001",
        "facts_version": 1,
        "criteria_version": "2026-11",
        "criteria_sha256": "0" * 64,
        "outcome": "refer",
        "score": {"value": 81.5},
        "spin_out_stage": "making_the_case",
        "facts": FACTS,
        "explanation": [],
        "what_would_change_it": [],
        "questions": [],
        "signpost": None,
        "profile": PROFILE,
        "triaged_at": "2026-11-20T10:00:01Z",
    }
    return {**data, **changes}


def assess(casework: Desk, **changes: Any) -> str:
    """Let casework hear an assessment; return what became of the event."""
    data = triaged(**changes)
    return casework.hear(
        "triage", "enquiry_triaged", subject=data["enquiry"], sequence=data["facts_version"], data=data
    )


def open_case(casework: Desk, **changes: Any) -> str:
    """Have a case opened; return its reference."""
    assess(casework, **changes)
    [case] = casework.ask("list_cases", body={})["items"][:1]
    return str(case["reference"])


def move(casework: Desk, case: str, event_type: str, sequence: int, **data: Any) -> str:
    """Let casework hear an event of a referral of the case; return what became of the event."""
    time = data.pop("time", "2026-11-20T11:00:00Z")
    named = {"referral": REFERRAL, "case": case, "enquiry": ENQUIRY, **data}
    subject = named["referral"]
    return casework.hear("referrals", event_type, subject=subject, sequence=sequence, data=named, time=time)


def read(casework: Desk, case: str) -> dict[str, Any]:
    """The case as an adviser reads it."""
    return dict(casework.ask("read_case", reference=case))


def timeline(casework: Desk, case: str) -> list[str]:
    """What happened to the case, the newest first."""
    return [entry["what"] for entry in read(casework, case)["timeline"]]
