"""What the telephone exchange told of calls, and callbacks that were promised."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.intake.domain.callbacks import CallbackStatus, Result
from services.intake.domain.calls import CallStatus
from services.intake.models.tables import Base, one_of


class Call(Base):
    """One telephone call: what was `heard` of it, and what follows from that, so that it can be searched for.

    `number` is the other side's in canonical form, null when it is withheld or unreadable. `enquiry` and the rest say
    how it was written up; `contact_id` is null when a new enquiry was all that was written. An exchange gives its ids
    out again: the call that took one last bears it as `exchange_id`, those before it as `former_exchange_id`.
    """

    __tablename__ = "calls"
    __table_args__ = (
        one_of("status", CallStatus),
        CheckConstraint("num_nonnulls(exchange_id, former_exchange_id) = 1", name="bears_an_id"),
        Index(None, "exchange_id", unique=True),
        Index("ix_calls_by_exchange", text("coalesce(exchange_id, former_exchange_id)"), "began_at"),
        Index(None, "created_at", "id"),
        Index(None, "enquiry"),
        # Those that go on are in it too: which of them must be over depends on the clock, and they are few.
        Index("ix_calls_not_written_up", "created_at", "id", postgresql_where=text("written_up_at IS NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    exchange_id: Mapped[str | None]
    former_exchange_id: Mapped[str | None]
    version: Mapped[int]
    heard: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    status: Mapped[str]
    direction: Mapped[str | None]
    number: Mapped[str | None]
    queue: Mapped[str | None]
    users: Mapped[list[str]] = mapped_column(JSONB)
    began_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    enquiry: Mapped[str | None] = mapped_column(ForeignKey("enquiries.reference"))
    contact_id: Mapped[uuid.UUID | None]
    written_up_by: Mapped[str | None]
    written_up_at: Mapped[datetime | None]


class CallbackAttempt(Base):
    """One try to keep a callback, the first of which has number 1. Written once, never changed."""

    __tablename__ = "callback_attempts"
    __table_args__ = (one_of("result", Result), Index(None, "callback_id", "number", unique=True))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    callback_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("callbacks.id"))
    number: Mapped[int]
    result: Mapped[str]
    at: Mapped[datetime]
    note: Mapped[str | None]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]


class Callback(Base):
    """A promise to ring the enquirer in a window, which is one slot. `owner` is whoever is to ring."""

    __tablename__ = "callbacks"
    __table_args__ = (
        one_of("status", CallbackStatus),
        Index(None, "window_from"),
        Index(None, "created_at", "id"),
        Index(None, "owner", "created_at", "id"),
        Index(None, "enquiry", "created_at", "id"),
        Index("uq_callbacks_one_promised", "enquiry", unique=True, postgresql_where=text("status = 'promised'")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    enquiry: Mapped[str] = mapped_column(ForeignKey("enquiries.reference"))
    version: Mapped[int]
    owner: Mapped[str]
    status: Mapped[str]
    window_from: Mapped[datetime]
    window_to: Mapped[datetime]
    note: Mapped[str | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]
    attempts: Mapped[list[CallbackAttempt]] = relationship(lazy="selectin", order_by=CallbackAttempt.number)
