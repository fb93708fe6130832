"""Assessments, and what else was heard of the enquiries that they are about."""

import uuid
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from chassis.database import Page, page
from chassis.fields import new_id
from services.triage import domain
from services.triage.domain.verdicts import MOST_VERDICTS
from services.triage.models import Assessment, Enquiry, Override

# The service's contract notice is of 2011: no enquiry is older.
FIRST_DAY, LAST_DAY = datetime(2011, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)

# Made once and given its values as parameters, which takes half the time of a statement made for each row.
_ASSESSMENTS = Assessment.metadata.tables["assessments"]
_KEEP = (
    insert(_ASSESSMENTS)
    .on_conflict_do_nothing(index_elements=["enquiry", "facts_version", "verdict"])
    .returning(_ASSESSMENTS.columns.id)
)


def new_assessment(
    heard: dict[str, Any], rules: domain.Rules, result: domain.Assessment, now: datetime, verdict: int = 0
) -> Assessment:
    """The row of an assessment: the facts as they were heard, and what the rules made of them."""
    told = result.data()
    del told["score"]
    return Assessment(
        id=new_id(),
        enquiry=heard["enquiry"],
        facts_version=heard["facts_version"],
        verdict=verdict,
        criteria_version=rules.version,
        criteria_sha256=rules.sha256,
        spin_out_stage=heard["spin_out_stage"],
        facts=heard["facts"],
        profile=heard["profile"],
        score_low=result.score.low,
        score_high=result.score.high,
        triaged_at=now,
        **told,
    )


def keep_assessment(session: Session, assessment: Assessment) -> bool:
    """Keep it unless these facts of this enquiry have been assessed before; return whether it was kept."""
    values = {column.key: getattr(assessment, column.key) for column in _ASSESSMENTS.columns}
    return session.connection().execute(_KEEP, values).scalar() is not None


def list_assessments(session: Session, enquiry: str, query: dict[str, Any]) -> Page:
    """Every assessment of an enquiry, the newest first."""
    statement = select(Assessment).where(Assessment.enquiry == enquiry)
    return page(session, statement, (Assessment.triaged_at, Assessment.id), query)


def last_of_each(first: datetime, end: datetime, *columns: Any) -> Select[Any]:
    """The last assessment within a period of each enquiry, beside what was heard of the enquiry.

    The order of verdicts is that of the facts, then that of the verdicts on the same facts.
    """
    later = aliased(Assessment)
    is_superseded = exists().where(
        later.enquiry == Assessment.enquiry,
        tuple_(later.facts_version, later.verdict) > tuple_(Assessment.facts_version, Assessment.verdict),
        later.triaged_at < end,
    )
    within = and_(Assessment.triaged_at >= first, Assessment.triaged_at < end)
    statement = select(*columns).select_from(Assessment)
    return statement.outerjoin(Enquiry, Enquiry.reference == Assessment.enquiry).where(within, ~is_superseded)


def is_open() -> ColumnElement[bool]:
    """Whether the enquiry of a row of `last_of_each` is still worked on, by an adviser or as a case."""
    has_case = Enquiry.case_sequence > 0
    not_ended = or_(Enquiry.ended_as.is_(None), and_(Enquiry.ended_as != "withdrawn", has_case))
    return or_(Enquiry.reference.is_(None), and_(not_ended, Enquiry.case_outcome.is_(None)))


def is_overridden() -> ColumnElement[bool]:
    """Whether an override of these facts is in force."""
    return exists().where(
        Override.enquiry == Assessment.enquiry,
        Override.facts_version == Assessment.facts_version,
        Override.state == "in_force",
    )


def newest_assessment(session: Session, enquiry: str) -> Assessment | None:
    """The last verdict by criteria on the newest facts of an enquiry."""
    order = (Assessment.facts_version.desc(), Assessment.verdict.desc())
    return session.scalars(select(Assessment).where(Assessment.enquiry == enquiry).order_by(*order).limit(1)).first()


def still_standing(session: Session, assessments: Collection[uuid.UUID]) -> dict[uuid.UUID, Assessment]:
    """Those of the assessments, by id, that are their enquiry's newest, of an open one, and not overridden."""
    rows = last_of_each(FIRST_DAY, LAST_DAY, Assessment)
    standing = rows.where(Assessment.id.in_(assessments), is_open(), ~is_overridden())
    return {one.id: one for one in session.scalars(standing)}


def lock_enquiries(session: Session, references: Sequence[str]) -> dict[str, Enquiry]:
    """What was heard of enquiries, by reference; locked, so that nobody else gives a verdict on the same facts."""
    rows = [{"reference": reference} for reference in references]
    session.execute(insert(Enquiry).on_conflict_do_nothing(), rows)
    ordered = select(Enquiry).where(Enquiry.reference.in_(references)).order_by(Enquiry.reference)
    return {one.reference: one for one in session.scalars(ordered.with_for_update())}


def next_verdict(enquiry: Enquiry, facts_version: int) -> int | None:
    """The number of another verdict on these facts, None once there were too many. The enquiry is locked."""
    known = enquiry.verdict if enquiry.facts_version == facts_version else 0
    if known + 1 >= MOST_VERDICTS:
        return None
    enquiry.facts_version, enquiry.verdict = facts_version, known + 1
    return enquiry.verdict


def keep_decision(session: Session, enquiry: str, decision: dict[str, Any]) -> None:
    """Keep a decision of the Cabinet Office, unless a later one is known: a case may be referred more than once."""
    kept = {name: decision[name] for name in ("decision", "reason_code", "decided_at")}
    fresh = insert(Enquiry).values(reference=enquiry, **kept)
    is_later = or_(Enquiry.decided_at.is_(None), Enquiry.decided_at < fresh.excluded.decided_at)
    session.execute(fresh.on_conflict_do_update(index_elements=["reference"], set_=kept, where=is_later))


def keep_case(session: Session, enquiry: str, case_outcome: str | None, sequence: int) -> None:
    """Keep how a case was closed, None for one that is open, unless something later is known of it."""
    kept = {"case_outcome": case_outcome, "case_sequence": sequence}
    fresh = insert(Enquiry).values(reference=enquiry, **kept)
    is_later = Enquiry.case_sequence < fresh.excluded.case_sequence
    session.execute(fresh.on_conflict_do_update(index_elements=["reference"], set_=kept, where=is_later))


def keep_ending(session: Session, enquiry: str, ended_as: str | None, sequence: int) -> None:
    """Keep how an enquiry ended, None for one that goes on, unless something later is known of it."""
    kept = {"ended_as": ended_as, "ended_sequence": sequence}
    fresh = insert(Enquiry).values(reference=enquiry, **kept)
    is_later = Enquiry.ended_sequence < fresh.excluded.ended_sequence
    session.execute(fresh.on_conflict_do_update(index_elements=["reference"], set_=kept, where=is_later))
