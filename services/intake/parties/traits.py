"""What parties are known by, and which others share some of it: the statements behind the search for duplicates."""

import uuid
from collections.abc import Collection, Iterable
from contextlib import suppress

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.intake.domain.callers import tail_of
from services.intake.domain.duplicates import Traits
from services.intake.domain.identity import email_address, phone_number
from services.intake.domain.names import folded, organisation_key
from services.intake.domain.parties import PartyKind
from services.intake.models import MAILBOX, PHONE_TAIL, Party, PartyIdentifier
from services.intake.parties import families

# So much of a party is held against others: names, numbers and the like that it has given last, and parties that
# share one of them. A name or number that more have in common says nothing of any one of them.
MOST_WORDS, MOST_KEYS, MOST_NEAR = 20, 5, 25
# How many of their trigrams near names share: set for the one statement, before it looks at the index. At the usual
# 0.3 it would look at everybody with the same first name. `j smith` and `jane smith` are at 0.58.
NEAR = 0.5

_WORDS = text(f"""
SELECT asked.party, words.enquirer_name, words.enquirer_email, words.enquirer_phone, words.enquirer_organisation
FROM unnest(CAST(CAST(:parties AS text[]) AS uuid[])) AS asked (party)
CROSS JOIN LATERAL (
    SELECT enquiries.reference FROM enquiries WHERE enquiries.party_id = asked.party
    ORDER BY enquiries.received_at DESC, enquiries.id DESC LIMIT {MOST_WORDS}
) AS latest
JOIN enquiry_words AS words ON words.reference = latest.reference
""")  # noqa: S608 - a number of this program
_BLOCKED = text(f"""
SELECT near.id FROM (
    SELECT name FROM unnest(CAST(:names AS text[])) AS every (name)
    WHERE set_config('pg_trgm.similarity_threshold', '{NEAR}', true) IS NOT NULL
) AS asked CROSS JOIN LATERAL (
    SELECT id FROM parties WHERE folded_name % asked.name
    ORDER BY similarity(folded_name, asked.name) DESC, id LIMIT {MOST_NEAR}
) AS near
UNION
SELECT near.id FROM unnest(CAST(:organisations AS text[])) AS asked (organisation)
CROSS JOIN LATERAL (
    SELECT id FROM parties WHERE organisation_key = asked.organisation
    ORDER BY similarity(coalesce(folded_name, ''), CAST(:name AS text)) DESC, id LIMIT {MOST_NEAR}
) AS near
UNION
SELECT party_id FROM party_identifiers
WHERE (kind = 'email' AND value = ANY (CAST(:emails AS text[])))
OR (kind = 'phone' AND value = ANY (CAST(:numbers AS text[])))
UNION
SELECT near.party_id FROM unnest(CAST(:mailboxes AS text[])) AS asked (mailbox)
CROSS JOIN LATERAL (
    SELECT party_id FROM party_identifiers
    WHERE kind = 'email' AND {MAILBOX} = asked.mailbox LIMIT {MOST_NEAR}
) AS near
UNION
SELECT near.party_id FROM unnest(CAST(:tails AS text[])) AS asked (tail)
CROSS JOIN LATERAL (
    SELECT enquiries.party_id
    FROM enquiry_words JOIN enquiries ON enquiries.reference = enquiry_words.reference
    WHERE {PHONE_TAIL} = asked.tail AND enquiries.party_id IS NOT NULL LIMIT {MOST_NEAR}
) AS near
UNION
SELECT CASE lower_id WHEN CAST(:party AS uuid) THEN higher_id ELSE lower_id END FROM party_suggestions
WHERE lower_id = CAST(:party AS uuid) OR higher_id = CAST(:party AS uuid)
""")  # noqa: S608 - numbers and expressions of this program


def of(session: Session, parties: Collection[uuid.UUID]) -> dict[uuid.UUID, Traits]:
    """What these parties are known by, each with all that were merged into it."""
    if not parties:
        return {}
    together = families.members(session, parties)
    own = {member: party for party, everybody in together.items() for member in everybody}
    gathered = {party: _Gathered() for party in parties}
    for one in session.scalars(select(Party).where(Party.id.in_(own))):
        gathered[own[one.id]].take(one.folded_name, one.organisation_key)
        if one.id == own[one.id]:
            gathered[one.id].kind = one.kind
    for held in session.scalars(select(PartyIdentifier).where(PartyIdentifier.party_id.in_(own))):
        of_kind = gathered[own[held.party_id]]
        (of_kind.emails if held.kind == "email" else of_kind.numbers).add(held.value)
    for row in session.execute(_WORDS, {"parties": [str(member) for member in own]}):
        gathered[own[row.party]].take(folded(row.enquirer_name or ""), organisation_key(row.enquirer_organisation))
        gathered[own[row.party]].take_typed(row.enquirer_email, row.enquirer_phone)
    return {party: one.traits(party) for party, one in gathered.items()}


def blocked(session: Session, known: Traits) -> list[uuid.UUID]:
    """The parties that share something with this one, or have shared it: those alone are held against it."""
    names = sorted(known.names)[:MOST_KEYS]
    numbers = sorted(known.numbers)[:MOST_KEYS]
    asked = {
        "party": known.party,
        "names": names,
        "name": names[0] if names else "",
        "organisations": sorted(known.organisations)[:MOST_KEYS],
        "emails": sorted(known.emails),
        "numbers": numbers,
        "mailboxes": sorted(known.mailboxes)[:MOST_KEYS],
        "tails": [tail_of(number) for number in numbers],
    }
    return [party for (party,) in session.execute(_BLOCKED, asked)]


class _Gathered:
    """What was found of one party so far."""

    def __init__(self) -> None:
        self.kind: str = PartyKind.PERSON
        self._names: set[str] = set()
        self._organisations: set[str] = set()
        self.numbers: set[str] = set()
        self.emails: set[str] = set()

    def take(self, name: str | None, organisation: str | None) -> None:
        """Take a folded name and the key of an organisation, where there are any."""
        self._names |= {name} if name else set()
        self._organisations |= {organisation} if organisation else set()

    def take_typed(self, email: str | None, phone: str | None) -> None:
        """Take an address and a number as they were typed. What cannot be read is nobody's."""
        with suppress(ValueError):
            self.emails |= {email_address(email).canonical} if email else set()
        with suppress(ValueError):
            self.numbers |= {phone_number(phone).canonical} if phone else set()

    def traits(self, party: uuid.UUID) -> Traits:
        """All of it. A body is known by its name without its legal form."""
        names: Iterable[str] = self._names
        if self.kind == PartyKind.ORGANISATION:
            names = {key for name in self._names if (key := organisation_key(name))}
        found = (names, self._organisations, self.numbers, self.emails)
        return Traits(party, self.kind, *(frozenset(one) for one in found))
