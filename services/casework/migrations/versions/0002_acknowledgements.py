"""When referrals were acknowledged. A referral that is under way has its clock from its next move on."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_FROM_TIMELINE = """
UPDATE referrals SET acknowledged_at = (
    SELECT min(at) FROM timeline
    WHERE timeline."case" = referrals."case" AND detail ->> 'referral' = referrals.reference
    AND what IN ('referral_acknowledged', 'referral_information_requested', 'referral_decided')
)
"""


def upgrade() -> None:
    """Add the column, and fill it from the timelines, which have the same moments."""
    op.add_column("referrals", sa.Column("acknowledged_at", sa.DateTime(timezone=True)))
    op.execute(_FROM_TIMELINE)
