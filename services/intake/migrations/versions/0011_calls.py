"""Calls of an exchange that gives its ids out again."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Let a call keep the id that another one took over.

    The release before goes on: it knows a call by an id that one call alone bears, and makes it by that.
    """
    op.add_column("calls", sa.Column("former_exchange_id", sa.Text))
    op.alter_column("calls", "exchange_id", nullable=True)
    op.create_check_constraint("bears_an_id", "calls", "num_nonnulls(exchange_id, former_exchange_id) = 1")
    op.create_index("ix_calls_by_exchange", "calls", [sa.text("coalesce(exchange_id, former_exchange_id)"), "began_at"])
