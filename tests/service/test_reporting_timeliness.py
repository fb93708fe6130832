"""The clocks, in working time, on stories whose hours can be told by hand."""

from typing import Any

import pytest

from chassis.work import Event
from services.reporting.service import ReportingService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.unit.reporting.hearing import hear
from tests.unit.reporting.stories import decided, of_case, of_referral, received, sent, told_by, triaged

COUNTS = ("started", "met", "breached", "running", "abandoned")


@pytest.fixture
def reporting(desk: MakeDesk) -> Desk:
    """Reporting at work on a database of its own."""
    return desk(ReportingService)


def clocks(desk: Desk, *events: Event, **body: Any) -> dict[Any, dict[str, Any]]:
    """The clocks after these events; by month and name when asked by month."""
    assert {hear(desk, event) for event in events} <= {"done"}
    asked = {"from": "2026-01-01", "to": "2026-12-31"} | body
    answer = desk.ask("read_report", name="timeliness", roles=("analyst",), body=asked)
    keys = ("month", "clock") if answer["by"] == "month" else ("clock",)
    return {row[keys[0]] if len(keys) == 1 else tuple(row[key] for key in keys): row for row in answer["rows"]}


def counts(row: dict[str, Any]) -> tuple[int, ...]:
    return tuple(row[name] for name in COUNTS)


def replied(enquiry: str, at: str) -> Event:
    data = {"enquiry": enquiry, "direction": "outbound", "disposition": "answered", "started_at": at}
    return told_by("intake", "enquiry_contact_recorded", enquiry, 2, at, **data)


def owed_by_enquirer(enquiry: str, begin: str, end: str | None) -> Event:
    """The case's word that the enquirer owed the next action from one moment to another, or still does."""
    return of_case(enquiry, "case_changed", 2, begin, pauses=[{"from": begin, "to": end}])


def test_the_first_reply_is_due_in_a_working_day(reporting: Desk) -> None:
    found = clocks(
        reporting,
        received("ENQ-1", received_at="2026-03-06T17:00:00Z"),  # a Friday, half an hour before closing
        replied("ENQ-1", "2026-03-09T17:00:00Z"),  # 8.5 hours of work later, to the second
        received("ENQ-2", received_at="2026-03-06T17:00:00Z"),
        replied("ENQ-2", "2026-03-09T17:01:00Z"),
        received("ENQ-3", received_at="2026-03-06T17:00:00Z", channel="phone"),  # a call needs no reply
    )

    assert counts(found["first_reply"]) == (2, 1, 1, 0, 0)
    assert found["first_reply"]["target_days"] == 1
    assert found["first_reply"]["median_days"] == 1.0


def test_the_first_assessment_stops_the_clock_of_triage(reporting: Desk) -> None:
    found = clocks(
        reporting,
        received("ENQ-1"),
        triaged("ENQ-1", 2, "refer", None, "2026-05-01T10:00:00Z"),
        triaged("ENQ-1", 1, "develop", None, "2026-03-04T10:00:00Z"),
    )

    assert counts(found["triage"]) == (1, 1, 0, 0, 0)
    assert (found["triage"]["median_days"], found["triage"]["p90_days"]) == (2.0, 2.0)


def test_a_clock_that_still_runs_is_breached_once_it_passed_its_target(reporting: Desk) -> None:
    found = clocks(
        reporting, received("ENQ-1", received_at="2000-03-01T10:00:00Z"), **{"from": "2000-01-01", "to": "2000-12-31"}
    )

    assert counts(found["triage"]) == (1, 0, 1, 0, 0)
    assert found["triage"]["median_days"] is None


def test_a_clock_that_has_not_passed_its_target_runs(reporting: Desk) -> None:
    found = clocks(
        reporting, received("ENQ-1", received_at="2099-03-01T10:00:00Z"), **{"from": "2099-01-01", "to": "2099-12-31"}
    )

    assert counts(found["triage"]) == (1, 0, 0, 1, 0)


def test_an_enquiry_that_ended_unanswered_is_neither_met_nor_breached(reporting: Desk) -> None:
    gone = told_by(
        "intake", "enquiry_withdrawn", "ENQ-1", 2, "2026-03-02T11:00:00Z", enquiry="ENQ-1", status="withdrawn"
    )

    found = clocks(reporting, received("ENQ-1"), gone)

    assert counts(found["first_reply"]) == counts(found["triage"]) == (1, 0, 0, 0, 1)


def test_a_clock_that_ran_out_before_its_enquiry_ended_stays_breached(reporting: Desk) -> None:
    gone = {"enquiry": "ENQ-1", "status": "closed"}

    found = clocks(
        reporting, received("ENQ-1"), told_by("intake", "enquiry_closed", "ENQ-1", 2, "2026-03-05T10:00:00Z", **gone)
    )

    # three days of work: more than a reply may take, and less than triage may
    assert counts(found["first_reply"]) == (1, 0, 1, 0, 0)
    assert counts(found["triage"]) == (1, 0, 0, 0, 1)
    assert found["first_reply"]["median_days"] is None


