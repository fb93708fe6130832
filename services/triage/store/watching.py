"""What is kept of challengers, and of drift."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, func, select, tuple_
from sqlalchemy.orm import Session

from chassis.database import Page, page
from services.triage.domain import population
from services.triage.domain.rules import FULL_SCORE, MOST
from services.triage.models import Assessment, Challenger, ChallengerDay, Drift, Enquiry
from services.triage.store.assessments import FIRST_DAY, LAST_DAY, last_of_each
from services.triage.store.jobs import ROW

_TENTH = FULL_SCORE // 10
# More people say hardly more of a share, and take longer: so many are counted in a second.
MOST_COUNTED = 50_000


def challenger(session: Session, *, lock: bool = False) -> Challenger | None:
    """The version that is scored in the shadow; with `lock`, None also while another process is at it."""
    statement = select(Challenger).where(Challenger.ended_at.is_(None))
    if lock:
        statement = statement.with_for_update(skip_locked=True)
    return session.scalars(statement).one_or_none()


def challengers_version(session: Session) -> int:
    """Counts every change of which version is scored in the shadow."""
    return session.scalar(select(func.coalesce(func.sum(Challenger.revision), 0))) or 0


def challenger_days(session: Session, present: Challenger) -> Sequence[ChallengerDay]:
    """The days of a challenger, the last one first."""
    of_it = select(ChallengerDay).where(ChallengerDay.challenger == present.id)
    return session.scalars(of_it.order_by(ChallengerDay.day.desc())).all()


def challenger_day(session: Session, present: Challenger, day: date) -> ChallengerDay:
    """One day of a challenger, begun if it has not. The challenger is locked."""
    found = session.get(ChallengerDay, (present.id, day))
    if found is None:
        found = ChallengerDay(challenger=present.id, day=day, tally={})
        session.add(found)
    return found


def settled_rows(session: Session, present: Challenger, until: datetime, most: int) -> Sequence[Row[Any]]:
    """The next first assessments that a challenger has not scored, made before a moment."""
    order = (Assessment.triaged_at, Assessment.id)
    fresh = (tuple_(*order) > tuple_(present.place_at, present.place_id), Assessment.triaged_at < until)
    statement = select(*ROW).outerjoin(Enquiry, Enquiry.reference == Assessment.enquiry)
    return session.execute(statement.where(*fresh, Assessment.verdict == 0).order_by(*order).limit(most)).all()


def first_population(session: Session, version: str, criteria: Mapping[str, str]) -> population.Population | None:
    """The first enquiries that stand under a version, each by its last assessment; None while they are too few."""
    under = last_of_each(FIRST_DAY, LAST_DAY, Assessment.facts, Assessment.score_low)
    under = under.where(Assessment.criteria_version == version)
    first = under.order_by(Assessment.triaged_at, Assessment.id).limit(population.FEWEST)
    found = _count(session, first, criteria)
    return found if found["seen"] >= population.FEWEST else None


def population_between(
    session: Session, first: datetime, end: datetime, criteria: Mapping[str, str]
) -> population.Population:
    """Those who were assessed in a period, each by the last assessment in it: the latest MOST_COUNTED of them."""
    rows = last_of_each(first, end, Assessment.facts, Assessment.score_low)
    return _count(session, rows.order_by(Assessment.triaged_at.desc()).limit(MOST_COUNTED), criteria)


def _count(session: Session, rows: Select[Any], criteria: Mapping[str, str]) -> population.Population:
    """The population of some assessments, counted by the database. `criteria` are facts by the criterion's id."""
    those = rows.subquery()
    everyone = func.count()
    tenths = [
        everyone.filter(those.c.score_low >= first * _TENTH, those.c.score_low < (first + 1) * _TENTH + (first == 9))
        for first in range(10)
    ]
    answers = [
        everyone.filter(those.c.facts[("criteria", fact)].astext == str(points))
        for fact in criteria.values()
        for points in range(MOST + 1)
    ]
    seen, *counts = session.execute(select(everyone, *tenths, *answers).select_from(those)).one()
    found: population.Population = {"seen": seen, "tenths": list(counts[:10]), "criteria": {}}
    for place, criterion in enumerate(criteria):
        first = 10 + place * (MOST + 1)
        given = list(counts[first : first + MOST + 1])
        found["criteria"][criterion] = [seen - sum(given), *given]
    return found


def last_drift_day(session: Session) -> date | None:
    """The last day that was looked at."""
    return session.scalar(select(func.max(Drift.day)))


def warned_last(session: Session, version: str, last: date | None) -> set[str]:
    """The criteria that had passed the mark already on the last day that was looked at."""
    then = (Drift.day == last, Drift.criteria_version == version, Drift.warns)
    return set(session.scalars(select(Drift.criterion).where(*then)))


def list_drift(session: Session, query: dict[str, Any]) -> Page:
    """What was measured, the newest day first; of one criterion, or only what warns, when the query says so."""
    statement = select(Drift)
    for column in (Drift.criterion, Drift.warns):
        if query[column.key] is not None:
            statement = statement.where(column == query[column.key])
    return page(session, statement, (Drift.day, Drift.criterion), query)
