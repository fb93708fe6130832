"""Criteria versions and assessments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from chassis.tables import create_chassis_tables

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the first tables."""
    create_chassis_tables(op)
    _create_criteria_versions()
    _create_assessments()


def _create_criteria_versions() -> None:
    op.create_table(
        "criteria_versions",
        sa.Column("version", sa.Text, primary_key=True),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("agreed_by", sa.Text),
        sa.Column("agreed_at", MOMENT),
        sa.Column("active_from", MOMENT),
        sa.Column("superseded_at", MOMENT),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.CheckConstraint("state IN ('draft', 'agreed', 'active', 'superseded', 'withdrawn')", name="state"),
        sa.CheckConstraint("agreed_by <> author", name="agreed_by_another"),
    )
    op.create_index("ix_criteria_versions_created_at", "criteria_versions", ["created_at", "version"])
    op.create_index(
        "uq_criteria_versions_one_active",
        "criteria_versions",
        ["state"],
        unique=True,
        postgresql_where=sa.text("state = 'active'"),
    )


def _create_assessments() -> None:
    op.create_table(
        "assessments",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("enquiry", sa.Text, nullable=False),
        sa.Column("facts_version", sa.Integer, nullable=False),
        sa.Column("criteria_version", sa.Text, sa.ForeignKey("criteria_versions.version"), nullable=False),
        sa.Column("criteria_sha256", sa.Text, nullable=False),
        sa.Column("spin_out_stage", sa.Text),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("profile", JSONB, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("score_low", sa.SmallInteger, nullable=False),
        sa.Column("score_high", sa.SmallInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("explanation", JSONB, nullable=False),
        sa.Column("what_would_change_it", JSONB, nullable=False),
        sa.Column("questions", JSONB, nullable=False),
        sa.Column("signpost", sa.Text),
        sa.Column("triaged_at", MOMENT, nullable=False),
        sa.CheckConstraint("0 <= score_low AND score_low <= score_high AND score_high <= 400", name="score"),
    )
    op.create_index("uq_assessments_enquiry_facts_version", "assessments", ["enquiry", "facts_version"], unique=True)
    op.create_index("ix_assessments_enquiry", "assessments", ["enquiry", "triaged_at", "id"])
    op.create_index("ix_assessments_triaged_at", "assessments", ["triaged_at"])
    op.create_index("ix_assessments_criteria_version", "assessments", ["criteria_version", "triaged_at"])
