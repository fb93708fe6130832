"""Consent act by act, what is safe for the enquirer, and messages that are withheld for either.

Of enquiries that are there already nobody knows the words that were put to the enquirer, so their history begins with
the next act. What they agreed to stands as it is.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"

MOMENT = sa.DateTime(timezone=True)
MESSAGES = "outgoing_messages"

APPEND_ONLY = (
    """
CREATE FUNCTION refuse_change_of_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'what was said of consent is never changed: record the next act'; END $$
""",
    """
CREATE TRIGGER append_only BEFORE UPDATE ON consents
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_consent()
""",
)


def upgrade() -> None:
    """Make the table and the column, and let messages be withheld."""
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("enquiry", sa.Text, sa.ForeignKey("enquiries.reference"), nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("wording_version", sa.Text, nullable=False),
        sa.Column("wording_sha256", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("acted_at", MOMENT, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint("purpose IN ('contact', 'share_with_cabinet_office', 'research')", name="purpose"),
        sa.CheckConstraint("act IN ('given', 'refused', 'withdrawn')", name="act"),
    )
    op.create_index(None, "consents", ["enquiry", "acted_at", "id"])
    for statement in APPEND_ONLY:
        op.execute(statement)
    op.add_column("enquiry_words", sa.Column("safe_to_contact", JSONB))
    op.drop_constraint("status", MESSAGES, type_="check")
    op.create_check_constraint("status", MESSAGES, "status IN ('queued', 'sent', 'failed', 'bounced', 'withheld')")
