"""Enquiries heard of, cases and all that belongs to them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from chassis.tables import create_chassis_tables

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
FILTERED = ("status", "assignee", "requires_action_by", "outcome", "spin_out_stage")


def upgrade() -> None:
    """Make the first tables. pg_trgm finds words inside words; it is a trusted extension, the owner may create it."""
    create_chassis_tables(op)
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.create_table(
        "enquiries",
        sa.Column("reference", sa.Text, primary_key=True),
        sa.Column("facts_version", sa.Integer, server_default=sa.text("0"), nullable=False),
        sa.Column("withdrawn_at", MOMENT),
    )
    _create_cases()
    _create_notes_and_contacts()
    _create_tasks_and_evidence()
    _create_closings_and_referrals()
    _create_clocks_and_timeline()


def _create_cases() -> None:
    op.create_table(
        "cases",
        sa.Column("reference", sa.Text, primary_key=True),
        sa.Column("enquiry", sa.Text, nullable=False, unique=True),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("assignee", sa.Text),
        sa.Column("requires_action_by", sa.Text, nullable=False),
        sa.Column("spin_out_stage", sa.Text),
        sa.Column("facts_version", sa.Integer, nullable=False),
        sa.Column("criteria_version", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("score", JSONB),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("profile", JSONB, nullable=False),
        sa.Column("assessed_stage", sa.Text),
        sa.Column("division", sa.Text, nullable=False),
        sa.Column("pauses", JSONB, nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("enquiry_withdrawn_at", MOMENT),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint("status IN ('open', 'on_hold', 'closed')", name="status"),
    )
    op.create_index(None, "cases", ["opened_at", "reference"])
    for column in FILTERED:
        op.create_index(None, "cases", [column, "opened_at", "reference"])
    op.create_index(None, "cases", ["due_at"])


def _create_notes_and_contacts() -> None:
    _create_part(
        "notes",
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("added_by", sa.Text, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        searched="text",
    )
    _create_part(
        "contacts",
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("disposition", sa.Text, nullable=False),
        sa.Column("succeeded", sa.Boolean, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("sources_used", JSONB, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        searched="note",
    )


def _create_tasks_and_evidence() -> None:
    _create_part(
        "tasks",
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("due_on", sa.Date),
        sa.Column("assignee", sa.Text),
        sa.Column("added_by", sa.Text, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("completed_by", sa.Text),
        sa.Column("completed_at", MOMENT),
        sa.Column("version", sa.Integer, nullable=False),
        searched="title",
    )
    _create_part(
        "evidence",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("category", sa.Text),
        sa.Column("grade", sa.Text, nullable=False),
        sa.Column("source_words", sa.Text, nullable=False),
        sa.Column("observed_on", sa.Date, nullable=False),
        sa.Column("spin_out_stage", sa.Text),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        searched="source_words",
    )


def _create_closings_and_referrals() -> None:
    _create_part(
        "closings",
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("closed_by", sa.Text, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=False),
        sa.Column("reopened_by", sa.Text),
        sa.Column("reopened_at", MOMENT),
        sa.Column("reopened_because", sa.Text),
    )
    op.create_table(
        "referrals",
        sa.Column("reference", sa.Text, primary_key=True),
        sa.Column("case", sa.Text, sa.ForeignKey("cases.reference"), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("sent_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("decided", sa.Boolean, nullable=False),
    )
    op.create_index(None, "referrals", ["case"])


def _create_clocks_and_timeline() -> None:
    op.create_table(
        "clocks",
        sa.Column("case", sa.Text, sa.ForeignKey("cases.reference"), primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("target_seconds", sa.Integer, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("reached", sa.Boolean, nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("segments", JSONB, nullable=False),
    )
    op.create_table(
        "timeline",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("case", sa.Text, sa.ForeignKey("cases.reference"), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("detail", JSONB, nullable=False),
    )
    op.create_index(None, "timeline", ["case", "at", "id"])


def _create_part(name: str, *columns: sa.Column[object], searched: str | None = None) -> None:
    """A table of things that belong to a case, found by it and, where they hold words, by the words inside."""
    case = sa.Column("case", sa.Text, sa.ForeignKey("cases.reference"), nullable=False)
    op.create_table(name, sa.Column("id", sa.Uuid, primary_key=True), case, *columns)
    op.create_index(None, name, ["case"])
    if searched:
        op.create_index(None, name, [searched], postgresql_using="gin", postgresql_ops={searched: "gin_trgm_ops"})
