"""Every assessment that was made, what was set against it, and what became of the enquiry."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, Uuid, exists, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, column_property, mapped_column

from services.triage.models.tables import Base


class Enquiry(Base):
    """What triage heard of an enquiry beside its facts, and how often its verdict on the same facts has changed.

    `decision` is the Cabinet Office's latest on its case. `case_outcome` says how the case was closed: None again once
    it was reopened; `case_sequence` is the case's last version heard of, 0 for none. Kept so that a criteria version
    can be held against what happened, and applied to what is open, without asking another service.
    """

    __tablename__ = "enquiries"
    __table_args__ = (CheckConstraint("decision IN ('accepted', 'rejected')", name="decision"),)

    reference: Mapped[str] = mapped_column(primary_key=True)
    facts_version: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    verdict: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    ended_as: Mapped[str | None]
    ended_sequence: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    decision: Mapped[str | None]
    reason_code: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    case_outcome: Mapped[str | None]
    case_sequence: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class Assessment(Base):
    """One criteria version applied to one snapshot of an enquiry's facts. Written once, never changed.

    `verdict` is 0 for the first time that the facts were assessed, more where they were re-scored under another
    version. `score_low` and `score_high` are in quarters of a point, 0 to 400, and equal when nothing was missing.
    """

    __tablename__ = "assessments"
    __table_args__ = (
        CheckConstraint("0 <= score_low AND score_low <= score_high AND score_high <= 400", name="score"),
        Index("uq_assessments_verdict", "enquiry", "facts_version", "verdict", unique=True),
        Index("ix_assessments_enquiry", "enquiry", "triaged_at", "id"),
        Index("ix_assessments_triaged_at", "triaged_at"),
        Index("ix_assessments_criteria_version", "criteria_version", "triaged_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    enquiry: Mapped[str]
    facts_version: Mapped[int] = mapped_column(Integer)
    verdict: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
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


_BY_TWO = "outcome <> 'refer' OR state <> 'in_force' OR (decided_by IS NOT NULL AND decided_by <> set_by)"


class Override(Base):
    """An outcome that an adviser set against what was found, for the facts as they were; it lapses with new facts.

    One that refers is proposed until a second person confirms it. `reason` is their words and leaves triage in answers
    only.
    """

    __tablename__ = "overrides"
    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'in_force', 'withdrawn')", name="state"),
        CheckConstraint(
            "outcome <> 'refer' OR state <> 'in_force' OR (decided_by IS NOT NULL AND decided_by <> set_by)",
            name="by_two_people",
        ),
        Index(
            "uq_overrides_one_open",
            "enquiry",
            "facts_version",
            unique=True,
            postgresql_where=text("state IN ('proposed', 'in_force')"),
        ),
        Index("ix_overrides_enquiry", "enquiry", "set_at", "id"),
        Index("ix_overrides_set_at", "set_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    enquiry: Mapped[str] = mapped_column()
    facts_version: Mapped[int] = mapped_column(Integer)
    assessment: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessments.id"))
    outcome: Mapped[str]
    scored_outcome: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str]
    set_by: Mapped[str]
    set_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decided_reason: Mapped[str | None]
    revision: Mapped[int] = mapped_column(Integer)
    is_lapsed: Mapped[bool] = column_property(
        select(exists().where(Assessment.enquiry == enquiry, Assessment.facts_version > facts_version))
        .correlate_except(Assessment)
        .scalar_subquery()
    )
