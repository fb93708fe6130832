"""How an enquiry's guided diagnosis goes: begun, answered, changed, and finished or given up.

Whoever changes a diagnosis holds the lock of its enquiry. The version that If-Match names is the diagnosis's.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from chassis.errors import FieldError, Invalid, NotAllowedNow
from chassis.work import Work
from services.intake import changing, store
from services.intake.consents import recording
from services.intake.diagnosis import events, rows
from services.intake.diagnosis.diagnosed import Diagnosed
from services.intake.domain import walks
from services.intake.domain.facts import MOST_FACTS
from services.intake.domain.scripts import compile_script, settable
from services.intake.domain.states import Action as EnquiryAction
from services.intake.domain.states import permits
from services.intake.domain.walks import Action, Changed, Found, Walk
from services.intake.errors import NoDiagnosis, NoRoomForFacts
from services.intake.models import Diagnosis, Enquiry


def start(work: Work, reference: str) -> Diagnosed:
    """Begin a diagnosis by the script in use.

    Raises NotAllowedNow while another is open, NoScript, or NoRoomForFacts where not all that it may find has room.
    """
    enquiry = changing.take(work, reference, EnquiryAction.DIAGNOSE)
    present = rows.latest(work.session, reference)
    if present is not None and present.status == walks.Status.OPEN:
        raise _not_allowed(Action.START, _shown(enquiry, present))
    script = rows.script_in_use(work.session)
    may_be_found = settable(compile_script(script.document))
    _check_room({part: {*enquiry.facts[part], *ids} for part, ids in may_be_found.items()})
    row = rows.new_diagnosis(enquiry, script, present.version + 1 if present else 1, work.caller, work.now)
    work.session.add(row)
    work.tell(events.diagnosis_started(row))
    return _shown(enquiry, row)


def read(session: Session, reference: str) -> Diagnosed:
    """The latest diagnosis of an enquiry. Raises NoSuchEnquiry or NoDiagnosis."""
    enquiry = store.find_enquiry(session, reference)
    row = rows.latest(session, reference)
    if row is None:
        raise NoDiagnosis
    return _shown(enquiry, row)


def preview(session: Session, reference: str, given: dict[str, str]) -> Diagnosed:
    """The latest diagnosis as this answer would make it. Raises NoSuchEnquiry, NoDiagnosis, or Invalid.

    A question about what is possible is no conflict: of a diagnosis that has ended, too, the answer is that nothing is
    asked there.
    """
    diagnosed = read(session, reference)
    if Action.ANSWER not in diagnosed.allowed:
        raise Invalid([FieldError("/node", "Nothing is asked any more: the diagnosis has ended.")])
    changed = _answered(diagnosed, given)
    return replace(diagnosed, walk=changed.walk, fell_away=changed.fell_away)


def answer(work: Work, reference: str, given: dict[str, str]) -> Diagnosed:
    """Answer the open question, or an earlier one anew. Raises Invalid for what is not asked, or NotAllowedNow."""
    _, diagnosed = _take(work, reference)
    _permit(Action.ANSWER, diagnosed)
    return _keep(work, diagnosed, _answered(diagnosed, given), given)


def back(work: Work, reference: str) -> Diagnosed:
    """Take the last answer back. Raises NotAllowedNow where there is none."""
    _, diagnosed = _take(work, reference)
    _permit(Action.BACK, diagnosed)
    return _keep(work, diagnosed, walks.stepped_back(diagnosed.walk), None)


def finish(work: Work, reference: str) -> Diagnosed:
    """End a diagnosis that has reached an end, and give the enquiry what it found, which triage then assesses.

    It takes the place of what the diagnosis before found (`walks.known_without`). Raises NotAllowedNow or
    NoRoomForFacts.
    """
    enquiry, diagnosed = _take(work, reference)
    _permit(Action.FINISH, diagnosed)
    found, before = diagnosed.walk.found, _known_before(work, enquiry)
    known = walks.known_with(before, found)
    _check_room(known.facts)
    diagnosed.row.known_before = {"facts": before.facts, "spin_out_stage": before.spin_out_stage}
    said_at = diagnosed.row.updated_at  # no answer is newer, and what was said to the enquiry since comes after it
    diagnosed.row.scope = diagnosed.walk.scope
    _end(work, diagnosed.row, walks.Status.FINISHED)
    work.tell(events.diagnosis_finished(diagnosed.row, found))
    values = {"facts": known.facts, "matters": list(known.matters), "spin_out_stage": known.spin_out_stage}
    recording.change(work, enquiry, values, said_at)
    return diagnosed


def abandon(work: Work, reference: str) -> Diagnosed:
    """Give up an open diagnosis. The enquiry gets nothing of what was found."""
    _, diagnosed = _take(work, reference)
    _permit(Action.ABANDON, diagnosed)
    _abandon(work, diagnosed.row)
    return diagnosed


def follow_enquiry(work: Work, enquiry: Enquiry) -> None:
    """Give up the open diagnosis of a locked enquiry that is over: nobody could end it any more."""
    if permits(enquiry.status, EnquiryAction.DIAGNOSE):
        return
    row = rows.latest(work.session, enquiry.reference)
    if row is not None and row.status == walks.Status.OPEN:
        row.ended_reason = f"The enquiry is over: {enquiry.status}."
        _abandon(work, row)


def _known_before(work: Work, enquiry: Enquiry) -> Found:
    """What is known of an enquiry without what its last finished diagnosis found.

    One that the release before finished has not kept what was known until then, so that nothing of it is taken back.
    """
    known = Found(enquiry.facts, enquiry.spin_out_stage, tuple(enquiry.matters))
    last = rows.last_finished(work.session, enquiry.reference)
    if last is None or last.known_before is None:
        return known
    kept = last.known_before
    return walks.known_without(known, _walk(last).found, Found(kept["facts"], kept["spin_out_stage"], ()))


def _take(work: Work, reference: str) -> tuple[Enquiry, Diagnosed]:
    """The enquiry, locked, and its latest diagnosis. Raises NoSuchEnquiry, NoDiagnosis, Stale or NotAllowedNow."""
    enquiry = store.lock_enquiry(work.session, reference)
    row = rows.latest(work.session, reference)
    if row is None:
        raise NoDiagnosis
    work.expect(row.version)
    changing.permit(enquiry, EnquiryAction.DIAGNOSE)
    return enquiry, _shown(enquiry, row)


def _answered(diagnosed: Diagnosed, given: dict[str, str]) -> Changed:
    faults = walks.faults(diagnosed.walk, given["node"], given["answer"])
    if faults:
        raise Invalid([FieldError(pointer, message) for pointer, message in faults.items()])
    return walks.answered(diagnosed.walk, given["node"], given["answer"])


def _keep(work: Work, diagnosed: Diagnosed, changed: Changed, given: dict[str, str] | None) -> Diagnosed:
    """Keep a walk's new path, and tell of it; the same path once more is no change."""
    row = diagnosed.row
    if changed.walk.path != diagnosed.walk.path:
        row.path = [[*step] for step in changed.walk.path]
        _touch(work, row)
        work.tell(events.diagnosis_changed(row, given, changed))
    return replace(diagnosed, walk=changed.walk, fell_away=changed.fell_away)


