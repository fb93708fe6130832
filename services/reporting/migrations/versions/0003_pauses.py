"""When the enquirer owed the next action, and working time in ticks and, for referrals, in each division.

Waits for information no longer rest a clock. Rows that are there keep their seconds, as England and Wales counted
them, until a rebuild: run `spinout reporting rebuild`.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0003"
down_revision = "0002"

_TICKS_OF_A_SECOND = 2_000_000


def upgrade() -> None:
    """Add the columns, widen the numbers and drop what is not counted any more."""
    op.drop_table("referral_waits")
    op.add_column("journeys", sa.Column("division", sa.Text))
    op.add_column("journeys", sa.Column("paused_worked", ARRAY(sa.BigInteger)))
    never, nobody = sa.text("-1"), sa.text("'00000000-0000-0000-0000-000000000000'")
    op.add_column("journeys", sa.Column("pauses_sequence", sa.BigInteger, nullable=False, server_default=never))
    op.add_column("journeys", sa.Column("pauses_event", sa.Uuid, nullable=False, server_default=nobody))
    for name in ("received", "ended", "first_triaged", "first_reply"):
        ticks = f"{name}_worked * {_TICKS_OF_A_SECOND}"
        op.alter_column("journeys", f"{name}_worked", type_=sa.BigInteger, postgresql_using=ticks)
    for name in ("sent", "decided", "acknowledged", "withdrawn"):
        column = f"{name}_worked"
        ticks = f"array_fill({column} * {_TICKS_OF_A_SECOND}, ARRAY[3])"
        everywhere = f"CASE WHEN {column} IS NOT NULL THEN {ticks} END"
        op.alter_column("referrals", column, type_=ARRAY(sa.BigInteger), postgresql_using=everywhere)
