"""Long work on stored assessments."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.triage.models.tables import Base


class Job(Base):
    """Long work on stored assessments, done chunk by chunk: a back-test, a calibration or a re-scoring.

    `criteria_version` is tried, calibrated or applied. `against` is what a back-test compares it with; None for what
    was found at the time. `wishes` is what a calibration was asked for. `tally` holds what was counted so far,
    `place_at` and `place_id` the last assessment that is in it, `result` the figures once there are some.
    `attempts` counts how often its next chunk has failed.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("kind IN ('back_test', 'calibration', 'rescoring')", name="kind"),
        CheckConstraint(
            "state IN ('queued', 'running', 'proposed', 'applying', 'done', 'refused', 'failed', 'cancelled')",
            name="state",
        ),
        Index("ix_jobs_kind", "kind", "asked_at", "id"),
        Index("ix_jobs_open", "asked_at", postgresql_where=text("state IN ('queued', 'running', 'applying')")),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str]
    criteria_version: Mapped[str] = mapped_column(ForeignKey("criteria_versions.version"))
    against: Mapped[str | None] = mapped_column(ForeignKey("criteria_versions.version"))
    period_from: Mapped[datetime]
    period_to: Mapped[datetime]
    wishes: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    state: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    total: Mapped[int] = mapped_column(Integer)
    seen: Mapped[int] = mapped_column(Integer)
    place_at: Mapped[datetime | None]
    place_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    tally: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    revision: Mapped[int] = mapped_column(Integer)


class Move(Base):
    """An open enquiry whose outcome a re-scoring would change, from what it is by `assessment`.

    `state` says whether that was applied, or passed over since the enquiry had moved on by itself.
    """

    __tablename__ = "moves"
    __table_args__ = (CheckConstraint("state IN ('proposed', 'applied', 'passed_over')", name="state"),)

    job: Mapped[uuid.UUID] = mapped_column(ForeignKey("jobs.id"), primary_key=True)
    enquiry: Mapped[str] = mapped_column(primary_key=True)
    assessment: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessments.id"))
    before: Mapped[str]
    after: Mapped[str]
    state: Mapped[str]
