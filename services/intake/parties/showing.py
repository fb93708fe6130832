"""Parties as they are shown: each with all that were merged into it."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session, load_only, raiseload

from services.intake.models import Enquiry, Party, PartyChange, PartyIdentifier
from services.intake.parties import families
from services.intake.parties.errors import NoSuchParty

# What is shown on one page. There is no party with more that a person could read.
MOST_IDENTIFIERS, MOST_ENQUIRIES, MOST_CHANGES = 100, 50, 50

_ORGANISATIONS = text("""
SELECT asked.party, latest.organisation
FROM unnest(CAST(CAST(:parties AS text[]) AS uuid[])) AS asked (party)
CROSS JOIN LATERAL (
    SELECT words.enquirer_organisation AS organisation, enquiries.received_at
    FROM enquiries JOIN enquiry_words AS words ON words.reference = enquiries.reference
    WHERE enquiries.party_id = asked.party AND words.enquirer_organisation IS NOT NULL
    ORDER BY enquiries.received_at DESC, enquiries.id DESC LIMIT 1
) AS latest
ORDER BY latest.received_at
""")


def find(session: Session, party_id: str) -> Party:
    """The party of an id. Raises NoSuchParty."""
    try:
        wanted = uuid.UUID(party_id)
    except ValueError:
        raise NoSuchParty from None
    party = session.get(Party, wanted)
    if party is None:
        raise NoSuchParty
    return party


def lines(session: Session, parties: Sequence[Party]) -> list[dict[str, Any]]:
    """Parties as the schema PartyLine shows them, in the order given."""
    if not parties:
        return []
    together = families.members(session, [party.id for party in parties])
    own = {member: party for party, everybody in together.items() for member in everybody}
    identifiers: dict[uuid.UUID, list[PartyIdentifier]] = defaultdict(list)
    wanted = select(PartyIdentifier).where(PartyIdentifier.party_id.in_(own))
    for identifier in session.scalars(wanted.order_by(PartyIdentifier.kind, PartyIdentifier.value)):
        identifiers[own[identifier.party_id]].append(identifier)
    asked = {"parties": [str(member) for member in own]}
    organisations = {own[row.party]: row.organisation for row in session.execute(_ORGANISATIONS, asked)}
    return [
        {
            **{name: getattr(party, name) for name in ("id", "version", "kind", "name", "merged_into", "created_at")},
            "organisation": organisations.get(party.id),
            "identifiers": identifiers[party.id][:MOST_IDENTIFIERS],
        }
        for party in parties
    ]


def whole(session: Session, party: Party) -> dict[str, Any]:
    """A party as the schema Party shows it: with its enquiries, those merged into it, and what was done to it."""
    everybody = families.members(session, [party.id])[party.id]
    [line] = lines(session, [party])
    absorbed = session.scalars(select(Party).where(Party.id.in_(everybody), Party.id != party.id).order_by(Party.id))
    enquiries = _enquiries(session, everybody)
    return {
        **line,
        "survivor": families.survivors(session, [party.id])[party.id],
        "merged": absorbed.all(),
        "enquiries": enquiries[:MOST_ENQUIRIES],
        "more_enquiries": len(enquiries) > MOST_ENQUIRIES,
        "history": _history(session, party.id),
    }


def _enquiries(session: Session, members: Sequence[uuid.UUID]) -> Sequence[Enquiry]:
    """One more than is shown of the enquiries of these parties, the newest first."""
    columns = load_only(Enquiry.reference, Enquiry.status, Enquiry.received_at, Enquiry.party_id, raiseload=True)
    statement = select(Enquiry).options(columns, raiseload(Enquiry.words)).where(Enquiry.party_id.in_(members))
    return session.scalars(
        statement.order_by(Enquiry.received_at.desc(), Enquiry.id.desc()).limit(MOST_ENQUIRIES + 1)
    ).all()


def _history(session: Session, party: uuid.UUID) -> Sequence[PartyChange]:
    newest = select(PartyChange).where(PartyChange.party_id == party)
    return session.scalars(newest.order_by(PartyChange.made_at.desc(), PartyChange.id.desc()).limit(MOST_CHANGES)).all()
