"""How an enquiry comes in and a contact is written down, whichever way: by the bus or by e-mail."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chassis.database import insert_together
from chassis.errors import Unacceptable
from chassis.work import Event, Work
from services.intake import events, standing, store
from services.intake.consents import recording
from services.intake.domain.reaching import obstacle_to_ringing
from services.intake.domain.states import Status, after_reply
from services.intake.models import Contact, Enquiry
from services.intake.parties.recognising import keep, recognise
from services.intake.telephony import callbacks


def receive(work: Work, body: Mapping[str, Any], marks: Sequence[str] = (), related_to: str | None = None) -> Enquiry:
    """Store the enquiry of a loaded NewEnquiry whose moment is set, queue its acknowledgement, and tell of it.

    Raises Invalid when it names a wording of consent that there is not.
    """
    recognised = recognise(work.session, body["enquirer"])
    enquiry = store.new_enquiry(body, recognised.party, work.caller, work.now)
    bars_callbacks = recognised.is_known and obstacle_to_ringing(standing.of_itself(enquiry)) is not None
    if bars_callbacks:  # before what leads to the party: whoever adds that locks them in this order
        standing.hold(work.session, enquiry)
    keep(work.session, body["enquirer"], recognised, work.now)
    enquiry.marks, enquiry.related_to = list(marks), related_to
    acts = recording.of_new_enquiry(work, enquiry, body["consent"]["wording_version"])
    stands = standing.of_new_enquiry(work.session, enquiry) if recognised.is_known else standing.of_itself(enquiry)
    insert_together(work.session, enquiry, enquiry.words, *acts, *store.acknowledgements(enquiry, stands, work.now))
    work.tell(events.enquiry_received(enquiry))
    if bars_callbacks:
        callbacks.give_up_where_barred(work, enquiry)
    return enquiry


def write_down(work: Work, enquiry: Enquiry, body: Mapping[str, Any]) -> Contact:
    """Store the contact of a loaded NewContact whose moment is set, about a locked enquiry, and tell of it."""
    contact = store.new_contact(enquiry, dict(body), work.caller, work.now)
    work.session.add(contact)
    store.touch(enquiry, work.now)
    work.tell(events.enquiry_contact_recorded(enquiry, contact))
    return contact


def follow_reply(work: Work, enquiry: Enquiry, contact: Contact) -> None:
    """Bring a locked enquiry to where it stands once its enquirer has written: by this contact, which is kept.

    One that was answered is open again. Of one that has a case it is told, for the case may wait for that.
    """
    was_answered = enquiry.status == Status.ANSWERED
    store.move(enquiry, after_reply(Status(enquiry.status)), None, work.now)
    if was_answered:
        store.touch(enquiry, work.now)
        work.tell(events.enquiry_reopened(enquiry))
    if enquiry.case_reference is not None:
        store.touch(enquiry, work.now)
        work.tell(events.enquirer_replied(enquiry, contact))


def follow_opening(work: Work, enquiry: Enquiry, opening: Event) -> None:
    """Tell what a locked enquiry's enquirer wrote between the opening of its case and now, when it is first heard of.

    E-mail is filed while the service is down: nobody could tell the case of a reply that it may wait for. Raises
    Unacceptable for an event that does not say when it was told.
    """
    try:
        opened_at = datetime.fromisoformat(opening.time)
    except ValueError:
        raise Unacceptable("an event that does not say when it was told") from None
    contact = store.newest_reply(work.session, enquiry, opened_at)
    if contact is not None:
        store.touch(enquiry, work.now)
        work.tell(events.enquirer_replied(enquiry, contact))
