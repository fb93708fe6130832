"""How a criteria version comes into force: drafted, agreed by another person, active, superseded.

Whoever changes a version's state holds one lock for all of them, so that what is read is still so when it is written.
"""

from datetime import datetime
from typing import Any

from chassis.errors import FieldError, Invalid, NotAllowedNow
from chassis.work import Work
from services.triage import domain, events, store, watching
from services.triage.documents import faults_in
from services.triage.domain.lifecycle import ALLOWED, SCHEDULED, Action, State
from services.triage.errors import CriteriaChanged, CriteriaExist, CriteriaNotFound, OwnCriteria
from services.triage.models import CriteriaVersion


def draft(work: Work, document: dict[str, Any]) -> CriteriaVersion:
    """Store a document as a draft of the caller. Raises Invalid with every fault, CriteriaExist or CriteriaChanged."""
    faults = faults_in(document)
    if faults:
        raise Invalid([FieldError(fault.pointer, fault.message) for fault in faults])
    store.lock_criteria(work.session)
    try:
        present = store.find_criteria(work.session, document["version"])
    except CriteriaNotFound:
        criteria = store.add_draft(work.session, document, work.caller.subject, work.now)
        work.tell(events.criteria_state_changed(criteria, State.DRAFT))
        return criteria
    same = present.sha256 == domain.fingerprint(document)
    raise CriteriaExist(present.version, present.state) if same else CriteriaChanged(present.version)


def agree(work: Work, version: str, reason: str) -> CriteriaVersion:
    """Agree a draft. Raises OwnCriteria for its author: two people stand behind every version."""
    criteria = _take(work, version, Action.AGREE)
    if criteria.author == work.caller.subject:
        raise OwnCriteria
    criteria.agreed_by, criteria.agreed_at = work.caller.subject, work.now
    _move(work, criteria, State.AGREED, reason)
    return criteria


def activate(work: Work, version: str, reason: str, active_from: datetime | None) -> CriteriaVersion:
    """Bring a version into force, at once or from a moment ahead. Raises Invalid for a moment that has passed."""
    criteria = _take(work, version, Action.ACTIVATE)
    if active_from is not None and active_from < work.now:
        raise Invalid([FieldError("/from", "Must not be in the past: what was triaged then stays as it is.")])
    criteria.active_from = active_from or work.now
    if active_from is None:
        _bring_into_force(work, criteria, reason)
    else:
        _move(work, criteria, SCHEDULED, reason)
    return criteria


def activate_due(work: Work) -> int:
    """Bring into force what was scheduled and is due; return how many versions that were."""
    store.lock_criteria(work.session)
    due = store.due_criteria(work.session, work.now)
    for criteria in due:
        _bring_into_force(work, criteria, None)
    return len(due)


def withdraw(work: Work, version: str, reason: str) -> CriteriaVersion:
    """End a version that is not in force. A schedule ends with it."""
    criteria = _take(work, version, Action.WITHDRAW)
    _move(work, criteria, State.WITHDRAWN, reason)
    watching.end_challenge(work, version)
    return criteria


def load(work: Work, document: dict[str, Any]) -> CriteriaVersion:
    """Store a sound document that is new, agreed by the caller and in force from now on."""
    criteria = store.add_draft(work.session, document, document["author"], work.now)
    criteria.agreed_by = work.caller.subject
    criteria.agreed_at = criteria.active_from = work.now
    store.note_step(criteria, State.AGREED, work.caller.subject, work.now)
    _supersede(work)
    store.note_step(criteria, State.ACTIVE, work.caller.subject, work.now)
    work.tell(events.criteria_loaded(criteria))
    return criteria


def _take(work: Work, version: str, action: Action) -> CriteriaVersion:
    """The version, locked with all others. Raises CriteriaNotFound, Stale, or NotAllowedNow with what is possible."""
    store.lock_criteria(work.session)
    criteria = store.find_criteria(work.session, version)
    work.expect(criteria.revision)
    allowed = ALLOWED[State(criteria.state)]
    if action not in allowed:
        raise NotAllowedNow(action, criteria.state, allowed)
    return criteria


def _bring_into_force(work: Work, criteria: CriteriaVersion, reason: str | None) -> None:
    _supersede(work)
    criteria.superseded_at = None
    _move(work, criteria, State.ACTIVE, reason)
    watching.end_challenge(work, criteria.version)


def _supersede(work: Work) -> None:
    """End the version in force, if there is one; written at once, for only one may be active."""
    present = store.active_criteria(work.session)
    if present is not None:
        present.superseded_at = work.now
        store.note_step(present, State.SUPERSEDED, None, work.now)
        work.tell(events.criteria_state_changed(present, State.SUPERSEDED))
        work.session.flush()


def _move(work: Work, criteria: CriteriaVersion, state: str, reason: str | None) -> None:
    store.note_step(criteria, state, work.caller.subject, work.now, reason)
    work.tell(events.criteria_state_changed(criteria, state))
