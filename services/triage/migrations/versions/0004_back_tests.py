"""Back-tests of criteria versions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "back_tests",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("criteria_version", sa.Text, sa.ForeignKey("criteria_versions.version"), nullable=False),
        sa.Column("against", sa.Text, sa.ForeignKey("criteria_versions.version")),
        sa.Column("period_from", MOMENT, nullable=False),
        sa.Column("period_to", MOMENT, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("seen", sa.Integer, nullable=False),
        sa.Column("place_at", MOMENT),
        sa.Column("place_id", sa.Uuid),
        sa.Column("tally", JSONB, nullable=False),
        sa.Column("result", JSONB),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'cancelled')", name="state"),
    )
    op.create_index("ix_back_tests_asked_at", "back_tests", ["asked_at", "id"])
    op.create_index(
        "ix_back_tests_open",
        "back_tests",
        ["asked_at"],
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
