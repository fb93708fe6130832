"""Resources: kept with every version of them, found by id, and made ready to be searched."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.fields import labels
from chassis.work import Work
from services.library.domain.resource import FACETS, FIELDS, is_stale
from services.library.domain.wording import folded, long_words
from services.library.errors import NoSuchResource
from services.library.models import Resource, ResourceVersion, Word

# The closed list that each facet takes its codes from; people search for the words, not for the codes.
_LISTS = {
    "matters": "matters",
    "stages": "spin_out_stages",
    "sectors": "service_sectors",
    "regions": "regions",
    "audience": "audiences",
}
# English finds “pensions” by “pension”; simple finds a word by its beginning, before there is a stem to it.
_DICTIONARIES: tuple[ColumnElement[Any], ...] = (
    literal_column("'english'::regconfig"),
    literal_column("'simple'::regconfig"),
)


def new_resource(values: Mapping[str, Any], resource_id: uuid.UUID, now: datetime) -> Resource:
    """A resource made of the values of all its fields."""
    return Resource(
        id=resource_id,
        version=0,
        created_at=now,
        retired_at=None,
        retired_because=None,
        helped_yes=0,
        helped_partly=0,
        helped_no=0,
        **{name: values[name] for name in FIELDS},
    )


def keep(work: Work, resource: Resource) -> None:
    """Keep a new or changed resource as its next version, ready to be found."""
    resource.version += 1
    resource.updated_at = work.now
    parts = {"A": resource.title, "B": resource.summary, "C": resource.publisher, "D": _labels(resource)}
    plain = {weight: folded(text) for weight, text in parts.items()}
    resource.search = _vector(plain)
    _know_words(work.session, " ".join(plain.values()))
    document = {name: _as_json(value) for name, value in values_of(resource).items()}
    document["retired_because"] = resource.retired_because
    work.session.add(resource)
    work.session.flush()  # the version's row rests on the resource's
    work.session.add(
        ResourceVersion(
            resource_id=resource.id, version=resource.version, document=document, at=work.now, by=work.caller.subject
        )
    )


def _know_words(session: Session, text: str) -> None:
    """Add the words of a text to those that are known; a file of thousands of resources brings most of them often."""
    known = session.info.setdefault("known words", set())
    # In the order of the alphabet, so that two who add the same words at once never wait for each other in a circle.
    fresh = sorted({*long_words(text)} - known)
    if fresh:
        session.execute(insert(Word).on_conflict_do_nothing(), [{"word": word} for word in fresh])
        known.update(fresh)


def values_of(resource: Resource) -> dict[str, Any]:
    """The fields that people write."""
    return {name: getattr(resource, name) for name in FIELDS}


def shown(resource: Resource, today: date) -> dict[str, Any]:
    """A resource as it is answered."""
    counts = {name: getattr(resource, name) for name in ("helped_yes", "helped_partly", "helped_no")}
    own = ("id", "version", "created_at", "updated_at", "retired_at", "retired_because")
    stale = is_stale(resource.review_by, today)
    return {**values_of(resource), **{name: getattr(resource, name) for name in own}, "stale": stale, "helped": counts}


def find_resource(session: Session, resource_id: str | uuid.UUID, *, lock: bool = False) -> Resource:
    """A resource, retired ones too; locked if it is to be changed. Raises NoSuchResource."""
    try:
        found = session.get(Resource, uuid.UUID(str(resource_id)), with_for_update=lock or None)
    except ValueError:
        found = None
    if found is None:
        raise NoSuchResource
    return found


def holder_of(session: Session, address: str) -> uuid.UUID | None:
    """The resource in use that has an address."""
    return session.scalar(select(Resource.id).where(Resource.address == address, Resource.retired_at.is_(None)))


def resources_in_use(session: Session) -> Sequence[Resource]:
    """Every resource that is not retired, in the order of ids."""
    return session.scalars(select(Resource).where(Resource.retired_at.is_(None)).order_by(Resource.id)).all()


def lock_all(session: Session) -> dict[uuid.UUID, Resource]:
    """Every resource by its id. Nobody else imports until the transaction ends, and what is found stays as it is."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("library"))))
    found = session.scalars(select(Resource).order_by(Resource.id).with_for_update())
    return {resource.id: resource for resource in found}


def _vector(plain: Mapping[str, str]) -> ColumnElement[Any]:
    """The words for full text search; the letters say what weighs most (A) and least (D)."""
    parts = [
        func.setweight(func.to_tsvector(dictionary, text), weight)
        for weight, text in plain.items()
        for dictionary in _DICTIONARIES
    ]
    whole: ColumnElement[Any] = parts[0]
    for part in parts[1:]:
        whole = whole.op("||")(part)
    return whole


def _labels(resource: Resource) -> str:
    """The words that its codes stand for."""
    words = [labels(_LISTS[facet])[code] for facet in FACETS for code in getattr(resource, facet)]
    return " ".join([labels("resource_kinds")[resource.kind], *words])


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
