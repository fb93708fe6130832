"""Where an e-mail lay: what the server said of it there, and that the place may be another's since."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Keep how large the server says that a message is, and let one lose its place. No row is read or written for it.

    Programs of the release before name no size: such a message is fetched when its place is met again, and compared.
    """
    op.add_column("incoming_messages", sa.Column("server_size", sa.BigInteger))
    op.alter_column("incoming_messages", "uid", nullable=True)