def _check_room(facts: Mapping[str, Collection[str]]) -> None:
    """Raise NoRoomForFacts for more gates or criteria than an enquiry holds."""
    for part, ids in facts.items():
        if len(ids) > MOST_FACTS:
            raise NoRoomForFacts(part, len(ids))


def _permit(action: Action, diagnosed: Diagnosed) -> None:
    if action not in diagnosed.allowed:
        raise _not_allowed(action, diagnosed)


def _not_allowed(action: Action, diagnosed: Diagnosed) -> NotAllowedNow:
    status = diagnosed.row.status
    if action is Action.FINISH and status == walks.Status.OPEN:
        status = "open, and no end is reached"
    return NotAllowedNow(action.value, status, [other.value for other in diagnosed.allowed])


def _abandon(work: Work, row: Diagnosis) -> None:
    _end(work, row, walks.Status.ABANDONED)
    work.tell(events.diagnosis_abandoned(row))


def _end(work: Work, row: Diagnosis, status: walks.Status) -> None:
    row.status, row.ended_at = status, work.now
    _touch(work, row)


def _touch(work: Work, row: Diagnosis) -> None:
    row.version += 1
    row.updated_at = work.now


def _shown(enquiry: Enquiry, row: Diagnosis) -> Diagnosed:
    """A diagnosis with its walk."""
    return Diagnosed(enquiry, row, _walk(row))


def _walk(row: Diagnosis) -> Walk:
    """The walk of a diagnosis, by the script that it began with."""
    return walks.replay(compile_script(row.script.document), row.path)
