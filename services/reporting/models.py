"""The event log, and the read models that are folded from it. Each row belongs to one enquiry."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Numeric, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.tables import COLUMN_TYPES, service_base

# Rows that many events change leave room in their pages, so that a change touches neither other pages nor indexes.
ROOM_TO_CHANGE = {"postgresql_with": {"fillfactor": "70"}}
NEVER = text("-1")
NOBODY = text("'00000000-0000-0000-0000-000000000000'")


class Base(DeclarativeBase):
    """The tables of this service, and the chassis's beside them."""

    metadata = service_base().metadata
    type_annotation_map = COLUMN_TYPES


def _worked() -> Mapped[int | None]:
    """Ticks of working time since the clock's epoch, in England and Wales."""
    return mapped_column(BigInteger)


def _worked_everywhere() -> Mapped[list[int] | None]:
    """Ticks of working time since the clock's epoch, in each division."""
    return mapped_column(ARRAY(BigInteger))


def _money() -> Mapped[Decimal | None]:
    return mapped_column(Numeric(12, 2))


def _sequence() -> Mapped[int]:
    """The sequence by which a group of fields was last set; -1 when it never was."""
    return mapped_column(BigInteger, server_default=NEVER)


def _event() -> Mapped[uuid.UUID]:
    """The event by which a group of fields was last set."""
    return mapped_column(server_default=NOBODY)


class LoggedEvent(Base):
    """An event as it was heard. Nothing changes or deletes it; every read model can be made from it again."""

    __tablename__ = "event_log"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    source: Mapped[str]
    type: Mapped[str]
    subject: Mapped[str]
    sequence: Mapped[int] = mapped_column(BigInteger)
    time: Mapped[datetime]
    enquiry: Mapped[str | None] = mapped_column(index=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Journey(Base):
    """One enquiry's journey: how it came, what triage said, what became of its case."""

    __tablename__ = "journeys"
    __table_args__ = (ROOM_TO_CHANGE,)

    enquiry: Mapped[str] = mapped_column(primary_key=True)
    received_at: Mapped[datetime | None]
    received_on: Mapped[date | None] = mapped_column(index=True)
    received_worked: Mapped[int | None] = _worked()
    channel: Mapped[str | None]
    enquirer_kind: Mapped[str | None]
    parent_body_kind: Mapped[str | None]
    region: Mapped[str | None]
    service_sector: Mapped[str | None]
    matters: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    portal: Mapped[bool | None]
    enquiry_stage: Mapped[str | None]
    profile_sequence: Mapped[int] = _sequence()
    profile_event: Mapped[uuid.UUID] = _event()
    ended_as: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    ended_worked: Mapped[int | None] = _worked()
    ending_sequence: Mapped[int] = _sequence()
    ending_event: Mapped[uuid.UUID] = _event()
    outcome: Mapped[str | None]
    scored_outcome: Mapped[str | None]
    score_low: Mapped[float | None]
    score_high: Mapped[float | None]
    criteria_version: Mapped[str | None]
    triaged_at: Mapped[datetime | None]
    division: Mapped[str | None]
    triage_sequence: Mapped[int] = _sequence()
    triage_event: Mapped[uuid.UUID] = _event()
    case_reference: Mapped[str | None]
    case_opened_at: Mapped[datetime | None]
    opening_sequence: Mapped[int] = _sequence()
    opening_event: Mapped[uuid.UUID] = _event()
    case_status: Mapped[str | None]
    case_outcome: Mapped[str | None]
    case_closed_at: Mapped[datetime | None]
    standing_sequence: Mapped[int] = _sequence()
    standing_event: Mapped[uuid.UUID] = _event()
    case_stage: Mapped[str | None]
    requires_action_by: Mapped[str | None]
    on_hold: Mapped[bool | None]
    progress_sequence: Mapped[int] = _sequence()
    progress_event: Mapped[uuid.UUID] = _event()
    paused_worked: Mapped[list[int] | None] = _worked_everywhere()
    pauses_sequence: Mapped[int] = _sequence()
    pauses_event: Mapped[uuid.UUID] = _event()
    first_triaged_at: Mapped[datetime | None]
    first_triaged_worked: Mapped[int | None] = _worked()
    first_reply_at: Mapped[datetime | None]
    first_reply_worked: Mapped[int | None] = _worked()
    first_referred_at: Mapped[datetime | None]
    first_accepted_at: Mapped[datetime | None]


class StageReached(Base):
    """When the team behind an enquiry was first seen at a stage of its own progress."""

    __tablename__ = "stages_reached"

    enquiry: Mapped[str] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(primary_key=True)
    reached_at: Mapped[datetime | None]


class Referral(Base):
    """One referral to the Cabinet Office, its decision and its money."""

    __tablename__ = "referrals"
    __table_args__ = (ROOM_TO_CHANGE,)

    enquiry: Mapped[str] = mapped_column(primary_key=True)
    referral: Mapped[str] = mapped_column(primary_key=True)
    case_reference: Mapped[str | None]
    amount_asked: Mapped[Decimal | None] = _money()
    support_needed: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    outcome: Mapped[str | None]
    score_low: Mapped[float | None]
    score_high: Mapped[float | None]
    criteria_version: Mapped[str | None]
    spin_out_stage: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    sent_on: Mapped[date | None] = mapped_column(index=True)
    sent_worked: Mapped[list[int] | None] = _worked_everywhere()
    sending_sequence: Mapped[int] = _sequence()
    sending_event: Mapped[uuid.UUID] = _event()
    status: Mapped[str | None]
    standing_sequence: Mapped[int] = _sequence()
    standing_event: Mapped[uuid.UUID] = _event()
    decision: Mapped[str | None]
    reason_code: Mapped[str | None]
    amount_accepted: Mapped[Decimal | None] = _money()
    decided_at: Mapped[datetime | None]
    decided_worked: Mapped[list[int] | None] = _worked_everywhere()
    decision_sequence: Mapped[int] = _sequence()
    decision_event: Mapped[uuid.UUID] = _event()
    concluded_as: Mapped[str | None]
    amount_released: Mapped[Decimal | None] = _money()
    conclusion_sequence: Mapped[int] = _sequence()
    conclusion_event: Mapped[uuid.UUID] = _event()
    acknowledged_at: Mapped[datetime | None]
    acknowledged_worked: Mapped[list[int] | None] = _worked_everywhere()
    withdrawn_at: Mapped[datetime | None]
    withdrawn_worked: Mapped[list[int] | None] = _worked_everywhere()


class EvidenceItem(Base):
    """One dated, graded item of evidence."""

    __tablename__ = "evidence"

    enquiry: Mapped[str] = mapped_column(primary_key=True)
    evidence: Mapped[str] = mapped_column(primary_key=True)
    case_reference: Mapped[str | None]
    kind: Mapped[str | None]
    category: Mapped[str | None]
    grade: Mapped[str | None]
    spin_out_stage: Mapped[str | None]
    service_sector: Mapped[str | None]
    region: Mapped[str | None]
    observed_on: Mapped[date | None] = mapped_column(index=True)
    item_sequence: Mapped[int] = _sequence()
    item_event: Mapped[uuid.UUID] = _event()
