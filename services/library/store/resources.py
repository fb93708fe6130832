"""Resources: kept with every version of them, found by id, and made ready to be searched."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, Uuid, any_, cast, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from chassis.fields import labels
from chassis.work import Work
from services.library.domain.resource import FACETS, FIELDS, is_stale
from services.library.domain.wording import folded, long_words
from services.library.errors import NoSuchResource, ResourceBusy
from services.library.models import Resource, ResourceVersion

# The closed list that each facet takes its codes from; people search for the words, not for the codes.
_LISTS = {
    "matters": "matters",
    "stages": "spin_out_stages",
    "sectors": "service_sectors",
    "regions": "regions",
    "audience": "audiences",
}
LOCK_NOT_AVAILABLE = "55P03"
# So many texts, or words, go into one statement, which then takes a fraction of the time that a statement has.
CHUNK = 1_000
# English finds “pensions” by “pension”; simple finds a word by its beginning, before there is a stem to it. The letters
# say what weighs most (A) and least (D).
_VECTORS = text("""
SELECT setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('simple', title), 'A')
    || setweight(to_tsvector('english', summary), 'B') || setweight(to_tsvector('simple', summary), 'B')
    || setweight(to_tsvector('english', publisher), 'C') || setweight(to_tsvector('simple', publisher), 'C')
    || setweight(to_tsvector('english', labels), 'D') || setweight(to_tsvector('simple', labels), 'D')
FROM unnest(
    CAST(:titles AS text[]), CAST(:summaries AS text[]), CAST(:publishers AS text[]), CAST(:labels AS text[])
) WITH ORDINALITY AS given (title, summary, publisher, labels, place)
ORDER BY place
""")
_KNOW_WORDS = text("INSERT INTO words (word) SELECT unnest(CAST(:words AS text[])) ON CONFLICT DO NOTHING")


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


@contextmanager
def waiting() -> Iterator[None]:
    """What may have to wait for others. Raises ResourceBusy when that takes too long."""
    try:
        yield
    except OperationalError as error:
        if getattr(error.orig, "pgcode", None) == LOCK_NOT_AVAILABLE:
            raise ResourceBusy from error
        raise


def keep(work: Work, resources: Sequence[Resource]) -> None:
    """Keep new or changed resources as their next versions, ready to be found. Raises ResourceBusy.

    The words come last, because others who bring the same ones wait until the transaction ends; and in the order of the
    alphabet, so that two who do never wait for each other in a circle.
    """
    texts = [_texts(resource) for resource in resources]
    with waiting(), work.session.no_autoflush:  # each row is written once, with all that is new of it
        for resource, vector in zip(resources, _vectors(work.session, texts), strict=True):
            resource.version += 1
            resource.updated_at = work.now
            resource.search = vector
        work.session.add_all(resources)
        work.session.flush()  # the versions' rows rest on the resources'
        work.session.add_all(_version(work, resource) for resource in resources)
        work.session.flush()
        words = sorted({word for text in texts for word in long_words(" ".join(text))})
        for at in range(0, len(words), CHUNK):
            work.session.execute(_KNOW_WORDS, {"words": words[at : at + CHUNK]})


def _vectors(session: Session, texts: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """What full text search goes by, for each of these texts."""
    for at in range(0, len(texts), CHUNK):
        parts = map(list, zip(*texts[at : at + CHUNK], strict=True))
        asked = zip(("titles", "summaries", "publishers", "labels"), parts, strict=True)
        yield from session.scalars(_VECTORS, dict(asked)).all()


def _version(work: Work, resource: Resource) -> ResourceVersion:
    document = {name: _as_json(value) for name, value in values_of(resource).items()}
    document["retired_because"] = resource.retired_because
    return ResourceVersion(
        resource_id=resource.id, version=resource.version, document=document, at=work.now, by=work.caller.subject
    )


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
    """A resource, retired ones too; locked if it is to be changed. Raises NoSuchResource, and ResourceBusy."""
    try:
        with waiting():
            found = session.get(Resource, uuid.UUID(str(resource_id)), with_for_update=lock or None)
    except ValueError:
        found = None
    if found is None:
        raise NoSuchResource
    return found


def resources_in_use(session: Session) -> Sequence[Resource]:
    """Every resource that is not retired, in the order of ids."""
    return session.scalars(select(Resource).where(Resource.retired_at.is_(None)).order_by(Resource.id)).all()


def lock_imports(session: Session) -> None:
    """Let nobody else import until the transaction ends. Raises ResourceBusy when somebody does."""
    with waiting():
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext("library"))))


def resources_of(session: Session, ids: Iterable[uuid.UUID], *, lock: bool = False) -> dict[uuid.UUID, Resource]:
    """The resources of these ids, retired ones too; locked, and as they are then, if they are to be changed.

    Raises ResourceBusy.
    """
    statement = select(Resource).where(_is_one_of(ids)).order_by(Resource.id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    with waiting():
        return {resource.id: resource for resource in session.scalars(statement)}


def leave_addresses(session: Session, ids: Iterable[uuid.UUID]) -> None:
    """Let locked resources have no address for now: before they are kept, others may have to take theirs."""
    session.execute(
        update(Resource)
        .where(_is_one_of(ids))
        .values(address=cast(Resource.id, Text))
        .execution_options(synchronize_session=False)
    )


def _is_one_of(ids: Iterable[uuid.UUID]) -> ColumnElement[bool]:
    return Resource.id == any_(cast(literal([str(one) for one in ids], ARRAY(Text)), ARRAY(Uuid)))


def holders_of(session: Session, addresses: Iterable[str]) -> dict[str, uuid.UUID]:
    """The resources in use that have these addresses."""
    asked = cast(literal(list(addresses), ARRAY(Text)), ARRAY(Text))
    statement = select(Resource.address, Resource.id).where(Resource.address == any_(asked))
    return {row.address: row.id for row in session.execute(statement.where(Resource.retired_at.is_(None)))}


def _texts(resource: Resource) -> tuple[str, ...]:
    """Its words for full text search, those that weigh most first."""
    return tuple(map(folded, (resource.title, resource.summary, resource.publisher, _labels(resource))))


def _labels(resource: Resource) -> str:
    """The words that its codes stand for."""
    words = [labels(_LISTS[facet])[code] for facet in FACETS for code in getattr(resource, facet)]
    return " ".join([labels("resource_kinds")[resource.kind], *words])


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
