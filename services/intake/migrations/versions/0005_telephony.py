"""The telephone channel: numbers in the words of enquiries can be found by their last digits; and calls."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)
PHONE_TAIL = "right(regexp_replace(enquirer_phone, '[xXeE#].*$|[^0-9]', '', 'g'), 7)"


def upgrade() -> None:
    """Make the index and the table."""
    op.create_index("ix_enquiry_words_phone_tail", "enquiry_words", [sa.text(PHONE_TAIL)])
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
