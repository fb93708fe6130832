"""How an enquiry is taken for an action, and changed: by a person's hand, and by what a diagnosis found."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from chassis.errors import FieldError, Invalid, NotAllowedNow
from chassis.fields import instant
from chassis.work import Work
from services.intake import events, standing, store
from services.intake.domain.facts import MOST_FACTS
from services.intake.domain.reaching import SIGNED, signed, still_stands
from services.intake.domain.states import ALLOWED, Action, Status, after_new_facts, permits
from services.intake.models import Enquiry, EnquiryWords

# The fields that everybody behind triage knows by its assessment alone.
_TRIAGED = frozenset({"enquirer", "facts", "matters", "spin_out_stage"})


def take(work: Work, reference: str, action: Action) -> Enquiry:
    """The enquiry, locked for an action. Raises NoSuchEnquiry, Stale, or NotAllowedNow with the possible actions."""
    enquiry = store.lock_enquiry(work.session, reference)
    work.expect(enquiry.version)
    permit(enquiry, action)
    return enquiry


def permit(enquiry: Enquiry, action: Action) -> None:
    """Raise NotAllowedNow, with the possible actions, when the enquiry's status does not allow this one."""
    if not permits(enquiry.status, action):
        allowed = ALLOWED[Status(enquiry.status)]
        raise NotAllowedNow(action.value, enquiry.status, [other.value for other in allowed])


def change(work: Work, enquiry: Enquiry, values: Mapping[str, Any]) -> None:
    """Give a locked enquiry these values, and tell what changed. Raises Invalid when they do not go together.

    What triage passes on to cases and referrals is triaged again. Values that are there already change nothing, but for
    what is safe: said again after something else was said with another enquiry, it is the newest word.
    """
    _check(values, enquiry)
    changed = sorted(name for name, value in values.items() if not _is_there(work.session, enquiry, name, value))
    if not changed:
        return
    for name in changed:
        value = signed(values[name], work.caller.subject, instant(work.now)) if name in SIGNED else values[name]
        setattr(_part(enquiry, name), name, value)
    if not _TRIAGED.isdisjoint(changed):
        enquiry.facts_version += 1
        store.move(enquiry, after_new_facts(Status(enquiry.status)), None, work.now)
    store.touch(enquiry, work.now)
    work.tell(events.enquiry_changed(enquiry, changed))


def _part(enquiry: Enquiry, name: str) -> Enquiry | EnquiryWords:
    """The row of an enquiry that holds a field."""
    return enquiry.words if name in ("subject", "message", "enquirer", *SIGNED) else enquiry


def _is_there(session: Session, enquiry: Enquiry, name: str, value: Any) -> bool:
    """Whether a field has this value already, whoever wrote it down, and it counts."""
    present = getattr(_part(enquiry, name), name)
    if value is None or present is None or name not in SIGNED:
        return bool(value == present)
    if any(present.get(part) != said for part, said in value.items()):
        return False
    return name != "safe_to_contact" or still_stands(value, standing.held(session, enquiry))


def _check(values: Mapping[str, Any], enquiry: Enquiry) -> None:
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
