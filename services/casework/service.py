"""What casework answers and hears. Every method reads: load, decide, store, tell."""

from typing import Any

from chassis.database import Page
from chassis.entrypoints import command, handles, query
from chassis.errors import FieldError, Invalid, NotAllowedNow, NotYet
from chassis.work import Work
from services.casework import changing, events, models, schemas, times
from services.casework.domain import case as rules
from services.casework.domain import referral as referrals
from services.casework.domain.case import Action, Party, Status
from services.casework.errors import CaseNotFound, ReassigningIsForManagers, ReferralIsLive, TaskAlreadyComplete
from services.casework.store import cases, clocks, heard, rows


class CaseworkService:
    """Cases: work on one project's need over time, with its clocks, until it is closed."""

    name = "casework"

    @command(roles=("adviser",), takes=schemas.CaseChange, gives=schemas.Case)
    def change_case(self, work: Work, reference: str, body: dict[str, Any]) -> dict[str, Any]:
        """Change who works a case, its stage, who owes the next action; put it on hold or take it up again."""
        case = _take(work, reference, Action.CHANGE)
        values = rules.columns_of(body)
        changed = sorted(name for name, value in values.items() if value != getattr(case, name))
        if "assignee" in changed and not _may_assign(work, case):
            raise ReassigningIsForManagers
        for name in changed:
            setattr(case, name, values[name])
        if changed:
            clocks.settle(work.session, case, work.now)
            changing.keep(work, case, "changed", work.now, fields=rules.fields_of(changed))
            work.tell(events.case_changed(case, rules.fields_of(changed)))
        return cases.whole(work.session, case, work.now)

    @command(roles=("adviser",), takes=schemas.NewNote, gives=schemas.Note)
    def add_note(self, work: Work, reference: str, body: dict[str, Any]) -> models.Note:
        """Add a note to a case."""
        case = _take(work, reference, Action.ADD_NOTE)
        note = rows.new_note(case, body, work.caller.subject, work.now)
        work.session.add(note)
        changing.keep(work, case, "note_added", work.now, note=str(note.id))
        work.tell(events.case_note_added(case, note))
        return note

    @command(roles=("adviser",), takes=schemas.NewContact, gives=schemas.Contact)
    def record_contact(self, work: Work, reference: str, body: dict[str, Any]) -> models.Contact:
        """Record an exchange with the enquirer. The first that succeeds ends the clock `first_contact`."""
        times.check(body, work.now)
        case = _take(work, reference, Action.RECORD_CONTACT)
        contact = rows.new_contact(case, body, work.caller.subject, work.now)
        work.session.add(contact)
        if contact.succeeded:
            clocks.note_contact(work.session, case, contact)
        changing.keep(
            work, case, "contact_recorded", work.now, contact=str(contact.id), disposition=contact.disposition
        )
        work.tell(events.case_contact_recorded(case, contact))
        return contact

    @command(roles=("adviser",), takes=schemas.NewTask, gives=schemas.Task)
    def add_task(self, work: Work, reference: str, body: dict[str, Any]) -> models.Task:
        """Add something to be done for a case."""
        case = _take(work, reference, Action.ADD_TASK)
        task = rows.new_task(case, body, work.caller.subject, work.now)
        work.session.add(task)
        changing.keep(work, case, "task_added", work.now, task=str(task.id))
        work.tell(events.case_task_added(case, task))
        return task

    @command(roles=("adviser",), takes=schemas.Nothing, gives=schemas.Task)
    def complete_task(self, work: Work, reference: str, task_id: str, body: dict[str, Any]) -> models.Task:
        """Complete a task. The version that the caller read is the task's, not the case's."""
        case = _locked(work, reference)
        task = cases.task_of(work.session, case, task_id)
        work.expect(task.version)
        _allow(case, Action.COMPLETE_TASK)
        if task.completed_at is not None:
            raise TaskAlreadyComplete
        task.completed_at, task.completed_by, task.version = work.now, work.caller.subject, task.version + 1
        changing.keep(work, case, "task_completed", work.now, task=str(task.id))
        work.tell(events.case_task_completed(case, task))
        return task

    @command(roles=("adviser",), takes=schemas.NewEvidence, gives=schemas.Evidence)
    def record_evidence(self, work: Work, reference: str, body: dict[str, Any]) -> models.Evidence:
        """Record a piece of evidence learnt from a case."""
        if not rules.may_have_been_observed(body["observed_on"], work.now):
            raise Invalid([FieldError("/observed_on", times.NOT_THEN)])
        case = _take(work, reference, Action.RECORD_EVIDENCE)
        evidence = rows.new_evidence(case, body, work.caller.subject, work.now)
        work.session.add(evidence)
        changing.keep(work, case, "evidence_recorded", work.now, evidence=str(evidence.id), kind=evidence.kind)
        work.tell(events.evidence_recorded(case, evidence))
        return evidence

    @command(roles=("adviser",), takes=schemas.NewClosing, gives=schemas.Case)
    def close_case(self, work: Work, reference: str, body: dict[str, Any]) -> dict[str, Any]:
        """Close a case that has no live referral. Its clocks rest."""
        case = _take(work, reference, Action.CLOSE)
        if not referrals.LIVE.isdisjoint(cases.referral_statuses(work.session, case)):
            raise ReferralIsLive
        work.session.add(rows.new_closing(case, body, work.caller.subject, work.now))
        case.status = Status.CLOSED
        clocks.settle(work.session, case, work.now)
        changing.keep(work, case, "closed", work.now, outcome=body["outcome"])
        work.tell(events.case_closed(case, body["outcome"]))
        return cases.whole(work.session, case, work.now)

    @command(roles=("adviser",), takes=schemas.NewReopening, gives=schemas.Case)
    def reopen_case(self, work: Work, reference: str, body: dict[str, Any]) -> dict[str, Any]:
        """Take up a closed case again. The adviser owes the next action, and an earlier withdrawal counts no more."""
        case = _take(work, reference, Action.REOPEN)
        case.requires_action_by, case.enquiry_withdrawn_at = Party.ADVISER, None
        changing.reopen(work, case, body["reason"])
        return cases.whole(work.session, case, work.now)

    @query(roles=("adviser",), gives=schemas.Case)
    def read_case(self, work: Work, reference: str) -> dict[str, Any]:
        """One case with all that belongs to it."""
        return cases.whole(work.session, cases.find(work.session, reference), work.now)

    @query(roles=("adviser",), takes=schemas.CaseFilter, gives=schemas.CaseLine)
    def list_cases(self, work: Work, body: dict[str, Any]) -> Page:
        """Cases, the newest first."""
        return cases.listed(work.session, body, work.now)

    @query(roles=("adviser",), gives=schemas.ReferralSnapshot)
    def referral_snapshot(self, work: Work, reference: str) -> dict[str, Any]:
        """What the Cabinet Office is handed of a case when it is referred, and by what that is allowed or refused."""
        case = cases.find(work.session, reference)
        return rows.snapshot(case, cases.consent_to_share(work.session, case))

    @handles("triage", "enquiry_triaged", takes=schemas.EnquiryTriaged)
    def open_case(self, work: Work, data: dict[str, Any]) -> None:
        """Open a case where the outcome asks for one; keep to the newest assessment where there is one already."""
        newest = heard.note_assessment(work.session, data["enquiry"], work.event)
        if newest is None:
            return
        case = None if newest.is_first else cases.take_of_enquiry(work.session, data["enquiry"])
        if case is not None:
            cases.reassess(work.session, case, data)
            changing.keep(work, case, "assessed", work.now, assessment=data["assessment"], outcome=data["outcome"])
        elif rules.opens_case(data["outcome"]):
            changing.open_case(work, data, newest.withdrawn_at)

    @handles("intake", "enquiry_withdrawn", takes=schemas.EnquiryWithdrawn)
    def note_withdrawal(self, work: Work, data: dict[str, Any]) -> None:
        """Let the adviser know that the enquirer has withdrawn. The case is theirs to close."""
        at = heard.told_at(work.event)
        if not heard.note_withdrawal(work.session, data["enquiry"], at):
            return
        case = cases.take_of_enquiry(work.session, data["enquiry"])
        if case is not None:
            case.enquiry_withdrawn_at = at
            changing.keep(work, case, "enquiry_withdrawn", at)
            changing.hand_over(work, case, at)

    @handles("intake", "enquirer_replied", takes=schemas.EnquirerReplied)
    def note_reply(self, work: Work, data: dict[str, Any]) -> None:
        """Let the adviser know that the enquirer has written. Where the case waited for that, it is the adviser's."""
        told_at = heard.told_at(work.event)
        case = cases.take(work.session, data["case"])
        if case is None:
            raise NotYet("the case of a reply is not known here")
        at = min(data["at"], told_at)
        changing.keep(work, case, "enquirer_replied", at, channel=data["channel"])
        if clocks.waits_for_enquirer(case, told_at):
            changing.pass_to(work, case, Party.ADVISER, at)

    @handles("intake", "consent_changed", takes=schemas.ConsentChanged)
    def note_consent(self, work: Work, data: dict[str, Any]) -> None:
        """Keep whether the enquirer lets us share: it allows or refuses the next referral."""
        if data["purpose"] != rules.SHARE or not heard.note_consent(work.session, data, work.event):
            return
        case = cases.take_of_enquiry(work.session, data["enquiry"])
        if case is not None:
            changing.keep(work, case, "consent_changed", heard.told_at(work.event), act=data["act"])

    @handles("referrals", *referrals.EVENTS, takes=schemas.ReferralMoved)
    def follow_referral(self, work: Work, data: dict[str, Any]) -> None:
        """Follow a referral of a case: its status, who owes the next action, and its clocks."""
        moved = heard.moved(work.event, data)
        case = cases.take(work.session, data["case"])
        if case is None:
            raise NotYet("the case of a referral is not known here")
        row, is_newest = heard.fold_referral(work.session, case, data["referral"], moved)
        clocks.time_referral(work.session, case, row)
        if is_newest and case.status == Status.CLOSED and row.status in referrals.LIVE:
            changing.reopen(work, case, "A referral of the case was sent while it was being closed.")
        changing.keep(work, case, moved.type, moved.moment, referral=row.reference, status=moved.status)
        if is_newest:
            changing.hand_over(work, case, moved.moment)


def _locked(work: Work, reference: str) -> models.Case:
    case = cases.take(work.session, reference)
    if case is None:
        raise CaseNotFound
    return case


def _take(work: Work, reference: str, action: Action) -> models.Case:
    """The case, locked, as the caller read it, and in a state that allows the action."""
    case = _locked(work, reference)
    work.expect(case.version)
    _allow(case, action)
    return case


def _allow(case: models.Case, action: Action) -> None:
    if action not in rules.allowed(case.status):
        raise NotAllowedNow(action, case.status, rules.allowed(case.status))


def _may_assign(work: Work, case: models.Case) -> bool:
    return rules.may_assign(case.assignee, work.caller.subject, is_manager=work.may("manager"))
