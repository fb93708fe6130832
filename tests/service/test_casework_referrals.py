"""Casework follows referrals, whatever the order in which it hears of them."""

from itertools import permutations
from typing import Any

import pytest

from services.casework.service import CaseworkService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.casework_story import CLOSING, REFERRAL, assess, move, open_case, read

STORY: list[tuple[str, int, dict[str, Any]]] = [
    ("referral_sent", 1, {"sent_at": "2026-11-16T10:00:00Z", "outcome": "refer", "time": "2026-11-16T10:00:00Z"}),
    ("referral_information_requested", 2, {"status": "more_information", "time": "2026-11-17T10:00:00Z"}),
    ("referral_information_provided", 3, {"status": "acknowledged", "time": "2026-11-18T10:00:00Z"}),
    ("referral_decided", 4, {"decision": "accepted", "outcome": "refer", "decided_at": "2026-11-19T10:00:00Z"}),
]


@pytest.fixture
def casework(desk: MakeDesk) -> Desk:
    """Casework on a database of its own."""
    return desk(CaseworkService)


def clock_of(casework: Desk, case: str, name: str) -> dict[str, Any]:
    """The clock of this name of the case's only referral."""
    [clock] = [clock for clock in read(casework, case)["clocks"] if clock["name"] == name]
    return dict(clock)


def decision_clock(casework: Desk, case: str) -> dict[str, Any]:
    """The clock of the decision on the referral."""
    return clock_of(casework, case, "decision")


def test_a_sent_referral_is_the_cabinet_offices_to_answer(casework: Desk) -> None:
    case = open_case(casework)

    move(casework, case, *STORY[0][:2], **STORY[0][2])

    shown = read(casework, case)
    assert shown["requires_action_by"] == "cabinet_office"
    assert shown["referrals"] == [
        {"reference": REFERRAL, "status": "sent", "sent_at": "2026-11-16T10:00:00Z", "ended_at": None}
    ]
    assert "referral_sent" in [entry["what"] for entry in shown["timeline"]]
    assert shown["version"] == 2


@pytest.mark.parametrize(
    ("event_type", "data", "party"),
    [
        ("referral_acknowledged", {"status": "acknowledged"}, "cabinet_office"),
        ("referral_information_requested", {"status": "more_information"}, "adviser"),
        ("referral_decided", {"decision": "rejected", "decided_at": "2026-11-19T10:00:00Z"}, "adviser"),
        ("referral_withdrawn", {"status": "withdrawn"}, "adviser"),
        ("referral_concluded", {"outcome": "delivered"}, "adviser"),
    ],
)
def test_each_step_of_a_referral_says_who_owes_the_next_action(
    casework: Desk, event_type: str, data: dict[str, Any], party: str
) -> None:
    case = open_case(casework)
    move(casework, case, "referral_sent", 1, sent_at="2026-11-16T10:00:00Z")

    move(casework, case, event_type, 2, **data)

    assert read(casework, case)["requires_action_by"] == party


def test_whatever_the_order_of_its_events_a_referral_comes_out_the_same(desk: MakeDesk) -> None:
    casework = desk(CaseworkService)
    seen = []
    for number, order in enumerate(permutations(STORY)):
        assess(casework, enquiry=f"ENQ-{number}")
        [case] = [item["reference"] for item in casework.ask("list_cases", body={"q": f"ENQ-{number}"})["items"][:1]]
        for event_type, sequence, data in order:
            assert move(casework, case, event_type, sequence, referral=f"REF-{number}", **data) == "done"

        shown = read(casework, case)
        [referral] = shown["referrals"]
        clock = decision_clock(casework, case)
        entries = [entry["what"] for entry in shown["timeline"]]
        seen.append(
            (referral["status"], referral["ended_at"], shown["requires_action_by"], shown["due_at"] is not None)
        )
        seen.append((clock["result"], clock["elapsed_seconds"], clock["state"], sorted(entries)))

    assert seen == seen[:2] * 24
    assert seen[0] == ("accepted", "2026-11-19T10:00:00Z", "adviser", True)
    assert seen[1][:3] == ("met", 3 * 30_600, "ended")


def test_an_older_event_that_comes_late_brings_no_status_back(casework: Desk) -> None:
    case = open_case(casework)
    move(casework, case, "referral_decided", 4, decision="rejected", decided_at="2026-11-19T10:00:00Z")

    move(casework, case, "referral_sent", 1, sent_at="2026-11-16T10:00:00Z")

    shown = read(casework, case)
    assert [referral["status"] for referral in shown["referrals"]] == ["rejected"]
    assert shown["requires_action_by"] == "adviser"


def test_an_older_event_that_comes_late_takes_the_turn_from_nobody(casework: Desk) -> None:
    case = open_case(casework)
    move(casework, case, "referral_information_requested", 3, status="more_information")
    casework.ask("change_case", reference=case, body={"requires_action_by": "enquirer"})

    move(casework, case, "referral_acknowledged", 2, status="acknowledged")

    assert read(casework, case)["requires_action_by"] == "enquirer"


def test_a_second_referral_that_is_heard_of_first_keeps_the_turn(casework: Desk) -> None:
    case = open_case(casework)
    move(casework, case, "referral_sent", 1, referral="REF-2", sent_at="2026-11-18T10:00:00Z")

    move(casework, case, "referral_decided", 4, referral="REF-1", decision="rejected")

    assert read(casework, case)["requires_action_by"] == "cabinet_office"


