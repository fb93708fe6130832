"""What intake tells: ids, codes, facts and times, never a name, an address or a word that somebody wrote."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chassis.fields import instant
from chassis.work import Event
from services.intake.domain.facts import effective
from services.intake.domain.walks import Changed, Found
from services.intake.models import Call, Callback, CallbackAttempt, Contact, Diagnosis, DiagnosisScript, Enquiry


def enquiry_received(enquiry: Enquiry) -> Event:
    """An enquiry was stored, with the facts that triage scores."""
    return Event("enquiry_received", enquiry.reference, enquiry.version, _asked(enquiry))


def enquiry_changed(enquiry: Enquiry, changed: Sequence[str]) -> Event:
    """Fields of an enquiry were changed. Its facts version went up when triage has to look again."""
    data = {**_asked(enquiry), "changed": list(changed)}
    return Event("enquiry_changed", enquiry.reference, enquiry.version, data)


def enquiry_contact_recorded(enquiry: Enquiry, contact: Contact) -> Event:
    """An exchange with the enquirer was written down."""
    data = {
        "enquiry": enquiry.reference,
        "contact": str(contact.id),
        "channel": contact.channel,
        "direction": contact.direction,
        "disposition": contact.disposition,
        "started_at": instant(contact.started_at),
    }
    return Event("enquiry_contact_recorded", enquiry.reference, enquiry.version, data)


def enquiry_answered(enquiry: Enquiry) -> Event:
    """An adviser answered an enquiry without opening a case."""
    return Event("enquiry_answered", enquiry.reference, enquiry.version, _moved(enquiry))


def enquiry_withdrawn(enquiry: Enquiry) -> Event:
    """The enquirer no longer asks."""
    return Event("enquiry_withdrawn", enquiry.reference, enquiry.version, _moved(enquiry))


def enquiry_closed(enquiry: Enquiry) -> Event:
    """An enquiry was closed by an adviser."""
    return Event("enquiry_closed", enquiry.reference, enquiry.version, _moved(enquiry))


def enquiry_reopened(enquiry: Enquiry) -> Event:
    """The enquirer wrote again after they had been answered."""
    return Event("enquiry_reopened", enquiry.reference, enquiry.version, _moved(enquiry))


def enquirer_replied(enquiry: Enquiry, contact: Contact) -> Event:
    """The enquirer of an enquiry that has a case wrote: whoever works the case has to know."""
    data = {
        "enquiry": enquiry.reference,
        "case": enquiry.case_reference,
        "channel": contact.channel,
        "at": instant(contact.started_at),
    }
    return Event("enquirer_replied", enquiry.reference, enquiry.version, data)


def diagnosis_started(diagnosis: Diagnosis) -> Event:
    """A guided diagnosis of an enquiry began."""
    return _diagnosis("diagnosis_started", diagnosis, script_sha256=diagnosis.script.sha256)


def diagnosis_changed(diagnosis: Diagnosis, given: Mapping[str, str] | None, changed: Changed) -> Event:
    """A question was answered, for the first time or anew, or (`given` is None) the last answer was taken back."""
    walk = changed.walk
    return _diagnosis(
        "diagnosis_changed",
        diagnosis,
        given=given,
        fell_away=[step._asdict() for step in changed.fell_away],
        reached=walk.node.id,
        scope=walk.scope,
        answered=len(walk.taken),
    )


def diagnosis_finished(diagnosis: Diagnosis, found: Found) -> Event:
    """A diagnosis came to its end. What it changed of the enquiry is told by `enquiry_changed`."""
    return _diagnosis(
        "diagnosis_finished",
        diagnosis,
        scope=diagnosis.scope,
        facts=found.facts,
        spin_out_stage=found.spin_out_stage,
        matters=[*found.matters],
    )


def diagnosis_abandoned(diagnosis: Diagnosis) -> Event:
    """A diagnosis was given up before its end, or at it."""
    return _diagnosis("diagnosis_abandoned", diagnosis)


def diagnosis_script_imported(script: DiagnosisScript) -> Event:
    """A script was imported and is the one in use from now on. A version is imported once."""
    return Event("diagnosis_script_imported", script.version, 1, {"version": script.version, "sha256": script.sha256})


def call_changed(call: Call) -> Event:
    """The exchange told something new of a call."""
    data = {
        "call": str(call.id),
        "status": call.status,
        "direction": call.direction,
        "withheld": call.number is None,
        "began_at": instant(call.began_at),
        "answered_at": _instant_or_none(call.answered_at),
        "ended_at": _instant_or_none(call.ended_at),
        "transfers": max(len(call.users) - 1, 0),
    }
    return Event("call_changed", str(call.id), call.version, data)


def call_written_up(call: Call) -> Event:
    """A call was written up: by an enquiry that it led to, or by a contact about one (`contact`)."""
    contact = None if call.contact_id is None else str(call.contact_id)
    data = {"call": str(call.id), "enquiry": call.enquiry, "contact": contact}
    return Event("call_written_up", str(call.id), call.version, data)


def callback_promised(callback: Callback) -> Event:
    """An adviser promised to ring in a window."""
    return _callback("callback_promised", callback)


def callback_attempted(callback: Callback, attempt: CallbackAttempt) -> Event:
    """Somebody tried to keep a callback. `status` says what became of it by that."""
    made = {"attempt": attempt.number, "result": attempt.result, "at": instant(attempt.at)}
    return _callback("callback_attempted", callback, **made)


def callback_rebooked(callback: Callback) -> Event:
    """Another window was promised in place of the one before."""
    return _callback("callback_rebooked", callback)


def callback_cancelled(callback: Callback) -> Event:
    """A callback was given up."""
    return _callback("callback_cancelled", callback)


def _callback(type_: str, callback: Callback, **more: Any) -> Event:
    data = {
        "callback": str(callback.id),
        "enquiry": callback.enquiry,
        "status": callback.status,
        "window_from": instant(callback.window_from),
        "window_to": instant(callback.window_to),
        **more,
    }
    return Event(type_, str(callback.id), callback.version, data)


def _instant_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else instant(moment)


def _diagnosis(type_: str, diagnosis: Diagnosis, **more: Any) -> Event:
    data = {
        "diagnosis": str(diagnosis.id),
        "enquiry": diagnosis.enquiry,
        "script_version": diagnosis.script.version,
        **more,
    }
    return Event(type_, str(diagnosis.id), diagnosis.version, data)


def _moved(enquiry: Enquiry) -> dict[str, Any]:
    return {"enquiry": enquiry.reference, "status": enquiry.status}


def _asked(enquiry: Enquiry) -> dict[str, Any]:
    return {
        "enquiry": enquiry.reference,
        "facts_version": enquiry.facts_version,
        "spin_out_stage": enquiry.spin_out_stage,
        "facts": effective(enquiry.facts, enquiry.consent),
        "profile": _profile(enquiry),
    }


def _profile(enquiry: Enquiry) -> dict[str, Any]:
    """What reports and cases may know of an enquiry without knowing who asked."""
    enquirer = enquiry.words.enquirer
    return {
        "channel": enquiry.channel,
        "received_at": instant(enquiry.received_at),
        "enquirer_kind": enquirer.kind,
        "parent_body_kind": enquirer.parent_body_kind,
        "region": enquirer.region,
        "service_sector": enquiry.service_sector,
        "matters": enquiry.matters,
        "consent_to_share": enquiry.consent.get("share_with_cabinet_office"),
        "portal": enquiry.via_portal,
    }
