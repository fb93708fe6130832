"""Signposts, and the enquiries that they are given for."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.database import Page, page
from chassis.fields import is_reference, new_id
from chassis.work import Caller
from services.library.errors import NoSuchEnquiry, NoSuchSignpost
from services.library.models import Enquiry, Resource, ResourceVersion, Signpost
from services.library.store.resources import waiting


def know_enquiry(session: Session, heard: Mapping[str, Any], sequence: int) -> None:
    """Keep what an enquiry is about, unless something later is known of it."""
    profile = heard["profile"]
    kept = {
        "sequence": sequence,
        "matters": profile["matters"],
        "stages": _one_or_none(heard["spin_out_stage"]),
        "sectors": _one_or_none(profile["service_sector"]),
        "regions": _one_or_none(profile["region"]),
    }
    fresh = insert(Enquiry).values(reference=heard["enquiry"], **kept)
    is_later = Enquiry.sequence < fresh.excluded.sequence
    session.execute(fresh.on_conflict_do_update(index_elements=["reference"], set_=kept, where=is_later))


def _one_or_none(code: str | None) -> list[str]:
    return [] if code is None else [code]


def fitting(session: Session, reference: str) -> dict[str, Sequence[str]]:
    """The codes that resources for an enquiry should fit. Raises NoSuchEnquiry."""
    found = session.get(Enquiry, reference) if is_reference("ENQ", reference) else None
    if found is None:
        raise NoSuchEnquiry
    return {"matters": found.matters, "stages": found.stages, "sectors": found.sectors, "regions": found.regions}


def new_signpost(reference: str, resource: Resource, note: str | None, caller: Caller, now: datetime) -> Signpost:
    """A signpost to a resource as it is now."""
    return Signpost(
        id=new_id(),
        version=1,
        enquiry=reference,
        resource_id=resource.id,
        resource_version=resource.version,
        note=note,
        given_by=caller.subject,
        given_at=now,
        helped=None,
        answered_by=None,
        answered_at=None,
    )


def lock_signpost(session: Session, reference: str, signpost_id: str) -> Signpost:
    """A signpost of an enquiry, locked. Raises NoSuchSignpost."""
    try:
        found = session.get(Signpost, uuid.UUID(signpost_id), with_for_update=True)
    except ValueError:
        found = None
    if found is None or found.enquiry != reference:
        raise NoSuchSignpost
    return found


def count_answer(session: Session, resource_id: uuid.UUID, before: str | None, after: str) -> None:
    """Count an answer in place of the one before it. Added in the database, so that none is lost to another one.

    Raises ResourceBusy.
    """
    counts = {f"helped_{after}": getattr(Resource, f"helped_{after}") + 1}
    if before is not None:
        counts[f"helped_{before}"] = getattr(Resource, f"helped_{before}") - 1
    changed = update(Resource).where(Resource.id == resource_id).values(counts)
    with waiting():
        session.execute(changed.execution_options(synchronize_session=False))


def list_signposts(session: Session, reference: str, query: dict[str, Any]) -> Page:
    """A page of the signposts given for an enquiry, the newest first, each with the resource as it was then.

    Raises NoSuchEnquiry.
    """
    fitting(session, reference)
    found = page(
        session, select(Signpost).where(Signpost.enquiry == reference), (Signpost.given_at, Signpost.id), query
    )
    documents = _documents(session, found.items)
    shown = [_shown(one, documents[one.resource_id, one.resource_version]) for one in found.items]
    return Page(shown, found.next)


def shown_signpost(session: Session, signpost: Signpost) -> dict[str, Any]:
    """A signpost as it is answered, with the resource as it was when it was given."""
    return _shown(signpost, _documents(session, [signpost])[signpost.resource_id, signpost.resource_version])


def _documents(session: Session, signposts: Sequence[Signpost]) -> dict[tuple[uuid.UUID, int], dict[str, Any]]:
    ids = {one.id for one in signposts}
    given = and_(
        ResourceVersion.resource_id == Signpost.resource_id, ResourceVersion.version == Signpost.resource_version
    )
    rows = session.scalars(select(ResourceVersion).join(Signpost, given).where(Signpost.id.in_(ids)))
    return {(row.resource_id, row.version): row.document for row in rows}


def _shown(signpost: Signpost, document: Mapping[str, Any]) -> dict[str, Any]:
    columns = {column.key: getattr(signpost, column.key) for column in Signpost.__table__.columns}
    return {**columns, "title": document["title"], "address": document["address"]}
