"""Which parties are seen as one. A merge is a link from the absorbed party to another, and is followed on reading."""

import uuid
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import ColumnElement, CompoundSelect, TextClause, select, text, union_all
from sqlalchemy.orm import Session, aliased

from services.intake.models import Enquiry, Party

# A level of links at a time: few parties have one, and the planner would read them all for a recursive statement.
# Circles cannot be made (`domain/parties.py`), so that both ways end.
_UP = text("""
SELECT id, merged_into FROM parties
WHERE id = ANY (CAST(CAST(:parties AS text[]) AS uuid[])) AND merged_into IS NOT NULL
""")
_DOWN = text("""
SELECT id, merged_into FROM parties WHERE merged_into = ANY (CAST(CAST(:parties AS text[]) AS uuid[]))
""")

# The same for a statement that has to be one: part of a `WITH RECURSIVE`, after `asking (id)`, which names parties,
# once or several times. `family (asked, id)` are all that are seen as one with each of them. Links are followed one by
# one (OFFSET 0 keeps the planner from joining all parties).
FAMILY = """
up (asked, id, merged_into) AS (
    SELECT own.id, own.id, own.merged_into FROM asking
    CROSS JOIN LATERAL (SELECT id, merged_into FROM parties WHERE id = asking.id OFFSET 0) AS own
    UNION
    SELECT up.asked, into_.id, into_.merged_into FROM up
    CROSS JOIN LATERAL (SELECT id, merged_into FROM parties WHERE id = up.merged_into OFFSET 0) AS into_
), family (asked, id) AS (
    SELECT asked, id FROM up WHERE merged_into IS NULL
    UNION ALL
    SELECT family.asked, member.id FROM family
    CROSS JOIN LATERAL (SELECT id FROM parties WHERE merged_into = family.id OFFSET 0) AS member
)"""


def survivors(session: Session, parties: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The party as which each of these is seen: itself, or the one at the end of its links."""
    seen_as = {party: party for party in parties}
    reached = {*seen_as}
    while reached:
        links = _links(session, _UP, reached)
        seen_as = {party: links.get(so_far, so_far) for party, so_far in seen_as.items()}
        reached = {*links.values()}
    return seen_as


def members(session: Session, parties: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Each of these parties with all that were merged into it, directly or not; itself first."""
    found = {party: [party] for party in parties}
    level = {party: [party] for party in found}
    while level:
        level = {one: level[into] for one, into in _links(session, _DOWN, level).items()}
        for one, seen_as in level.items():
            for party in seen_as:
                found[party].append(one)
    return found


def lock(session: Session, parties: Iterable[uuid.UUID]) -> list[Party]:
    """These parties as they are now, locked in one order however they are named, and given in it."""
    statement = select(Party).where(Party.id.in_(parties)).order_by(Party.id)
    return list(session.scalars(statement.with_for_update(key_share=True).execution_options(populate_existing=True)))


def lock_together(session: Session, parties: Collection[uuid.UUID]) -> dict[uuid.UUID, Party]:
    """All that are seen as one with any of these parties, by id, locked as by `lock`.

    While it waited, some may have been merged into others. Then it lets go and begins anew with all of them: whoever
    locked those out of order could wait for somebody who waits for it.
    """
    together = _together(session, parties)
    while True:
        with session.begin_nested() as held:
            locked = lock(session, together)
            meanwhile = _together(session, together)
            if meanwhile <= together:
                return {party.id: party for party in locked}
            held.rollback()
        together = meanwhile


def enquiries_beside(session: Session, enquiry: Enquiry) -> Sequence[str]:
    """The references of an enquiry and of all others whose parties are seen as one with its party."""
    if enquiry.party_id is None:
        return [enquiry.reference]
    return enquiries_of(session, enquiry.party_id)


def enquiries_of(session: Session, party: uuid.UUID) -> Sequence[str]:
    """The references of all enquiries whose parties are seen as one with a party."""
    return session.scalars(select(Enquiry.reference).where(Enquiry.party_id.in_(_together(session, [party])))).all()


def _together(session: Session, parties: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """All that are seen as one with any of these parties, themselves among them."""
    seen_as = {*survivors(session, parties).values()}
    return {one for everybody in members(session, seen_as).values() for one in everybody}


def _links(session: Session, statement: TextClause, parties: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    rows = session.execute(statement, {"parties": [str(party) for party in parties]})
    return {row.id: row.merged_into for row in rows}


def surviving(*conditions: ColumnElement[bool]) -> CompoundSelect[uuid.UUID]:
    """The ids of the parties that fulfil the conditions themselves, or as which one is seen that does.

    Links are followed for those alone that have one: few of many.
    """
    itself = select(Party.id).where(Party.merged_into.is_(None), *conditions)
    merged = select(Party.id, Party.merged_into).where(Party.merged_into.is_not(None), *conditions)
    way, next_one = merged.cte(recursive=True), aliased(Party)
    way = way.union(select(next_one.id, next_one.merged_into).join(way, next_one.id == way.c.merged_into))
    return union_all(itself, select(way.c.id).where(way.c.merged_into.is_(None)))
