"""What may be asked of a report."""

from datetime import date

import pytest

from chassis.errors import Invalid
from chassis.fields import load_strictly
from services.reporting.domain.question import ask, faults
from services.reporting.domain.reports import FUNNEL, REPORTS, Report
from services.reporting.schemas.reports import ReportQuery

TODAY = date(2026, 11, 21)


def test_a_bare_question_is_about_the_year_up_to_today() -> None:
    question = ask(FUNNEL, None, None, None, TODAY)

    assert (question.first, question.last, question.by) == (date(2025, 11, 21), TODAY, "week")
    assert faults(question) == {}


def test_an_end_alone_has_its_year_before_it() -> None:
    assert ask(FUNNEL, None, date(2020, 1, 31), "month", TODAY).first == date(2019, 1, 31)


@pytest.mark.parametrize("last", [date(2025, 3, 1), date(2020, 3, 1)])
def test_one_day_and_five_years_are_allowed(last: date) -> None:
    assert faults(ask(FUNNEL, date(2020, 3, 1), last, "week", TODAY)) == {}


@pytest.mark.parametrize(
    ("first", "last"), [(date(2020, 3, 1), date(2025, 3, 2)), (date(2020, 2, 29), date(2025, 3, 1))]
)
def test_more_than_five_years_are_too_many(first: date, last: date) -> None:
    assert list(faults(ask(FUNNEL, first, last, "week", TODAY))) == ["/from"]


def test_every_fault_is_named_at_once() -> None:
    found = faults(ask(FUNNEL, date(2026, 2, 1), date(2026, 1, 1), "colour", TODAY))

    assert found == {"/by": "Must be one of: week, month.", "/to": "Must not be before “from”."}


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"from": "yesterday"}, "/from"),
        ({"from": "2026-02-30"}, "/from"),
        ({"to": 5}, "/to"),
        ({"to": "1999-12-31"}, "/to"),
        ({"to": "2026-01-01T00:00:00Z"}, "/to"),
        ({"by": ""}, "/by"),
        ({"by": "x" * 41}, "/by"),
        ({"first": "2026-01-01"}, "/first"),
    ],
)
def test_what_cannot_be_read_is_named(asked: dict[str, object], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        load_strictly(ReportQuery, asked)

    assert [error.pointer for error in refused.value.errors] == [pointer]


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_every_column_of_every_report_has_its_definition(report: Report) -> None:
    shown = {column for by in report.by for column in report.columns(by)}

    assert shown == set(report.definitions)
    assert all(words.endswith(".") for words in report.definitions.values())
