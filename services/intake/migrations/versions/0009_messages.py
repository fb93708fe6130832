"""E-mails as advisers see them: readings and files, what became of quarantine, and what Notify says of deliveries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"

DISPOSITIONS = "disposition IN ('enquiry', 'reply', 'automatic', 'returned', 'quarantine', 'discarded')"
BELONGS = "(enquiry IS NULL) = (disposition IN ('quarantine', 'discarded'))"


def upgrade() -> None:
    """Give messages their columns and dispositions, make the table of files, and let enquiries be found by case."""
    _extend_incoming_messages()
    _create_message_files()
    _extend_outgoing_messages()
    op.create_index(None, "enquiries", ["case_reference"])


def _extend_incoming_messages() -> None:
    op.add_column("incoming_messages", sa.Column("version", sa.Integer, nullable=False, server_default="1"))
    op.alter_column("incoming_messages", "version", server_default=None)
    op.add_column("incoming_messages", sa.Column("handled_by", sa.Text))
    op.add_column("incoming_messages", sa.Column("handled_at", sa.DateTime(timezone=True)))
    op.add_column("incoming_messages", sa.Column("handled_reason", sa.Text))
    for name, condition in (("disposition", DISPOSITIONS), ("belongs_somewhere", BELONGS)):
        op.drop_constraint(name, "incoming_messages", type_="check")
        op.create_check_constraint(name, "incoming_messages", condition)
    op.add_column("incoming_messages", sa.Column("sender_name", sa.Text))
    op.add_column("incoming_messages", sa.Column("subject", sa.Text))
    op.add_column("incoming_messages", sa.Column("size", sa.BigInteger))
    op.add_column("incoming_messages", sa.Column("reading", JSONB))
    op.create_index(None, "incoming_messages", ["arrived_at", "id"])
    op.create_index(None, "incoming_messages", ["disposition", "arrived_at", "id"])
    # It is read in pieces; of what PostgreSQL has compressed it would have to unpack all that lies before each.
    op.execute("ALTER TABLE incoming_messages ALTER COLUMN raw SET STORAGE EXTERNAL")


def _create_message_files() -> None:
    op.create_table(
        "message_files",
        sa.Column("message_id", sa.Uuid, sa.ForeignKey("incoming_messages.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.execute("ALTER TABLE message_files ALTER COLUMN content SET STORAGE EXTERNAL")


def _extend_outgoing_messages() -> None:
    op.add_column("outgoing_messages", sa.Column("provider_id", sa.Text))
    op.add_column("outgoing_messages", sa.Column("ask_at", sa.DateTime(timezone=True)))
    op.add_column("outgoing_messages", sa.Column("delivered_at", sa.DateTime(timezone=True)))
    op.create_index(
        "ix_outgoing_messages_asked", "outgoing_messages", ["ask_at"], postgresql_where=sa.text("ask_at IS NOT NULL")
    )
