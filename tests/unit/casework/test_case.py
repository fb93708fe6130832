"""When a case opens, who owes the next action, and what its state allows."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chassis.fields import codes
from services.casework.domain.case import (
    OPENING_OUTCOMES,
    OTHER_OUTCOMES,
    Action,
    Assessed,
    Consent,
    Party,
    Pause,
    Status,
    allowed,
    columns_of,
    consents_to_share,
    fields_of,
    first_reached_at,
    has_reached,
    may_assign,
    may_have_been_observed,
    may_have_happened,
    opens_case,
    pause_reason,
    stage_after,
    turn,
)

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_case_is_opened_for_refer_and_develop_only() -> None:
    assert [outcome for outcome in (*OPENING_OUTCOMES, *OTHER_OUTCOMES) if opens_case(outcome)] == ["refer", "develop"]


def test_a_closed_case_still_takes_word_and_evidence_and_can_be_reopened() -> None:
    assert allowed(Status.CLOSED) == (Action.ADD_NOTE, Action.RECORD_EVIDENCE, Action.REOPEN)


@pytest.mark.parametrize("status", [Status.OPEN, Status.ON_HOLD])
def test_an_open_case_allows_everything_but_reopening(status: Status) -> None:
    assert set(allowed(status)) == set(Action) - {Action.REOPEN}


@pytest.mark.parametrize(
    ("assignee", "is_manager", "may"),
    [(None, False, True), ("me", False, True), ("colleague", False, False), ("colleague", True, True)],
)
def test_only_a_manager_takes_a_case_from_a_colleague(assignee: str | None, is_manager: bool, may: bool) -> None:
    assert may_assign(assignee, "me", is_manager=is_manager) is may


@pytest.mark.parametrize(
    ("sent", "columns"),
    [
        ({"on_hold": True}, {"status": Status.ON_HOLD}),
        ({"on_hold": False, "assignee": "me"}, {"status": Status.OPEN, "assignee": "me"}),
        ({"assignee": None}, {"assignee": None}),
        ({}, {}),
    ],
)
def test_being_on_hold_is_a_status(sent: dict[str, Any], columns: dict[str, Any]) -> None:
    assert columns_of(sent) == columns
    assert sorted(fields_of(columns)) == sorted(sent)


def test_the_stage_follows_the_enquiry_until_an_adviser_says_otherwise() -> None:
    assert stage_after("exploring", "exploring", "planning") == "planning"
    assert stage_after(None, None, "planning") == "planning"
    assert stage_after("live", "exploring", "planning") == "live"


@pytest.mark.parametrize(
    ("gates", "consent", "may_share"),
    [
        ({"consent_to_share": "yes"}, False, False),
        ({"consent_to_share": "yes"}, None, True),
        ({"consent_to_share": "no"}, True, False),
        ({"consent_to_share": "unknown"}, True, True),
        ({}, False, False),
        ({}, None, None),
    ],
)
def test_a_refusal_says_whether_we_may_share_then_the_gate_and_else_the_enquirys_consent(
    gates: dict[str, str], consent: bool | None, may_share: bool | None
) -> None:
    assert consents_to_share(Assessed(1, {"gates": gates}, {"consent_to_share": consent}), None) is may_share


@pytest.mark.parametrize("given", [True, False, None])
@pytest.mark.parametrize("gate", ["yes", "no", "unknown"])
@pytest.mark.parametrize("consent", [True, False, None])
def test_an_act_that_the_assessment_could_not_know_of_decides_and_one_that_it_knows_of_does_not(
    gate: str, consent: bool | None, given: bool | None
) -> None:
    assessed = Assessed(3, {"gates": {"consent_to_share": gate}}, {"consent_to_share": consent})

    assert consents_to_share(assessed, Consent(4, given)) is given
    assert consents_to_share(assessed, Consent(3, given)) is consents_to_share(assessed, None)


@pytest.mark.parametrize(
    ("status", "party", "reason"),
    [
        (Status.OPEN, Party.ADVISER, None),
        (Status.ON_HOLD, Party.CABINET_OFFICE, None),
        (Status.OPEN, Party.ENQUIRER, Pause.ENQUIRER),
        (Status.CLOSED, Party.ENQUIRER, Pause.CLOSED),
    ],
)
def test_clocks_rest_while_the_enquirer_owes_the_next_action_or_the_case_is_closed(
    status: Status, party: Party, reason: Pause | None
) -> None:
    assert pause_reason(status, party) == reason


def test_a_contact_succeeds_when_the_two_sides_spoke() -> None:
    failed = {
        "message_left",
        "no_answer",
        "engaged",
        "wrong_number",
        "undelivered",
        "message_received",
        "automatic_reply",
    }

    assert {code for code in codes("dispositions") if not has_reached(code)} == failed


@pytest.mark.parametrize(
    ("started", "ended", "reached"),
    [
        (NOON + HOUR, None, NOON + HOUR),
        (NOON - HOUR, NOON + HOUR, NOON),
        (NOON - HOUR, NOON, NOON),
        (NOON - 2 * HOUR, NOON - HOUR, None),
        (NOON - HOUR, None, None),
    ],
)
def test_a_contact_counts_from_the_opening_of_the_case_on(
    started: datetime, ended: datetime | None, reached: datetime | None
) -> None:
    assert first_reached_at(NOON, started, ended) == reached


def test_a_moment_is_in_the_future_when_it_is_ahead_by_more_than_clocks_differ() -> None:
    assert may_have_happened(NOON + timedelta(minutes=5), NOON)
    assert not may_have_happened(NOON + timedelta(minutes=6), NOON)


def test_a_day_is_in_the_future_by_the_calendar_in_london() -> None:
    late_evening_in_utc = datetime(2026, 6, 15, 23, 30, tzinfo=UTC)

    assert may_have_been_observed(date(2026, 6, 16), late_evening_in_utc)
    assert not may_have_been_observed(date(2026, 6, 17), late_evening_in_utc)


def test_what_is_said_to_be_of_another_century_is_a_slip_of_the_keyboard() -> None:
    assert may_have_happened(datetime(2000, 1, 1, tzinfo=UTC), NOON)
    assert may_have_been_observed(date(2000, 1, 1), NOON)
    assert not may_have_happened(datetime(1999, 12, 31, 23, 59, tzinfo=UTC), NOON)
    assert not may_have_been_observed(date(1999, 12, 31), NOON)


@pytest.mark.parametrize(
    ("statuses", "withdrawn", "party"),
    [
        (["sent"], False, Party.CABINET_OFFICE),
        (["rejected", "acknowledged"], False, Party.CABINET_OFFICE),
        (["more_information"], False, Party.ADVISER),
        (["accepted"], False, Party.ADVISER),
        ([], False, Party.ADVISER),
        (["sent"], True, Party.ADVISER),
    ],
)
def test_the_cabinet_office_owes_the_next_action_while_it_has_a_referral_to_decide(
    statuses: list[str], withdrawn: bool, party: Party
) -> None:
    assert turn(statuses, withdrawn=withdrawn) == party


def test_the_parties_and_outcomes_named_here_are_those_of_the_closed_lists() -> None:
    assert set(Party) <= set(codes("requires_action_by"))
