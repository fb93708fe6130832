"""The telephone channel: numbers in the words of enquiries can be found by their last digits; calls; callbacks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)
PHONE_TAIL = (
    r"right(regexp_replace(regexp_replace(enquirer_phone, '([0-9])[^0-9]*[x#~].*$', '\1', 'i'), '[^0-9]', '', 'g'), 7)"
)


def upgrade() -> None:
    """Make the index and the tables."""
    op.create_index("ix_enquiry_words_phone_tail", "enquiry_words", [sa.text(PHONE_TAIL)])
    _create_calls()
    _create_callbacks()


def _create_calls() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("exchange_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("heard", JSONB, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("direction", sa.Text),
        sa.Column("number", sa.Text),
        sa.Column("queue", sa.Text),
        sa.Column("users", JSONB, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("enquiry", sa.Text, sa.ForeignKey("enquiries.reference")),
        sa.Column("contact_id", sa.Uuid),
        sa.Column("written_up_by", sa.Text),
        sa.Column("written_up_at", MOMENT),
        sa.CheckConstraint("status IN ('ringing', 'in_progress', 'ended')", name="status"),
    )
    op.create_index(None, "calls", ["exchange_id"], unique=True)
    op.create_index(None, "calls", ["created_at", "id"])
    op.create_index(None, "calls", ["enquiry"])
    op.create_index(
        "ix_calls_not_written_up",
        "calls",
        ["created_at", "id"],
        postgresql_where=sa.text("status = 'ended' AND written_up_at IS NULL"),
    )


def _create_callbacks() -> None:
    op.create_table(
        "callbacks",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("enquiry", sa.Text, sa.ForeignKey("enquiries.reference"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("window_from", MOMENT, nullable=False),
        sa.Column("window_to", MOMENT, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_reason", sa.Text),
        sa.CheckConstraint("status IN ('promised', 'reached', 'not_reached', 'cancelled')", name="status"),
    )
    op.create_index(None, "callbacks", ["window_from"])
    op.create_index(None, "callbacks", ["created_at", "id"])
    op.create_index(None, "callbacks", ["owner", "created_at", "id"])
    op.create_index(None, "callbacks", ["enquiry", "created_at", "id"])
    promised = sa.text("status = 'promised'")
    op.create_index("uq_callbacks_one_promised", "callbacks", ["enquiry"], unique=True, postgresql_where=promised)
    op.create_table(
        "callback_attempts",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("callback_id", sa.Uuid, sa.ForeignKey("callbacks.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("result", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "result IN ('reached', 'no_answer', 'engaged', 'message_left', 'wrong_number')", name="result"
        ),
    )
    op.create_index(None, "callback_attempts", ["callback_id", "number"], unique=True)
