"""Finding parties by name, in any form of it, and by what leads to them."""

import uuid
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, false, select, tuple_
from sqlalchemy.orm import Session

from chassis.database import Page, page
from services.intake.domain.names import folded
from services.intake.models import Party, PartyIdentifier
from services.intake.parties import families, showing

MOST_FOUND, MOST_WORDS = 20, 8


def list_parties(session: Session, wanted: dict[str, Any]) -> Page:
    """A page of parties, the latest to come first. Those that were merged are found as the one they are seen as."""
    statement = select(Party).where(Party.merged_into.is_(None))
    if "kind" in wanted:
        statement = statement.where(Party.kind == wanted["kind"])
    if "q" in wanted:
        statement = statement.where(Party.id.in_(_named(wanted["q"])))
    found = page(session, statement, (Party.created_at, Party.id), wanted)
    return Page(showing.lines(session, found.items), found.next)


def search(session: Session, wanted: dict[str, Any]) -> dict[str, Any]:
    """Parties by e-mail address, telephone number and name, as the schema PartiesFound shows them.

    All that is given must hold of a party and those merged into it.
    """
    statement = select(Party).where(Party.merged_into.is_(None))
    for kind in ("email", "phone"):
        if wanted[kind] is not None:
            statement = statement.where(Party.id.in_(_led_to(kind, wanted[kind].canonical)))
    if wanted["name"] is not None:
        statement = statement.where(Party.id.in_(_named(wanted["name"])))
    newest = statement.order_by(Party.created_at.desc(), Party.id.desc()).limit(MOST_FOUND + 1)
    found = session.scalars(newest).all()
    return {"items": showing.lines(session, found[:MOST_FOUND]), "more": len(found) > MOST_FOUND}


def _named(name: str) -> CompoundSelect[uuid.UUID]:
    """Those whose name holds each word, wherever. Words of no letter hold in nobody's name."""
    words = folded(name).split()[:MOST_WORDS]
    conditions: list[ColumnElement[bool]] = [Party.folded_name.like(f"%{word}%") for word in words]
    return families.surviving(*conditions or [false()])


def _led_to(kind: str, value: str) -> CompoundSelect[uuid.UUID]:
    key = tuple_(PartyIdentifier.kind, PartyIdentifier.value) == (kind, value)
    return families.surviving(Party.id.in_(select(PartyIdentifier.party_id).where(key)))
