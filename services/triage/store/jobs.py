"""Jobs, and the moves that a re-scoring proposes."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, exists, func, select, tuple_
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, defer

from chassis.database import Page, page
from services.triage.errors import JobBusy, JobNotFound
from services.triage.models import Assessment, Enquiry, Job, Move
from services.triage.store.assessments import is_open, is_overridden, last_of_each

# The states in which a job has something to do.
AT_WORK = ("queued", "running", "applying")
LOCK_NOT_AVAILABLE = "55P03"
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
    """One job; locked if it is to be changed, when a chunk under way has ended. Raises JobNotFound or JobBusy."""
    try:
        found = session.get(Job, uuid.UUID(job_id), with_for_update=lock or None)
    except ValueError:
        found = None
    except OperationalError as error:
        if getattr(error.orig, "pgcode", None) == LOCK_NOT_AVAILABLE:
            raise JobBusy from error
        raise
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
    """The job to go on with that no other process is at, locked: the oldest, but those that fail come last."""
    waiting = select(Job).where(Job.state.in_(AT_WORK)).order_by(Job.attempts, Job.asked_at).limit(1)
    return session.scalars(waiting.with_for_update(skip_locked=True)).one_or_none()


def count_rows(session: Session, job: Job) -> int:
    """How many assessments a job has before it: the last of each enquiry in its period."""
    rows = last_of_each(job.period_from, job.period_to, Assessment.id)
    return session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def next_rows(session: Session, job: Job, most: int) -> Sequence[Row[Any]]:
    """The next assessments of a job, in their order, with what became of their enquiries.

    `is_movable` says whether a re-scoring may move one: its enquiry is open, nobody set its outcome, and another
    version found it. It is asked of these rows alone; as a condition it made PostgreSQL read the whole table.
    """
    order = (Assessment.triaged_at, Assessment.id)
    is_movable = and_(is_open(), ~is_overridden(), Assessment.criteria_version != job.criteria_version)
    statement = last_of_each(job.period_from, job.period_to, *ROW, is_movable.label("is_movable"))
    if job.place_at is not None:
        statement = statement.where(tuple_(*order) > tuple_(job.place_at, job.place_id))
    return session.execute(statement.order_by(*order).limit(most)).all()


def list_moves(session: Session, job: Job, query: dict[str, Any]) -> Page:
    """What a re-scoring proposes, and what became of it."""
    return page(session, select(Move).where(Move.job == job.id), (Move.enquiry, Move.assessment), query)


def next_moves(session: Session, job: Job, most: int) -> Sequence[Move]:
    """Moves that are neither applied nor passed over yet, in the order of their enquiries."""
    waiting = select(Move).where(Move.job == job.id, Move.state == "proposed").order_by(Move.enquiry)
    return session.scalars(waiting.limit(most)).all()
