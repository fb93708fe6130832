"""Parties, enquiries and their words, contacts and outgoing messages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from chassis.tables import create_chassis_tables

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
SEARCHED = ("reference", "subject", "message", "enquirer_name")


def upgrade() -> None:
    """Make the first tables. pg_trgm finds words inside words; it is a trusted extension, the owner may create it."""
    create_chassis_tables(op)
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    _create_parties()
    _create_enquiries()
    _index_enquiries()
    _create_words()
    _create_contacts()
    _create_outgoing_messages()


def _create_parties() -> None:
    op.create_table(
        "parties",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_table(
        "party_identifiers",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, primary_key=True),
        sa.Column("party_id", sa.Uuid, sa.ForeignKey("parties.id"), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('email', 'phone')", name="kind"),
    )
    op.create_index(None, "party_identifiers", ["party_id"])


def _create_enquiries() -> None:
    op.create_table(
        "enquiries",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("via_portal", sa.Boolean, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("status_reason", sa.Text),
        sa.Column("status_since", MOMENT, nullable=False),
        sa.Column("party_id", sa.Uuid, sa.ForeignKey("parties.id")),
        sa.Column("matters", JSONB, nullable=False),
        sa.Column("service_sector", sa.Text),
        sa.Column("spin_out_stage", sa.Text),
        sa.Column("self_declared_readiness", sa.Text),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("facts_version", sa.Integer, nullable=False),
        sa.Column("consent", JSONB, nullable=False),
        sa.Column("heard_from", sa.Text),
        sa.Column("assessment", JSONB),
        sa.Column("outcome", sa.Text),
        sa.Column("assessed_facts_version", sa.Integer, nullable=False),
        sa.Column("assessed_at", MOMENT),
        sa.Column("case_reference", sa.Text),
        sa.Column("case_sequence", sa.BigInteger, nullable=False),
        sa.CheckConstraint(
            "status IN ('received', 'in_triage', 'awaiting_information', 'answered', 'case_open', 'closed', "
            "'withdrawn', 'duplicate')",
            name="status",
        ),
    )


def _index_enquiries() -> None:
    op.create_index(None, "enquiries", ["reference"], unique=True)
    op.create_index(None, "enquiries", ["received_at", "id"])
    op.create_index(None, "enquiries", ["status", "received_at", "id"])
    op.create_index(None, "enquiries", ["channel", "received_at", "id"])
    op.create_index(None, "enquiries", ["outcome", "received_at", "id"])
    op.create_index(None, "enquiries", ["party_id"])


def _create_words() -> None:
    op.create_table(
        "enquiry_words",
        sa.Column("reference", sa.Text, sa.ForeignKey("enquiries.reference"), primary_key=True),
        sa.Column("enquirer_name", sa.Text),
        sa.Column("enquirer_email", sa.Text),
        sa.Column("enquirer_phone", sa.Text),
        sa.Column("enquirer_kind", sa.Text, nullable=False),
        sa.Column("enquirer_job_title", sa.Text),
        sa.Column("enquirer_organisation", sa.Text),
        sa.Column("enquirer_parent_body_kind", sa.Text),
        sa.Column("enquirer_region", sa.Text),
        sa.Column("acting_for", JSONB),
        sa.Column("subject", sa.Text),
        sa.Column("message", sa.Text),
        sa.Column("portal", JSONB),
        sa.CheckConstraint("subject IS NOT NULL OR message IS NOT NULL", name="says_something"),
    )
    op.create_index(
        "ix_enquiry_words_search",
        "enquiry_words",
        [*SEARCHED],
        postgresql_using="gin",
        postgresql_ops=dict.fromkeys(SEARCHED, "gin_trgm_ops"),
    )


def _create_contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("enquiry_id", sa.Uuid, sa.ForeignKey("enquiries.id"), nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("succeeded", sa.Boolean),
        sa.Column("disposition", sa.Text, nullable=False),
        sa.Column("sources_used", JSONB, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
    )
    op.create_index(None, "contacts", ["enquiry_id", "started_at", "id"])


def _create_outgoing_messages() -> None:
    op.create_table(
        "outgoing_messages",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("enquiry_id", sa.Uuid, sa.ForeignKey("enquiries.id"), nullable=False),
        sa.Column("template", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("status IN ('queued', 'sent', 'failed')", name="status"),
    )
    op.create_index(None, "outgoing_messages", ["enquiry_id"])
    op.create_index(
        "ix_outgoing_messages_queued",
        "outgoing_messages",
        ["created_at"],
        postgresql_where=sa.text("status = 'queued'"),
    )
