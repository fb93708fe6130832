"""What triage tells."""

from collections.abc import Sequence
from datetime import date

from chassis.fields import instant
from chassis.work import Event
from services.triage.domain import Score
from services.triage.domain.verdicts import sequence_of
from services.triage.models import Assessment, Challenger, CriteriaVersion, Drift, Job, Override


def enquiry_triaged(assessment: Assessment, verdict: int | None = None, outcome: str | None = None) -> Event:
    """An enquiry's facts were assessed, or another verdict was given on them: re-scored, or set by an adviser.

    Who hears of an older verdict, or of older facts, ignores it by the sequence. `outcome` is the one that an adviser
    set against what was found.
    """
    data = {
        "enquiry": assessment.enquiry,
        "assessment": str(assessment.id),
        "facts_version": assessment.facts_version,
        "criteria_version": assessment.criteria_version,
        "criteria_sha256": assessment.criteria_sha256,
        "outcome": outcome or assessment.outcome,
        "scored_outcome": assessment.outcome,
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
    if outcome not in (None, assessment.outcome):
        reason = f"An adviser set this outcome. The criteria had found: {assessment.outcome.replace('_', ' ')}."
        data |= {"reason": reason, "questions": [], "signpost": None}
    sequence = sequence_of(assessment.facts_version, assessment.verdict if verdict is None else verdict)
    return Event("enquiry_triaged", assessment.enquiry, sequence, data)


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


def back_test_state_changed(job: Job) -> Event:
    """A back-test was asked for, or has ended."""
    return _job_state_changed(job, against=job.against)


def calibration_state_changed(job: Job) -> Event:
    """A calibration was asked for, or has ended."""
    return _job_state_changed(job)


def rescoring_state_changed(job: Job) -> Event:
    """A re-scoring was asked for, waits for a person's word, takes effect, or has ended."""
    return _job_state_changed(job)


def _job_state_changed(job: Job, **more: str | None) -> Event:
    data = {job.kind: str(job.id), "version": job.criteria_version, **more, "state": job.state}
    return Event(f"{job.kind}_state_changed", str(job.id), job.revision, data)


def override_state_changed(override: Override) -> Event:
    """An adviser set another outcome, a second person confirmed it, or it was taken back."""
    data = {
        "override": str(override.id),
        "enquiry": override.enquiry,
        "facts_version": override.facts_version,
        "outcome": override.outcome,
        "scored_outcome": override.scored_outcome,
        "state": override.state,
    }
    return Event("override_state_changed", str(override.id), override.revision, data)


def challenger_changed(challenger: Challenger) -> Event:
    """A version is scored beside the one in force from now on, or no longer."""
    data = {
        "challenger": str(challenger.id),
        "version": challenger.criteria_version,
        "state": "ended" if challenger.ended_at else "set",
    }
    return Event("challenger_changed", str(challenger.id), challenger.revision, data)


def criteria_drifted(version: str, day: date, drifted: Sequence[Drift]) -> Event:
    """The answers to some criteria have moved far from those on which the version in force rests: look at it."""
    criteria = [{"id": one.criterion, "stability_index": one.stability_index} for one in drifted]
    data = {"version": version, "day": day.isoformat(), "criteria": criteria}
    return Event("criteria_drifted", day.isoformat(), 1, data)
