"""How the register is kept, and looked through."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, ColumnElement, cast, func, literal, or_, select, text, tuple_
from sqlalchemy.orm import Session

from chassis.database import Page
from services.intake.domain.organisations.addresses import looked_up
from services.intake.domain.organisations.names import normal_form
from services.intake.domain.organisations.register import FIELDS, Organisation
from services.intake.errors import ImportUnderWay, NoSuchOrganisation
from services.intake.models import Organisation as Registered
from services.intake.models import OrganisationDomain, OrganisationImport, OrganisationName

# So many names that are like what was typed are weighed, and so many predecessors are shown.
MOST_LIKE, MOST_PREDECESSORS = 40, 200

# A chain that somebody closed into a circle by hand ends all the same: UNION drops what it has seen.
_CHAINS = text("""
WITH RECURSIVE asked AS (
    SELECT unnest(CAST(:keys AS text[])) AS key
    UNION
    SELECT key FROM organisation_domains WHERE domain = ANY(CAST(:domains AS text[]))
), chain AS (
    SELECT own.key, own.successor FROM asked JOIN organisations AS own ON own.key = asked.key
    UNION
    SELECT next.key, next.successor FROM organisations AS next JOIN chain ON next.key = chain.successor
)
SELECT key FROM chain
""")
_LIKE = text("""
SELECT DISTINCT near.key
FROM unnest(CAST(:forms AS text[])) AS typed (form)
CROSS JOIN LATERAL (
    SELECT names.key FROM organisation_names AS names
    WHERE names.form % typed.form OR typed.form <% names.form
    ORDER BY similarity(names.form, typed.form) + word_similarity(typed.form, names.form) DESC, names.key
    LIMIT :most
) AS near
""")
_PUT = text("""
INSERT INTO organisations (key, version, name, other_names, kind, region, domains, dissolved_on, successor, updated_at)
SELECT key, 1, name, other_names, kind, region, domains, dissolved_on, successor, CAST(:now AS timestamptz)
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
    key text, name text, other_names text[], kind text, region text, domains text[], dissolved_on date, successor text
)
ON CONFLICT (key) DO UPDATE SET
    version = organisations.version + 1, name = excluded.name, other_names = excluded.other_names,
    kind = excluded.kind, region = excluded.region, domains = excluded.domains,
    dissolved_on = excluded.dissolved_on, successor = excluded.successor, updated_at = excluded.updated_at
