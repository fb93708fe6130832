"""What intake answers and hears. Every method reads: load, decide, store, tell."""

from datetime import datetime
from typing import Any

from chassis.database import Page, PageQuery, insert_together
from chassis.entrypoints import command, handles, query
from chassis.errors import FieldError, Invalid, NotAllowedNow
from chassis.fields import instant
from chassis.work import Work
from services.intake import events, models, schemas, store
from services.intake.domain.facts import MOST_FACTS, may_have_happened, merged
from services.intake.domain.states import (
    ALLOWED,
    Action,
    Status,
    after_assessment,
    after_case,
    after_new_facts,
)
from services.intake.errors import NoSuchEnquiry

# What is kept of an assessment for its readers. The whole of it, with the facts it saw, is triage's.
_VERDICT = ("criteria_version", "outcome", "score", "reason", "signpost")
_GROUNDS = ("explanation", "what_would_change_it", "questions")
# The fields that everybody behind triage knows by its assessment alone.
_TRIAGED = frozenset({"facts", "matters", "spin_out_stage"})


class IntakeService:
    """Every enquiry, whichever way it came, and who is asking."""

    name = "intake"

    @command(roles=("adviser", "portal"), takes=schemas.NewEnquiry, gives=schemas.Enquiry)
    def create_enquiry(self, work: Work, body: dict[str, Any]) -> models.Enquiry:
        """Store an enquiry, and queue its acknowledgement."""
        body["received_at"] = _moment(body["received_at"], "/received_at", work.now)
        party = store.party_of(work.session, body["enquirer"], work.now)
        enquiry = store.new_enquiry(body, party, work.caller, work.now)
        insert_together(work.session, enquiry, enquiry.words, *store.acknowledgements(enquiry, work.now))
        work.tell(events.enquiry_received(enquiry))
        return enquiry

    @command(roles=("adviser",), takes=schemas.EnquiryChange, gives=schemas.Enquiry)
    def change_enquiry(self, work: Work, reference: str, body: dict[str, Any]) -> models.Enquiry:
        """Change what is known of an enquiry. What triage passes on to cases and referrals is triaged again."""
        enquiry = _take(work, reference, Action.CHANGE)
        values = _checked({**body, "facts": merged(enquiry.facts, body.get("facts", {}))}, enquiry)
        changed = sorted(name for name, value in values.items() if value != getattr(_part(enquiry, name), name))
        if not changed:
            return enquiry
        for name in changed:
            setattr(_part(enquiry, name), name, values[name])
        if not _TRIAGED.isdisjoint(changed):
            enquiry.facts_version += 1
            store.move(enquiry, after_new_facts(Status(enquiry.status)), None, work.now)
        store.touch(enquiry, work.now)
        work.tell(events.enquiry_changed(enquiry, changed))
        return enquiry

    @command(roles=("adviser",), takes=schemas.Reason, gives=schemas.Enquiry)
    def answer_enquiry(self, work: Work, reference: str, body: dict[str, Any]) -> models.Enquiry:
        """Note that an adviser has answered."""
        enquiry = _end(work, reference, Action.ANSWER, Status.ANSWERED, body["reason"])
        work.tell(events.enquiry_answered(enquiry))
        return enquiry

    @command(roles=("adviser",), takes=schemas.Reason, gives=schemas.Enquiry)
    def withdraw_enquiry(self, work: Work, reference: str, body: dict[str, Any]) -> models.Enquiry:
        """Note that the enquirer no longer asks."""
        enquiry = _end(work, reference, Action.WITHDRAW, Status.WITHDRAWN, body["reason"])
        work.tell(events.enquiry_withdrawn(enquiry))
        return enquiry

    @command(roles=("adviser",), takes=schemas.Reason, gives=schemas.Enquiry)
    def close_enquiry(self, work: Work, reference: str, body: dict[str, Any]) -> models.Enquiry:
        """Close an enquiry that has no open case."""
        enquiry = _end(work, reference, Action.CLOSE, Status.CLOSED, body["reason"])
        work.tell(events.enquiry_closed(enquiry))
        return enquiry

    @command(roles=("adviser",), takes=schemas.NewContact, gives=schemas.Contact)
    def record_contact(self, work: Work, reference: str, body: dict[str, Any]) -> models.Contact:
        """Write down an exchange with the enquirer."""
        body["started_at"] = _moment(body["started_at"], "/started_at", work.now)
        if body["ended_at"] and not body["started_at"] <= _moment(body["ended_at"], "/ended_at", work.now):
            raise Invalid([FieldError("/ended_at", "Must not be before the contact began.")])
        enquiry = _take(work, reference, Action.RECORD_CONTACT)
        contact = store.new_contact(enquiry, body, work.caller, work.now)
        work.session.add(contact)
        store.touch(enquiry, work.now)
        work.tell(events.enquiry_contact_recorded(enquiry, contact))
        return contact

    @query(roles=("adviser", "portal"), gives=schemas.Enquiry)
    def read_enquiry(self, work: Work, reference: str) -> models.Enquiry:
        """One enquiry in full. A portal sees only those that came by it."""
        enquiry = store.find_enquiry(work.session, reference)
        if not work.may("adviser") and enquiry.client != work.caller.client:
            raise NoSuchEnquiry
        return enquiry

    @query(roles=("adviser",), takes=schemas.EnquiryFilter, gives=schemas.EnquiryLine)
    def list_enquiries(self, work: Work, body: dict[str, Any]) -> Page:
        """Enquiries, the newest first."""
        return store.list_enquiries(work.session, body)

    @query(roles=("adviser",), takes=PageQuery, gives=schemas.Contact)
    def list_contacts(self, work: Work, reference: str, body: dict[str, Any]) -> Page:
        """Every exchange about an enquiry, the newest first."""
        return store.list_contacts(work.session, reference, body)

    @handles("triage", "enquiry_triaged", takes=schemas.EnquiryTriaged)
    def keep_assessment(self, work: Work, data: dict[str, Any]) -> None:
        """Keep the newest assessment. One of facts that have changed since moves nothing: the next one will."""
        happened = work.event
        enquiry = store.lock_without_words(work.session, data["enquiry"])
        if happened is None or happened.sequence <= enquiry.assessed_sequence:
            return
        kept = {name: data[name] for name in _VERDICT + _GROUNDS}
        enquiry.assessment = {**kept, "triaged_at": instant(data["triaged_at"])}
        enquiry.outcome = data["outcome"]
        enquiry.assessed_sequence = happened.sequence
        if data["facts_version"] >= enquiry.facts_version:
            store.move(enquiry, after_assessment(Status(enquiry.status), data["outcome"]), None, work.now)
        store.touch(enquiry, work.now)

    @handles("casework", "case_opened", "case_closed", "case_reopened", takes=schemas.CaseMoved)
    def follow_case(self, work: Work, data: dict[str, Any]) -> None:
        """Follow the case of an enquiry: its reference, and whether it is open."""
        happened = work.event
        enquiry = store.lock_without_words(work.session, data["enquiry"])
        if happened is None or happened.sequence <= enquiry.case_sequence:
            return
        enquiry.case_reference, enquiry.case_sequence = data["case"], happened.sequence
        store.move(enquiry, after_case(Status(enquiry.status), happened.type), None, work.now)
        store.touch(enquiry, work.now)