def test_a_withdrawn_referrals_clock_stops_without_being_met(casework: Desk) -> None:
    case = open_case(casework)
    move(casework, case, "referral_sent", 1, sent_at="2026-11-16T10:00:00Z")

    move(casework, case, "referral_withdrawn", 2, status="withdrawn", time="2026-11-17T10:00:00Z")

    clock = decision_clock(casework, case)
    assert (clock["state"], clock["result"], clock["subject"]) == ("ended", "stopped", REFERRAL)


def test_a_decision_clock_rests_while_the_enquirer_owes_the_next_action(casework: Desk) -> None:
    case = open_case(casework)
    move(casework, case, "referral_sent", 1, sent_at="2026-11-16T10:00:00Z")

    casework.ask("change_case", reference=case, body={"requires_action_by": "enquirer"})

    clock = decision_clock(casework, case)
    assert (clock["state"], clock["due_at"]) == ("paused", None)
    assert [segment["why"] for segment in clock["segments"]] == ["started", "enquirer_owes_next_action"]


def test_the_cabinet_office_has_two_working_days_to_acknowledge_a_referral(casework: Desk) -> None:
    case = open_case(casework)
    move(casework, case, "referral_sent", 1, sent_at="2026-11-16T10:00:00Z")
    running = clock_of(casework, case, "acknowledgement")

    move(casework, case, "referral_information_requested", 2, status="more_information", time="2026-11-18T10:00:00Z")

    clock = clock_of(casework, case, "acknowledgement")
    assert (running["subject"], running["state"], running["due_at"]) == (REFERRAL, "running", "2026-11-18T10:00:00Z")
    assert (clock["state"], clock["result"], clock["elapsed_seconds"]) == ("ended", "met", 2 * 30_600)
    assert decision_clock(casework, case)["state"] == "running"


def test_a_referral_withdrawn_unacknowledged_stops_both_its_clocks(casework: Desk) -> None:
    case = open_case(casework)
    move(casework, case, "referral_sent", 1, sent_at="2026-11-16T10:00:00Z")

    move(casework, case, "referral_withdrawn", 2, status="withdrawn", time="2026-11-17T10:00:00Z")

    assert (
        clock_of(casework, case, "acknowledgement")["result"] == decision_clock(casework, case)["result"] == "stopped"
    )


def test_the_wait_for_our_information_does_not_rest_the_decision_clock(casework: Desk) -> None:
    case = open_case(casework)
    for event_type, sequence, data in STORY[:2]:
        move(casework, case, event_type, sequence, **data)

    clock = decision_clock(casework, case)
    assert (clock["state"], len(clock["segments"])) == ("running", 1)


def test_a_turn_that_a_referral_takes_is_told_with_the_pauses_it_ends(casework: Desk) -> None:
    case = open_case(casework)
    casework.ask("change_case", reference=case, body={"requires_action_by": "enquirer"})

    move(casework, case, "referral_sent", 1, sent_at="2099-01-05T10:00:00Z")

    asked, taken = casework.told()[-2:]
    assert (taken.type, taken.data["changed"]) == ("case_changed", ["requires_action_by"])
    assert taken.sequence == read(casework, case)["version"] == 3
    [pause], [ended] = asked.data["pauses"], taken.data["pauses"]
    assert (pause["to"], ended) == (None, {"from": pause["from"], "to": "2099-01-05T10:00:00Z"})


def test_the_cabinet_offices_clocks_run_on_while_we_had_the_case_closed(casework: Desk) -> None:
    case = open_case(casework)
    casework.ask("close_case", reference=case, body=CLOSING)

    move(casework, case, "referral_sent", 1, sent_at="2026-11-16T10:00:00Z")

    assert [segment["why"] for segment in decision_clock(casework, case)["segments"]] == ["started"]


def test_a_case_closed_while_its_referral_was_on_the_way_is_open_again(casework: Desk) -> None:
    case = open_case(casework)
    casework.ask("close_case", reference=case, body=CLOSING)

    move(casework, case, "referral_sent", 1, sent_at="2026-11-16T10:00:00Z")

    shown = read(casework, case)
    assert (shown["status"], shown["requires_action_by"]) == ("open", "cabinet_office")
    assert [event.type for event in casework.told()][-2:] == ["case_reopened", "case_changed"]


def test_the_end_of_a_referral_leaves_a_closed_case_closed(casework: Desk) -> None:
    case = open_case(casework)
    casework.ask("change_case", reference=case, body={"requires_action_by": "other"})
    casework.ask("close_case", reference=case, body=CLOSING)

    move(casework, case, "referral_decided", 4, decision="rejected", decided_at="2026-11-19T10:00:00Z")

    shown = read(casework, case)
    assert (shown["status"], shown["requires_action_by"]) == ("closed", "other")


def test_a_referral_of_a_case_that_is_not_known_yet_is_tried_again(casework: Desk) -> None:
    assert move(casework, "CAS-0000-0000", "referral_sent", 1, sent_at="2026-11-16T10:00:00Z") == "retry"


def test_a_referrals_event_that_does_not_tell_its_status_is_parked(casework: Desk) -> None:
    case = open_case(casework)

    assert move(casework, case, "referral_acknowledged", 1) == "parked"

    assert read(casework, case)["referrals"] == []


@pytest.mark.parametrize("name", ["time", "sent_at", "decided_at"])
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "1999-12-31T23:59:59Z", "9999-12-30T00:00:00Z"])
def test_an_event_of_a_moment_that_cannot_be_is_parked(casework: Desk, name: str, moment: str) -> None:
    """Counting the working time up to it, whenever the case is read, would hold up all others."""
    case = open_case(casework)

    told = {"sent_at": "2026-11-16T10:00:00Z", "decision": "accepted", name: moment}
    assert move(casework, case, "referral_decided", 1, **told) == "parked"

    assert read(casework, case)["referrals"] == []
