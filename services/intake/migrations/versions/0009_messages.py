"""What was understood of e-mails, and the files that came with them, so that advisers can see both."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0007"


def upgrade() -> None:
    """Give incoming messages their new columns, and make the table of their files."""
    op.add_column("incoming_messages", sa.Column("sender_name", sa.Text))
    op.add_column("incoming_messages", sa.Column("subject", sa.Text))
    op.add_column("incoming_messages", sa.Column("size", sa.BigInteger))
    op.add_column("incoming_messages", sa.Column("reading", JSONB))
    op.create_index(None, "incoming_messages", ["arrived_at", "id"])
    op.create_index(None, "incoming_messages", ["disposition", "arrived_at", "id"])
    op.create_table(
        "message_files",
        sa.Column("message_id", sa.Uuid, sa.ForeignKey("incoming_messages.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    # They are read in pieces; of what PostgreSQL has compressed it would have to unpack all that lies before each.
    op.execute("ALTER TABLE incoming_messages ALTER COLUMN raw SET STORAGE EXTERNAL")
    op.execute("ALTER TABLE message_files ALTER COLUMN content SET STORAGE EXTERNAL")
