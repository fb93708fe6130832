"""How diagnoses end: why, where nobody gave one up but its enquiry was over, and what was known before it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Give diagnoses both columns. No row is read or written for it."""
    op.add_column("diagnoses", sa.Column("ended_reason", sa.Text))
    op.add_column("diagnoses", sa.Column("known_before", JSONB))
