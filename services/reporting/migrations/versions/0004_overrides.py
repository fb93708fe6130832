"""What triage found, beside the outcome that an adviser set against it. `spinout reporting rebuild` fills the past."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column, and count verdicts of the past as triage does now: by thousands of the version of the facts."""
    op.add_column("journeys", sa.Column("scored_outcome", sa.Text))
    op.execute("UPDATE journeys SET triage_sequence = triage_sequence * 1000 WHERE triage_sequence > 0")
    op.execute("UPDATE event_log SET sequence = sequence * 1000 WHERE type = 'enquiry_triaged'")
