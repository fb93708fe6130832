"""The ends of enquiries and of withdrawn referrals, in working seconds. Rows that are there get theirs by a rebuild."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("journeys", sa.Column("ended_worked", sa.BigInteger))
    op.add_column("referrals", sa.Column("withdrawn_at", sa.DateTime(timezone=True)))
    op.add_column("referrals", sa.Column("withdrawn_worked", sa.BigInteger))
