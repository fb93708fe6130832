"""The event log and the read models folded from it."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from chassis.tables import create_chassis_tables

revision = "0001"
down_revision = None

_MOMENT = sa.DateTime(timezone=True)
_MONEY = sa.Numeric(12, 2)


def upgrade() -> None:
    """Make the first tables."""
    create_chassis_tables(op)
    _create_event_log()
    _create_journeys()
    _create_referrals()
    _create_rows_of_one_event()


def downgrade() -> None:
    """Drop them again, and all that was heard with them."""
    for table in ("evidence", "referral_waits", "referrals", "stages_reached", "journeys", "event_log"):
        op.drop_table(table)


def _stamp(group: str) -> list[sa.Column[Any]]:
    """The sequence and the event by which a group of fields was last set."""
    nobody = sa.text("'00000000-0000-0000-0000-000000000000'")
    return [
        sa.Column(f"{group}_sequence", sa.BigInteger, nullable=False, server_default=sa.text("-1")),
        sa.Column(f"{group}_event", sa.Uuid, nullable=False, server_default=nobody),
    ]


def _create_event_log() -> None:
    op.create_table(
        "event_log",
        sa.Column("id", sa.Uuid),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("time", _MOMENT, nullable=False),
        sa.Column("enquiry", sa.Text),
        sa.Column("data", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event_log"),
    )
    op.create_index("ix_event_log_enquiry", "event_log", ["enquiry"])


def _create_journeys() -> None:
    op.create_table(
        "journeys",
        sa.Column("enquiry", sa.Text),
        sa.Column("received_at", _MOMENT),
        sa.Column("received_on", sa.Date),
        sa.Column("received_worked", sa.BigInteger),
        sa.Column("channel", sa.Text),
        sa.Column("enquirer_kind", sa.Text),
        sa.Column("parent_body_kind", sa.Text),
        sa.Column("region", sa.Text),
        sa.Column("service_sector", sa.Text),
        sa.Column("matters", ARRAY(sa.Text)),
        sa.Column("portal", sa.Boolean),
        sa.Column("enquiry_stage", sa.Text),
        *_stamp("profile"),
        sa.Column("ended_as", sa.Text),
        sa.Column("ended_at", _MOMENT),
        *_stamp("ending"),
        sa.Column("outcome", sa.Text),
        sa.Column("score_low", sa.Float),
        sa.Column("score_high", sa.Float),
        sa.Column("criteria_version", sa.Text),
        sa.Column("triaged_at", _MOMENT),
        *_stamp("triage"),
        sa.Column("case_reference", sa.Text),
        sa.Column("case_opened_at", _MOMENT),
        *_stamp("opening"),
        sa.Column("case_status", sa.Text),
        sa.Column("case_outcome", sa.Text),
        sa.Column("case_closed_at", _MOMENT),
        *_stamp("standing"),
        sa.Column("case_stage", sa.Text),
        sa.Column("requires_action_by", sa.Text),
        sa.Column("on_hold", sa.Boolean),
        *_stamp("progress"),
        sa.Column("first_triaged_at", _MOMENT),
        sa.Column("first_triaged_worked", sa.BigInteger),
        sa.Column("first_reply_at", _MOMENT),
        sa.Column("first_reply_worked", sa.BigInteger),
        sa.Column("first_referred_at", _MOMENT),
        sa.Column("first_accepted_at", _MOMENT),
        sa.PrimaryKeyConstraint("enquiry", name="pk_journeys"),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index("ix_journeys_received_on", "journeys", ["received_on"])


def _create_referrals() -> None:
    op.create_table(
        "referrals",
        sa.Column("enquiry", sa.Text),
        sa.Column("referral", sa.Text),
        sa.Column("case_reference", sa.Text),
        sa.Column("amount_asked", _MONEY),
        sa.Column("support_needed", ARRAY(sa.Text)),
        sa.Column("outcome", sa.Text),
        sa.Column("score_low", sa.Float),
        sa.Column("score_high", sa.Float),
        sa.Column("criteria_version", sa.Text),
        sa.Column("spin_out_stage", sa.Text),
        sa.Column("sent_at", _MOMENT),
        sa.Column("sent_on", sa.Date),
        sa.Column("sent_worked", sa.BigInteger),
        *_stamp("sending"),
        sa.Column("status", sa.Text),
        *_stamp("standing"),
        sa.Column("decision", sa.Text),
        sa.Column("reason_code", sa.Text),
        sa.Column("amount_accepted", _MONEY),
        sa.Column("decided_at", _MOMENT),
        sa.Column("decided_worked", sa.BigInteger),
        *_stamp("decision"),
        sa.Column("concluded_as", sa.Text),
        sa.Column("amount_released", _MONEY),
        *_stamp("conclusion"),
        sa.Column("acknowledged_at", _MOMENT),
        sa.Column("acknowledged_worked", sa.BigInteger),
        sa.PrimaryKeyConstraint("enquiry", "referral", name="pk_referrals"),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index("ix_referrals_sent_on", "referrals", ["sent_on"])


def _create_rows_of_one_event() -> None:
    op.create_table(
        "stages_reached",
        sa.Column("enquiry", sa.Text),
        sa.Column("stage", sa.Text),
        sa.Column("reached_at", _MOMENT),
        sa.PrimaryKeyConstraint("enquiry", "stage", name="pk_stages_reached"),
    )
    op.create_table(
        "referral_waits",
        sa.Column("enquiry", sa.Text),
        sa.Column("referral", sa.Text),
        sa.Column("sequence", sa.BigInteger, autoincrement=False),
        sa.Column("waiting", sa.Boolean),
        sa.Column("moved_at", _MOMENT),
        sa.Column("moved_worked", sa.BigInteger),
        *_stamp("move"),
        sa.PrimaryKeyConstraint("enquiry", "referral", "sequence", name="pk_referral_waits"),
    )
    op.create_table(
        "evidence",
        sa.Column("enquiry", sa.Text),
        sa.Column("evidence", sa.Text),
        sa.Column("case_reference", sa.Text),
        sa.Column("kind", sa.Text),
        sa.Column("category", sa.Text),
        sa.Column("grade", sa.Text),
        sa.Column("spin_out_stage", sa.Text),
        sa.Column("service_sector", sa.Text),
        sa.Column("region", sa.Text),
        sa.Column("observed_on", sa.Date),
        *_stamp("item"),
        sa.PrimaryKeyConstraint("enquiry", "evidence", name="pk_evidence"),
    )
    op.create_index("ix_evidence_observed_on", "evidence", ["observed_on"])
