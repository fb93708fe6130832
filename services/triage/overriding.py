"""Overrides: an adviser sets another outcome than the one found, with a reason; a second person confirms a referral.

The override and the score are both kept, and both are told. An override is about the facts as they were: it lapses
when newer facts are triaged.
"""

from typing import Any

from chassis.errors import FieldError, Invalid, NotAllowedNow
from chassis.fields import new_id
from chassis.work import Work
from services.triage import events, store
from services.triage.domain.verdicts import BY_TWO, MOST_VERDICTS
from services.triage.errors import AssessmentNotFound, OverrideExists, OwnOverride, TooManyVerdicts
from services.triage.models import Assessment, Enquiry, Override


def set_outcome(work: Work, reference: str, body: dict[str, Any]) -> Override:
    """Set another outcome for the newest facts of an enquiry; at once, unless it takes a second person.

    Raises AssessmentNotFound, OverrideExists, TooManyVerdicts, or Invalid for the outcome that was found.
    """
    enquiry = _lock(work, reference)
    assessment = _newest(work, reference)
    if body["outcome"] == assessment.outcome:
        raise Invalid([FieldError("/outcome", "This is what triage found. Set another one.")])
    if store.open_override(work.session, reference, assessment.facts_version) is not None:
        raise OverrideExists
    override = Override(
        id=new_id(),
        enquiry=reference,
        facts_version=assessment.facts_version,
        assessment=assessment.id,
        outcome=body["outcome"],
        scored_outcome=assessment.outcome,
        state="proposed",
        reason=body["reason"],
        set_by=work.caller.subject,
        set_at=work.now,
        revision=0,
    )
    work.session.add(override)
    if override.outcome == BY_TWO:
        _move(work, override, "proposed")
    else:
        _come_into_force(work, override, enquiry, assessment)
    return override


def confirm(work: Work, override_id: str) -> Override:
    """Confirm a referral that somebody else set. Raises OverrideNotFound, NotAllowedNow or OwnOverride."""
    override, enquiry, assessment = _take(work, override_id, "confirm", ("proposed",))
    if override.set_by == work.caller.subject:
        raise OwnOverride
    override.decided_by, override.decided_at = work.caller.subject, work.now
    _come_into_force(work, override, enquiry, assessment)
    return override


def withdraw(work: Work, override_id: str, reason: str) -> Override:
    """Take an override back: what was found holds again. Raises OverrideNotFound or NotAllowedNow."""
    override, enquiry, assessment = _take(work, override_id, "withdraw", store.OPEN)
    was_in_force = override.state == "in_force"
    override.decided_by, override.decided_at, override.decided_reason = work.caller.subject, work.now, reason
    _move(work, override, "withdrawn")
    if was_in_force:
        work.tell(events.enquiry_triaged(assessment, _next_verdict(enquiry, assessment)))
    return override


def _take(work: Work, override_id: str, action: str, states: tuple[str, ...]) -> tuple[Override, Enquiry, Assessment]:
    """The override in a state that allows the action, with its enquiry, locked, and the newest assessment of that."""
    override = store.find_override(work.session, override_id)
    enquiry = _lock(work, override.enquiry)
    work.session.refresh(override)
    if override.is_lapsed or override.state not in states:
        raise NotAllowedNow(action, "lapsed" if override.is_lapsed else override.state, [])
    return override, enquiry, _newest(work, override.enquiry)


def _lock(work: Work, reference: str) -> Enquiry:
    return store.lock_enquiries(work.session, [reference])[reference]


def _newest(work: Work, reference: str) -> Assessment:
    found = store.newest_assessment(work.session, reference)
    if found is None:
        raise AssessmentNotFound
    return found


def _come_into_force(work: Work, override: Override, enquiry: Enquiry, assessment: Assessment) -> None:
    """Let it hold against what is found by now: the same facts may have been re-scored since it was set."""
    override.assessment, override.scored_outcome = assessment.id, assessment.outcome
    _move(work, override, "in_force")
    work.tell(events.enquiry_triaged(assessment, _next_verdict(enquiry, assessment), override.outcome))


def _next_verdict(enquiry: Enquiry, assessment: Assessment) -> int:
    verdict = store.next_verdict(enquiry, assessment.facts_version)
    if verdict >= MOST_VERDICTS:
        raise TooManyVerdicts
    return verdict


def _move(work: Work, override: Override, state: str) -> None:
    override.state = state
    override.revision += 1
    work.tell(events.override_state_changed(override))
