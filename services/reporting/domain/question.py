"""What is asked of a report: the days that it covers, and by what it is broken down."""

from dataclasses import dataclass
from datetime import date, timedelta

from services.reporting.domain.reports import Report

MOST_YEARS = 5
USUAL = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Question:
    """A report for the London days from `first` to `last`, both included."""

    report: Report
    first: date
    last: date
    by: str


def ask(report: Report, first: date | None, last: date | None, by: str | None, today: date) -> Question:
    """The question with what was left out filled in: the year up to today, broken down as usual."""
    end = last or today
    return Question(report, first or end - USUAL, end, by or next(iter(report.by)))


def faults(question: Question) -> dict[str, str]:
    """What is wrong with a question: the JSON pointer of each wrong field, with what is wanted there."""
    found = {}
    if question.by not in question.report.by:
        found["/by"] = f"Must be one of: {', '.join(question.report.by)}."
    if question.last < question.first:
        found["/to"] = "Must not be before “from”."
    elif question.last > _years_after(question.first, MOST_YEARS):
        found["/from"] = f"Must not be more than {MOST_YEARS} years before “to”."
    return found


def _years_after(day: date, years: int) -> date:
    """The same day so many years later; 28 February for a 29 February that the later year lacks."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
