"""Recognising the party behind a new enquiry."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.fields import new_id
from services.intake.domain.identity import Holder, party_behind
from services.intake.domain.parties import new_party
from services.intake.parties.families import FAMILY

# The kinds of identifier are few and fixed, so that both statements have one shape and are prepared once.
_HOLDERS = text(f"""
WITH RECURSIVE mine AS (
    SELECT kind, party_id FROM party_identifiers
    WHERE (kind, value) IN (('email', CAST(:email AS text)), ('phone', CAST(:phone AS text)))
), asking (id) AS (
    SELECT party_id FROM mine
), {FAMILY}
SELECT mine.kind, mine.party_id, EXISTS (
    SELECT FROM family CROSS JOIN LATERAL (
        SELECT 1 FROM party_identifiers WHERE party_id = family.id AND kind = 'email' OFFSET 0
    ) AS address
    WHERE family.asked = mine.party_id
)
FROM mine
""")  # noqa: S608 - a part of this program
_ADD = text("""
WITH added AS (
    INSERT INTO parties (id, name, kind, folded_name, organisation_key, created_at)
    SELECT CAST(:party AS uuid), CAST(:name AS text), CAST(:kind AS text), CAST(:folded_name AS text),
        CAST(:organisation_key AS text), CAST(:now AS timestamptz) WHERE CAST(:is_new AS boolean)
)
INSERT INTO party_identifiers (kind, value, party_id, created_at)
SELECT fresh.kind, fresh.value, CAST(:party AS uuid), CAST(:now AS timestamptz)
FROM unnest(CAST(:kinds AS text[]), CAST(:values AS text[])) AS fresh (kind, value)
""")


@dataclass(frozen=True, slots=True)
class Recognised:
    """The party behind an enquirer, whether it was there before, and by what it is not known yet (value by kind).

    `party` is None when there is nothing to know it by.
    """

    party: uuid.UUID | None
    is_known: bool
    fresh: Mapping[str, str]


def recognise(session: Session, enquirer: Mapping[str, Any]) -> Recognised:
    """The party of a loaded NewEnquirer. Nothing is stored."""
    given = {kind: enquirer[kind].canonical for kind in ("email", "phone") if enquirer[kind]}
    if not given:
        return Recognised(None, is_known=False, fresh={})
    rows = session.execute(_HOLDERS, {"email": None, "phone": None, **given})
    known = {kind: Holder(party, has_email) for kind, party, has_email in rows}
    behind = party_behind(given, known)
    fresh = {kind: value for kind, value in given.items() if kind not in known}
    return Recognised(behind or new_id(), behind is not None, fresh)


def keep(session: Session, enquirer: Mapping[str, Any], recognised: Recognised, now: datetime) -> None:
    """Store the party of a loaded NewEnquirer if it is new, and what leads to it from now on.

    Two requests may bring the same new identifier at once. The second then meets the first one's key, and the whole
    transaction is run again (`chassis.rpc`), which finds the party: nothing is left over of the attempt.
    """
    fresh = recognised.fresh
    if fresh:
        added = {
            "party": recognised.party,
            "now": now,
            "is_new": not recognised.is_known,
            **asdict(new_party(enquirer)),
        }
        session.execute(_ADD, {**added, "kinds": list(fresh), "values": list(fresh.values())})
