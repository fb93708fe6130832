"""How a case is changed, by a person's hand and by what was heard alike: its timeline, its clocks, and what is told."""

from datetime import datetime
from typing import Any

from chassis.database import insert_together
from chassis.work import Work
from services.casework import events
from services.casework.domain import case as rules
from services.casework.domain.case import Status
from services.casework.models import Case
from services.casework.store import cases, clocks, rows


def keep(work: Work, case: Case, what: str, at: datetime, **detail: Any) -> None:
    """Note a change of the case: its version, and a line of its timeline."""
    case.version += 1
    case.changed_at = work.now
    work.session.add(rows.new_entry(case, at, work.caller.subject, what, detail))


def open_case(work: Work, data: dict[str, Any], withdrawn_at: datetime | None) -> None:
    """Open the case of an enquiry. `data` is a loaded EnquiryTriaged."""
    case = rows.new_case(data, work.now)
    case.enquiry_withdrawn_at = withdrawn_at
    detail = {"assessment": data["assessment"], "outcome": case.outcome}
    entries = [rows.new_entry(case, work.now, work.caller.subject, "opened", detail)]
    if withdrawn_at is not None:
        entries.append(rows.new_entry(case, withdrawn_at, "event:intake.enquiry_withdrawn", "enquiry_withdrawn", {}))
    insert_together(work.session, case, clocks.first_contact(case), *entries)
    work.tell(events.case_opened(case))


def reopen(work: Work, case: Case, because: str) -> None:
    """Take up a closed case again, for this reason."""
    closing = cases.last_closing(work.session, case)
    closing.reopened_at, closing.reopened_by, closing.reopened_because = work.now, work.caller.subject, because
    case.status = Status.OPEN
    clocks.settle(work.session, case, work.now)
    keep(work, case, "reopened", work.now)
    work.tell(events.case_reopened(case))


def hand_over(work: Work, case: Case, at: datetime) -> None:
    """Let an open case be with whom its referrals and its enquiry leave it, and tell when that is somebody else."""
    if case.status == Status.CLOSED:
        return
    statuses = cases.referral_statuses(work.session, case)
    pass_to(work, case, rules.turn(statuses, withdrawn=case.enquiry_withdrawn_at is not None), at)


def pass_to(work: Work, case: Case, party: rules.Party, at: datetime) -> None:
    """Let a party owe the next action since a moment, and tell when that is somebody else than before."""
    before = case.requires_action_by
    case.requires_action_by = party
    clocks.settle(work.session, case, at)
    if case.requires_action_by != before:
        work.tell(events.case_changed(case, ["requires_action_by"]))
