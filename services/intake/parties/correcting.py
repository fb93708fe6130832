"""Putting right what is known of a party: its name and kind, and what leads to it."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from chassis.errors import FieldError, Invalid
from chassis.fields import new_id
from chassis.work import Work
from services.intake.domain.identity import Address
from services.intake.domain.names import folded, organisation_key
from services.intake.domain.parties import Change, PartyKind
from services.intake.models import AT_ONCE, Party, PartyChange, PartyIdentifier
from services.intake.parties import events, families, showing
from services.intake.parties.errors import (
    IdentifierKnown,
    IdentifierTaken,
    NoSuchIdentifier,
    OthersMerged,
    PartyIsMerged,
    TooManyIdentifiers,
)

# The service began in 2011: nothing was verified before.
FIRST_DAY = date(2011, 1, 1)
LONDON = ZoneInfo("Europe/London")
_COLUMNS = {"name": Change.NAME, "kind": Change.KIND}


def take(work: Work, party_id: str, *others: uuid.UUID) -> Party:
    """A party that is not merged, which nobody else can change until the transaction ends; nor these others.

    Raises NoSuchParty, Stale or PartyIsMerged. New enquiries go on meanwhile: the lock is none against references.
    """
    party = showing.find(work.session, party_id)
    families.lock(work.session, {party.id, *others})
    work.expect(party.version)
    if party.merged_into is not None:
        raise PartyIsMerged
    return party


def correct(work: Work, party_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Give a party another name or kind. Raises as `take`, and OthersMerged where others stay of another kind."""
    party = take(work, party_id)
    fresh = {name: value for name, value in body.items() if getattr(party, name) != value}
    if "kind" in fresh and len(families.members(work.session, [party.id])[party.id]) > 1:
        raise OthersMerged
    for name, value in fresh.items():
        note(work, party, _COLUMNS[name], before=getattr(party, name))
        setattr(party, name, value)
    if fresh:
        party.folded_name = folded(party.name or "") or None
        if party.kind == PartyKind.ORGANISATION:
            party.organisation_key = organisation_key(party.name)
        elif "kind" in fresh:
            party.organisation_key = None
        _tell(work, party, [_COLUMNS[name] for name in sorted(fresh)])
    return showing.whole(work.session, party)


def add_identifier(work: Work, party_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Note that an e-mail address or number leads to a party.

    Raises as `take`, IdentifierKnown, IdentifierTaken or TooManyIdentifiers. Two may add the same at once: the key lets
    one, and the other is run again (`chassis.rpc`) and refused then.
    """
    party = take(work, party_id)
    [(kind, address)] = [(kind, value) for kind, value in body.items() if isinstance(value, Address)]
    everybody = families.members(work.session, [party.id])[party.id]
    holder = work.session.get(PartyIdentifier, (kind, address.canonical))
    if holder is not None:
        raise IdentifierKnown if holder.party_id in everybody else IdentifierTaken
    held = select(func.count()).select_from(PartyIdentifier).where(PartyIdentifier.party_id.in_(everybody))
    if (work.session.scalar(held) or 0) >= showing.MOST_IDENTIFIERS:
        raise TooManyIdentifiers(showing.MOST_IDENTIFIERS)
    work.session.add(
        PartyIdentifier(id=new_id(), kind=kind, value=address.canonical, party_id=party.id, created_at=work.now)
    )
    note(work, party, Change.IDENTIFIER_ADDED)
    _tell(work, party, [Change.IDENTIFIER_ADDED])
    return showing.whole(work.session, party)


def verify_identifier(work: Work, party_id: str, identifier_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Note that somebody made sure of an identifier, when and how. Raises as `take`, NoSuchIdentifier, or Invalid."""
    party, holder, identifier = _take_identifier(work, party_id, identifier_id)
    identifier.verified_on = _day(work, body["on"])
    identifier.verified_by, identifier.verified_how = work.caller.subject, body["how"]
    _note_of_holder(work, party, holder, Change.IDENTIFIER_VERIFIED)
    return showing.whole(work.session, party)


def remove_identifier(work: Work, party_id: str, identifier_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Let an identifier that was wrong lead to the party no more. Its enquiries stay. Raises as `verify_identifier`."""
    party, holder, identifier = _take_identifier(work, party_id, identifier_id)
    more = {"reason": body["reason"], "before": identifier.value}
    work.session.delete(identifier)
    _note_of_holder(work, party, holder, Change.IDENTIFIER_REMOVED, **more)
    return showing.whole(work.session, party)


def note(work: Work, party: Party, change: Change, **more: Any) -> None:
    """Keep what was done to a party: `reason`, what was there `before`, and the `other_id` concerned."""
    work.session.add(
        PartyChange(
            id=new_id(), party_id=party.id, change=change, made_by=work.caller.subject, made_at=work.now, **more
        )
    )


def touch(work: Work, party: Party) -> None:
    """Note that a party has changed, so that it is held against others again."""
    party.version += 1
    party.examine_at = AT_ONCE


def _tell(work: Work, party: Party, changes: list[Change]) -> None:
    touch(work, party)
    work.tell(events.party_changed(party, changes))
    work.session.flush()


def _take_identifier(work: Work, party_id: str, identifier_id: str) -> tuple[Party, Party, PartyIdentifier]:
    """A party as by `take`, the one among those seen as it that holds an identifier, locked too, and the identifier."""
    try:
        wanted = uuid.UUID(identifier_id)
    except ValueError:
        raise NoSuchIdentifier from None
    found = select(PartyIdentifier).where(PartyIdentifier.id == wanted)
    # Which party holds it never changes, so that both can be locked in one order before it is read for good.
    party = take(work, party_id, *work.session.scalars(found.with_only_columns(PartyIdentifier.party_id)))
    everybody = families.members(work.session, [party.id])[party.id]
    identifier = work.session.scalar(found.where(PartyIdentifier.party_id.in_(everybody)))
    if identifier is None:
        raise NoSuchIdentifier
    return party, work.session.get_one(Party, identifier.party_id), identifier


def _note_of_holder(work: Work, party: Party, holder: Party, change: Change, **more: Any) -> None:
    """Note on the party that holds it what was done to an identifier, and tell it of the one as which that is seen.

    When their merge is undone each has its own: what was there before is the holder's and nobody else's.
    """
    note(work, holder, change, **more)
    if holder is not party:
        note(work, party, change, other_id=holder.id)
        touch(work, holder)
    _tell(work, party, [change])


def _day(work: Work, given: date | None) -> date:
    today = work.now.astimezone(LONDON).date()
    day = given or today
    if not FIRST_DAY <= day <= today:
        raise Invalid([FieldError("/on", "Must not be in the future, nor before 2011.")])
    return day
