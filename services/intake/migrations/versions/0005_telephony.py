"""The telephone channel: numbers in the words of enquiries can be found by their last digits."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"

PHONE_TAIL = "right(regexp_replace(enquirer_phone, '[xXeE#].*$|[^0-9]', '', 'g'), 7)"


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_enquiry_words_phone_tail", "enquiry_words", [sa.text(PHONE_TAIL)])