""")
_FORGET_NAMES = text("DELETE FROM organisation_names WHERE key = ANY(CAST(:keys AS text[]))")
_FORGET_DOMAINS = text("DELETE FROM organisation_domains WHERE key = ANY(CAST(:keys AS text[]))")
_PUT_NAMES = text("""
INSERT INTO organisation_names (key, form)
SELECT key, form FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (key text, form text)
""")
_PUT_DOMAINS = text("""
INSERT INTO organisation_domains (key, domain)
SELECT key, domain FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (key text, domain text)
""")


def lock(session: Session) -> None:
    """Let nobody else change the register until this transaction ends. Raises ImportUnderWay while somebody does.

    A large file takes longer than anybody waits for a lock.
    """
    if not session.scalar(select(func.pg_try_advisory_xact_lock(func.hashtext("organisations")))):
        raise ImportUnderWay


def known(session: Session, keys: Iterable[str], domains: Iterable[str] = ()) -> dict[str, Organisation]:
    """The registered bodies of these keys and domains, with all that come after them."""
    asked = {"keys": list(keys), "domains": list(domains)}
    found = [key for (key,) in session.execute(_CHAINS, asked)]
    return {key: as_told(row) for key, row in of_keys(session, found).items()}


def as_told(row: Registered) -> Organisation:
    """A body as a file would tell of it."""
    values = {name: getattr(row, name) for name in FIELDS}
    lists = {name: tuple(values[name]) for name in ("other_names", "domains")}
    return Organisation(key=row.key, **{**values, **lists})


def forget(session: Session, keys: Iterable[str]) -> None:
    """Let bodies be found by nothing, until they are put anew: a domain may go from one of them to another."""
    asked = {"keys": list(keys)}
    session.execute(_FORGET_NAMES, asked)
    session.execute(_FORGET_DOMAINS, asked)


def put(session: Session, organisations: Sequence[Organisation], now: datetime) -> None:
    """Keep bodies that are new, or were forgotten, as they are told of."""
    rows = [{"key": one.key, **{name: getattr(one, name) for name in FIELDS}} for one in organisations]
    names = [
        {"key": one.key, "form": form}
        for one in organisations
        for form in dict.fromkeys(map(normal_form, (one.name, *one.other_names)))
    ]
    domains = [{"key": one.key, "domain": domain} for one in organisations for domain in one.domains]
    session.execute(_PUT, {"rows": orjson.dumps(rows).decode(), "now": now})
    session.execute(_PUT_NAMES, {"rows": orjson.dumps(names).decode()})
    session.execute(_PUT_DOMAINS, {"rows": orjson.dumps(domains).decode()})


def next_number(session: Session) -> int:
    """The number of the next import, while the register is locked."""
    return (session.scalar(select(func.max(OrganisationImport.number))) or 0) + 1


def every(session: Session, after: str, most: int) -> list[Organisation]:
    """The next so many bodies after a key, in the order of keys."""
    statement = select(Registered).where(Registered.key > after).order_by(Registered.key).limit(most)
    return [as_told(row) for row in session.scalars(statement)]


def find(session: Session, key: str) -> Registered:
    """The registered body of a key. Raises NoSuchOrganisation."""
    found = session.get(Registered, key)
    if found is None:
        raise NoSuchOrganisation
    return found


def of_keys(session: Session, keys: Iterable[str]) -> dict[str, Registered]:
    """The registered bodies of these keys."""
    asked = select(func.unnest(_texts(keys)))
    rows = session.scalars(select(Registered).where(Registered.key.in_(asked)))
    return {row.key: row for row in rows}


def predecessors(session: Session, key: str) -> Sequence[Registered]:
    """Those whose place a body took."""
    statement = select(Registered).where(Registered.successor == key)
    return session.scalars(statement.order_by(Registered.key).limit(MOST_PREDECESSORS)).all()


def named_like(session: Session, forms: Sequence[str]) -> list[str]:
    """The keys of bodies with a name that is somewhat like one of these normal forms."""
    return [key for (key,) in session.execute(_LIKE, {"forms": list(forms), "most": MOST_LIKE})]


def list_organisations(session: Session, wanted: dict[str, Any], today: date) -> Page:
    """The page of bodies that a loaded OrganisationFilter asks for: the likest name first, else by their keys."""
    score: ColumnElement[int] = cast(literal(0), BigInteger)
    statement = select(Registered)
    if "q" in wanted:
        found = _likeness(normal_form(wanted["q"])).subquery()
        score = found.c.score
        statement = statement.join(found, found.c.key == Registered.key)
    for name in ("kind", "region"):
        if name in wanted:
            statement = statement.where(getattr(Registered, name) == wanted[name])
    if "domain" in wanted:
        own = looked_up(wanted["domain"].strip().lower().removeprefix("@")).own
        holders = select(OrganisationDomain.key).where(OrganisationDomain.domain == func.any(_texts(own)))
        statement = statement.where(Registered.key.in_(holders))
    if not wanted["include_dissolved"]:
        statement = statement.where(or_(Registered.dissolved_on.is_(None), Registered.dissolved_on > today))
    if wanted["after"] is not None:
        last, key = int(wanted["after"][0]), wanted["after"][1]
        statement = statement.where(tuple_(-score, Registered.key) > tuple_(-last, key))
    ordered = statement.add_columns(score).order_by(score.desc(), Registered.key).limit(wanted["limit"] + 1)
    rows = session.execute(ordered).all()
    items = rows[: wanted["limit"]]
    following = [str(items[-1][1]), items[-1][0].key] if len(rows) > len(items) else None
    return Page([row[0] for row in items], following)


def _likeness(form: str) -> Any:
    """The keys of bodies with a name that holds these words, or is like them, and how like; in millionths.

    The last word may be unfinished. Only beginnings of words are looked for, which the index finds by one letter.
    """
    name, typed = OrganisationName.form, cast(literal(form), OrganisationName.form.type)
    like = 600_000 * func.word_similarity(typed, name) + 400_000 * func.similarity(typed, name)
    score = func.max(cast(like, BigInteger)).label("score")
    holds = or_(name.like(literal(f"{form}%")), name.like(literal(f"% {form}%")))
    return (
        select(OrganisationName.key, score)
        .where(or_(holds, typed.op("<%")(name)) if form else literal(False))
        .group_by(OrganisationName.key)
    )


def _texts(values: Iterable[str]) -> ColumnElement[Any]:
    return cast(literal(list(values), Registered.domains.type), Registered.domains.type)
