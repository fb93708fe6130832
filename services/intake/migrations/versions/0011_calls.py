"""Calls of an exchange that gives its ids out again; numbers found in whatever form and script they were typed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

# Noughts to nines of Arabic, Persian, Devanagari, Bengali, Gurmukhi and Gujarati.
DIGITS = "".join(chr(nought + digit) for nought in (0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6) for digit in range(10))
ASCII = "0123456789" * 6
BETWEEN = r"-+ ().\[\]/\u00AD\u200B\u2010-\u2015\u2053\u2060\u2212\u223C\u30FC"
PHONE_TAIL = (
    "right(regexp_replace(regexp_replace(regexp_replace("
    f"translate(normalize(enquirer_phone, NFKC), '{DIGITS}', '{ASCII}'), '[- ]+[0-9]{{1,6}}#$', ''), "
    rf"'([0-9][{BETWEEN}]*)[^{BETWEEN}0-9].*$', '\1'), '[^0-9]', '', 'g'), 7)"
)
# Of several that come to one form one takes it; whoever else has it is found as behind the same switchboard.
NORMALISE = f"""
UPDATE party_identifiers SET value = typed.plain FROM (
    SELECT DISTINCT ON (plain) id, plain FROM (
        SELECT id, created_at, translate(normalize(value, NFKC), '{DIGITS}', '{ASCII}') AS plain
        FROM party_identifiers WHERE kind = 'phone' AND value ~ '[^+x0-9]'
    ) AS every ORDER BY plain, created_at, id
) AS typed
WHERE party_identifiers.id = typed.id
AND NOT EXISTS (SELECT FROM party_identifiers AS held WHERE held.kind = 'phone' AND held.value = typed.plain)
"""  # noqa: S608 - digits alone


def upgrade() -> None:
    """Let a call keep the id that another one took over, and bring numbers to one form.

    The release before goes on: it knows a call by an id that one call alone bears, and makes it by that.
    """
    op.add_column("calls", sa.Column("former_exchange_id", sa.Text))
    op.alter_column("calls", "exchange_id", nullable=True)
    op.create_check_constraint("bears_an_id", "calls", "num_nonnulls(exchange_id, former_exchange_id) = 1")
    op.create_index("ix_calls_by_exchange", "calls", [sa.text("coalesce(exchange_id, former_exchange_id)"), "began_at"])
    op.drop_index("ix_calls_not_written_up", "calls")
    without_record = sa.text("written_up_at IS NULL")
    op.create_index("ix_calls_not_written_up", "calls", ["created_at", "id"], postgresql_where=without_record)
    op.execute(NORMALISE)
    op.create_index("ix_enquiry_words_phone_digits", "enquiry_words", [sa.text(PHONE_TAIL)])
    op.drop_index("ix_enquiry_words_phone_tail", "enquiry_words")
