"""Finding resources: by words, by what they are about, and in the order of what is likely to help.

The score is `domain.resource`'s: how well the words fit, how well it fits what is wanted, what others said of it; and
half of that when it is stale. It goes into the cursor in millionths, so that a walk skips and repeats nothing.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Text,
    any_,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from chassis.database import Page
from services.library.domain import resource as rules
from services.library.domain.wording import folded, is_being_typed, words_to_be_near
from services.library.models import Resource

# A word is near another that shares this part of its trigrams: one wrong letter, one left out, two changed over.
NEAR = 0.45
_FILTERS = {"matter": "matters", "stage": "stages", "sector": "sectors", "region": "regions", "audience": "audience"}
_ENGLISH: ColumnElement[Any] = literal_column("'english'::regconfig")
_SIMPLE: ColumnElement[Any] = literal_column("'simple'::regconfig")
_SAME_SIZE = 32  # ts_rank's flag for rank / (rank + 1), which lies between 0 and 1

Condition = ColumnElement[bool]
Number = ColumnElement[Any]


def list_resources(session: Session, query: Mapping[str, Any], fits: Mapping[str, Sequence[str]], today: date) -> Page:
    """A page of the resources in use that a loaded ResourceFilter asks for, the likeliest to help first.

    `fits` names codes that they should fit beside those asked for. Where no resource holds the words, those are found
    that hold words which are spelt nearly so.
    """
    where = _filtered(query, today)
    wanted = {facet: {*fits.get(facet, ()), *_asked(query, facet)} for facet in rules.FACET_WEIGHTS}

    def score(text: Number) -> Number:
        return _score(text, _fit(wanted), today)

    if "q" not in query:
        return _page(session, where, score(literal(0.0)), query)
    text = folded(query["q"])
    asked = _as_query(text)
    holding = [*where, Resource.search.op("@@")(asked)]
    is_going_on = query["after"] is not None
    if not is_going_on or session.scalar(select(Resource.id).where(*holding).limit(1)):
        found = _page(session, holding, score(func.ts_rank(Resource.search, asked, _SAME_SIZE)), query)
        if is_going_on or found.items:
            return found
    words = words_to_be_near(text)
    if not words:
        return Page([], None)
    session.execute(select(func.set_config("pg_trgm.word_similarity_threshold", str(NEAR), False)))
    near = [or_(Resource.search.op("@@")(func.plainto_tsquery(_ENGLISH, w)), _is_near(w)) for w in words]
    return _page(session, [*where, *near], score(_nearness(words)), query)


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


def _as_query(text: str) -> ColumnElement[Any]:
    """The words as a tsquery. The last one, while it is being typed, is the beginning of a word."""
    english, simple = (func.websearch_to_tsquery(dictionary, text) for dictionary in (_ENGLISH, _SIMPLE))
    if not is_being_typed(text):
        return english.op("||")(simple)
    return _with_open_end(english).op("||")(_with_open_end(simple))


def _with_open_end(query: ColumnElement[Any]) -> ColumnElement[Any]:
    # Written as text, a tsquery ends with its last word in quotes, or with a bracket, which stays as it is.
    return cast(func.regexp_replace(cast(query, Text), "'$", "':*"), TSQUERY)


def _is_near(word: str) -> Condition:
    return Resource.plain.op("%>", is_comparison=True)(word)


def _nearness(words: Sequence[str]) -> Number:
    """How near the words are, at most half of what a resource that holds them would have."""
    alike: Number = func.word_similarity(words[0], Resource.plain)
    for word in words[1:]:
        alike = alike + func.word_similarity(word, Resource.plain)
    return alike / literal(2.0 * len(words))


def _fit(wanted: Mapping[str, set[str]]) -> Number:
    """Which part of what is wanted a resource names, from 0 to 1, the facets weighted."""
    parts = {facet: sorted(codes) for facet, codes in wanted.items() if codes}
    fit: Number = literal(0.0)
    for facet, codes in parts.items():
        each = rules.FACET_WEIGHTS[facet] / sum(rules.FACET_WEIGHTS[one] for one in parts) / len(codes)
        for code in codes:
            fit = fit + case((literal(code) == any_(getattr(Resource, facet)), each), else_=0.0)
    return fit


def _score(text: Number, fit: Number, today: date) -> Number:
    """The score in millionths. What nobody has answered about counts as a half."""
    yes, partly, no = Resource.helped_yes, Resource.helped_partly, Resource.helped_no
    helped = (yes + 0.5 * partly + 1.0) / (yes + partly + no + 2.0)
    keeps = case((Resource.review_by < today, rules.STALE_KEEPS), else_=1.0)
    score = keeps * (rules.TEXT * text + rules.FIT * fit + rules.HELPED * helped)
    return cast(func.round(1e6 * score), BigInteger)


def _page(session: Session, where: Sequence[Condition], score: Number, query: Mapping[str, Any]) -> Page:
    statement = select(Resource, score).where(*where)
    if query["after"] is not None:
        last_score, last_id = query["after"]
        statement = statement.where(tuple_(score, Resource.id) < tuple_(int(last_score), uuid.UUID(last_id)))
    ordered = statement.order_by(score.desc(), Resource.id.desc()).limit(query["limit"] + 1)
    rows = session.execute(ordered).all()
    items = rows[: query["limit"]]
    following = [str(items[-1][1]), str(items[-1][0].id)] if len(rows) > len(items) else None
    return Page([row[0] for row in items], following)
