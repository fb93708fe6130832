"""What intake tells: ids, codes, facts and times, never a name, an address or a word that somebody wrote."""

from collections.abc import Sequence
from typing import Any

from chassis.fields import instant
from chassis.work import Event
from services.intake.domain.facts import effective
from services.intake.models import Contact, Enquiry


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
