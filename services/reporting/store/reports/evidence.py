"""Counting evidence: what was learned, and what stands in the way."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Integer, func, literal, select, true, union_all

from chassis.fields import codes
from services.reporting.domain.question import Question
from services.reporting.models import EvidenceItem, Journey
from services.reporting.store.reports.pieces import Counted, listed, period, total, within, word


def evidence(question: Question) -> Counted:
    """Items of evidence, the most frequent first; by month, in the order of time."""
    keys = {
        name: period(EvidenceItem.observed_on, "month") if name == "month" else word(getattr(EvidenceItem, name))
        for name in question.report.by[question.by]
    }
    items = func.count()
    frequent_first = (items.desc(),) if "month" not in keys else ()
    return (
        select(
            *(key.label(name) for name, key in keys.items()),
            items.label("items"),
            func.count(EvidenceItem.enquiry.distinct()).label("enquiries"),
            func.max(EvidenceItem.observed_on).label("latest_on"),
        )
        .where(within(EvidenceItem.observed_on, question))
        .group_by(*keys.values())
        .order_by(*frequent_first, *keys.values())
    )


def barriers(question: Question) -> Counted:
    """Matters as barriers: named by enquiries, and evidenced in cases. By category, with those nobody named."""
    parts = [_named(question), _evidenced(question)]
    if question.by == "category":
        every = listed(codes("matters"))
        parts.append(select(every.c.code.label("category"), *_figures({})))
    found = union_all(*parts).subquery("found")
    keys = [found.c[name] for name in question.report.by[question.by]]
    figures = {name: total(found.c[name]) for name in question.report.figures}
    return (
        select(*keys, *(figure.label(name) for name, figure in figures.items()))
        .group_by(*keys)
        .order_by(*keys[:-1], figures["enquiries"].desc(), figures["evidence"].desc(), keys[-1])
    )


def _named(question: Question) -> Counted:
    """Enquiries by the matters that they name."""
    named = func.unnest(Journey.matters).table_valued("category").render_derived(name="named")
    category = named.c.category
    keys = _keys_beside_category(Journey, question)
    counts = {"enquiries": func.count(), "cases": func.count(Journey.case_opened_at)}
    return (
        select(*keys, category, *_figures(counts))
        .select_from(Journey)
        .join(named, true())
        .where(within(Journey.received_on, question))
        .group_by(*keys, category)
    )


def _evidenced(question: Question) -> Counted:
    """Barriers by their category."""
    category = word(EvidenceItem.category)
    keys = _keys_beside_category(EvidenceItem, question)
    counts = {"evidence": func.count(), "evidenced": func.count(EvidenceItem.enquiry.distinct())}
    return (
        select(*keys, category.label("category"), *_figures(counts))
        .where(within(EvidenceItem.observed_on, question), EvidenceItem.kind == "barrier")
        .group_by(*keys, category)
    )


def _keys_beside_category(rows: type[Journey | EvidenceItem], question: Question) -> list[ColumnElement[str]]:
    names = question.report.by[question.by]
    return [word(getattr(rows, name)).label(name) for name in names if name != "category"]


def _figures(counts: Mapping[str, ColumnElement[int]]) -> list[ColumnElement[int]]:
    """The report's four figures, those that are not counted here as 0, so that the parts can be added up."""
    names = ("enquiries", "cases", "evidence", "evidenced")
    return [counts.get(name, literal(0, Integer)).label(name) for name in names]
