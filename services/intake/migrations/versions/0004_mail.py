"""E-mail as it came in, what enquiries that came so are marked with, and the sending of what is queued."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table of incoming messages, and give enquiries and outgoing messages their new columns.

    Programs of the release before go on while this runs and after it, and name none of the new columns: those that
    must not be null keep a default.
    """
    op.add_column("enquiries", sa.Column("marks", JSONB, nullable=False, server_default=sa.text("'[]'")))
    op.add_column("enquiries", sa.Column("related_to", sa.Text))
    _create_incoming_messages()
    _extend_outgoing_messages()


def _create_incoming_messages() -> None:
    op.create_table(
        "incoming_messages",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("mailbox", sa.Text, nullable=False),
        sa.Column("uid_validity", sa.BigInteger, nullable=False),
        sa.Column("uid", sa.BigInteger, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("sender", sa.Text),
        sa.Column("arrived_at", MOMENT, nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        sa.Column("disposition", sa.Text, nullable=False),
        sa.Column("enquiry", sa.Text, sa.ForeignKey("enquiries.reference")),
        sa.Column("reason", sa.Text),
        sa.Column("faults", JSONB, nullable=False),
        sa.Column("thread", JSONB, nullable=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.CheckConstraint(
            "disposition IN ('enquiry', 'reply', 'automatic', 'returned', 'quarantine')", name="disposition"
        ),
        sa.CheckConstraint("(enquiry IS NULL) = (disposition = 'quarantine')", name="belongs_somewhere"),
    )
    op.create_index(None, "incoming_messages", ["mailbox", "uid_validity", "uid"], unique=True)
    op.create_index(None, "incoming_messages", ["fingerprint"], unique=True)
    op.create_index(None, "incoming_messages", ["enquiry"])
    op.create_index(None, "incoming_messages", ["sender", "kept_at"])


def _extend_outgoing_messages() -> None:
    op.drop_constraint("status", "outgoing_messages", type_="check")
    op.create_check_constraint("status", "outgoing_messages", "status IN ('queued', 'sent', 'failed', 'bounced')")
    op.add_column("outgoing_messages", sa.Column("message_id", sa.Text))
    op.add_column("outgoing_messages", sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")))
    op.add_column(
        "outgoing_messages", sa.Column("next_attempt_at", MOMENT, nullable=False, server_default=sa.func.now())
    )
    op.execute("UPDATE outgoing_messages SET next_attempt_at = created_at")
    op.add_column("outgoing_messages", sa.Column("ended_at", MOMENT))
    op.add_column("outgoing_messages", sa.Column("last_fault", sa.Text))
    op.create_index(None, "outgoing_messages", ["message_id"], unique=True)
    op.drop_index("ix_outgoing_messages_queued")
    op.create_index(
        "ix_outgoing_messages_queued",
        "outgoing_messages",
        ["next_attempt_at"],
        postgresql_where=sa.text("status = 'queued'"),
    )
