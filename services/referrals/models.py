"""The tables of the referrals service: referrals and their steps, the fund and its ledger, webhook endpoints."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, composite, mapped_column, relationship

from chassis.tables import COLUMN_TYPES, service_base
from services.referrals.domain.delivery import DeliveryStatus
from services.referrals.domain.fund import Account, Fund, Posting
from services.referrals.domain.lifecycle import LIVE, Status

_POUNDS = Numeric(12, 2)
_LIVE = ", ".join(f"'{status}'" for status in LIVE)
_PENDING = text("status = 'pending'")


def _one_of(column: str, values: type[Status] | type[DeliveryStatus]) -> str:
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"


class Base(DeclarativeBase):
    """The tables of this service, and the chassis's beside them."""

    metadata = service_base().metadata
    type_annotation_map = COLUMN_TYPES


class Referral(Base):
    """A case handed to the Cabinet Office, with the snapshot of it that consent covered at that moment.

    `outcome`, `score` and `criteria_version` are triage's; `amount` is what was asked for and `granted` what was
    decided. `earmarked`, `committed` and `spent` are what the referral has of the fund.
    """

    __tablename__ = "referrals"
    __table_args__ = (
        CheckConstraint(_one_of("status", Status), name="status"),
        CheckConstraint("amount > 0 AND granted > 0", name="amounts"),
        CheckConstraint("earmarked >= 0 AND committed >= 0 AND spent >= 0", name="not_overdrawn"),
        Index("uq_referrals_live_case", "case_reference", unique=True, postgresql_where=text(f"status IN ({_LIVE})")),
        Index("ix_referrals_case_reference", "case_reference"),
        Index("ix_referrals_enquiry_reference", "enquiry_reference"),
        Index("ix_referrals_status", "status", "sent_at", "reference"),
        Index("ix_referrals_sent_at", "sent_at", "reference"),
    )

    reference: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    case_reference: Mapped[str]
    enquiry_reference: Mapped[str]
    status: Mapped[str]
    support_needed: Mapped[list[str]] = mapped_column(JSONB)
    amount: Mapped[Decimal] = mapped_column(_POUNDS)
    summary: Mapped[str]
    outcome: Mapped[str]
    score: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    criteria_version: Mapped[str]
    spin_out_stage: Mapped[str | None]
    profile: Mapped[dict[str, Any]]
    facts: Mapped[dict[str, Any]]
    sent_at: Mapped[datetime]
    sent_by: Mapped[str]
    acknowledged_at: Mapped[datetime | None]
    decision: Mapped[str | None]
    reason_code: Mapped[str | None]
    granted: Mapped[Decimal | None] = mapped_column(_POUNDS)
    decided_at: Mapped[datetime | None]
    concluded_at: Mapped[datetime | None]
    released: Mapped[Decimal | None] = mapped_column(_POUNDS)
    consent_withdrawn_at: Mapped[datetime | None]
    earmarked: Mapped[Decimal] = mapped_column(_POUNDS)
    committed: Mapped[Decimal] = mapped_column(_POUNDS)
    spent: Mapped[Decimal] = mapped_column(_POUNDS)
    account: Mapped[Account] = composite("earmarked", "committed", "spent")
    steps: Mapped[list["ReferralStep"]] = relationship(order_by="ReferralStep.sequence")


class ReferralStep(Base):
    """One action on a referral: what passed between adviser and Cabinet Office, in order."""

    __tablename__ = "referral_steps"

    referral: Mapped[str] = mapped_column(ForeignKey("referrals.reference"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str]
    status: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]
    message: Mapped[str | None]
    reason_code: Mapped[str | None]


class EnquiryConsent(Base):
    """What stands of an enquiry's consent to share, by the newest event heard (`sequence`; 0 before the first).

    Whoever refers a case of the enquiry, and whoever hears of its consent, locks the row.
    """

    __tablename__ = "enquiry_consents"

    enquiry: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    given: Mapped[bool | None]
    facts_version: Mapped[int]


