"""What all jobs have in common: asked for, run chunk by chunk, ended.

A chunk and its counts are one transaction that holds the job's row: whoever dies leaves it where the last chunk ended,
and any process of the service goes on from there. Live triage waits for a chunk at most.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from chassis.errors import FieldError, Invalid, NotAllowedNow
from chassis.fields import new_id
from chassis.work import Work
from services.triage import domain, events, store
from services.triage.domain.tasks import OF_JOB
from services.triage.models import Assessment, Job

# Some 20 milliseconds of work, for which an enquiry that comes in may have to wait.
CHUNK = 500
# An assessment has its moment before it is committed: whoever reads on by moments waits for the slowest commit.
SETTLED = timedelta(seconds=30)
_TOLD = {
    "back_test": events.back_test_state_changed,
    "calibration": events.calibration_state_changed,
    "rescoring": events.rescoring_state_changed,
}


def ask(work: Work, kind: str, version: str, period: tuple[datetime, datetime], **more: Any) -> Job:
    """Ask for a job on what was assessed in a period. Raises CriteriaNotFound, or Invalid for an empty period."""
    for name in (version, more.get("against")):
        if name is not None:
            store.find_criteria(work.session, name)
    if period[0] >= period[1]:
        raise Invalid([FieldError("/from", "Must be before the end of the period.")])
    job = Job(
        id=new_id(),
        kind=kind,
        criteria_version=version,
        period_from=period[0],
        period_to=period[1],
        state="queued",
        asked_by=work.caller.subject,
        asked_at=work.now,
        total=0,
        seen=0,
        tally={},
        revision=0,
        **{"wishes": {}, **more},
    )
    job.total = store.count_rows(work.session, job)
    work.session.add(job)
    move(work, job, "queued")
    return job


def take(work: Work, kind: str, job_id: str, action: str) -> Job:
    """A job, locked, in a state that allows the action.

    Raises JobNotFound, JobBusy, Stale, or NotAllowedNow with what is possible.
    """
    job = store.find_job(work.session, kind, job_id, lock=True)
    work.expect(job.revision)
    allowed = OF_JOB.get(job.state, ())
    if action not in allowed:
        raise NotAllowedNow(action, job.state, allowed)
    return job


def move(work: Work, job: Job, state: str) -> None:
    """Bring a job to another state, and tell of it."""
    job.state = state
    job.revision += 1
    if state in ("done", "refused", "failed", "cancelled"):
        job.ended_at = work.now
    work.tell(_TOLD[job.kind](job))


def next_rows(session: Session, job: Job) -> Sequence[Row[Any]]:
    """The next chunk of a job's assessments. The job's place moves behind them; fewer than CHUNK are the last ones."""
    rows = store.next_rows(session, job, CHUNK)
    job.state = "running" if job.state == "queued" else job.state
    job.seen += len(rows)
    if rows:
        job.place_at, job.place_id = rows[-1].triaged_at, rows[-1].id
    return rows


def snapshots_of(rows: Sequence[Row[Any] | Assessment]) -> list[domain.Facts]:
    """The facts of some assessments, as the rules read them."""
    return [
        domain.snapshot(row.facts["gates"], row.facts["criteria"], {"spin_out_stage": row.spin_out_stage})
        for row in rows
    ]


def rescored(rules: domain.Rules, snapshots: Sequence[domain.Facts]) -> list[tuple[str, int, int]]:
    """Outcome, worst and best score of each snapshot, scores in quarters of a point."""
    # Loaded here: a process that never runs a job needs no NumPy.
    from services.triage.domain.columns import in_columns
    from services.triage.domain.rescoring import Rescoring

    rescoring = Rescoring(rules)
    return [
        (rescoring.outcomes[outcome], low, high)
        for chunk in rescoring.all(in_columns(rules, snapshots))
        for outcome, low, high in zip(chunk.outcome.tolist(), chunk.low.tolist(), chunk.high.tolist(), strict=True)
    ]
