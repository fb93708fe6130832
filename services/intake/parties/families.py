"""Which parties are seen as one. A merge is a link from the absorbed party to another, and is followed on reading."""

import uuid
from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import ColumnElement, CompoundSelect, select, text, union_all
from sqlalchemy.orm import Session, aliased

from services.intake.models import Party

# Circles cannot be made (`domain/parties.py`), so that both ways end.
_SURVIVORS = text("""
WITH RECURSIVE way (party, reached, next) AS (
    SELECT parties.id, parties.id, parties.merged_into
    FROM parties WHERE parties.id = ANY (CAST(CAST(:parties AS text[]) AS uuid[]))
    UNION ALL
    SELECT way.party, parties.id, parties.merged_into FROM way JOIN parties ON parties.id = way.next
)
SELECT party, reached FROM way WHERE next IS NULL
""")
_MEMBERS = text("""
WITH RECURSIVE family (party, member) AS (
    SELECT asked.party, asked.party FROM unnest(CAST(CAST(:parties AS text[]) AS uuid[])) AS asked (party)
    UNION ALL
    SELECT family.party, parties.id FROM family JOIN parties ON parties.merged_into = family.member
)
SELECT party, member FROM family
""")


def survivors(session: Session, parties: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The party as which each of these is seen: itself, or the one at the end of its links."""
    rows = session.execute(_SURVIVORS, {"parties": [str(party) for party in parties]})
    return {row.party: row.reached for row in rows}


def members(session: Session, parties: Collection[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Each of these parties with all that were merged into it, directly or not; itself first."""
    found: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for party, member in session.execute(_MEMBERS, {"parties": [str(party) for party in parties]}):
        found[party].append(member)
    return found


def surviving(*conditions: ColumnElement[bool]) -> CompoundSelect[uuid.UUID]:
    """The ids of the parties that fulfil the conditions themselves, or as which one is seen that does.

    Links are followed for those alone that have one: few of many.
    """
    itself = select(Party.id).where(Party.merged_into.is_(None), *conditions)
    merged = select(Party.id, Party.merged_into).where(Party.merged_into.is_not(None), *conditions)
    way, next_one = merged.cte(recursive=True), aliased(Party)
    way = way.union(select(next_one.id, next_one.merged_into).join(way, next_one.id == way.c.merged_into))
    return union_all(itself, select(way.c.id).where(way.c.merged_into.is_(None)))
