"""What each event says about the rows of the read models."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from chassis.errors import Invalid
from chassis.fields import codes
from chassis.work import Event
from services.reporting.domain.clock import DAY, ENGLAND_AND_WALES
from services.reporting.domain.fold import FOLDS, fold
from services.reporting.domain.folding import Row
from services.reporting.domain.intake import REPLIES
from services.reporting.domain.readmodels import READ_MODELS
from tests.unit.reporting.stories import as_read, decided, of_case, of_referral, received, sent, told_by, triaged

NOON = "2026-03-02T12:00:00Z"


def rows(event: Event) -> dict[str, Row]:
    """The row that an event says of each read model."""
    return {change.model.name: change.row for change in fold(as_read(event))}


def contact(type: str = "enquiry_contact_recorded", **data: Any) -> Event:
    facts = {"enquiry": "ENQ-1", "direction": "outbound", "disposition": "answered", "started_at": NOON}
    source = "casework" if type.startswith("case") else "intake"
    return told_by(source, type, "ENQ-1", 2, "2026-03-02T13:00:00Z", **facts | data)


def test_an_enquiry_is_counted_on_its_day_in_london() -> None:
    row = rows(received("ENQ-1", received_at="2026-06-30T23:30:00Z"))["journeys"]

    assert row["received_on"] == date(2026, 7, 1)
    assert row["profile_sequence"] == 1


def test_a_matter_named_twice_counts_once() -> None:
    row = rows(received("ENQ-1", matters=["vat_and_tax", "pensions", "pensions"]))["journeys"]

    assert row["matters"] == ["pensions", "vat_and_tax"]


def test_a_team_had_reached_its_stage_when_it_asked() -> None:
    found = rows(received("ENQ-1", stage="planning"))

    assert found["stages_reached"]["reached_at"] == found["journeys"]["received_at"]
    assert "stages_reached" not in rows(received("ENQ-1", stage=None))


@pytest.mark.parametrize("type", ["enquiry_contact_recorded", "case_contact_recorded"])
def test_an_outbound_contact_that_got_through_is_a_reply(type: str) -> None:
    assert rows(contact(type))["journeys"]["first_reply_at"] == datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_contact_without_a_start_counts_from_when_it_was_told() -> None:
    assert rows(contact(started_at=None))["journeys"]["first_reply_at"] == datetime(2026, 3, 2, 13, tzinfo=UTC)


def test_the_dispositions_that_count_as_replies_are_on_the_list() -> None:
    assert set(codes("dispositions")) > REPLIES


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_strange_moment_is_counted_all_the_same(moment: str) -> None:
    row = rows(received("ENQ-1", received_at=moment))["journeys"]

    assert row["received_on"].year in (1, 9999)


@pytest.mark.parametrize("wanting", [{"direction": "inbound"}, {"disposition": "no_answer"}, {"direction": None}])
def test_an_attempt_is_no_reply(wanting: dict[str, Any]) -> None:
    assert rows(contact(**wanting)) == {}


@pytest.mark.parametrize("status", ["answered", "withdrawn", "closed"])
def test_only_an_answer_ends_an_enquiry_with_a_reply(status: str) -> None:
    row = rows(told_by("intake", f"enquiry_{status}", "ENQ-1", 4, NOON, enquiry="ENQ-1", status=status))["journeys"]

    assert row["ended_as"] == status
    assert ("first_reply_at" in row) == (status == "answered")


@pytest.mark.parametrize(
    ("score", "ends"),
    [({"value": 62.5}, (62.5, 62.5)), ({"low": 48.0, "high": 71.5}, (48.0, 71.5)), (None, (None, None))],
)
def test_a_score_has_two_ends(score: Any, ends: tuple[float | None, float | None]) -> None:
    row = rows(triaged("ENQ-1", 1, "develop", score))["journeys"]

    assert (row["score_low"], row["score_high"]) == ends


def test_an_enquiry_that_was_opened_again_has_not_ended_and_keeps_its_reply() -> None:
    row = rows(told_by("intake", "enquiry_reopened", "ENQ-1", 5, NOON, enquiry="ENQ-1", status="in_triage"))["journeys"]

    assert (row["ended_as"], row["ended_at"]) == (None, None)
    assert "first_reply_at" not in row


def test_a_reopened_case_has_no_outcome() -> None:
    row = rows(of_case("ENQ-1", "case_reopened", 6, NOON))["journeys"]

    assert (row["case_status"], row["case_outcome"], row["case_closed_at"]) == ("open", None, None)


def test_evidence_keeps_what_it_is_counted_by() -> None:
    item = {"evidence": "e1", "kind": "barrier", "category": None, "grade": "reported", "observed_on": "2026-03-01"}

    row = rows(of_case("ENQ-1", "evidence_recorded", 4, NOON, **item))["evidence"]

    assert (row["kind"], row["category"], row["observed_on"]) == ("barrier", None, date(2026, 3, 1))


def test_a_referral_keeps_what_triage_had_said() -> None:
    row = rows(sent("REF-1", "ENQ-1", NOON, amount="1234.50"))["referrals"]

    assert (row["amount_asked"], row["outcome"], row["score_low"]) == (Decimal("1234.50"), "refer", 74.0)
    assert (row["criteria_version"], row["status"]) == ("2026-1", "sent")


def test_a_question_or_a_decision_acknowledges_too() -> None:
    asked = of_referral("REF-1", "ENQ-1", "referral_information_requested", 2, NOON, status="more_information")
    given = of_referral("REF-1", "ENQ-1", "referral_information_provided", 3, NOON, status="acknowledged")

    assert "acknowledged_at" in rows(asked)["referrals"]
    assert "acknowledged_at" in rows(decided("REF-1", "ENQ-1", 2, "rejected", NOON))["referrals"]
    assert "acknowledged_at" not in rows(given)["referrals"]


@pytest.mark.parametrize("type", ["case_changed", "case_closed", "case_reopened"])
def test_each_change_of_a_case_tells_all_the_rests_of_its_clocks(type: str) -> None:
    pauses = [{"from": NOON, "to": "2026-03-02T23:00:00Z"}, {"from": "2026-03-03T09:00:00Z", "to": None}]

    row = rows(of_case("ENQ-1", type, 6, NOON, pauses=pauses, outcome="spun_out"))["journeys"]

    noon = ENGLAND_AND_WALES.worked(datetime(2026, 3, 2, 12, tzinfo=UTC))
    in_england = [ticks - noon for ticks in row["paused_worked"][::3]]
    assert in_england == [0, round(DAY * 5.5 / 8.5), round(DAY * 5.5 / 8.5)]
    assert row["pauses_sequence"] == 6


def test_a_change_of_a_case_that_does_not_tell_of_rests_leaves_them_as_they_are() -> None:
    assert "paused_worked" not in rows(of_case("ENQ-1", "case_reopened", 6, NOON))["journeys"]


def test_a_withdrawn_referral_and_a_concluded_one_keep_their_status() -> None:
    withdrawn = of_referral("REF-1", "ENQ-1", "referral_withdrawn", 2, NOON, status="withdrawn")
    concluded = of_referral("REF-1", "ENQ-1", "referral_concluded", 5, NOON, outcome="delivered", released="10.00")

    assert rows(withdrawn)["referrals"]["status"] == "withdrawn"
    assert rows(concluded)["referrals"]["amount_released"] == Decimal("10.00")


def test_an_event_about_nothing_that_is_counted_changes_nothing() -> None:
    assert fold(as_read(told_by("triage", "criteria_loaded", "2026-1", 1, NOON, version="2026-1"))) == ()


def test_no_event_changes_two_rows_of_one_model() -> None:
    for event in (received("ENQ-1"), of_case("ENQ-1", "case_opened", 1, NOON, opened_at=NOON)):
        changed = [change.model.name for change in fold(as_read(event))]
        assert len(changed) == len(set(changed))


def test_every_row_belongs_to_an_enquiry() -> None:
    assert all(model.key[0] == "enquiry" for model in READ_MODELS)


@pytest.mark.parametrize(("source", "type"), sorted(FOLDS))
def test_what_is_counted_is_refused_without_its_enquiry(source: str, type: str) -> None:
    with pytest.raises(Invalid) as refusal:
        as_read(told_by(source, type, "ENQ-1", 1, NOON))

    assert "/enquiry" in {error.pointer for error in refusal.value.errors}


@pytest.mark.parametrize("type", ["party_changed", "party_merged", "party_unmerged", "parties_kept_apart"])
def test_who_is_seen_as_whom_changes_no_row_and_so_no_figure_of_the_past(type: str) -> None:
    assert rows(told_by("intake", type, "0193c5a0-7c00-7000-8000-000000000001", 2, NOON)) == {}
