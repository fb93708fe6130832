"""Merging two parties that a person has judged to be one, and taking that back.

A merge is a link, not a move: enquiries and identifiers stay with the party under which they came in, and so does what
was ever told of them. Undoing it therefore restores each, whatever has come in since, but for what people corrected
meanwhile: that stays with the party whose it is.
"""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import delete, or_

from chassis.errors import Conflict, FieldError, Invalid, Stale
from chassis.work import Work
from services.intake.domain.parties import MOST_TOGETHER, Change, MergeFault, Standing, merge_fault
from services.intake.models import Party, PartySuggestion
from services.intake.parties import correcting, events, families, showing
from services.intake.parties.errors import KindsDiffer, NotMerged, OtherIsMerged, PartyIsMerged, TooManyTogether

_REFUSALS: dict[MergeFault, Callable[[], Conflict]] = {
    MergeFault.ALREADY_MERGED: PartyIsMerged,
    MergeFault.INTO_MERGED: OtherIsMerged,
    MergeFault.KINDS_DIFFER: KindsDiffer,
    MergeFault.TOO_MANY: lambda: TooManyTogether(MOST_TOGETHER),
}


def merge(work: Work, party_id: str, body: Mapping[str, Any]) -> tuple[Party, Party]:
    """See a party as another from now on; return it, and the party as which it is seen.

    All that are seen as either are locked, in one order, while it is decided whether they may: no two merges close a
    circle together, and nobody is promised to be rung meanwhile by what stood before.
    Raises NoSuchParty, Stale, Invalid for another that is none, PartyIsMerged, OtherIsMerged, KindsDiffer or
    TooManyTogether.
    """
    absorbed, into = _both(work, showing.find(work.session, party_id), body["into"])
    work.expect(absorbed.version)
    together = families.members(work.session, [absorbed.id, into.id])
    fault = merge_fault(*(_standing(party, len(together[party.id])) for party in (absorbed, into)))
    if fault is not None:
        raise _REFUSALS[fault]()
    absorbed.merged_into = into.id
    correcting.note(work, absorbed, Change.MERGED, other_id=into.id, reason=body["reason"])
    correcting.note(work, into, Change.ABSORBED, other_id=absorbed.id, reason=body["reason"])
    pairs = or_(PartySuggestion.lower_id == absorbed.id, PartySuggestion.higher_id == absorbed.id)
    work.session.execute(delete(PartySuggestion).where(pairs))
    _tell(work, absorbed, into, events.party_merged)
    return absorbed, into


def unmerge(work: Work, party_id: str, body: Mapping[str, Any]) -> tuple[Party, Party]:
    """Let a party stand for itself again, with all that were merged into it; return it, and whom it was seen as.

    Raises NoSuchParty, NotMerged, or Stale.
    """
    released = showing.find(work.session, party_id)
    work.expect(released.version)
    if released.merged_into is None:
        raise NotMerged
    seen_as = released.merged_into
    released, of = _both(work, released, seen_as)
    work.expect(released.version)
    if released.merged_into != seen_as:
        raise Stale
    released.merged_into = None
    correcting.note(work, released, Change.UNMERGED, other_id=of.id, reason=body["reason"])
    correcting.note(work, of, Change.RELEASED, other_id=released.id, reason=body["reason"])
    _tell(work, released, of, events.party_unmerged)
    return released, of


def _both(work: Work, party: Party, other: uuid.UUID) -> tuple[Party, Party]:
    """Both parties, locked with all seen as one with either. Raises Invalid when the other is none, or the same."""
    if party.id == other:
        raise Invalid([FieldError("/into", "Must be another party.")])
    locked = families.lock_together(work.session, [party.id, other])
    if other not in locked:
        raise Invalid([FieldError("/into", "There is no party with this id.")])
    return locked[party.id], locked[other]


def _standing(party: Party, together: int) -> Standing:
    return Standing(party.id, party.kind, party.merged_into, together)


def _tell(work: Work, party: Party, other: Party, event: Any) -> None:
    """Both have changed: whoever read either before has not seen what it stands for now."""
    for one in (party, other):
        correcting.touch(work, one)
    work.tell(event(party, other))
    work.session.flush()
