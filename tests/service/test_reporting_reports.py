"""The reports, counted from stories whose figures can be told by hand."""

from typing import Any

import pytest

from chassis.errors import Forbidden, Invalid, NotFound
from chassis.fields import codes
from services.reporting.domain.reports import REPORTS
from services.reporting.service import ReportingService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.unit.reporting.hearing import hear
from tests.unit.reporting.stories import (
    of_case,
    of_referral,
    received,
    sent,
    triaged,
    whole_story,
)

YEAR = {"from": "2026-01-01", "to": "2026-12-31"}


@pytest.fixture
def reporting(desk: MakeDesk) -> Desk:
    """Reporting at work on a database of its own."""
    return desk(ReportingService)


def ask(desk: Desk, name: str, **body: Any) -> dict[str, Any]:
    answer: dict[str, Any] = desk.ask("read_report", name=name, roles=("analyst",), body=YEAR | body)
    return answer


def rows(desk: Desk, name: str, **body: Any) -> dict[Any, dict[str, Any]]:
    """A report's rows by their key; by a pair where the key has two columns."""
    answer = ask(desk, name, **body)
    keys = REPORTS[name].by[answer["by"]]
    return {row[keys[0]] if len(keys) == 1 else tuple(row[key] for key in keys): row for row in answer["rows"]}


def tell(desk: Desk, *events: Any) -> None:
    assert {hear(desk, event) for event in events} == {"done"}


