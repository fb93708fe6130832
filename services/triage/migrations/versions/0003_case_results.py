"""What became of cases."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "case_results",
        sa.Column("enquiry", sa.Text, primary_key=True),
        sa.Column("decision", sa.Text),
        sa.Column("reason_code", sa.Text),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("case_outcome", sa.Text),
        sa.Column("case_sequence", sa.BigInteger, server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("decision IN ('accepted', 'rejected')", name="decision"),
    )
