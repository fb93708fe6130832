"""Jobs, and the moves that a re-scoring proposes."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, exists, func, select, tuple_
from sqlalchemy.orm import Session, defer

from chassis.database import Page, page
from services.triage.errors import JobNotFound
from services.triage.models import Assessment, Enquiry, Job, Move
from services.triage.store.assessments import is_open, is_overridden, last_of_each

# The states in which a job has something to do.
AT_WORK = ("queued", "running", "applying")
# What a chunk of any job reads of an assessment.
ROW = (
    Assessment.id,
    Assessment.enquiry,
    Assessment.triaged_at,
    Assessment.outcome,
    Assessment.facts,
    Assessment.spin_out_stage,
    Assessment.profile,
    Enquiry.decision,
    Enquiry.case_outcome,
)


def find_job(session: Session, kind: str, job_id: str, *, lock: bool = False) -> Job:
    """One job; locked if it is to be changed, when a chunk under way has ended. Raises JobNotFound."""
    try:
        found = session.get(Job, uuid.UUID(job_id), with_for_update=lock or None)
    except ValueError:
        found = None
    if found is None or found.kind != kind:
        raise JobNotFound
    return found


def list_jobs(session: Session, kind: str, query: dict[str, Any]) -> Page:
    """Jobs of a kind, the newest first."""
    statement = select(Job).where(Job.kind == kind).options(defer(Job.tally), defer(Job.result))
    return page(session, statement, (Job.asked_at, Job.id), query)


def is_at_work(session: Session) -> bool:
    """Whether there is a job with something to do."""
    return bool(session.scalar(select(exists().where(Job.state.in_(AT_WORK)))))


def next_job(session: Session) -> Job | None:
    """The oldest job that has something to do and that no other process is at, locked."""
    oldest = select(Job).where(Job.state.in_(AT_WORK)).order_by(Job.asked_at).limit(1)
    return session.scalars(oldest.with_for_update(skip_locked=True)).one_or_none()


def count_rows(session: Session, job: Job) -> int:
    """How many assessments a job has before it."""
    return session.scalar(select(func.count()).select_from(_rows_of(job, Assessment.id).subquery())) or 0


def next_rows(session: Session, job: Job, most: int) -> Sequence[Row[Any]]:
    """The next assessments of a job, in their order, with what became of their enquiries."""
    order = (Assessment.triaged_at, Assessment.id)
    statement = _rows_of(job, *ROW).order_by(*order).limit(most)
    if job.place_at is not None:
        statement = statement.where(tuple_(*order) > tuple_(job.place_at, job.place_id))
    return session.execute(statement).all()


def _rows_of(job: Job, *columns: Any) -> Any:
    """The last assessment of each enquiry in the job's period; of open ones that nobody overrode, for a re-scoring."""
    rows = last_of_each(job.period_from, job.period_to, *columns)
    if job.kind == "rescoring":
        rows = rows.where(is_open(), ~is_overridden(), Assessment.criteria_version != job.criteria_version)
    return rows


def list_moves(session: Session, job: Job, query: dict[str, Any]) -> Page:
    """What a re-scoring proposes, and what became of it."""
    return page(session, select(Move).where(Move.job == job.id), (Move.enquiry, Move.assessment), query)


def next_moves(session: Session, job: Job, most: int) -> Sequence[Move]:
    """Moves that are neither applied nor passed over yet, in the order of their enquiries."""
    waiting = select(Move).where(Move.job == job.id, Move.state == "proposed").order_by(Move.enquiry)
    return session.scalars(waiting.limit(most)).all()
