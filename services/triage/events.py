"""What triage tells."""

from chassis.fields import instant
from chassis.work import Event
from services.triage.domain import Score
from services.triage.models import Assessment, BackTest, CriteriaVersion


def enquiry_triaged(assessment: Assessment) -> Event:
    """An enquiry's facts were assessed. The sequence is the facts' version: who hears of older facts ignores them."""
    data = {
        "enquiry": assessment.enquiry,
        "assessment": str(assessment.id),
        "facts_version": assessment.facts_version,
        "criteria_version": assessment.criteria_version,
        "criteria_sha256": assessment.criteria_sha256,
        "outcome": assessment.outcome,
        "score": Score(assessment.score_low, assessment.score_high).data(),
        "spin_out_stage": assessment.spin_out_stage,
        "facts": assessment.facts,
        "reason": assessment.reason,
        "explanation": assessment.explanation,
        "what_would_change_it": assessment.what_would_change_it,
        "questions": assessment.questions,
        "signpost": assessment.signpost,
        "profile": assessment.profile,
        "triaged_at": instant(assessment.triaged_at),
    }
    return Event("enquiry_triaged", assessment.enquiry, assessment.facts_version, data)


def criteria_state_changed(criteria: CriteriaVersion, state: str) -> Event:
    """A criteria version took a step in its life: into a state, or onto the list of what is scheduled."""
    data = {
        "version": criteria.version,
        "sha256": criteria.sha256,
        "state": state,
        "active_from": instant(criteria.active_from) if criteria.active_from else None,
    }
    return Event("criteria_state_changed", criteria.version, criteria.revision, data)


def criteria_loaded(criteria: CriteriaVersion) -> Event:
    """A criteria version was loaded and is now the active one."""
    data = {"version": criteria.version, "sha256": criteria.sha256}
    return Event("criteria_loaded", criteria.version, criteria.revision, data)


def back_test_state_changed(back_test: BackTest) -> Event:
    """A back-test was asked for, or has ended."""
    data = {
        "back_test": str(back_test.id),
        "version": back_test.criteria_version,
        "against": back_test.against,
        "state": back_test.state,
    }
    return Event("back_test_state_changed", str(back_test.id), back_test.revision, data)
