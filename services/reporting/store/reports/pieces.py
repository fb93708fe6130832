"""Pieces of the reports' SQL."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    TIMESTAMP,
    ColumnElement,
    Date,
    Float,
    Integer,
    Numeric,
    Select,
    String,
    Subquery,
    Text,
    cast,
    func,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.reporting.domain.question import Question

Column = ColumnElement[Any]
Counted = Select[*tuple[Any, ...]]


def within(day: Any, question: Question) -> Column:
    """Whether a day is one of those asked for."""
    asked: Column = day.between(question.first, question.last)
    return asked


def count_if(condition: ColumnElement[bool]) -> Column:
    """How many rows meet a condition."""
    return func.count().filter(condition)


def total(counts: Column) -> Column:
    """The sum of counts, as a whole number; 0 of none."""
    return cast(func.coalesce(func.sum(counts), 0), Integer)


def money(amounts: Any) -> Column:
    """The sum of amounts, in pounds and pence; 0.00 of none."""
    return cast(func.coalesce(func.sum(amounts), Decimal(0)), Numeric(14, 2))


def percentile(share: float, values: Any) -> Column:
    """The value that this share of the rows reaches at most, interpolated. Nulls do not count; null of none."""
    return type_coerce(func.percentile_cont(share).within_group(values), Float)


def word(code: Any, unsaid: str = "not_known") -> Column:
    """A code, or a word for none."""
    return func.coalesce(code, literal(unsaid, Text))


def period(day: Any, by: str) -> Column:
    """The first day of the week or month of a day."""
    return cast(func.date_trunc(literal(by, String), cast(day, TIMESTAMP)), Date)


def periods(question: Question) -> Subquery:
    """The first day of every week or month that the dates touch, in a column `period`."""
    first = func.date_trunc(literal(question.by, String), cast(question.first, TIMESTAMP))
    step = func.make_interval(0, int(question.by == "month"), int(question.by == "week"))
    begins = func.generate_series(first, cast(question.last, TIMESTAMP), step)
    return select(cast(begins, Date).label("period")).subquery("periods")


def listed(codes: Sequence[str]) -> Any:
    """The codes of a closed list as rows `code`, `place`, so that those nobody named are counted as 0."""
    rows = func.unnest(cast(list(codes), ARRAY(Text))).table_valued("code", with_ordinality="place")
    return rows.render_derived(name="listed")
