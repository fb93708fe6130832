"""What stands of all that enquirers said of being reached: over all enquiries of theirs, and of who is seen as one."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.intake.domain.reaching import Said, Standing, standing
from services.intake.models import Enquiry
from services.intake.parties import families

# In one way to the database, for new enquiries wait for it.
# What was agreed to matters only where somebody refused, or refuses now.
# What came with an enquiry on the portal was said there, and acts that were recorded of it since by the web's channel;
# what is safe is changed by advisers alone.
_SAID = text(f"""
WITH RECURSIVE asking (id) AS (
    SELECT unnest(CAST(CAST(:parties AS text[]) AS uuid[]))
), {families.FAMILY}, said AS (
    SELECT family.asked, own.*, bool_or(NOT own.contact) OVER (PARTITION BY family.asked) AS was_refused FROM family
    CROSS JOIN LATERAL (
        SELECT enquiries.reference, enquiries.received_at, CAST(enquiries.consent ->> 'contact' AS boolean) AS contact,
            words.safe_to_contact, enquiries.via_portal, enquiries.created_at
        FROM enquiries JOIN enquiry_words AS words ON words.reference = enquiries.reference
        WHERE enquiries.party_id = family.id OFFSET 0
    ) AS own
)
SELECT asked, contact, safe_to_contact, coalesce(act.acted_at, received_at) AS contact_at,
    via_portal AND (coalesce(act.recorded_at, created_at) = created_at OR act.channel = 'web') AS contact_by_portal,
    via_portal AND CAST(safe_to_contact ->> 'recorded_at' AS timestamptz) = created_at AS safe_by_portal
FROM said LEFT JOIN LATERAL (
    SELECT acted_at, recorded_at, channel FROM consents WHERE enquiry = said.reference AND purpose = 'contact'
    ORDER BY acted_at DESC, id DESC LIMIT 1
) AS act ON true
WHERE was_refused OR CAST(:is_refused AS boolean) OR safe_to_contact IS NOT NULL
""")  # noqa: S608 - a part of this program


def of_enquiry(session: Session, enquiry: Enquiry) -> Standing:
    """What stands of the enquirer of a stored enquiry."""
    if enquiry.party_id is None:
        return of_itself(enquiry)
    session.flush()  # what was said just now counts too
    return of_parties(session, [enquiry.party_id])[enquiry.party_id]


def held(session: Session, enquiry: Enquiry) -> Standing:
    """As `of_enquiry`, for whoever acts by it: until the transaction ends nobody else who asks this way does."""
    hold(session, enquiry)
    return of_enquiry(session, enquiry)


def hold(session: Session, enquiry: Enquiry) -> None:
    """Let nobody else act by what stands of an enquirer until the transaction ends.

    Whoever promises to ring for one enquiry and whoever says with another that it may not be locks no row in common but
    the parties. They are locked after enquiries, and before what leads to them and before callbacks.
    """
    if enquiry.party_id is not None:
        families.lock_together(session, [enquiry.party_id])


def of_new_enquiry(session: Session, enquiry: Enquiry) -> Standing:
    """What stands of the enquirer once an enquiry of a known party will be stored."""
    own = _own(enquiry)
    rows = _rows(session, [enquiry.party_id], is_refused=own.contact is False)
    return standing([own, *(said for _, said in rows)])


def of_itself(enquiry: Enquiry) -> Standing:
    """What stands of an enquirer who said nothing elsewhere."""
    return standing([_own(enquiry)])


def of_parties(session: Session, parties: Iterable[uuid.UUID]) -> dict[uuid.UUID, Standing]:
    """What stands of each of these parties, with all that are seen as one with it."""
    known = list(parties)
    said = defaultdict(list)
    for party, one in _rows(session, known):
        said[party].append(one)
    return {party: standing(said[party]) for party in known}


def _own(enquiry: Enquiry) -> Said:
    said = enquiry.consent.get("contact"), enquiry.received_at, enquiry.words.safe_to_contact
    return Said(*said, contact_by_portal=enquiry.via_portal, safe_by_portal=enquiry.via_portal)


def _rows(
    session: Session, parties: Iterable[uuid.UUID | None], *, is_refused: bool = False
) -> Iterator[tuple[uuid.UUID, Said]]:
    """What each party said; with what was agreed to where something not yet stored refuses it."""
    for row in session.execute(_SAID, {"parties": [str(party) for party in parties], "is_refused": is_refused}):
        how = {"contact_by_portal": row.contact_by_portal, "safe_by_portal": bool(row.safe_by_portal)}
        yield row.asked, Said(row.contact, row.contact_at, row.safe_to_contact, **how)
