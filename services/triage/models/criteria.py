"""The criteria in all their versions, and what is watched of the one in force."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.triage.models.tables import Base


class CriteriaVersion(Base):
    """One criteria document and what became of it. The document never changes: `sha256` is its fingerprint.

    `revision` counts the changes of the row, that is of the state. `active_from` lies ahead while it is scheduled.
    `population` counts the answers on which the version rests (`domain.population`), once there are enough of them.
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
    population: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
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


class Challenger(Base):
    """A criteria version scored beside the one in force, without effect: from when, until when, and how far it is."""

    __tablename__ = "challengers"
    __table_args__ = (
        Index("uq_challengers_one", text("(ended_at IS NULL)"), unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    criteria_version: Mapped[str] = mapped_column(ForeignKey("criteria_versions.version"))
    set_by: Mapped[str]
    set_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    place_at: Mapped[datetime]
    place_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    revision: Mapped[int] = mapped_column(Integer)


class ChallengerDay(Base):
    """What a challenger made of one day's assessments, in London. `tally` holds the counts so far."""

    __tablename__ = "challenger_days"

    challenger: Mapped[uuid.UUID] = mapped_column(ForeignKey("challengers.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    tally: Mapped[dict[str, Any]]


class Drift(Base):
    """How far the answers to one criterion had moved, by one day, from those on which the version in force rests.

    `stability_index` is None where there were too few answers; `seen` counts the enquiries of the weeks before.
    """

    __tablename__ = "drift"

    day: Mapped[date] = mapped_column(primary_key=True)
    criterion: Mapped[str] = mapped_column(primary_key=True)
    criteria_version: Mapped[str] = mapped_column(ForeignKey("criteria_versions.version"))
    stability_index: Mapped[float | None]
    seen: Mapped[int] = mapped_column(Integer)
    warns: Mapped[bool]
