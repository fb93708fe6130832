"""Re-scoring: open enquiries held against another criteria version, shown, and on a person's word moved.

Nothing changes before that word. Then each enquiry that moves gets another verdict on the same facts, and those who
keep cases are told of these alone.
"""

from typing import Any

from chassis.errors import NotAllowedNow
from chassis.work import Work
from services.triage import domain, events, store
from services.triage.domain.back_test import Tally, figures
from services.triage.domain.lifecycle import State
from services.triage.errors import CriteriaNotInForce
from services.triage.jobs import steps
from services.triage.jobs.back_tests import tried
from services.triage.models import Assessment, Job, Move

KIND = "rescoring"
# Each is assessed with its explanation and told of, in some 20 milliseconds all together.
MOVED_AT_ONCE = 50


def ask(work: Work, version: str) -> Job:
    """Ask what a version would make of all that is open. Raises CriteriaNotFound, or NotAllowedNow for a draft."""
    state = store.find_criteria(work.session, version).state
    if state not in (State.AGREED, State.ACTIVE):
        raise NotAllowedNow("rescore", state, ["back_test"])
    return steps.ask(work, KIND, version, (store.FIRST_DAY, work.now))


def apply(work: Work, job_id: str) -> Job:
    """Let a re-scoring that is proposed take effect. Raises JobNotFound, JobBusy, NotAllowedNow or CriteriaNotInForce.

    What was assessed since it was proposed is looked at first: by another version, up to the moment when this one had
    reached every process.
    """
    job = steps.take(work, KIND, job_id, "apply")
    active = store.active_criteria(work.session)
    if active is None or active.version != job.criteria_version:
        raise CriteriaNotInForce(job.criteria_version)
    in_force_everywhere = (active.active_from or work.now) + steps.SETTLED
    job.period_to = max(work.now, in_force_everywhere)
    job.total = store.count_rows(work.session, job)
    steps.move(work, job, "applying")
    return job


def run(work: Work, job: Job, rules: store.RulesInProcess) -> bool:
    """Look at the next chunk, or let the next moves take effect; False while there is only to be waited."""
    version = rules.named(work.session, job.criteria_version)
    if job.state != "applying":
        if _look(work, job, version):
            job.result = figures(Tally.of_json(job.tally), _population(work, job))
            steps.move(work, job, "proposed" if job.result["moved"] else "done")
        return True
    if not _is_in_force(work, job):
        # Another version is in force: the rest of the moves mean nothing any more.
        job.result = {**(job.result or {}), "ended_because": "Another version came into force."}
        steps.move(work, job, "cancelled")
        return True
    is_walked = _look(work, job, version)
    if is_walked and work.now < job.period_to:
        return False
    if is_walked:
        _apply(work, job, version)
    return True


def _look(work: Work, job: Job, version: domain.Rules) -> bool:
    """Note what the next chunk would move; whether that was the last one."""
    chunk = steps.next_rows(work.session, job)
    rows = [row for row in chunk if row.is_movable]
    found = tried(rows, version)
    tally = Tally.of_json(job.tally)
    tally.add(found)
    job.tally = tally.as_json()
    for row, one in zip(rows, found, strict=True):
        if one.before != one.after:
            ids: dict[str, Any] = {"job": job.id, "enquiry": one.enquiry, "assessment": row.id}
            work.session.merge(Move(before=one.before, after=one.after, state="proposed", **ids))
    return len(chunk) < steps.CHUNK


def _apply(work: Work, job: Job, version: domain.Rules) -> None:
    """Let the next moves take effect, and end with the last one."""
    moves = store.next_moves(work.session, job, MOVED_AT_ONCE)
    enquiries = store.lock_enquiries(work.session, [move.enquiry for move in moves]) if moves else {}
    standing = store.still_standing(work.session, [move.assessment for move in moves])
    counts = {"applied": 0, "passed_over": 0}
    counts.update({name: count for name, count in (job.result or {}).items() if name in counts})
    for move in moves:
        before = standing.get(move.assessment)
        verdict = before and store.next_verdict(enquiries[move.enquiry], before.facts_version)
        move.state = "applied" if verdict else "passed_over"
        counts[move.state] += 1
        if before and verdict:
            _give_verdict(work, before, version, verdict)
    job.result = {**(job.result or {}), **counts}
    if len(moves) < MOVED_AT_ONCE:
        steps.move(work, job, "done")


def _give_verdict(work: Work, before: Assessment, version: domain.Rules, verdict: int) -> None:
    heard = {name: getattr(before, name) for name in ("enquiry", "facts_version", "spin_out_stage", "facts", "profile")}
    [snapshot] = steps.snapshots_of([before])
    after = store.new_assessment(heard, version, domain.assess(version, snapshot), work.now, verdict)
    work.session.add(after)
    work.tell(events.enquiry_triaged(after))


def _population(work: Work, job: Job) -> dict[str, Any] | None:
    return store.find_criteria(work.session, job.criteria_version).population


def _is_in_force(work: Work, job: Job) -> bool:
    active = store.active_criteria(work.session)
    return active is not None and active.version == job.criteria_version