class FundRow(Base):
    """The balances of the fund: one row, locked by whoever moves money."""

    __tablename__ = "fund"
    __table_args__ = (
        CheckConstraint("id = 1", name="single"),
        CheckConstraint("available >= 0 AND earmarked >= 0 AND committed >= 0 AND spent >= 0", name="not_overdrawn"),
        CheckConstraint("available + earmarked + committed + spent = total", name="balanced"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
    total: Mapped[Decimal] = mapped_column(_POUNDS)
    available: Mapped[Decimal] = mapped_column(_POUNDS)
    earmarked: Mapped[Decimal] = mapped_column(_POUNDS)
    committed: Mapped[Decimal] = mapped_column(_POUNDS)
    spent: Mapped[Decimal] = mapped_column(_POUNDS)
    balances: Mapped[Fund] = composite("available", "earmarked", "committed", "spent")


class FundEntry(Base):
    """One move of the ledger. Append-only: a trigger refuses to change or delete it.

    `sequence` is the fund's version that it made, so the ledger has no gaps. The `…_change` columns are its posting.
    """

    __tablename__ = "fund_entries"
    __table_args__ = (
        UniqueConstraint("sequence"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint(
            "available_change + earmarked_change + committed_change + spent_change = 0", name="makes_no_money"
        ),
        CheckConstraint(
            "CASE kind"
            " WHEN 'earmark' THEN available_change = -amount AND earmarked_change = amount"
            " WHEN 'commitment' THEN earmarked_change = -amount AND committed_change = amount"
            " WHEN 'spend' THEN committed_change = -amount AND spent_change = amount"
            " WHEN 'release' THEN available_change = amount AND spent_change = 0"
            " ELSE false END",
            name="posting",
        ),
        Index("ix_fund_entries_referral", "referral", "sequence"),
        Index("ix_fund_entries_kind", "kind", "sequence"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    kind: Mapped[str]
    referral: Mapped[str] = mapped_column(ForeignKey("referrals.reference"))
    amount: Mapped[Decimal] = mapped_column(_POUNDS)
    available_change: Mapped[Decimal] = mapped_column(_POUNDS)
    earmarked_change: Mapped[Decimal] = mapped_column(_POUNDS)
    committed_change: Mapped[Decimal] = mapped_column(_POUNDS)
    spent_change: Mapped[Decimal] = mapped_column(_POUNDS)
    posting: Mapped[Posting] = composite("available_change", "earmarked_change", "committed_change", "spent_change")
    note: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[str]


class Endpoint(Base):
    """An address that wants to be told. The secrets are stored as they are, since they have to sign."""

    __tablename__ = "webhook_endpoints"
    __table_args__ = (Index("ix_webhook_endpoints_created_at", "created_at", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    url: Mapped[str]
    event_types: Mapped[list[str]] = mapped_column(JSONB)
    description: Mapped[str]
    enabled: Mapped[bool] = mapped_column(default=True)
    disabled_because: Mapped[str | None]
    secret: Mapped[str]
    previous_secret: Mapped[str | None]
    previous_secret_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class Delivery(Base):
    """One event on its way to one endpoint. `body` is kept as sent, so that every attempt sends the same.

    While an attempt is under way `lease` names it and `next_attempt_at` says when another process may take it for
    dead; `event_id` is the `webhook-id` of every attempt.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "event_id"),
        CheckConstraint(_one_of("status", DeliveryStatus), name="status"),
        Index("ix_webhook_deliveries_due", "endpoint_id", "next_attempt_at", postgresql_where=_PENDING),
        Index("ix_webhook_deliveries_created_at", "created_at", "id"),
        Index("ix_webhook_deliveries_endpoint_id", "endpoint_id", "created_at", "id"),
        Index("ix_webhook_deliveries_status", "status", "created_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    endpoint_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("webhook_endpoints.id", ondelete="CASCADE"))
    event_id: Mapped[uuid.UUID]
    type: Mapped[str]
    body: Mapped[str]
    status: Mapped[str] = mapped_column(default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[uuid.UUID | None]
    next_attempt_at: Mapped[datetime | None]
    last_attempt_at: Mapped[datetime | None]
    last_answer: Mapped[int | None]
    last_fault: Mapped[str | None]
    created_at: Mapped[datetime]
