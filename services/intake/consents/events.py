"""What is told of consent: codes and moments."""

from datetime import datetime

from chassis.fields import instant
from chassis.work import Event
from services.intake.models import Consent, Enquiry


def consent_changed(enquiry: Enquiry, consent: Consent, since: datetime) -> Event:
    """Somebody gave, refused or withdrew consent. `given` is what stands now, by the act that took place at `since`.

    An assessment of facts of this version or a later one knows of it; one of earlier facts does not.
    """
    data = {
        "enquiry": enquiry.reference,
        "purpose": consent.purpose,
        "act": consent.act,
        "given": enquiry.consent[consent.purpose],
        "since": instant(since),
        "channel": consent.channel,
        "wording_version": consent.wording_version,
        "facts_version": enquiry.facts_version,
    }
    return Event("consent_changed", enquiry.reference, enquiry.version, data)
