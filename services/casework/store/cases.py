"""Cases and what belongs to them: found, locked, listed, shown whole."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, union_all
from sqlalchemy.orm import Session

from chassis.database import Page, page
from services.casework.domain.case import NOBODY, Assessed, Consent, Status, consents_to_share, stage_after
from services.casework.errors import CaseNotFound, TaskNotFound
from services.casework.models import (
    Case,
    Closing,
    Contact,
    Enquiry,
    Evidence,
    Note,
    Referral,
    Task,
    TimelineEntry,
)
from services.casework.store.clocks import lay_all, readings
from services.casework.store.rows import assessed

# A case is worked for months. Whoever reads it wants what happened lately.
TIMELINE_SHOWN = 200
_WORDS = (Note.text, Contact.note, Task.title, Evidence.source_words)


def find(session: Session, reference: str) -> Case:
    """The case. Raises CaseNotFound."""
    case = session.get(Case, reference)
    if case is None:
        raise CaseNotFound
    return case


def take(session: Session, reference: str) -> Case | None:
    """The case, locked until the transaction ends: whoever changes it or adds to it comes after."""
    return session.scalars(select(Case).where(Case.reference == reference).with_for_update()).one_or_none()


def take_of_enquiry(session: Session, enquiry: str) -> Case | None:
    """The case of an enquiry, locked, if it has one."""
    return session.scalars(select(Case).where(Case.enquiry == enquiry).with_for_update()).one_or_none()


def reassess(session: Session, case: Case, triaged: dict[str, Any]) -> None:
    """Take over a newer assessment of the case's enquiry. `triaged` is a loaded EnquiryTriaged.

    A closed case keeps up too, so that it does not matter what was heard first, and a reopened one is not behind.
    """
    now_assessed = triaged["spin_out_stage"]
    case.spin_out_stage = stage_after(case.spin_out_stage, case.assessed_stage, now_assessed)
    for name, value in assessed(triaged).items():
        setattr(case, name, value)
    lay_all(session, case)


def task_of(session: Session, case: Case, task_id: str) -> Task:
    """A task of the case. Raises TaskNotFound."""
    try:
        task = session.get(Task, uuid.UUID(task_id))
    except ValueError:
        task = None
    if task is None or task.case != case.reference:
        raise TaskNotFound
    return task


def referrals_of(session: Session, case: Case) -> Sequence[Referral]:
    """Every referral of the case, the first one first."""
    ordered = select(Referral).where(Referral.case == case.reference).order_by(Referral.sent_at, Referral.reference)
    return session.scalars(ordered).all()


def referral_statuses(session: Session, case: Case) -> Sequence[str]:
    """Where each referral of the case stands."""
    return session.scalars(select(Referral.status).where(Referral.case == case.reference)).all()


def last_closing(session: Session, case: Case) -> Closing:
    """The newest closing of a closed case."""
    newest = select(Closing).where(Closing.case == case.reference).order_by(Closing.id.desc()).limit(1)
    return session.scalars(newest).one()


def filtered(query: dict[str, Any], now: datetime) -> Select[Any]:
    """The cases that a list asks for. `query` is a loaded CaseFilter."""
    columns = {
        "status": Case.status,
        "assignee": Case.assignee,
        "requires_action_by": Case.requires_action_by,
        "band": Case.outcome,
        "stage": Case.spin_out_stage,
    }
    wanted = {name: query[name] for name in columns if query.get(name)}
    if wanted.get("assignee") == NOBODY:
        wanted["assignee"] = None
    statement = select(Case).where(*(columns[name] == value for name, value in wanted.items()))
    if query.get("overdue") is not None:
        is_overdue = Case.due_at < now
        statement = statement.where(is_overdue if query["overdue"] else is_overdue.is_not(True))
    return statement.where(_mentions(query["q"])) if query.get("q") else statement


def listed(session: Session, query: dict[str, Any], now: datetime) -> Page:
    """A page of the cases that a list asks for, the newest first."""
    found = page(session, filtered(query, now), (Case.opened_at, Case.reference), query)
    return Page([line(case, now) for case in found.items], found.next)


def line(case: Case, now: datetime) -> dict[str, Any]:
    """A case as it stands in a list."""
    columns = {column.key: getattr(case, column.key) for column in Case.__table__.columns}
    overdue = case.due_at is not None and case.due_at < now
    return {**columns, "on_hold": case.status == Status.ON_HOLD, "overdue": overdue}


def whole(session: Session, case: Case, now: datetime) -> dict[str, Any]:
    """A case with all that belongs to it; of the timeline the latest entries, the newest first."""
    return {
        **line(case, now),
        "consent_to_share": consent_to_share(session, case),
        "notes": _parts(session, Note, case),
        "contacts": _parts(session, Contact, case),
        "tasks": _parts(session, Task, case),
        "evidence": _parts(session, Evidence, case),
        "closings": _parts(session, Closing, case),
        "referrals": referrals_of(session, case),
        "clocks": readings(session, case, now),
        "timeline": _latest_entries(session, case),
    }


def consent_to_share(session: Session, case: Case) -> bool | None:
    """Whether the Cabinet Office may be told of the case; None when nobody has asked."""
    enquiry = session.get(Enquiry, case.enquiry)
    told = None if enquiry is None else Consent(enquiry.consent_facts_version, enquiry.consent_given)
    return consents_to_share(Assessed(case.facts_version, case.facts, case.profile), told)


def _parts(session: Session, model: Any, case: Case) -> Sequence[Any]:
    # Ids are UUIDs of version 7: their order is the order of writing.
    return session.scalars(select(model).where(model.case == case.reference).order_by(model.id)).all()


def _latest_entries(session: Session, case: Case) -> Sequence[TimelineEntry]:
    newest_first = (TimelineEntry.at.desc(), TimelineEntry.id.desc())
    of_case = select(TimelineEntry).where(TimelineEntry.case == case.reference)
    return session.scalars(of_case.order_by(*newest_first).limit(TIMELINE_SHOWN)).all()


def _mentions(words: str) -> ColumnElement[bool]:
    """Cases whose own or whose enquiry's reference begins with the words, or that hold them anywhere in their text."""
    begins = words.upper()
    holders = union_all(
        *(select(column.class_.case).where(column.icontains(words, autoescape=True)) for column in _WORDS)
    )
    return or_(
        Case.reference.startswith(begins, autoescape=True),
        Case.enquiry.startswith(begins, autoescape=True),
        Case.reference.in_(holders),
    )
