"""The history of criteria versions, with reasons; versions that are there get theirs from what is known of them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table and fill it."""
    op.create_table(
        "criteria_steps",
        sa.Column("position", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("version", sa.Text, sa.ForeignKey("criteria_versions.version"), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("active_from", MOMENT),
    )
    op.create_index("ix_criteria_steps_version", "criteria_steps", ["version", "position"])
    op.execute("""
        INSERT INTO criteria_steps (version, state, at, "by")
        SELECT version, step.state, step.at, step.by
        FROM criteria_versions, LATERAL (VALUES
            (1, 'draft', created_at, author),
            (2, 'agreed', agreed_at, agreed_by),
            (3, 'active', active_from, agreed_by),
            (4, 'superseded', superseded_at, NULL)
        ) AS step (place, state, at, by)
        WHERE step.at IS NOT NULL
        ORDER BY version, step.place
    """)
