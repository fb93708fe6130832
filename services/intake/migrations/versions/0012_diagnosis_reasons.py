"""Why a diagnosis was given up that nobody gave up: its enquiry was over."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Give diagnoses their reason."""
    op.add_column("diagnoses", sa.Column("ended_reason", sa.Text))