def figures(row: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


def test_the_funnel_counts_by_the_week_of_receipt(reporting: Desk) -> None:
    tell(
        reporting,
        *whole_story("ENQ-1"),
        received("ENQ-2", received_at="2026-03-08T23:59:00Z"),  # the Sunday of the same week
        triaged("ENQ-2", 1, "inform", {"value": 12.0}),
        received("ENQ-3", received_at="2026-03-09T00:01:00Z"),
        received("ENQ-4", received_at="2025-12-31T23:59:00Z"),  # before the first day
        triaged("ENQ-5", 1, "advise", None),  # not received yet, as far as is known here
    )

    weeks = rows(reporting, "funnel", by="week")

    names = ("received", "triaged", "refer", "inform", "advise", "cases", "referred", "accepted")
    assert figures(weeks["2026-03-02"], *names) == (2, 2, 1, 1, 0, 1, 1, 1)
    assert figures(weeks["2026-03-09"], *names) == (1, 0, 0, 0, 0, 0, 0, 0)
    assert len(weeks) == 53
    assert sum(week["received"] for week in weeks.values()) == 3


def test_the_funnel_by_month_has_every_month(reporting: Desk) -> None:
    tell(reporting, received("ENQ-1", received_at="2026-06-30T23:30:00Z"))

    months = rows(reporting, "funnel", by="month")

    assert [month for month, row in months.items() if row["received"]] == ["2026-07-01"]
    assert list(months)[0::11] == ["2026-01-01", "2026-12-01"]


def test_barriers_are_named_by_enquiries_and_evidenced_in_cases(reporting: Desk) -> None:
    tell(reporting, *whole_story("ENQ-1"), received("ENQ-2", matters=["pensions", "trade_unions"], region=None))

    categories = rows(reporting, "barriers")
    regions = rows(reporting, "barriers", by="region")

    names = ("enquiries", "cases", "evidence", "evidenced")
    assert figures(categories["pensions"], *names) == (2, 1, 1, 1)
    assert figures(categories["trade_unions"], *names) == (1, 0, 0, 0)
    assert figures(categories["state_aid"], *names) == (0, 0, 0, 0)
    assert next(iter(categories)) == "pensions"
    assert set(categories) == set(codes("matters"))
    assert figures(regions["london", "pensions"], *names) == (1, 1, 1, 1)
    assert figures(regions["not_known", "trade_unions"], *names) == (1, 0, 0, 0)


def test_sectors_count_where_enquiries_come_from(reporting: Desk) -> None:
    tell(
        reporting, *whole_story("ENQ-1"), received("ENQ-2", service_sector=None), received("ENQ-3", service_sector=None)
    )

    sectors = rows(reporting, "sectors")

    names = ("received", "triaged", "refer", "cases", "referred", "accepted", "amount_accepted")
    assert figures(sectors["community_health"], *names) == (1, 1, 1, 1, 1, 1, "35000.00")
    assert figures(sectors["not_known"], *names) == (2, 0, 0, 0, 0, 0, "0.00")
    assert list(sectors) == ["not_known", "community_health"]
    assert rows(reporting, "sectors", by="channel")["email"]["received"] == 3


def test_stages_tell_how_long_teams_took(reporting: Desk) -> None:
    tell(
        reporting,
        received("ENQ-1", stage="exploring"),
        received("ENQ-2", stage="exploring", service_sector=None),
        of_case("ENQ-1", "case_changed", 2, "2026-03-12T10:00:00Z", spin_out_stage="planning"),
        of_case("ENQ-2", "case_changed", 2, "2026-03-22T10:00:00Z", spin_out_stage="planning"),
        of_case("ENQ-2", "case_changed", 3, "2026-04-22T10:00:00Z", spin_out_stage="planning"),
    )

    stages = rows(reporting, "stages")
    sectors = rows(reporting, "stages", by="service_sector")

    names = ("at_receipt", "reached_later", "median_days", "p90_days")
    assert figures(stages["exploring"], *names) == (2, 0, None, None)
    assert figures(stages["planning"], *names) == (0, 2, 15.0, 19.0)
    assert list(stages) == list(codes("spin_out_stages"))
    assert figures(sectors["not_known", "planning"], *names) == (0, 1, 20.0, 20.0)


def test_referrals_hold_decisions_against_triage(reporting: Desk) -> None:
    tell(
        reporting,
        *whole_story("ENQ-1"),
        sent("REF-8", "ENQ-8", "2026-04-01T09:00:00Z", score=91.0),
        sent("REF-9", "ENQ-9", "2026-04-01T09:00:00Z", score=100.0),
        of_referral("REF-9", "ENQ-9", "referral_withdrawn", 2, "2026-04-02T09:00:00Z", status="withdrawn"),
    )

    [by_outcome] = rows(reporting, "referrals").values()
    by_score = rows(reporting, "referrals", by="score")
    by_reason = rows(reporting, "referrals", by="reason")

    assert figures(by_outcome, "outcome", "sent", "accepted", "rejected", "withdrawn", "waiting") == (
        "refer",
        4,
        1,
        1,
        1,
        1,
    )
    assert figures(by_outcome, "amount_asked", "amount_accepted", "amount_released") == (
        "190000.00",
        "35000.00",
        "1000.00",
    )
    assert {band: row["sent"] for band, row in by_score.items()} == {70: 2, 90: 2}
    assert by_outcome["median_score"] == 82.5
    assert {reason: row["sent"] for reason, row in by_reason.items()} == {
        "not_decided": 2,
        "strong_case": 1,
        "too_early": 1,
    }
    assert list(rows(reporting, "referrals", by="month")) == ["2026-03-01", "2026-04-01"]
    assert rows(reporting, "referrals", by="criteria_version")["2026-1"]["sent"] == 4


def test_evidence_is_counted_by_kind_and_by_what_it_is_about(reporting: Desk) -> None:
    tell(reporting, *whole_story("ENQ-1"), *whole_story("ENQ-2"))

    kinds = rows(reporting, "evidence")

    assert figures(kinds["barrier"], "items", "enquiries", "latest_on") == (2, 2, "2026-03-15")
    for by in ("category", "grade", "service_sector", "region"):
        assert [row["items"] for row in rows(reporting, "evidence", by=by).values()] == [2]
    assert list(rows(reporting, "evidence", by="month")) == [("2026-03-01", "barrier")]
    assert rows(reporting, "evidence", to="2026-03-14") == {}


def test_every_report_answers_in_every_way_before_anything_happened(reporting: Desk) -> None:
    for name, report in REPORTS.items():
        for by in report.by:
            answer = ask(reporting, name, by=by)
            assert tuple(answer["columns"]) == report.columns(by)
            assert list(answer["definitions"]) == answer["columns"]
            assert all(list(row) == answer["columns"] for row in answer["rows"])


def test_an_answer_says_what_it_is(reporting: Desk) -> None:
    answer = ask(reporting, "funnel")

    assert figures(answer, "name", "title", "from", "to", "by") == (
        "funnel",
        "From enquiry to decision",
        "2026-01-01",
        "2026-12-31",
        "week",
    )
    assert answer["generated_at"].endswith("Z")


def test_an_unknown_report_is_not_found(reporting: Desk) -> None:
    with pytest.raises(NotFound, match=r"Ask for one of: funnel, barriers"):
        ask(reporting, "weather")


def test_wrong_days_and_ways_are_named(reporting: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        ask(reporting, "funnel", by="clock", to="2025-01-01")

    assert [error.pointer for error in refused.value.errors] == ["/by", "/to"]


@pytest.mark.parametrize(
    "day", ["2026-1-1", "２０２６-01-01", "20260101", "2026-W01-4", "2026-02-30", " 2026-01-01", ""]
)
def test_a_day_is_written_in_one_way(reporting: Desk, day: str) -> None:
    with pytest.raises(Invalid) as refused:
        ask(reporting, "funnel", **{"from": day, "to": day})

    assert [error.pointer for error in refused.value.errors] == ["/from", "/to"]


def test_an_adviser_reads_no_reports(reporting: Desk) -> None:
    with pytest.raises(Forbidden):
        reporting.ask("read_report", name="funnel", roles=("adviser",), body={})


def test_a_manager_reads_them_without_saying_what_for(reporting: Desk) -> None:
    assert reporting.ask("read_report", name="funnel", roles=("manager",), body={})["by"] == "week"
