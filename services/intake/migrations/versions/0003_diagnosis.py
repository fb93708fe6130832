"""Guided diagnoses of enquiries, and the scripts by which they go."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "diagnosis_scripts",
        sa.Column("version", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("imported_by", sa.Text, nullable=False),
        sa.Column("imported_at", MOMENT, nullable=False),
    )
    op.create_index(None, "diagnosis_scripts", ["position"], unique=True)
    op.create_table(
        "diagnoses",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("enquiry", sa.Text, sa.ForeignKey("enquiries.reference"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("script_version", sa.Text, sa.ForeignKey("diagnosis_scripts.version"), nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("path", JSONB, nullable=False),
        sa.Column("scope", sa.Text),
        sa.Column("started_by", sa.Text, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.CheckConstraint("status IN ('open', 'finished', 'abandoned')", name="status"),
        sa.CheckConstraint("scope IN ('in_scope', 'out_of_scope', 'unknown', 'contact_needed')", name="scope"),
    )
    op.create_index(None, "diagnoses", ["enquiry", "version"], unique=True)
    op.create_index(
        "uq_diagnoses_one_open",
        "diagnoses",
        ["enquiry"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )
