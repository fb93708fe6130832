"""Holding parties against each other: who may be the same, found in SQL and ranked in Python. Chooses nobody."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.database import Database, Page, page
from chassis.fields import new_id
from chassis.work import Work
from services.intake.domain.duplicates import LISTED, SHOWN, Likeness, likely
from services.intake.domain.names import folded, organisation_key
from services.intake.domain.parties import Change
from services.intake.models import Enquiry, EnquiryWords, Party, PartyDismissal, PartySuggestion
from services.intake.parties import correcting, events, families, showing, traits
from services.intake.parties.errors import SeenAsOne

MOST_SHOWN, MOST_LISTED = 10, 5
# A party is held against the others when it is new or has changed, and again after this time: what its later enquiries
# say of it is seen then. So many are examined at a time, so that callers do not wait for it.
EXAMINED_AGAIN, TRIED_AGAIN, CHUNK = timedelta(days=7), timedelta(minutes=5), 10

Pair = tuple[uuid.UUID, uuid.UUID]


def pair_of(one: uuid.UUID, other: uuid.UUID) -> Pair:
    """Two parties in the order in which a pair is stored."""
    return (one, other) if one < other else (other, one)


def of_party(session: Session, party_id: str) -> dict[str, Any]:
    """Who may be the same as a party, as the schema Duplicates shows it. Raises NoSuchParty."""
    asked = showing.find(session, party_id)
    own = families.survivors(session, [asked.id])[asked.id]
    found = _alike(session, own)
    shown = [one for one in found if one.score >= SHOWN][:MOST_SHOWN]
    lines = _lines(session, (one.party for one in shown))
    items = [{"party": lines[one.party], "score": one.score, "reasons": one.reasons} for one in shown]
    survivor = session.get_one(Party, own)
    return {"party": own, "version": survivor.version, "items": items}


def list_pairs(session: Session, wanted: dict[str, Any]) -> Page:
    """A page of the pairs that were found, the latest first; of those merged since then none.

    Not by score: that is found anew while somebody walks the list, and pairs would be skipped.
    """
    merged = select(Party.id).where(Party.merged_into.is_not(None))
    ends = (PartySuggestion.lower_id, PartySuggestion.higher_id)
    still = select(PartySuggestion).where(*(end.not_in(merged) for end in ends))
    found = page(session, still, (PartySuggestion.found_at, PartySuggestion.id), wanted)
    lines = _lines(session, (party for one in found.items for party in (one.lower_id, one.higher_id)))
    items = [
        {
            "one": lines[one.lower_id],
            "other": lines[one.higher_id],
            **{name: getattr(one, name) for name in ("score", "reasons", "found_at")},
        }
        for one in found.items
    ]
    return Page(items, found.next)


def keep_apart(work: Work, party_id: str, other_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Note a person's judgement that two parties are two; return who else may be the same as the first.

    Judged again, nothing more happens. Raises NoSuchParty, Stale, PartyIsMerged, or SeenAsOne.
    """
    other = showing.find(work.session, other_id)
    party = correcting.take(work, party_id, other.id)
    if other.id in families.members(work.session, [party.id])[party.id]:
        raise SeenAsOne
    lower, higher = pair_of(party.id, other.id)
    if work.session.get(PartyDismissal, (lower, higher)) is None:
        judged = {"id": new_id(), "judged_by": work.caller.subject, "judged_at": work.now}
        dismissal = PartyDismissal(lower_id=lower, higher_id=higher, **judged)
        work.session.add(dismissal)
        of_pair = (PartySuggestion.lower_id == lower, PartySuggestion.higher_id == higher)
        work.session.execute(delete(PartySuggestion).where(*of_pair))
        for one, beside in ((party, other), (other, party)):
            correcting.note(work, one, Change.KEPT_APART, other_id=beside.id, reason=body["reason"])
        work.tell(events.parties_kept_apart(dismissal))
        work.session.flush()
    return of_party(work.session, party_id)


