"""The tables of casework. Every child row belongs to one case, and is written while that case's row is locked."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.tables import COLUMN_TYPES, service_base

# The columns of a case that lists are filtered by.
FILTERED = ("status", "assignee", "requires_action_by", "outcome", "spin_out_stage")


class Base(DeclarativeBase):
    """The tables of this service, and the chassis's beside them."""

    metadata = service_base().metadata
    type_annotation_map = COLUMN_TYPES


def _of_case() -> Mapped[str]:
    """The case that a row belongs to."""
    return mapped_column(ForeignKey("cases.reference"), index=True)


def _searched(column: str) -> Index:
    """Words inside the column's text are found by trigrams."""
    return Index(None, column, postgresql_using="gin", postgresql_ops={column: "gin_trgm_ops"})


class Enquiry(Base):
    """What has been heard of an enquiry, with or without a case: the newest versions, so that none goes back."""

    __tablename__ = "enquiries"

    reference: Mapped[str] = mapped_column(primary_key=True)
    triage_sequence: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    withdrawn_at: Mapped[datetime | None]
    # The newest act of consent to share: its event, what stands since, and the first facts that know of it.
    consent_sequence: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    consent_given: Mapped[bool | None]
    consent_facts_version: Mapped[int] = mapped_column(Integer, server_default=text("0"))


class Case(Base):
    """Work on one project's need. `outcome`, `score` and `facts` are those of the newest assessment heard."""

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'on_hold', 'closed')", name="status"),
        Index(None, "opened_at", "reference"),
        *(Index(None, name, "opened_at", "reference") for name in FILTERED),
        Index(None, "due_at"),
    )

    reference: Mapped[str] = mapped_column(primary_key=True)
    enquiry: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str]
    assignee: Mapped[str | None]
    requires_action_by: Mapped[str]
    spin_out_stage: Mapped[str | None]
    # The newest assessment.
    facts_version: Mapped[int] = mapped_column(Integer)
    criteria_version: Mapped[str]
    outcome: Mapped[str]
    score: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    facts: Mapped[dict[str, Any]]
    profile: Mapped[dict[str, Any]]
    assessed_stage: Mapped[str | None]
    # The clocks: where their holidays come from, when they rested, and the earliest end of an open one.
    division: Mapped[str]
    pauses: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    due_at: Mapped[datetime | None]
    enquiry_withdrawn_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(Integer)


class Note(Base):
    """Free words about a case, kept as they were written."""

    __tablename__ = "notes"
    __table_args__ = (_searched("text"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    case: Mapped[str] = _of_case()
    text: Mapped[str]
    added_by: Mapped[str]
    added_at: Mapped[datetime]


class Contact(Base):
    """One moment of exchange with the enquirer. Written once, never changed."""

    __tablename__ = "contacts"
    __table_args__ = (_searched("note"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    case: Mapped[str] = _of_case()
    channel: Mapped[str]
    direction: Mapped[str]
    disposition: Mapped[str]
    succeeded: Mapped[bool]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    sources_used: Mapped[list[str]] = mapped_column(JSONB)
    note: Mapped[str | None]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]


class Task(Base):
    """Something to be done for a case, by a day where one is named."""

    __tablename__ = "tasks"
    __table_args__ = (_searched("title"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    case: Mapped[str] = _of_case()
    title: Mapped[str]
    due_on: Mapped[date | None]
    assignee: Mapped[str | None]
    added_by: Mapped[str]
    added_at: Mapped[datetime]
    completed_by: Mapped[str | None]
    completed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(Integer)


class Evidence(Base):
    """A dated, graded, sourced item about the making of mutuals, with the stage the team was in at the time."""

    __tablename__ = "evidence"
    __table_args__ = (_searched("source_words"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    case: Mapped[str] = _of_case()
    kind: Mapped[str]
    category: Mapped[str | None]
    grade: Mapped[str]
    source_words: Mapped[str]
    observed_on: Mapped[date]
    spin_out_stage: Mapped[str | None]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]


class Closing(Base):
    """One time that a case was closed, and reopened if it was."""

    __tablename__ = "closings"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    case: Mapped[str] = _of_case()
    outcome: Mapped[str]
    reason: Mapped[str]
    closed_by: Mapped[str]
    closed_at: Mapped[datetime]
    reopened_by: Mapped[str | None]
    reopened_at: Mapped[datetime | None]
    reopened_because: Mapped[str | None]


class Referral(Base):
    """What has been heard of a referral of the case. `sequence` is that of the newest event."""

    __tablename__ = "referrals"

    reference: Mapped[str] = mapped_column(primary_key=True)
    case: Mapped[str] = _of_case()
    sequence: Mapped[int] = mapped_column(Integer)
    status: Mapped[str]
    sent_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    decided: Mapped[bool]


class Clock(Base):
    """A clock of a case: of the case itself, or of one referral of it (`subject` says which).

    `segments` and `due_at` follow from the other columns and the case's pauses, and are laid anew with each change.
    """

    __tablename__ = "clocks"

    case: Mapped[str] = mapped_column(ForeignKey("cases.reference"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    target_seconds: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reached: Mapped[bool]
    due_at: Mapped[datetime | None]
    segments: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class TimelineEntry(Base):
    """One change of a case: when, by whom (a person's subject or the event heard), what, and the ids it is about."""

    __tablename__ = "timeline"
    __table_args__ = (Index(None, "case", "at", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    case: Mapped[str] = mapped_column(ForeignKey("cases.reference"))
    at: Mapped[datetime]
    who: Mapped[str]
    what: Mapped[str]
    detail: Mapped[dict[str, Any]]
