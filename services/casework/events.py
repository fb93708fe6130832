"""The events that casework tells: ids, codes, numbers and times, never words of people."""

from typing import Any

from chassis.fields import instant
from chassis.work import Event
from services.casework.domain.case import Pause, Status
from services.casework.domain.clock import segment_from
from services.casework.models import Case, Contact, Evidence, Note, Task


def case_opened(case: Case) -> Event:
    """A case was opened for an enquiry."""
    return _about(
        case,
        "case_opened",
        outcome=case.outcome,
        score=case.score,
        criteria_version=case.criteria_version,
        spin_out_stage=case.spin_out_stage,
        requires_action_by=case.requires_action_by,
        profile=case.profile,
        opened_at=instant(case.opened_at),
    )


def case_changed(case: Case, changed: list[str]) -> Event:
    """These fields of a case were changed, by somebody or by what was heard of its referrals and its enquiry."""
    return _about(
        case,
        "case_changed",
        changed=changed,
        assignee=case.assignee,
        spin_out_stage=case.spin_out_stage,
        requires_action_by=case.requires_action_by,
        on_hold=case.status == Status.ON_HOLD,
        outcome=case.outcome,
        pauses=_pauses(case),
    )


def case_note_added(case: Case, note: Note) -> Event:
    """A note was added to a case."""
    return _about(case, "case_note_added", note=str(note.id))


def case_contact_recorded(case: Case, contact: Contact) -> Event:
    """A contact with the enquirer was recorded on a case."""
    return _about(
        case,
        "case_contact_recorded",
        contact=str(contact.id),
        channel=contact.channel,
        direction=contact.direction,
        disposition=contact.disposition,
        started_at=instant(contact.started_at),
    )


def case_task_added(case: Case, task: Task) -> Event:
    """A task was added to a case."""
    due_on = task.due_on.isoformat() if task.due_on else None
    return _about(case, "case_task_added", task=str(task.id), due_on=due_on)


def case_task_completed(case: Case, task: Task) -> Event:
    """A task of a case was completed."""
    return _about(case, "case_task_completed", task=str(task.id))


def evidence_recorded(case: Case, evidence: Evidence) -> Event:
    """A piece of evidence was recorded on a case."""
    return _about(
        case,
        "evidence_recorded",
        evidence=str(evidence.id),
        kind=evidence.kind,
        category=evidence.category,
        grade=evidence.grade,
        spin_out_stage=evidence.spin_out_stage,
        service_sector=case.profile.get("service_sector"),
        region=case.profile.get("region"),
        observed_on=evidence.observed_on.isoformat(),
    )


def case_closed(case: Case, outcome: str) -> Event:
    """A case was closed with an outcome of the list `case_outcomes`."""
    return _about(case, "case_closed", outcome=outcome, pauses=_pauses(case))


def case_reopened(case: Case) -> Event:
    """A closed case was opened again."""
    return _about(case, "case_reopened", pauses=_pauses(case))


def _pauses(case: Case) -> list[dict[str, str | None]]:
    """When the enquirer owed the next action, from the case's opening until now: then its clocks rest."""
    owed = [pause for pause in map(segment_from, case.pauses) if pause.why == Pause.ENQUIRER]
    return [{"from": instant(pause.start), "to": instant(pause.end) if pause.end else None} for pause in owed]


def _about(case: Case, event_type: str, **data: Any) -> Event:
    named = {"case": case.reference, "enquiry": case.enquiry, **data}
    return Event(event_type, subject=case.reference, sequence=case.version, data=named)
