"""Finding resources: by words, by what they are about, and in the order of what is likely to help.

The score is `domain.resource`'s: how well the words fit, how well it fits what is wanted, what others said of it; and
half of that when it is stale. It goes into the cursor in millionths, and with it goes what misspelt words were meant
for when the walk began, so that a walk skips and repeats nothing.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import reduce
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Double,
    Text,
    any_,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from chassis.database import Page
from chassis.errors import FieldError, Invalid
from services.library.domain import resource as rules
from services.library.domain.wording import as_query, excluded, is_being_typed, slips, words_to_be_near
from services.library.models import Resource

# Of how many words that are spelt alike a misspelt one may be meant for any.
LIKELIEST = 3
_FILTERS = {"matter": "matters", "stage": "stages", "sector": "sectors", "region": "regions", "audience": "audience"}
_ENGLISH: ColumnElement[Any] = literal_column("'english'::regconfig")
_SIMPLE: ColumnElement[Any] = literal_column("'simple'::regconfig")
_SAME_SIZE = 32  # ts_rank's flag for rank / (rank + 1), which lies between 0 and 1

_LIKELIEST = text("""
SELECT asked.word, known.word
FROM unnest(CAST(:words AS text[])) AS asked (word)
CROSS JOIN LATERAL (
    SELECT word FROM words WHERE words.word % asked.word
    ORDER BY similarity(words.word, asked.word) DESC, words.word LIMIT :most
) AS known
""")

Condition = ColumnElement[bool]
Number = ColumnElement[Any]


def list_resources(session: Session, query: Mapping[str, Any], fits: Mapping[str, Sequence[str]], today: date) -> Page:
    """A page of the resources in use that a loaded ResourceFilter asks for, the likeliest to help first.

    `fits` names codes that they should fit beside those asked for. Where no resource holds the words, those are found
    that hold words which are spelt nearly so. Raises Invalid for a place that is in no such list.
    """
    where = _filtered(query, today)
    wanted = {facet: {*fits.get(facet, ()), *_asked(query, facet)} for facet in rules.FACET_WEIGHTS}

    def score(rank: Number) -> Number:
        return _score(rank, _fit(wanted), today)

    meant = query["after"][2:] if query["after"] else []
    typed = as_query(query.get("q", ""))
    words = words_to_be_near(typed)
    if meant and len(meant) != len(words):
        raise Invalid([FieldError("/after", "Is a place in another list. Start the list again.")])
    if "q" not in query:
        return _page(session, where, score(_number(0)), query)

    def holding(asked: ColumnElement[Any]) -> Page:
        holds = Resource.search.op("@@")(asked)
        return _page(session, [*where, holds], score(func.ts_rank(Resource.search, asked, _SAME_SIZE)), query)

    if not meant:
        found = holding(_as_query(typed))
        if found.items or query["after"] or not words:
            return found
        meant = _likeliest(session, words)
    near = holding(_without(typed, _any_of_each(words, meant)))
    return Page(near.items, near.next and [*near.next, *meant])


def _filtered(query: Mapping[str, Any], today: date) -> list[Condition]:
    """What a resource must be, but for its words. One that names none of a kind of codes is for all of them."""
    where: list[Condition] = [Resource.retired_at.is_(None)]
    if "kind" in query:
        where.append(Resource.kind == query["kind"])
    for name, facet in _FILTERS.items():
        if name in query:
            codes = getattr(Resource, facet)
            where.append(or_(func.cardinality(codes) == 0, literal(query[name]) == any_(codes)))
    if "stale" in query:
        is_stale = Resource.review_by < today
        where.append(is_stale if query["stale"] else is_stale.is_not(True))
    return where


def _asked(query: Mapping[str, Any], facet: str) -> list[str]:
    return [query[name] for name, column in _FILTERS.items() if column == facet and name in query]


def _as_query(typed: str) -> ColumnElement[Any]:
    """The words as a tsquery. The last one, while it is being typed, is the beginning of a word."""
    ways: list[ColumnElement[Any]] = [func.websearch_to_tsquery(kind, typed) for kind in (_ENGLISH, _SIMPLE)]
    english, simple = map(_with_open_end, ways) if is_being_typed(typed) else ways
    return _without(typed, english.op("||")(simple))


def _without(typed: str, query: ColumnElement[Any]) -> ColumnElement[Any]:
    """The query less what the words exclude, in any form of it: `-pensions` excludes a pension too."""
    unwanted = excluded(typed)
    return query.op("&&")(func.websearch_to_tsquery(_ENGLISH, unwanted)) if unwanted else query


def _with_open_end(query: ColumnElement[Any]) -> ColumnElement[Any]:
    # Written as text, a tsquery ends with its last word in quotes, or with a bracket, which stays as it is.
    return cast(func.regexp_replace(cast(query, Text), "'$", "':*"), TSQUERY)


def _likeliest(session: Session, words: Sequence[str]) -> list[str]:
    """What each word may have been meant for: the likeliest that are known, with spaces between them."""
    likeliest = session.execute(_LIKELIEST, {"words": list(words), "most": LIKELIEST}).all()
    return [" ".join(other for one, other in likeliest if one == word) for word in words]


def _any_of_each(words: Sequence[str], meant: Sequence[str]) -> ColumnElement[Any]:
    """The query for each of the words: what it was meant for, or itself with two of its letters put right."""
    ways = (" or ".join([*slips(word), *known.split()]) for word, known in zip(words, meant, strict=True))
    queries: Iterator[ColumnElement[Any]] = (func.websearch_to_tsquery(_ENGLISH, way) for way in ways)
    return reduce(lambda whole, query: whole.op("&&")(query), queries)


def _fit(wanted: Mapping[str, set[str]]) -> Number:
    """Which part of what is wanted a resource names, from 0 to 1, the facets weighted."""
    parts = {facet: sorted(codes) for facet, codes in wanted.items() if codes}
    fit = _number(0)
    for facet, codes in parts.items():
        each = rules.FACET_WEIGHTS[facet] / sum(rules.FACET_WEIGHTS[one] for one in parts) / len(codes)
        for code in codes:
            fit = fit + case((literal(code) == any_(getattr(Resource, facet)), _number(each)), else_=_number(0))
    return fit


def _score(rank: Number, fit: Number, today: date) -> Number:
    """The score in millionths. What nobody has answered about counts as a half."""
    yes, partly, no = Resource.helped_yes, Resource.helped_partly, Resource.helped_no
    helped = cast(2 * yes + partly + 2, Double) / (2 * (yes + partly + no) + 4)
    keeps = case((Resource.review_by < today, _number(rules.STALE_KEEPS)), else_=_number(1))
    score = keeps * (_number(rules.TEXT) * rank + _number(rules.FIT) * fit + _number(rules.HELPED) * helped)
    return cast(func.round(1_000_000 * score), BigInteger)


def _number(value: float) -> Number:
    """A number as a double: PostgreSQL takes 0.5 for a decimal, with which it reckons at a fraction of the speed."""
    return cast(literal(value), Double)


def _page(session: Session, where: Sequence[Condition], score: Number, query: Mapping[str, Any]) -> Page:
    statement = select(Resource, score).where(*where)
    if query["after"] is not None:
        last_score, last_id = query["after"][:2]
        statement = statement.where(tuple_(score, Resource.id) < tuple_(int(last_score), uuid.UUID(last_id)))
    ordered = statement.order_by(score.desc(), Resource.id.desc()).limit(query["limit"] + 1)
    rows = session.execute(ordered).all()
    items = rows[: query["limit"]]
    following = [str(items[-1][1]), str(items[-1][0].id)] if len(rows) > len(items) else None
    return Page([row[0] for row in items], following)
