"""Resources and their versions, signposts, and what is known of enquiries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

from chassis.tables import create_chassis_tables

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
CODES = ARRAY(sa.Text)


def upgrade() -> None:
    """Make the first tables. pg_trgm finds what is misspelt; it is a trusted extension, the owner may create it."""
    create_chassis_tables(op)
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    _create_resources()
    _index_resources()
    _create_words()
    _create_versions()
    _create_signposts()
    _create_enquiries()


def _create_resources() -> None:
    op.create_table(
        "resources",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("publisher", sa.Text, nullable=False),
        sa.Column("matters", CODES, nullable=False),
        sa.Column("stages", CODES, nullable=False),
        sa.Column("sectors", CODES, nullable=False),
        sa.Column("regions", CODES, nullable=False),
        sa.Column("audience", CODES, nullable=False),
        sa.Column("assured_by", sa.Text),
        sa.Column("assured_on", sa.Date),
        sa.Column("review_by", sa.Date),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("retired_at", MOMENT),
        sa.Column("retired_because", sa.Text),
        sa.Column("helped_yes", sa.Integer, nullable=False),
        sa.Column("helped_partly", sa.Integer, nullable=False),
        sa.Column("helped_no", sa.Integer, nullable=False),
        sa.Column("search", TSVECTOR, nullable=False),
        sa.CheckConstraint("(assured_by IS NULL) = (assured_on IS NULL)", name="assured"),
        sa.CheckConstraint("(retired_at IS NULL) = (retired_because IS NULL)", name="retired"),
    )


def _index_resources() -> None:
    in_use = sa.text("retired_at IS NULL")
    op.create_index("uq_resources_address", "resources", ["address"], unique=True, postgresql_where=in_use)
    op.create_index("ix_resources_search", "resources", ["search"], postgresql_using="gin")


def _create_words() -> None:
    op.create_table("words", sa.Column("word", sa.Text, primary_key=True))
    trigrams = {"word": "gin_trgm_ops"}
    op.create_index("ix_words_trigrams", "words", ["word"], postgresql_using="gin", postgresql_ops=trigrams)


def _create_versions() -> None:
    op.create_table(
        "resource_versions",
        sa.Column("resource_id", sa.Uuid, sa.ForeignKey("resources.id"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
    )


def _create_signposts() -> None:
    op.create_table(
        "signposts",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("enquiry", sa.Text, nullable=False),
        sa.Column("resource_id", sa.Uuid, nullable=False),
        sa.Column("resource_version", sa.Integer, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("given_by", sa.Text, nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("helped", sa.Text),
        sa.Column("answered_by", sa.Text),
        sa.Column("answered_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["resource_id", "resource_version"],
            ["resource_versions.resource_id", "resource_versions.version"],
            name="fk_signposts_resource_version",
        ),
        sa.CheckConstraint("helped IN ('yes', 'partly', 'no')", name="helped"),
        sa.CheckConstraint("(helped IS NULL) = (answered_at IS NULL)", name="answered"),
    )
    op.create_index("ix_signposts_enquiry", "signposts", ["enquiry", "given_at", "id"])
    op.create_index("ix_signposts_resource", "signposts", ["resource_id", "resource_version"])


def _create_enquiries() -> None:
    op.create_table(
        "enquiries",
        sa.Column("reference", sa.Text, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("matters", CODES, nullable=False),
        sa.Column("stages", CODES, nullable=False),
        sa.Column("sectors", CODES, nullable=False),
        sa.Column("regions", CODES, nullable=False),
    )
