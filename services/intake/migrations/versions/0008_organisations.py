"""The register of public bodies, and which of them an enquiry comes from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0008"
down_revision = "0007"

MOMENT = sa.DateTime(timezone=True)
TEXTS = ARRAY(sa.Text)


def upgrade() -> None:
    """Make the register's tables, and give enquiries the key of the body that was chosen."""
    _create_organisations()
    _create_names()
    op.create_table(
        "organisation_domains",
        sa.Column("domain", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, sa.ForeignKey("organisations.key"), nullable=False),
    )
    op.create_index(None, "organisation_domains", ["key"])
    op.create_table(
        "organisation_imports",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("imported_by", sa.Text, nullable=False),
        sa.Column("imported_at", MOMENT, nullable=False),
        sa.Column("added", sa.Integer, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False),
    )
    op.add_column("enquiries", sa.Column("organisation_key", sa.Text, sa.ForeignKey("organisations.key")))
    op.add_column("enquiries", sa.Column("enquirer_from_register", JSONB))


def _create_organisations() -> None:
    op.create_table(
        "organisations",
        sa.Column("key", sa.Text(collation="C"), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("other_names", TEXTS, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("region", sa.Text),
        sa.Column("domains", TEXTS, nullable=False),
        sa.Column("dissolved_on", sa.Date),
        sa.Column("successor", sa.Text, sa.ForeignKey("organisations.key", deferrable=True, initially="DEFERRED")),
        sa.Column("updated_at", MOMENT, nullable=False),
    )
    op.create_index(None, "organisations", ["successor"])


def _create_names() -> None:
    op.create_table(
        "organisation_names",
        sa.Column("key", sa.Text, sa.ForeignKey("organisations.key"), primary_key=True),
        sa.Column("form", sa.Text, primary_key=True),
    )
    trigrams = {"form": "gin_trgm_ops"}
    op.create_index(
        "ix_organisation_names_form", "organisation_names", ["form"], postgresql_using="gin", postgresql_ops=trigrams
    )
