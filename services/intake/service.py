"""What intake answers and hears. Every method reads: load, decide, store, tell."""

from datetime import datetime
from typing import Any

from chassis.database import Page, PageQuery
from chassis.entrypoints import command, handles, query
from chassis.errors import FieldError, Invalid
from chassis.fields import instant
from chassis.work import Work
from services.intake import changing, events, models, receiving, schemas, showing, store
from services.intake.consents import recording
from services.intake.consents.service import ConsentService
from services.intake.diagnosis import walking
from services.intake.diagnosis.service import DiagnosisService
from services.intake.domain.facts import may_have_happened, merged
from services.intake.domain.states import Action, Status, after_assessment, after_case
from services.intake.messages.service import MessagesService
from services.intake.organisations.choosing import with_choice
from services.intake.organisations.service import OrganisationsService
from services.intake.parties import merging
from services.intake.parties import schemas as party_schemas
from services.intake.parties import showing as party_showing
from services.intake.parties.service import PartiesService
from services.intake.telephony import callbacks, calls
from services.intake.telephony.service import TelephonyService

# What is kept of an assessment for its readers. The whole of it, with the facts it saw, is triage's.
_VERDICT = ("criteria_version", "outcome", "score", "reason", "signpost")
_GROUNDS = ("explanation", "what_would_change_it", "questions")


class IntakeService(
    MessagesService, TelephonyService, ConsentService, OrganisationsService, PartiesService, DiagnosisService
):
    """Every enquiry, whichever way it came, and who is asking."""

    name = "intake"

    @command(roles=("adviser", "portal"), takes=schemas.NewEnquiry, gives=schemas.Enquiry)
    def create_enquiry(self, work: Work, body: dict[str, Any]) -> models.Enquiry:
        """Store an enquiry, and queue its acknowledgement."""
        body["received_at"] = _moment(body["received_at"], "/received_at", work.now)
        enquiry = receiving.receive(work, body)
        calls.write_up(work, body["call"], enquiry.reference)
        return enquiry

    @command(roles=("adviser",), takes=schemas.EnquiryChange, gives=schemas.Enquiry)
    def change_enquiry(self, work: Work, reference: str, body: dict[str, Any]) -> models.Enquiry:
        """Change what is known of an enquiry. What triage passes on to cases and referrals is triaged again."""
        enquiry = changing.take(work, reference, Action.CHANGE)
        values = with_choice(work, enquiry, body)
        recording.change(work, enquiry, {**values, "facts": merged(enquiry.facts, body.get("facts", {}))})
        if "safe_to_contact" in body:
            callbacks.give_up_where_barred(work, enquiry)
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
        enquiry = changing.take(work, reference, Action.RECORD_CONTACT)
        contact = receiving.write_down(work, enquiry, body)
        calls.write_up(work, body["call"], enquiry.reference, contact.id)
        return contact

    @command(roles=("adviser",), takes=party_schemas.Merging, gives=party_schemas.Party)
    def merge_party(self, work: Work, party_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """See a party as another from now on. Nothing moves."""
        absorbed, into = merging.merge(work, party_id, body)
        callbacks.give_up_where_party_barred(work, into.id)
        return party_showing.whole(work.session, absorbed)

    @command(roles=("adviser",), takes=schemas.Reason, gives=party_schemas.Party)
    def unmerge_party(self, work: Work, party_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Let a merged party stand for itself again."""
        released, of = merging.unmerge(work, party_id, body)
        for party in (released, of):
            callbacks.give_up_where_party_barred(work, party.id)
        return party_showing.whole(work.session, released)

    @query(roles=("adviser", "portal"), gives=schemas.Enquiry)
    def read_enquiry(self, work: Work, reference: str) -> Any:
        """One enquiry in full. A portal sees only those that came by it, without what advisers note for each other."""
        return showing.shown(work, store.find_for(work.caller, work.session, reference))

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
        kept["scored_outcome"] = data["scored_outcome"] or data["outcome"]
        enquiry.assessment = {**kept, "triaged_at": instant(data["triaged_at"])}
        enquiry.outcome = data["outcome"]
        enquiry.assessed_sequence = happened.sequence
        if data["facts_version"] >= enquiry.facts_version:
            store.move(enquiry, after_assessment(Status(enquiry.status), data["outcome"]), None, work.now)
        store.touch(enquiry, work.now)

    @handles("casework", "case_opened", "case_closed", "case_reopened", takes=schemas.CaseMoved)
    def follow_case(self, work: Work, data: dict[str, Any]) -> None:
        """Follow the case of an enquiry: its reference, and whether it is open. Tell it of a reply that came before."""
        happened = work.event
        enquiry = store.lock_without_words(work.session, data["enquiry"])
        if happened is None or happened.sequence <= enquiry.case_sequence:
            return
        is_new = enquiry.case_reference is None
        enquiry.case_reference, enquiry.case_sequence = data["case"], happened.sequence
        store.move(enquiry, after_case(Status(enquiry.status), happened.type), None, work.now)
        store.touch(enquiry, work.now)
        if is_new:
            receiving.follow_opening(work, enquiry, happened)
        _follow(work, enquiry)


def _end(work: Work, reference: str, action: Action, status: Status, reason: str) -> models.Enquiry:
    enquiry = changing.take(work, reference, action)
    store.move(enquiry, status, reason, work.now)
    store.touch(enquiry, work.now)
    _follow(work, enquiry)
    return enquiry


def _follow(work: Work, enquiry: models.Enquiry) -> None:
    """Bring what goes on about a locked enquiry in line with where that stands now."""
    callbacks.follow_enquiry(work, enquiry)
    walking.follow_enquiry(work, enquiry)


def _moment(given: datetime | None, pointer: str, now: datetime) -> datetime:
    """The moment that somebody gave, else now. Raises Invalid when it cannot be true."""
    if given is None:
        return now
    if not may_have_happened(given, now):
        raise Invalid([FieldError(pointer, "Must not be in the future, nor before 2011.")])
    return given
