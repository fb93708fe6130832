"""Counting: one statement for each report, in the database."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from services.reporting.domain.question import Question
from services.reporting.store.reports import evidence, journeys, referrals, timeliness
from services.reporting.store.reports.pieces import Counted

_COUNTED = {
    "funnel": journeys.funnel,
    "sectors": journeys.sectors,
    "stages": journeys.stages,
    "barriers": evidence.barriers,
    "evidence": evidence.evidence,
    "referrals": referrals.referrals,
}


def count(session: Session, question: Question, now: datetime) -> list[dict[str, Any]]:
    """The rows of a report, as plain numbers and text. Money is text in pounds and pence, a day its ISO form."""
    found = session.execute(statement(question, now)).mappings()
    return [{name: _plain(row[name]) for name in question.report.columns(question.by)} for row in found]


def statement(question: Question, now: datetime) -> Counted:
    """The statement that counts a report."""
    if question.report.name == "timeliness":
        return timeliness.timeliness(question, now)
    return _COUNTED[question.report.name](question)


def _plain(value: Any) -> str | int | float | None:
    match value:
        case Decimal():
            return f"{value:.2f}"
        case float():
            return round(value, 2)
        case date():
            return value.isoformat()
        case _:
            plain: str | int | None = value
            return plain
