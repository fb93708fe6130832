"""Parties: kind, name as it is found, merging, verified identifiers, what people did, and possible duplicates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from services.intake.domain.names import folded, organisation_key

revision = "0006"
down_revision = "0005"

MOMENT = sa.DateTime(timezone=True)
CHUNK = 5_000


def upgrade() -> None:
    """Give parties and identifiers their new columns, with defaults for programs of the release before."""
    _extend_parties()
    _fold()
    op.create_index(None, "parties", ["created_at", "id"])
    op.create_index(
        None, "parties", ["folded_name"], postgresql_using="gin", postgresql_ops={"folded_name": "gin_trgm_ops"}
    )
    op.create_index(None, "parties", ["organisation_key"])
    op.create_index(None, "parties", ["merged_into"])
    op.create_index(None, "parties", ["examine_at"], postgresql_where=sa.text("merged_into IS NULL"))
    _extend_identifiers()
    _create_changes()
    _create_pairs()


def _extend_parties() -> None:
    op.add_column("parties", sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1")))
    op.add_column("parties", sa.Column("kind", sa.Text, nullable=False, server_default=sa.text("'person'")))
    op.add_column("parties", sa.Column("folded_name", sa.Text))
    op.add_column("parties", sa.Column("organisation_key", sa.Text))
    op.add_column("parties", sa.Column("merged_into", sa.Uuid, sa.ForeignKey("parties.id")))
    # Those that are there wait their turn; those that come from now on are new, and go before them.
    op.add_column("parties", sa.Column("examine_at", MOMENT, nullable=False, server_default=sa.func.now()))
    op.alter_column("parties", "examine_at", server_default=sa.text("'epoch'"))
    op.create_check_constraint("kind", "parties", "kind IN ('person', 'organisation')")
    op.create_check_constraint("not_into_itself", "parties", "merged_into <> id")


def _fold() -> None:
    """Fold the names of the parties that are there, in Python as those to come, a few thousand at a time."""
    parties = sa.text("""
        SELECT parties.id, parties.name, first.organisation
        FROM parties LEFT JOIN LATERAL (
            SELECT words.enquirer_organisation AS organisation
            FROM enquiries JOIN enquiry_words AS words ON words.reference = enquiries.reference
            WHERE enquiries.party_id = parties.id ORDER BY enquiries.created_at, enquiries.id LIMIT 1
        ) AS first ON true
        WHERE CAST(:after AS uuid) IS NULL OR parties.id > CAST(:after AS uuid) ORDER BY parties.id LIMIT :chunk
    """)
    fold = sa.text("""
        UPDATE parties SET folded_name = one.name, organisation_key = one.key
        FROM unnest(CAST(CAST(:ids AS text[]) AS uuid[]), CAST(:names AS text[]), CAST(:keys AS text[]))
            AS one (id, name, key)
        WHERE parties.id = one.id
    """)
    connection, after = op.get_bind(), None
    while rows := connection.execute(parties, {"after": after, "chunk": CHUNK}).all():
        names = [folded(row.name or "") or None for row in rows]
        keys = [organisation_key(row.organisation) for row in rows]
        connection.execute(fold, {"ids": [str(row.id) for row in rows], "names": names, "keys": keys})
        after = rows[-1].id


def _extend_identifiers() -> None:
    table = "party_identifiers"
    op.add_column(table, sa.Column("id", sa.Uuid, nullable=False, server_default=sa.func.gen_random_uuid()))
    op.add_column(table, sa.Column("verified_on", sa.Date))
    op.add_column(table, sa.Column("verified_by", sa.Text))
    op.add_column(table, sa.Column("verified_how", sa.Text))
    codes = "'rang_back', 'wrote_back', 'in_person', 'published'"
    op.create_check_constraint("verified_how", table, f"verified_how IN ({codes})")
    op.create_check_constraint("verified", table, "num_nulls(verified_on, verified_by, verified_how) IN (0, 3)")
    op.create_index(None, table, ["id"], unique=True)
    op.create_index(
        "ix_party_identifiers_mailbox",
        table,
        [sa.text("split_part(value, '@', 1)")],
        postgresql_where=sa.text("kind = 'email'"),
    )


def _create_changes() -> None:
    op.create_table(
        "party_changes",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("party_id", sa.Uuid, sa.ForeignKey("parties.id"), nullable=False),
        sa.Column("change", sa.Text, nullable=False),
        sa.Column("other_id", sa.Uuid, sa.ForeignKey("parties.id")),
        sa.Column("reason", sa.Text),
        sa.Column("before", sa.Text),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "change IN ('name', 'kind', 'identifier_added', 'identifier_verified', 'identifier_removed', 'merged', "
            "'absorbed', 'unmerged', 'released', 'kept_apart')",
            name="change",
        ),
    )
    op.create_index(None, "party_changes", ["party_id", "made_at", "id"])


def _create_pairs() -> None:
    op.create_table(
        "party_suggestions",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("lower_id", sa.Uuid, sa.ForeignKey("parties.id"), nullable=False),
        sa.Column("higher_id", sa.Uuid, sa.ForeignKey("parties.id"), nullable=False),
        sa.Column("score", sa.Integer, nullable=False),
        sa.Column("reasons", JSONB, nullable=False),
        sa.Column("found_at", MOMENT, nullable=False),
        sa.CheckConstraint("lower_id < higher_id", name="ordered"),
    )
    op.create_index(None, "party_suggestions", ["lower_id", "higher_id"], unique=True)
    op.create_index(None, "party_suggestions", ["higher_id"])
    op.create_index(None, "party_suggestions", ["found_at", "id"])
    op.create_table(
        "party_dismissals",
        sa.Column("lower_id", sa.Uuid, sa.ForeignKey("parties.id"), primary_key=True),
        sa.Column("higher_id", sa.Uuid, sa.ForeignKey("parties.id"), primary_key=True),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("judged_by", sa.Text, nullable=False),
        sa.Column("judged_at", MOMENT, nullable=False),
        sa.CheckConstraint("lower_id < higher_id", name="ordered"),
    )
    op.create_index(None, "party_dismissals", ["higher_id"])
    op.create_index(None, "party_dismissals", ["id"], unique=True)