def examine(database: Database, now: datetime) -> int:
    """Hold the parties that are due against all others, a few of them, and keep the pairs; return how many they were.

    New and changed ones come first (`AT_ONCE`), then those that have waited longest.
    Several processes may do so at once. One that dies leaves its parties to the next, a while later.
    """
    due = select(Party.id).where(Party.merged_into.is_(None), Party.examine_at <= now).order_by(Party.examine_at)
    with database.change() as session:
        claimed = session.scalars(due.limit(CHUNK).with_for_update(key_share=True, skip_locked=True)).all()
        if not claimed:
            return 0
        session.execute(update(Party).where(Party.id.in_(claimed)).values(examine_at=now + TRIED_AGAIN))
    for party in claimed:
        with database.change() as session:
            _examine(session, party, now)
    return len(claimed)


def dismissed(session: Session, members: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """The parties that a person has judged to be others than one of these."""
    of_these = or_(PartyDismissal.lower_id.in_(members), PartyDismissal.higher_id.in_(members))
    rows = session.execute(select(PartyDismissal.lower_id, PartyDismissal.higher_id).where(of_these))
    return {party for row in rows for party in row}.difference(members)


def _alike(session: Session, party: uuid.UUID) -> Sequence[Likeness]:
    """Who may be the same as a surviving party, the likeliest first, those apart who were judged to be others."""
    known = traits.of(session, [party])[party]
    others = families.survivors(session, traits.blocked(session, known)).values()
    together = families.members(session, {party, *others})
    apart = dismissed(session, together[party])
    open_ones = {one for one in others if one != party and apart.isdisjoint(together[one])}
    return likely(known, traits.of(session, open_ones).values(), 0)


def _examine(session: Session, party: uuid.UUID, now: datetime) -> None:
    """Keep the pairs of one party. It is locked: who judges a pair waits until it is kept, or it is not kept."""
    own = select(Party).where(Party.id == party, Party.merged_into.is_(None))
    known = session.scalar(own.with_for_update(key_share=True, skip_locked=True))
    if known is None:
        return
    _fold(session, known)
    alike = _alike(session, party)
    _forget(session, party, alike)
    _keep(session, {pair_of(party, one.party): one for one in _listed(alike)}, now)
    known.examine_at = now + EXAMINED_AGAIN


def _fold(session: Session, party: Party) -> None:
    """Fold the name of a party that a program of the release before stored, which may run beside us: it folds none.

    Without that nobody would find it by name. What a person has corrected is folded already, and kept as it is.
    """
    if party.folded_name is not None or party.organisation_key is not None or party.version > 1:
        return
    words = select(EnquiryWords).join(Enquiry, Enquiry.reference == EnquiryWords.reference)
    first = session.scalar(words.where(Enquiry.party_id == party.id).order_by(Enquiry.created_at, Enquiry.id).limit(1))
    party.folded_name = folded(party.name or "") or None
    party.organisation_key = organisation_key(first.enquirer.organisation if first else None)


def _listed(alike: Sequence[Likeness]) -> Sequence[Likeness]:
    """What is listed of a party. Those who are alike to many are listed with the likeliest, and shown with more."""
    return [one for one in alike if one.score >= LISTED][:MOST_LISTED]


def _forget(session: Session, party: uuid.UUID, alike: Sequence[Likeness]) -> None:
    """Remove the pairs of a party that are alike no more."""
    still = [pair_of(party, one.party) for one in alike if one.score >= LISTED]
    of_party = or_(PartySuggestion.lower_id == party, PartySuggestion.higher_id == party)
    pair = tuple_(PartySuggestion.lower_id, PartySuggestion.higher_id)
    session.execute(delete(PartySuggestion).where(of_party, pair.not_in(still)))


def _keep(session: Session, pairs: Mapping[Pair, Likeness], now: datetime) -> None:
    """Store these pairs, in one order, so that two who store the same do not wait for each other."""
    for (lower, higher), alike in sorted(pairs.items()):
        values = {"score": alike.score, "reasons": [*alike.reasons]}
        added = insert(PartySuggestion).values(id=new_id(), lower_id=lower, higher_id=higher, found_at=now, **values)
        session.execute(added.on_conflict_do_update(index_elements=["lower_id", "higher_id"], set_=values))


def _lines(session: Session, parties: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    rows = session.scalars(select(Party).where(Party.id.in_({*parties}))).all()
    return {line["id"]: line for line in showing.lines(session, rows)}