def _take(work: Work, reference: str, action: Action) -> models.Enquiry:
    """The enquiry, locked for an action. Raises NoSuchEnquiry, Stale, or NotAllowedNow with the possible actions."""
    enquiry = store.lock_enquiry(work.session, reference)
    work.expect(enquiry.version)
    allowed = ALLOWED[Status(enquiry.status)]
    if action not in allowed:
        raise NotAllowedNow(action.value, enquiry.status, [other.value for other in allowed])
    return enquiry


def _end(work: Work, reference: str, action: Action, status: Status, reason: str) -> models.Enquiry:
    enquiry = _take(work, reference, action)
    store.move(enquiry, status, reason, work.now)
    store.touch(enquiry, work.now)
    return enquiry


def _moment(given: datetime | None, pointer: str, now: datetime) -> datetime:
    """The moment that somebody gave, else now. Raises Invalid when it cannot be true."""
    if given is None:
        return now
    if not may_have_happened(given, now):
        raise Invalid([FieldError(pointer, "Must not be in the future, nor before 2011.")])
    return given


def _part(enquiry: models.Enquiry, name: str) -> models.Enquiry | models.EnquiryWords:
    """The row of an enquiry that holds a field."""
    return enquiry.words if name in ("subject", "message") else enquiry


def _checked(values: dict[str, Any], enquiry: models.Enquiry) -> dict[str, Any]:
    """The values that an enquiry would have. Raises Invalid when they do not go together."""
    faults = [
        FieldError(f"/facts/{part}", f"Must hold {MOST_FACTS} answers at most, with those already there.")
        for part, answers in values["facts"].items()
        if len(answers) > MOST_FACTS
    ]
    subject, message = (values.get(name, getattr(enquiry.words, name)) for name in ("subject", "message"))
    if subject is None and message is None:
        faults.append(FieldError("/message", "An enquiry keeps a subject or a message."))
    if faults:
        raise Invalid(faults)
    return values
