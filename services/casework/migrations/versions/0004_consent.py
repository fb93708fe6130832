"""What is heard of consent to share, by its own count: it may come before the assessment that knows of it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the columns."""
    op.add_column(
        "enquiries", sa.Column("consent_sequence", sa.BigInteger, nullable=False, server_default=sa.text("0"))
    )
    op.add_column("enquiries", sa.Column("consent_given", sa.Boolean))
    op.add_column(
        "enquiries", sa.Column("consent_facts_version", sa.Integer, nullable=False, server_default=sa.text("0"))
    )
