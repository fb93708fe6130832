"""Assessments are kept in the order of triage's own count. Until now that was the version of the facts."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Keep the count under its name; the moment of the assessment is part of what is kept of it."""
    op.alter_column("enquiries", "assessed_facts_version", new_column_name="assessed_sequence", type_=sa.BigInteger)
    op.execute("UPDATE enquiries SET assessed_sequence = assessed_sequence * 1000")
    op.drop_column("enquiries", "assessed_at")
