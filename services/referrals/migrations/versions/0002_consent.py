"""What is told of consent to share, the mark on referrals, and why a referral was withdrawn that nobody withdrew."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table and the columns."""
    op.create_table(
        "enquiry_consents",
        sa.Column("enquiry", sa.Text, primary_key=True),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("given", sa.Boolean),
        sa.Column("facts_version", sa.Integer, nullable=False),
    )
    op.add_column("referrals", sa.Column("consent_withdrawn_at", sa.DateTime(timezone=True)))
    op.add_column("referral_steps", sa.Column("reason_code", sa.Text))
