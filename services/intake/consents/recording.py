"""Recording acts of consent, with what follows from them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.database import Page, page
from chassis.errors import FieldError, Invalid
from chassis.fields import new_id
from chassis.work import Work
from services.intake import changing, events, store
from services.intake.consents import wordings
from services.intake.consents.events import consent_changed
from services.intake.domain.consents import Act, Purpose, acts_of, moment, stands
from services.intake.domain.facts import NO_FACTS, is_refusal_to_share, may_have_happened, without_consent_gate
from services.intake.domain.states import Action, Status, after_new_facts, permits
from services.intake.models import Consent, Enquiry
from services.intake.telephony import callbacks


def of_new_enquiry(work: Work, enquiry: Enquiry, version: str | None) -> list[Consent]:
    """The acts that a new enquiry came with, in the words of this version, else of that in use. Raises Invalid.

    A no at the gate of sharing is one of them; against a yes that came with it, it is the safe side.
    """
    if is_refusal_to_share(NO_FACTS, enquiry.facts, enquiry.consent):
        enquiry.consent = {**enquiry.consent, Purpose.SHARE: False}
    said = {
        "wording": _wording(version, "/consent/wording_version"),
        "channel": enquiry.channel,
        "at": min(enquiry.received_at, work.now),
    }
    return [_row(work, enquiry.reference, purpose, act, said) for purpose, act in acts_of(enquiry.consent).items()]


def record(work: Work, reference: str, body: Mapping[str, Any]) -> Consent:
    """Record an act about an enquiry, whatever its status. If none is newer it stands, with all that follows.

    Raises Invalid, NoSuchEnquiry (for a portal also where the enquiry came by another client) or Stale.
    """
    enquiry = _taken(work, reference)
    if body["at"] is not None and not may_have_happened(body["at"], work.now):
        raise Invalid([FieldError("/at", "Must not be in the future, nor before 2011.")])
    purpose, act = Purpose(body["purpose"]), Act(body["act"])
    newest = _newest(work.session, enquiry, purpose)
    at = moment(body["at"], newest, work.now)
    said = {"wording": _wording(body["wording_version"], "/wording_version"), "channel": body["channel"], "at": at}
    consent = _row(work, reference, purpose, act, said)
    work.session.add(consent)
    if stands(at, newest):
        _let_stand(work, enquiry, purpose, given=act is Act.GIVEN)
    store.touch(enquiry, work.now)
    work.tell(consent_changed(enquiry, consent, max(at, newest or at)))
    return consent


def change(work: Work, enquiry: Enquiry, values: Mapping[str, Any], said_at: datetime | None = None) -> None:
    """Give a locked enquiry these values, as `changing.change`; a no to sharing among them is recorded as an act.

    Whoever holds the case hears of acts, and of no answer. Nobody says in which words they were asked, nor by which
    way: those in use, and the enquiry's own, are noted. A no that was said before consent was given (`said_at`, else
    now) is on the record, and stands no more than any older act: the answer is not kept.
    """
    if not is_refusal_to_share(enquiry.facts, values["facts"], enquiry.consent):
        changing.change(work, enquiry, values)
        return
    newest = _newest(work.session, enquiry, Purpose.SHARE)
    at = moment(said_at, newest, work.now)
    said = {"wording": wordings.in_use(), "channel": enquiry.channel, "at": at}
    consent = _row(work, enquiry.reference, Purpose.SHARE, Act.REFUSED, said)
    work.session.add(consent)
    if stands(at, newest):
        follows = {"consent": {**enquiry.consent, Purpose.SHARE: False}}
    else:
        follows = {"facts": without_consent_gate(values["facts"])}
    changing.change(work, enquiry, {**values, **follows})
    store.touch(enquiry, work.now)
    work.tell(consent_changed(enquiry, consent, max(at, newest or at)))


def history(work: Work, reference: str, query: dict[str, Any]) -> Page:
    """A page of the acts about an enquiry, the newest first. Raises NoSuchEnquiry."""
    of_enquiry = select(Consent).where(Consent.enquiry == store.find_enquiry(work.session, reference).reference)
    return page(work.session, of_enquiry, (Consent.acted_at, Consent.id), query)


def _taken(work: Work, reference: str) -> Enquiry:
    """The enquiry, locked. Raises NoSuchEnquiry where it is not the caller's to know about."""
    store.find_for(work.caller, work.session, reference)
    return changing.take(work, reference, Action.RECORD_CONSENT)


def _wording(version: str | None, pointer: str) -> wordings.Wording:
    wording = wordings.in_use() if version is None else wordings.named(version)
    if wording is None:
        raise Invalid([FieldError(pointer, "There is no wording of this version.")])
    return wording


def _newest(session: Session, enquiry: Enquiry, purpose: Purpose) -> datetime | None:
    """When the newest act for a purpose took place.

    Enquiries that are older than this record came in with what they agreed to, and have no row for that.
    """
    acts = select(func.max(Consent.acted_at)).where(Consent.enquiry == enquiry.reference, Consent.purpose == purpose)
    at = session.scalar(acts)
    return enquiry.received_at if at is None and enquiry.consent.get(purpose) is not None else at


def _row(work: Work, reference: str, purpose: Purpose, act: Act, said: Mapping[str, Any]) -> Consent:
    return Consent(
        id=new_id(),
        enquiry=reference,
        purpose=purpose,
        act=act,
        wording_version=said["wording"].version,
        wording_sha256=said["wording"].sha256,
        channel=said["channel"],
        acted_at=said["at"],
        recorded_by=work.caller.subject,
        recorded_at=work.now,
    )


def _let_stand(work: Work, enquiry: Enquiry, purpose: Purpose, *, given: bool) -> None:
    """Let an act be what stands of its purpose."""
    was = enquiry.consent.get(purpose)
    enquiry.consent = {**enquiry.consent, purpose: given}
    if purpose is Purpose.SHARE:
        facts = without_consent_gate(enquiry.facts)
        if given != was or facts != enquiry.facts:
            enquiry.facts = facts
            _triage_again(work, enquiry)
    if purpose is Purpose.CONTACT:
        callbacks.give_up_where_barred(work, enquiry)


def _triage_again(work: Work, enquiry: Enquiry) -> None:
    """Raise the version of the facts; triage looks again unless the enquiry has ended, so that no case is opened."""
    enquiry.facts_version += 1
    if permits(enquiry.status, Action.CHANGE):
        store.move(enquiry, after_new_facts(Status(enquiry.status)), None, work.now)
        store.touch(enquiry, work.now)
        work.tell(events.enquiry_changed(enquiry, ["consent"]))
