"""Long work on stored assessments: back-tests, calibrations and re-scorings. One table, one manner, one runner."""

from chassis.errors import NotAllowedNow
from chassis.work import Work
from services.triage import store
from services.triage.jobs import back_tests, calibrations, rescorings, steps
from services.triage.models import Job

_RUN = {back_tests.KIND: back_tests.run, calibrations.KIND: calibrations.run, rescorings.KIND: rescorings.run}


def run_chunk(work: Work, rules: store.RulesInProcess) -> int:
    """Run the next chunk of the oldest job that no other process is at; return 0 when there is none."""
    job = store.next_job(work.session)
    if job is None:
        return 0
    _RUN[job.kind](work, job, rules)
    return 1


def cancel(work: Work, kind: str, job_id: str) -> Job:
    """End a job before it is done. Moves that a re-scoring has applied stay. Raises JobNotFound or NotAllowedNow."""
    job = store.find_job(work.session, kind, job_id, lock=True)
    if job.state not in (*store.AT_WORK, "proposed"):
        raise NotAllowedNow("cancel", job.state, [])
    steps.move(work, job, "cancelled")
    return job
