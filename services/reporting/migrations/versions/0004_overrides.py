"""What triage found, beside the outcome that an adviser set against it. `spinout reporting rebuild` fills the past."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column."""
    op.add_column("journeys", sa.Column("scored_outcome", sa.Text))