def test_a_referral_that_was_withdrawn_after_its_clocks_ran_out_stays_late(reporting: Desk) -> None:
    asked = {"status": "more_information"}

    found = clocks(
        reporting,
        sent("REF-1", "ENQ-1", "2026-03-02T09:00:00Z"),
        of_referral("REF-1", "ENQ-1", "referral_withdrawn", 2, "2026-05-01T09:00:00Z", status="withdrawn"),
        sent("REF-2", "ENQ-2", "2026-03-02T09:00:00Z"),
        of_referral("REF-2", "ENQ-2", "referral_information_requested", 2, "2026-05-01T08:00:00Z", **asked),
        of_referral("REF-2", "ENQ-2", "referral_withdrawn", 3, "2026-05-05T08:00:00Z", status="withdrawn"),
        sent("REF-3", "ENQ-3", "2026-03-02T09:00:00Z"),
        owed_by_enquirer("ENQ-3", "2026-03-03T10:00:00Z", None),
        of_referral("REF-3", "ENQ-3", "referral_information_requested", 2, "2026-03-03T09:00:00Z", **asked),
        of_referral("REF-3", "ENQ-3", "referral_withdrawn", 3, "2026-05-05T08:00:00Z", status="withdrawn"),
    )

    # the third rested nearly all the time
    assert counts(found["decision"]) == (3, 0, 2, 0, 1)
    assert counts(found["acknowledgement"]) == (3, 1, 2, 0, 0)


def test_the_wait_for_our_information_counts_towards_the_decision_but_for_the_enquirers_part(reporting: Desk) -> None:
    found = clocks(
        reporting,
        sent("REF-1", "ENQ-1", "2026-03-02T09:00:00Z"),
        of_referral("REF-1", "ENQ-1", "referral_acknowledged", 2, "2026-03-03T09:00:00Z", status="acknowledged"),
        of_referral(
            "REF-1", "ENQ-1", "referral_information_requested", 3, "2026-03-04T09:00:00Z", status="more_information"
        ),
        of_referral(
            "REF-1", "ENQ-1", "referral_information_provided", 4, "2026-04-29T08:00:00Z", status="acknowledged"
        ),
        owed_by_enquirer("ENQ-1", "2026-03-05T09:00:00Z", "2026-04-29T08:00:00Z"),
        decided("REF-1", "ENQ-1", 5, "accepted", "2026-04-30T08:00:00Z", "1.00"),
    )

    assert (counts(found["decision"]), found["decision"]["median_days"]) == ((1, 1, 0, 0, 0), 4.0)
    assert (counts(found["acknowledgement"]), found["acknowledgement"]["median_days"]) == ((1, 1, 0, 0, 0), 1.0)


def test_a_decision_is_not_late_while_the_enquirer_owes_the_next_action(reporting: Desk) -> None:
    found = clocks(
        reporting,
        sent("REF-1", "ENQ-1", "2000-03-01T09:00:00Z"),
        owed_by_enquirer("ENQ-1", "2000-03-02T09:00:00Z", None),
        **{"from": "2000-01-01", "to": "2000-12-31"},
    )

    assert counts(found["decision"]) == counts(found["acknowledgement"]) == (1, 0, 0, 1, 0)


def test_what_comes_in_the_evening_of_the_day_it_was_due_is_late(reporting: Desk) -> None:
    found = clocks(
        reporting,
        sent("REF-1", "ENQ-1", "2026-02-28T12:00:00Z"),  # a Saturday: all of Monday and Tuesday are left
        of_referral("REF-1", "ENQ-1", "referral_acknowledged", 2, "2026-03-03T17:30:00Z", status="acknowledged"),
        sent("REF-2", "ENQ-2", "2026-02-28T12:00:00Z"),
        of_referral("REF-2", "ENQ-2", "referral_acknowledged", 2, "2026-03-03T17:30:01Z", status="acknowledged"),
    )

    assert counts(found["acknowledgement"]) == (2, 1, 1, 0, 0)
    assert found["acknowledgement"]["median_days"] == 2.0


def test_a_late_decision_is_breached(reporting: Desk) -> None:
    found = clocks(
        reporting,
        sent("REF-1", "ENQ-1", "2026-03-02T09:00:00Z"),
        decided("REF-1", "ENQ-1", 2, "rejected", "2026-03-27T17:30:00Z"),  # 20 days of work later
        sent("REF-2", "ENQ-2", "2026-03-02T09:00:00Z"),
        decided("REF-2", "ENQ-2", 2, "rejected", "2026-03-30T08:00:00Z"),  # in summer time: as they open again
        sent("REF-3", "ENQ-3", "2026-03-02T09:00:00Z"),
        of_referral("REF-3", "ENQ-3", "referral_withdrawn", 2, "2026-03-03T09:00:00Z", status="withdrawn"),
    )

    assert counts(found["decision"]) == (3, 1, 1, 0, 1)
    assert counts(found["acknowledgement"]) == (3, 0, 2, 0, 1)


def test_clocks_by_month_belong_to_the_month_they_started_in(reporting: Desk) -> None:
    found = clocks(
        reporting,
        received("ENQ-1", channel="letter"),
        received("ENQ-2", channel="letter", received_at="2026-03-31T23:30:00Z"),  # already April in London
        by="month",
    )

    assert {key: row["started"] for key, row in found.items()} == {
        ("2026-03-01", "triage"): 1,
        ("2026-04-01", "triage"): 1,
    }


def test_all_clocks_are_listed_even_when_none_started(reporting: Desk) -> None:
    found = clocks(reporting)

    assert {clock: row["target_days"] for clock, row in found.items()} == {
        "first_reply": 1,
        "triage": 5,
        "acknowledgement": 2,
        "decision": 20,
    }
    assert {counts(row) for row in found.values()} == {(0, 0, 0, 0, 0)}
