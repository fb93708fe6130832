"""New rows, made of what came in: values only, nothing is asked of the database."""

from datetime import datetime
from typing import Any

from chassis.fields import new_id, new_reference
from services.casework.domain.calendar import division_of
from services.casework.domain.case import Party, Status, has_reached
from services.casework.models import Case, Closing, Contact, Evidence, Note, Task, TimelineEntry


def new_case(triaged: dict[str, Any], now: datetime) -> Case:
    """A case for an enquiry, opened now. `triaged` is a loaded EnquiryTriaged."""
    return Case(
        reference=new_reference("CAS"),
        enquiry=triaged["enquiry"],
        status=Status.OPEN,
        requires_action_by=Party.ADVISER,
        spin_out_stage=triaged["spin_out_stage"],
        pauses=[],
        opened_at=now,
        changed_at=now,
        version=1,
        **assessed(triaged),
    )


def assessed(triaged: dict[str, Any]) -> dict[str, Any]:
    """The columns of a case that follow the newest assessment."""
    same = ("facts_version", "criteria_version", "outcome", "score", "facts", "profile")
    return {
        **{name: triaged[name] for name in same},
        "assessed_stage": triaged["spin_out_stage"],
        "division": division_of(triaged["profile"]["region"]),
    }


def new_entry(case: Case, at: datetime, who: str, what: str, detail: dict[str, Any]) -> TimelineEntry:
    """A line of the case's timeline. `detail` holds ids and codes only."""
    return TimelineEntry(id=new_id(), case=case.reference, at=at, who=who, what=what, detail=detail)


def new_note(case: Case, body: dict[str, Any], by: str, now: datetime) -> Note:
    """A note on the case."""
    return Note(id=new_id(), case=case.reference, added_by=by, added_at=now, **body)


def new_contact(case: Case, body: dict[str, Any], by: str, now: datetime) -> Contact:
    """A contact on the case. Whether it succeeded follows from its disposition where nobody says."""
    if body["succeeded"] is None:
        body = {**body, "succeeded": has_reached(body["disposition"])}
    return Contact(id=new_id(), case=case.reference, recorded_by=by, recorded_at=now, **body)


def new_task(case: Case, body: dict[str, Any], by: str, now: datetime) -> Task:
    """A task of the case, not done yet."""
    return Task(id=new_id(), case=case.reference, added_by=by, added_at=now, version=1, **body)


def new_evidence(case: Case, body: dict[str, Any], by: str, now: datetime) -> Evidence:
    """Evidence from the case, with the stage that the team is in."""
    stage = case.spin_out_stage
    return Evidence(id=new_id(), case=case.reference, spin_out_stage=stage, recorded_by=by, recorded_at=now, **body)


def new_closing(case: Case, body: dict[str, Any], by: str, now: datetime) -> Closing:
    """A closing of the case."""
    return Closing(id=new_id(), case=case.reference, closed_by=by, closed_at=now, **body)


def snapshot(case: Case, consent: bool | None) -> dict[str, Any]:
    """What the Cabinet Office is handed of the case, and by what that is allowed or refused."""
    decided_by = ("version", "status", "enquiry_withdrawn_at", "spin_out_stage", "facts_version")
    same = (*decided_by, "enquiry", "outcome", "score", "criteria_version", "profile", "facts")
    return {
        **{name: getattr(case, name) for name in same},
        "case": case.reference,
        "consent_to_share": consent,
    }
