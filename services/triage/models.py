"""The tables of triage: the criteria in all their versions, and every assessment that was made."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer, SmallInteger, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from chassis.tables import COLUMN_TYPES, service_base


class Base(DeclarativeBase):
    """The tables of this service, and the chassis's beside them."""

    metadata = service_base().metadata
    type_annotation_map = COLUMN_TYPES


class CriteriaVersion(Base):
    """One criteria document and what became of it. The document never changes: `sha256` is its fingerprint.

    `revision` counts the changes of the row, that is of the state. `active_from` lies ahead while it is scheduled.
    """

    __tablename__ = "criteria_versions"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'agreed', 'active', 'superseded', 'withdrawn')", name="state"),
        CheckConstraint("agreed_by <> author", name="agreed_by_another"),
        Index("uq_criteria_versions_one_active", "state", unique=True, postgresql_where=text("state = 'active'")),
        Index("ix_criteria_versions_created_at", "created_at", "version"),
    )

    version: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    title: Mapped[str]
    document: Mapped[dict[str, Any]]
    state: Mapped[str]
    author: Mapped[str]
    created_at: Mapped[datetime]
    agreed_by: Mapped[str | None]
    agreed_at: Mapped[datetime | None]
    active_from: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(Integer)
    history: Mapped[list["CriteriaStep"]] = relationship(order_by="CriteriaStep.position")


class CriteriaStep(Base):
    """One step in the life of a criteria version: the state that began, when, by whom and why. Never changed."""

    __tablename__ = "criteria_steps"
    __table_args__ = (Index("ix_criteria_steps_version", "version", "position"),)

    position: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    version: Mapped[str] = mapped_column(ForeignKey("criteria_versions.version"))
    state: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str | None]
    reason: Mapped[str | None]
    active_from: Mapped[datetime | None]


class CaseResult(Base):
    """What became of an enquiry's case: the Cabinet Office's latest decision on it, and how it was closed.

    Kept so that a criteria version can be held against what happened, without asking another service. `case_outcome`
    is None again once a closed case was reopened; `case_sequence` is the case's last version heard of.
    """

    __tablename__ = "case_results"
    __table_args__ = (CheckConstraint("decision IN ('accepted', 'rejected')", name="decision"),)

    enquiry: Mapped[str] = mapped_column(primary_key=True)
    decision: Mapped[str | None]
    reason_code: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    case_outcome: Mapped[str | None]
    case_sequence: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class BackTest(Base):
    """A criteria version tried on what was assessed in a period, chunk by chunk.

    `against` is the version that it is compared with; None for what was found at the time. `tally` holds the counts so
    far, `place_at` and `place_id` the last assessment that is in them, `result` the figures once it is done.
    """

    __tablename__ = "back_tests"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'done', 'cancelled')", name="state"),
        Index("ix_back_tests_asked_at", "asked_at", "id"),
        Index("ix_back_tests_open", "asked_at", postgresql_where=text("state IN ('queued', 'running')")),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    criteria_version: Mapped[str] = mapped_column(ForeignKey("criteria_versions.version"))
    against: Mapped[str | None] = mapped_column(ForeignKey("criteria_versions.version"))
    period_from: Mapped[datetime]
    period_to: Mapped[datetime]
    state: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    total: Mapped[int] = mapped_column(Integer)
    seen: Mapped[int] = mapped_column(Integer)
    place_at: Mapped[datetime | None]
    place_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    tally: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    revision: Mapped[int] = mapped_column(Integer)


class Assessment(Base):
    """One criteria version applied to one snapshot of an enquiry's facts. Written once, never changed.

    `score_low` and `score_high` are in quarters of a point, 0 to 400, and equal when nothing was missing.
    """

    __tablename__ = "assessments"
    __table_args__ = (
        CheckConstraint("0 <= score_low AND score_low <= score_high AND score_high <= 400", name="score"),
        Index("uq_assessments_enquiry_facts_version", "enquiry", "facts_version", unique=True),
        Index("ix_assessments_enquiry", "enquiry", "triaged_at", "id"),
        Index("ix_assessments_triaged_at", "triaged_at"),
        Index("ix_assessments_criteria_version", "criteria_version", "triaged_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    enquiry: Mapped[str]
    facts_version: Mapped[int] = mapped_column(Integer)
    criteria_version: Mapped[str] = mapped_column(ForeignKey("criteria_versions.version"))
    criteria_sha256: Mapped[str]
    spin_out_stage: Mapped[str | None]
    facts: Mapped[dict[str, Any]]
    profile: Mapped[dict[str, Any]]
    outcome: Mapped[str]
    score_low: Mapped[int] = mapped_column(SmallInteger)
    score_high: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str]
    explanation: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    what_would_change_it: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    signpost: Mapped[str | None]
    triaged_at: Mapped[datetime]
