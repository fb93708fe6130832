"""Referrals, the fund and its ledger, webhook endpoints and deliveries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from chassis.tables import create_chassis_tables

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
POUNDS = sa.Numeric(12, 2)
STATUSES = (
    "'sent', 'acknowledged', 'more_information', 'accepted', 'rejected', 'withdrawn',"
    " 'delivered', 'ended_early', 'cancelled'"
)
LIVE = "status IN ('sent', 'acknowledged', 'more_information', 'accepted')"

# The ledger is only ever added to, whoever tries otherwise. A note's words may go, since a person may have been named.
APPEND_ONLY = """
CREATE FUNCTION refuse_change_of_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only_rows
    BEFORE DELETE OR UPDATE OF id, sequence, kind, referral, amount, available_change, earmarked_change,
        committed_change, spent_change, made_at, made_by
    ON fund_entries FOR EACH ROW EXECUTE FUNCTION refuse_change_of_ledger();
CREATE TRIGGER append_only_table
    BEFORE TRUNCATE ON fund_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_ledger();
"""


def upgrade() -> None:
    """Make the first tables, and the fund with its ten million pounds."""
    create_chassis_tables(op)
    _create_referrals()
    _create_steps()
    _index_referrals()
    _create_fund()
    _create_ledger()
    _create_endpoints()
    _create_deliveries()


def _create_referrals() -> None:
    op.create_table(
        "referrals",
        sa.Column("reference", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("case_reference", sa.Text, nullable=False),
        sa.Column("enquiry_reference", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("support_needed", JSONB, nullable=False),
        sa.Column("amount", POUNDS, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("score", JSONB),
        sa.Column("criteria_version", sa.Text, nullable=False),
        sa.Column("spin_out_stage", sa.Text),
        sa.Column("profile", JSONB, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("sent_by", sa.Text, nullable=False),
        sa.Column("acknowledged_at", MOMENT),
        sa.Column("decision", sa.Text),
        sa.Column("reason_code", sa.Text),
        sa.Column("granted", POUNDS),
        sa.Column("decided_at", MOMENT),
        sa.Column("concluded_at", MOMENT),
        sa.Column("released", POUNDS),
        sa.Column("earmarked", POUNDS, nullable=False),
        sa.Column("committed", POUNDS, nullable=False),
        sa.Column("spent", POUNDS, nullable=False),
        sa.CheckConstraint(f"status IN ({STATUSES})", name="status"),
        sa.CheckConstraint("amount > 0 AND granted > 0", name="amounts"),
        sa.CheckConstraint("earmarked >= 0 AND committed >= 0 AND spent >= 0", name="not_overdrawn"),
    )


def _create_steps() -> None:
    op.create_table(
        "referral_steps",
        sa.Column("referral", sa.Text, sa.ForeignKey("referrals.reference"), primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("message", sa.Text),
    )


def _index_referrals() -> None:
    op.create_index(
        "uq_referrals_live_case", "referrals", ["case_reference"], unique=True, postgresql_where=sa.text(LIVE)
    )
    op.create_index("ix_referrals_case_reference", "referrals", ["case_reference"])
    op.create_index("ix_referrals_enquiry_reference", "referrals", ["enquiry_reference"])
    op.create_index("ix_referrals_status", "referrals", ["status", "sent_at", "reference"])
    op.create_index("ix_referrals_sent_at", "referrals", ["sent_at", "reference"])


def _create_fund() -> None:
    op.create_table(
        "fund",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("total", POUNDS, nullable=False),
        sa.Column("available", POUNDS, nullable=False),
        sa.Column("earmarked", POUNDS, nullable=False),
        sa.Column("committed", POUNDS, nullable=False),
        sa.Column("spent", POUNDS, nullable=False),
        sa.CheckConstraint("id = 1", name="single"),
        sa.CheckConstraint("available >= 0 AND earmarked >= 0 AND committed >= 0 AND spent >= 0", name="not_overdrawn"),
        sa.CheckConstraint("available + earmarked + committed + spent = total", name="balanced"),
    )
    op.execute("INSERT INTO fund VALUES (1, 0, 10000000.00, 10000000.00, 0, 0, 0)")


def _create_ledger() -> None:
    op.create_table(
        "fund_entries",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("referral", sa.Text, sa.ForeignKey("referrals.reference"), nullable=False),
        sa.Column("amount", POUNDS, nullable=False),
        sa.Column("available_change", POUNDS, nullable=False),
        sa.Column("earmarked_change", POUNDS, nullable=False),
        sa.Column("committed_change", POUNDS, nullable=False),
        sa.Column("spent_change", POUNDS, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.UniqueConstraint("sequence"),
        sa.CheckConstraint("amount > 0", name="amount"),
        sa.CheckConstraint(
            "available_change + earmarked_change + committed_change + spent_change = 0", name="makes_no_money"
        ),
        sa.CheckConstraint(
            "CASE kind"
            " WHEN 'earmark' THEN available_change = -amount AND earmarked_change = amount"
            " WHEN 'commitment' THEN earmarked_change = -amount AND committed_change = amount"
            " WHEN 'spend' THEN committed_change = -amount AND spent_change = amount"
            " WHEN 'release' THEN available_change = amount AND spent_change = 0"
            " ELSE false END",
            name="posting",
        ),
    )
    op.create_index("ix_fund_entries_referral", "fund_entries", ["referral", "sequence"])
    op.create_index("ix_fund_entries_kind", "fund_entries", ["kind", "sequence"])
    op.execute(APPEND_ONLY)


def _create_endpoints() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("event_types", JSONB, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("disabled_because", sa.Text),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("previous_secret", sa.Text),
        sa.Column("previous_secret_until", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
    )
    op.create_index("ix_webhook_endpoints_created_at", "webhook_endpoints", ["created_at", "id"])


def _create_deliveries() -> None:
    table = "webhook_deliveries"
    endpoint = sa.ForeignKey("webhook_endpoints.id", ondelete="CASCADE")
    op.create_table(
        table,
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("endpoint_id", sa.Uuid, endpoint, nullable=False),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("lease", sa.Uuid),
        sa.Column("next_attempt_at", MOMENT),
        sa.Column("last_attempt_at", MOMENT),
        sa.Column("last_answer", sa.Integer),
        sa.Column("last_fault", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.UniqueConstraint("endpoint_id", "event_id"),
        sa.CheckConstraint("status IN ('pending', 'delivered', 'failed')", name="status"),
    )
    due = sa.text("status = 'pending'")
    op.create_index("ix_webhook_deliveries_due", table, ["endpoint_id", "next_attempt_at"], postgresql_where=due)
    op.create_index("ix_webhook_deliveries_created_at", table, ["created_at", "id"])
    op.create_index("ix_webhook_deliveries_endpoint_id", table, ["endpoint_id", "created_at", "id"])
    op.create_index("ix_webhook_deliveries_status", table, ["status", "created_at", "id"])
