"""Who asks: parties, what leads to them, what people did to them, and which of them may be the same."""

import uuid
from datetime import UTC, date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.domain.parties import Change, PartyKind, Verified
from services.intake.models.tables import Base, one_of

# What stands before the @ of an e-mail address: people keep it when they change employers.
MAILBOX = "split_part(value, '@', 1)"
# When a party is held against others that is new or has changed: before all that wait their turn.
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)


class Party(Base):
    """A person or body that has asked us something, stored once however often they ask.

    `folded_name` and `organisation_key` are what it is found by (`domain/names.py`). `merged_into` is the party with
    which a person has judged it to be one: a link, which moves nothing. At `examine_at` it is next held against others:
    `AT_ONCE` when it is new or has changed.
    """

    __tablename__ = "parties"
    __table_args__ = (
        one_of("kind", PartyKind),
        CheckConstraint("merged_into <> id", name="not_into_itself"),
        Index(None, "created_at", "id"),
        Index(None, "folded_name", postgresql_using="gin", postgresql_ops={"folded_name": "gin_trgm_ops"}),
        Index(None, "organisation_key"),
        Index(None, "merged_into"),
        Index(None, "examine_at", postgresql_where=text("merged_into IS NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(server_default=text("1"))
    kind: Mapped[str] = mapped_column(server_default=text("'person'"))
    name: Mapped[str | None]
    folded_name: Mapped[str | None]
    organisation_key: Mapped[str | None]
    merged_into: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("parties.id"))
    examine_at: Mapped[datetime] = mapped_column(server_default=text("'epoch'"))
    created_at: Mapped[datetime]


class PartyIdentifier(Base):
    """What leads to exactly one party: its `email` or `phone` in canonical form. The key decides every race.

    `id` names it where its value may not be named: in addresses of pages and in logs.
    """

    __tablename__ = "party_identifiers"
    __table_args__ = (
        CheckConstraint("kind IN ('email', 'phone')", name="kind"),
        one_of("verified_how", Verified),
        CheckConstraint("num_nulls(verified_on, verified_by, verified_how) IN (0, 3)", name="verified"),
        Index(None, "party_id"),
        Index(None, "id", unique=True),
        Index("ix_party_identifiers_mailbox", text(MAILBOX), postgresql_where=text("kind = 'email'")),
    )

    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(server_default=func.gen_random_uuid())
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("parties.id"))
    verified_on: Mapped[date | None]
    verified_by: Mapped[str | None]
    verified_how: Mapped[str | None]
    created_at: Mapped[datetime]


class PartyChange(Base):
    """One thing that a person did to a party. Written once, never changed. `other_id`: the other party concerned."""

    __tablename__ = "party_changes"
    __table_args__ = (one_of("change", Change), Index(None, "party_id", "made_at", "id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("parties.id"))
    change: Mapped[str]
    other_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("parties.id"))
    reason: Mapped[str | None]
    before: Mapped[str | None]
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class PartySuggestion(Base):
    """Two parties that may be the same, for a person to judge. Found anew from time to time: nothing rests on it.

    `found_at` is when they were found first, and stays.
    """

    __tablename__ = "party_suggestions"
    __table_args__ = (
        CheckConstraint("lower_id < higher_id", name="ordered"),
        Index(None, "lower_id", "higher_id", unique=True),
        Index(None, "higher_id"),
        Index(None, "found_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    lower_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("parties.id"))
    higher_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("parties.id"))
    score: Mapped[int]
    reasons: Mapped[list[str]] = mapped_column(JSONB)
    found_at: Mapped[datetime]


class PartyDismissal(Base):
    """A person's judgement that two parties are not the same. They are never suggested again."""

    __tablename__ = "party_dismissals"
    __table_args__ = (
        CheckConstraint("lower_id < higher_id", name="ordered"),
        Index(None, "higher_id"),
        Index(None, "id", unique=True),
    )

    lower_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("parties.id"), primary_key=True)
    higher_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("parties.id"), primary_key=True)
    id: Mapped[uuid.UUID]
    judged_by: Mapped[str]
    judged_at: Mapped[datetime]
