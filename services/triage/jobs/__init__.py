"""Long work on stored assessments: back-tests, calibrations and re-scorings. One table, one manner, one runner."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from chassis.database import is_outage
from chassis.work import Work
from services.triage import store
from services.triage.jobs import back_tests, calibrations, rescorings, steps
from services.triage.models import Job

# A chunk that fails so often will not pass: the job ends, and those behind it go on.
MOST_ATTEMPTS = 5
_RUN = {back_tests.KIND: back_tests.run, calibrations.KIND: calibrations.run, rescorings.KIND: rescorings.run}

Change = Callable[[], AbstractContextManager[Work]]


class ChunkFailed(Exception):
    """The next chunk of a job failed, and nothing of it was kept. The cause says why."""


def run_chunk(change: Change, rules: store.RulesInProcess) -> int:
    """Run the next chunk of the job that no other process is at, in a transaction; 0 when there is nothing to do.

    The oldest job comes first, one whose chunks fail comes last. Raises ChunkFailed, once that is counted; and what the
    database raises while it is away.
    """
    which: tuple[str, str] | None = None
    try:
        with change() as work:
            job = store.next_job(work.session)
            if job is None:
                return 0
            which = job.kind, str(job.id)
            did_something = _RUN[job.kind](work, job, rules)
            job.attempts = 0
        return int(did_something)
    except Exception as error:
        if which is None or is_outage(error):
            raise
        with change() as work:
            _count_failure(work, *which)
        raise ChunkFailed(*which) from error


def cancel(work: Work, kind: str, job_id: str) -> Job:
    """End a job before it is done. Moves that a re-scoring has applied stay.

    Raises JobNotFound, JobBusy, Stale or NotAllowedNow.
    """
    job = steps.take(work, kind, job_id, "cancel")
    steps.move(work, job, "cancelled")
    return job


def _count_failure(work: Work, kind: str, job_id: str) -> None:
    job = store.find_job(work.session, kind, job_id, lock=True)
    job.attempts += 1
    if job.attempts >= MOST_ATTEMPTS and job.state in store.AT_WORK:
        job.result = {**(job.result or {}), "failed": "It failed several times over. The log of triage says why."}
        steps.move(work, job, "failed")
