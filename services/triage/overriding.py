"""Overrides: an adviser sets another outcome than the one found, with a reason; a second person confirms a referral.

The override and the score are both kept, and both are told. An override is about the facts as they were: it lapses
when newer facts are triaged.
"""

from typing import Any

from chassis.errors import FieldError, Invalid, NotAllowedNow, Stale
from chassis.fields import new_id
from chassis.work import Work
from services.triage import events, store
from services.triage.domain.tasks import OF_OVERRIDE
from services.triage.domain.verdicts import BY_TWO
from services.triage.errors import AssessmentNotFound, EnquiryEnded, OverrideExists, OwnOverride, TooManyVerdicts
from services.triage.models import Assessment, Enquiry, Override


def set_outcome(work: Work, reference: str, body: dict[str, Any]) -> Override:
    """Set another outcome for the newest facts of an enquiry; at once, unless it takes a second person.

    Raises AssessmentNotFound, OverrideExists, EnquiryEnded, TooManyVerdicts, Invalid for the outcome that was found, or
    Stale when the newest assessment is another one than the caller has seen.
    """
    enquiry = _lock(work, reference)
    assessment = _newest(work, reference)
    if body["assessment"] != assessment.id:
        raise Stale
    if body["outcome"] == assessment.outcome:
        raise Invalid([FieldError("/outcome", "This is what triage found. Set another one.")])
    if store.open_override(work.session, reference, assessment.facts_version) is not None:
        raise OverrideExists
    if assessment.id not in store.still_standing(work.session, [assessment.id]):
        raise EnquiryEnded
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
    """Confirm a referral that somebody else set.

    Raises OverrideNotFound, NotAllowedNow, OwnOverride, EnquiryEnded, or Stale when it was changed or the facts were
    re-scored since.
    """
    override, enquiry, assessment = _take(work, override_id, "confirm")
    if override.set_by == work.caller.subject:
        raise OwnOverride
    if assessment.id != override.assessment:
        raise Stale
    if assessment.id not in store.still_standing(work.session, [assessment.id]):
        raise EnquiryEnded
    override.decided_by, override.decided_at = work.caller.subject, work.now
    _come_into_force(work, override, enquiry, assessment)
    return override


def withdraw(work: Work, override_id: str, reason: str) -> Override:
    """Take an override back: what was found holds again. Raises OverrideNotFound, Stale or NotAllowedNow."""
    override, enquiry, assessment = _take(work, override_id, "withdraw")
    was_in_force = override.state == "in_force"
    override.decided_by, override.decided_at, override.decided_reason = work.caller.subject, work.now, reason
    _move(work, override, "withdrawn")
    if was_in_force:
        work.tell(events.enquiry_triaged(assessment, _next_verdict(enquiry, assessment)))
    return override


def _take(work: Work, override_id: str, action: str) -> tuple[Override, Enquiry, Assessment]:
    """The override in a state that allows the action, with its enquiry, locked, and the newest assessment of that."""
    override = store.find_override(work.session, override_id)
    enquiry = _lock(work, override.enquiry)
    work.session.refresh(override)
    work.expect(override.revision)
    allowed = () if override.is_lapsed else OF_OVERRIDE.get(override.state, ())
    if action not in allowed:
        raise NotAllowedNow(action, "lapsed" if override.is_lapsed else override.state, allowed)
    return override, enquiry, _newest(work, override.enquiry)


def _lock(work: Work, reference: str) -> Enquiry:
    return store.lock_enquiries(work.session, [reference])[reference]


def _newest(work: Work, reference: str) -> Assessment:
    found = store.newest_assessment(work.session, reference)
    if found is None:
        raise AssessmentNotFound
    return found


def _come_into_force(work: Work, override: Override, enquiry: Enquiry, assessment: Assessment) -> None:
    _move(work, override, "in_force")
    work.tell(events.enquiry_triaged(assessment, _next_verdict(enquiry, assessment), override.outcome))


def _next_verdict(enquiry: Enquiry, assessment: Assessment) -> int:
    verdict = store.next_verdict(enquiry, assessment.facts_version)
    if verdict is None:
        raise TooManyVerdicts
    return verdict


def _move(work: Work, override: Override, state: str) -> None:
    override.state = state
    override.revision += 1
    work.tell(events.override_state_changed(override))
