"""Assessments are taken over in the order of triage's own count. Until now that was the version of the facts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Keep the count under its name."""
    op.alter_column("enquiries", "facts_version", new_column_name="triage_sequence", type_=sa.BigInteger)
    op.execute("UPDATE enquiries SET triage_sequence = triage_sequence * 1000")
