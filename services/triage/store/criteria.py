"""Criteria versions, the rules in force, and what is watched of them."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func, or_, select
from sqlalchemy.orm import Session, defer

from chassis.database import Page, page
from services.triage import domain
from services.triage.domain.lifecycle import SCHEDULED, State
from services.triage.errors import CriteriaNotFound
from services.triage.models import CriteriaStep, CriteriaVersion

# Seconds. A superseded version must be gone from every process within one second; half of it is for slow answers.
LIFETIME = 0.5
MOST_COMPILED = 50


class CriteriaTampered(Exception):
    """A stored document no longer has the fingerprint under which it was agreed. Nothing is assessed with it."""


class RulesInProcess:
    """Rules made ready once for the process, and which of them are in force, asked anew every half second.

    Documents never change under their fingerprint, so only the name of the active version can grow old.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._active: WeakKeyDictionary[Engine, tuple[float, domain.Rules]] = WeakKeyDictionary()
        self._compiled: dict[str, domain.Rules] = {}

    def active(self, session: Session) -> domain.Rules | None:
        """The rules of the active version, or None when there is none. Raises CriteriaTampered."""
        engine = session.get_bind().engine
        asked_at = self._clock()
        kept = self._active.get(engine)
        if kept is not None and asked_at - kept[0] < LIFETIME:
            return kept[1]
        sha256 = session.scalar(select(CriteriaVersion.sha256).where(CriteriaVersion.state == "active"))
        if sha256 is None:
            return None
        rules = self._rules(session, sha256)
        self._active[engine] = asked_at, rules
        return rules

    def named(self, session: Session, version: str) -> domain.Rules:
        """The rules of a version, whatever its state. Raises CriteriaNotFound or CriteriaTampered."""
        sha256 = session.scalar(select(CriteriaVersion.sha256).where(CriteriaVersion.version == version))
        if sha256 is None:
            raise CriteriaNotFound
        return self._rules(session, sha256)

    def _rules(self, session: Session, sha256: str) -> domain.Rules:
        rules = self._compiled.get(sha256)
        if rules is None:
            document = session.scalars(
                select(CriteriaVersion.document).where(CriteriaVersion.sha256 == sha256).limit(1)
            ).one()
            rules = domain.compile_rules(document)
            if rules.sha256 != sha256:
                raise CriteriaTampered(rules.version)
            while len(self._compiled) >= MOST_COMPILED:
                del self._compiled[next(iter(self._compiled))]
            self._compiled[sha256] = rules
        return rules


def list_criteria(session: Session, query: dict[str, Any]) -> Page:
    """Criteria versions without their documents, the newest first; those of one state when the query names it."""
    statement = select(CriteriaVersion).options(defer(CriteriaVersion.document))
    if query["state"] is not None:
        statement = statement.where(CriteriaVersion.state == query["state"])
    return page(session, statement, (CriteriaVersion.created_at, CriteriaVersion.version), query)


def find_criteria(session: Session, version: str) -> CriteriaVersion:
    """One criteria version. Raises CriteriaNotFound."""
    found = session.get(CriteriaVersion, version)
    if found is None:
        raise CriteriaNotFound
    return found


def lock_criteria(session: Session) -> None:
    """Let nobody else change any version's state until this transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("criteria"))))


def active_criteria(session: Session) -> CriteriaVersion | None:
    """The version in force, if there is one."""
    return session.scalars(select(CriteriaVersion).where(CriteriaVersion.state == State.ACTIVE)).one_or_none()


def due_criteria(session: Session, now: datetime) -> Sequence[CriteriaVersion]:
    """The versions that were scheduled, and whose moment has come, the earliest first."""
    one = CriteriaVersion
    is_scheduled = or_(one.superseded_at.is_(None), one.active_from > one.superseded_at)
    due = select(one).where(one.state.in_((State.AGREED, State.SUPERSEDED)), one.active_from <= now, is_scheduled)
    return session.scalars(due.order_by(one.active_from)).all()


def add_draft(session: Session, document: dict[str, Any], author: str, now: datetime) -> CriteriaVersion:
    """Store a sound document as a draft."""
    criteria = CriteriaVersion(
        version=document["version"],
        sha256=domain.fingerprint(document),
        title=document["title"],
        document=document,
        author=author,
        created_at=now,
        revision=0,
        history=[],
    )
    session.add(criteria)
    note_step(criteria, State.DRAFT, author, now)
    return criteria


def note_step(
    criteria: CriteriaVersion, state: str, by: str | None, now: datetime, reason: str | None = None
) -> CriteriaStep:
    """Bring a version to a state, and write the step down. A schedule is a step that changes no state."""
    step = CriteriaStep(state=state, at=now, by=by, reason=reason, active_from=None)
    criteria.history.append(step)
    criteria.revision += 1
    if state == SCHEDULED:
        step.active_from = criteria.active_from
    else:
        criteria.state = state
    return step
