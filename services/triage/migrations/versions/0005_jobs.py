"""Back-tests become one kind of job; overrides, re-scoring, challengers and drift; how enquiries end."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)
NOUGHT = sa.text("0")
_KINDS = "kind IN ('back_test', 'calibration', 'rescoring')"
_STATES = "state IN ('queued', 'running', 'proposed', 'applying', 'done', 'refused', 'failed', 'cancelled')"
_BY_TWO = "outcome <> 'refer' OR state <> 'in_force' OR (decided_by IS NOT NULL AND decided_by <> set_by)"
_OPEN = "state IN ('queued', 'running', 'applying')"


def upgrade() -> None:
    """Keep what there is under the new names, and make the new tables."""
    op.add_column("criteria_versions", sa.Column("population", JSONB))
    _widen_assessments()
    _widen_enquiries()
    _widen_jobs()
    _create_moves()
    _create_overrides()
    _create_challengers()
    _create_drift()


def _widen_assessments() -> None:
    op.add_column("assessments", sa.Column("verdict", sa.SmallInteger, nullable=False, server_default=NOUGHT))
    op.drop_index("uq_assessments_enquiry_facts_version", "assessments")
    columns = ["enquiry", "facts_version", "verdict"]
    op.create_index("uq_assessments_verdict", "assessments", columns, unique=True)


def _widen_enquiries() -> None:
    op.rename_table("case_results", "enquiries")
    op.execute("ALTER INDEX pk_case_results RENAME TO pk_enquiries")
    op.execute("ALTER TABLE enquiries RENAME CONSTRAINT ck_case_results_decision TO ck_enquiries_decision")
    op.alter_column("enquiries", "enquiry", new_column_name="reference")
    op.add_column("enquiries", sa.Column("facts_version", sa.Integer, nullable=False, server_default=NOUGHT))
    op.add_column("enquiries", sa.Column("verdict", sa.Integer, nullable=False, server_default=NOUGHT))
    op.add_column("enquiries", sa.Column("ended_as", sa.Text))
    op.add_column("enquiries", sa.Column("ended_sequence", sa.BigInteger, nullable=False, server_default=NOUGHT))


def _widen_jobs() -> None:
    op.rename_table("back_tests", "jobs")
    op.execute("ALTER INDEX pk_back_tests RENAME TO pk_jobs")
    for column in ("criteria_version", "against"):
        before, after = (f"fk_{table}_{column}" for table in ("back_tests", "jobs"))
        op.execute(f"ALTER TABLE jobs RENAME CONSTRAINT {before} TO {after}")
    op.add_column("jobs", sa.Column("kind", sa.Text, nullable=False, server_default="back_test"))
    op.alter_column("jobs", "kind", server_default=None)
    op.add_column("jobs", sa.Column("wishes", JSONB, nullable=False, server_default=sa.text("'{}'")))
    op.add_column("jobs", sa.Column("attempts", sa.Integer, nullable=False, server_default=NOUGHT))
    op.execute("ALTER TABLE jobs DROP CONSTRAINT ck_back_tests_state")
    op.create_check_constraint("kind", "jobs", _KINDS)
    op.create_check_constraint("state", "jobs", _STATES)
    op.drop_index("ix_back_tests_asked_at", "jobs")
    op.drop_index("ix_back_tests_open", "jobs")
    op.create_index("ix_jobs_kind", "jobs", ["kind", "asked_at", "id"])
    op.create_index("ix_jobs_open", "jobs", ["asked_at"], postgresql_where=sa.text(_OPEN))


def _create_moves() -> None:
    op.create_table(
        "moves",
        sa.Column("job", sa.Uuid, sa.ForeignKey("jobs.id"), primary_key=True),
        sa.Column("enquiry", sa.Text, primary_key=True),
        sa.Column("assessment", sa.Uuid, sa.ForeignKey("assessments.id"), nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.CheckConstraint("state IN ('proposed', 'applied', 'passed_over')", name="state"),
    )


def _create_overrides() -> None:
    op.create_table(
        "overrides",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("enquiry", sa.Text, nullable=False),
        sa.Column("facts_version", sa.Integer, nullable=False),
        sa.Column("assessment", sa.Uuid, sa.ForeignKey("assessments.id"), nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("scored_outcome", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("set_by", sa.Text, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_at", MOMENT),
        sa.Column("decided_reason", sa.Text),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.CheckConstraint("state IN ('proposed', 'in_force', 'withdrawn')", name="state"),
        sa.CheckConstraint(
            "outcome <> 'refer' OR state <> 'in_force' OR (decided_by IS NOT NULL AND decided_by <> set_by)",
            name="by_two_people",
        ),
    )
    is_open = sa.text("state IN ('proposed', 'in_force')")
    one = ["enquiry", "facts_version"]
    op.create_index("uq_overrides_one_open", "overrides", one, unique=True, postgresql_where=is_open)
    op.create_index("ix_overrides_enquiry", "overrides", ["enquiry", "set_at", "id"])
    op.create_index("ix_overrides_set_at", "overrides", ["set_at", "id"])


def _create_challengers() -> None:
    op.create_table(
        "challengers",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("criteria_version", sa.Text, sa.ForeignKey("criteria_versions.version"), nullable=False),
        sa.Column("set_by", sa.Text, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("place_at", MOMENT, nullable=False),
        sa.Column("place_id", sa.Uuid, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.execute("CREATE UNIQUE INDEX uq_challengers_one ON challengers ((ended_at IS NULL)) WHERE ended_at IS NULL")
    op.create_table(
        "challenger_days",
        sa.Column("challenger", sa.Uuid, sa.ForeignKey("challengers.id"), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("tally", JSONB, nullable=False),
    )


def _create_drift() -> None:
    op.create_table(
        "drift",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("criterion", sa.Text, primary_key=True),
        sa.Column("criteria_version", sa.Text, sa.ForeignKey("criteria_versions.version"), nullable=False),
        sa.Column("stability_index", sa.Float),
        sa.Column("seen", sa.Integer, nullable=False),
        sa.Column("warns", sa.Boolean, nullable=False),
    )
