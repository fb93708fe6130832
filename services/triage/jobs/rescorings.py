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
        raise NotAllowedNow("rescore", state, [])
    return steps.ask(work, KIND, version, (store.FIRST_DAY, work.now))


def apply(work: Work, job_id: str) -> Job:
    """Let a re-scoring that is proposed take effect. Raises JobNotFound, NotAllowedNow or CriteriaNotInForce."""
    job = store.find_job(work.session, KIND, job_id, lock=True)
    if job.state != "proposed":
        raise NotAllowedNow("apply", job.state, [])
    if not _is_in_force(work, job):
        raise CriteriaNotInForce(job.criteria_version)
    steps.move(work, job, "applying")
    return job


def run(work: Work, job: Job, rules: store.RulesInProcess) -> None:
    """Look at the next chunk, or let the next moves take effect."""
    version = rules.named(work.session, job.criteria_version)
    if job.state == "applying":
        _apply(work, job, version)
    else:
        _propose(work, job, version)


def _propose(work: Work, job: Job, version: domain.Rules) -> None:
    rows = steps.next_rows(work.session, job)
    found = tried(rows, version)
    tally = Tally.of_json(job.tally)
    tally.add(found)
    job.tally = tally.as_json()
    for row, one in zip(rows, found, strict=True):
        if one.before != one.after:
            ids: dict[str, Any] = {"job": job.id, "enquiry": one.enquiry, "assessment": row.id}
            work.session.add(Move(before=one.before, after=one.after, state="proposed", **ids))
    if len(rows) < steps.CHUNK:
        job.result = figures(tally, store.find_criteria(work.session, job.criteria_version).population)
        steps.move(work, job, "proposed" if tally.moved else "done")


def _apply(work: Work, job: Job, version: domain.Rules) -> None:
    """Let the next moves take effect. Once another version is in force, the rest of them mean nothing any more."""
    if not _is_in_force(work, job):
        steps.move(work, job, "cancelled")
        return
    moves = store.next_moves(work.session, job, MOVED_AT_ONCE)
    enquiries = store.lock_enquiries(work.session, [move.enquiry for move in moves]) if moves else {}
    standing = store.still_standing(work.session, [move.assessment for move in moves])
    for move in moves:
        before = standing.get(move.assessment)
        move.state = "passed_over" if before is None else "applied"
        if before is not None:
            verdict = store.next_verdict(enquiries[move.enquiry], before.facts_version)
            _give_verdict(work, before, version, verdict)
    counts = {"applied": 0, "passed_over": 0, **job.tally.get("moves", {})}
    for move in moves:
        counts[move.state] += 1
    job.tally = {**job.tally, "moves": counts}
    if len(moves) < MOVED_AT_ONCE:
        job.result = {**(job.result or {}), **counts}
        steps.move(work, job, "done")


def _give_verdict(work: Work, before: Assessment, version: domain.Rules, verdict: int) -> None:
    heard = {name: getattr(before, name) for name in ("enquiry", "facts_version", "spin_out_stage", "facts", "profile")}
    [snapshot] = steps.snapshots_of([before])
    after = store.new_assessment(heard, version, domain.assess(version, snapshot), work.now, verdict)
    work.session.add(after)
    work.tell(events.enquiry_triaged(after))


def _is_in_force(work: Work, job: Job) -> bool:
    active = store.active_criteria(work.session)
    return active is not None and active.version == job.criteria_version
