"""Cases are opened by assessments, once for each enquiry, and keep to the newest."""

from itertools import permutations

import pytest

from chassis.fields import is_reference, new_id
from services.casework.service import CaseworkService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.casework_story import CLOSING, ENQUIRY, PROFILE, assess, move, open_case, read, triaged


@pytest.fixture
def casework(desk: MakeDesk) -> Desk:
    """Casework on a database of its own."""
    return desk(CaseworkService)


def cases(casework: Desk) -> list[dict[str, object]]:
    """Every case there is."""
    return list(casework.ask("list_cases", body={})["items"])


@pytest.mark.parametrize("outcome", ["refer", "develop"])
def test_a_case_is_opened_for_an_outcome_that_asks_for_one(casework: Desk, outcome: str) -> None:
    reference = open_case(casework, outcome=outcome)

    case = read(casework, reference)
    assert is_reference("CAS", reference)
    assert (case["enquiry"], case["status"], case["outcome"]) == (ENQUIRY, "open", outcome)
    assert (case["requires_action_by"], case["assignee"], case["version"]) == ("adviser", None, 1)
    assert (case["spin_out_stage"], case["division"]) == ("making_the_case", "england_and_wales")
    assert [entry["what"] for entry in case["timeline"]] == ["opened"]
    assert case["timeline"][0]["who"] == "event:triage.enquiry_triaged"


@pytest.mark.parametrize("outcome", ["advise", "inform", "out_of_scope", "information_needed"])
def test_other_outcomes_stay_with_the_enquiry(casework: Desk, outcome: str) -> None:
    assert assess(casework, outcome=outcome) == "done"

    assert cases(casework) == []
    assert casework.told() == []


def test_an_opened_case_is_told_without_personal_data(casework: Desk) -> None:
    reference = open_case(casework)

    [told] = casework.told()
    assert (told.type, told.subject, told.sequence) == ("case_opened", reference, 1)
    assert told.data["profile"] == PROFILE
    assert told.data["requires_action_by"] == "adviser"


def test_the_same_event_heard_again_opens_no_second_case(casework: Desk) -> None:
    event = new_id()

    outcomes = [
        casework.hear("triage", "enquiry_triaged", subject=ENQUIRY, sequence=1, data=triaged(), id=event)
        for _ in range(3)
    ]

    assert outcomes == ["done", "repeat", "repeat"]
    assert len(cases(casework)) == 1


def test_the_same_facts_told_under_another_id_open_no_second_case(casework: Desk) -> None:
    assess(casework)
    assess(casework, outcome="develop")

    [case] = cases(casework)
    assert (case["version"], case["outcome"]) == (1, "refer")
    assert len(casework.told()) == 1


def test_a_later_assessment_updates_the_case_and_opens_none(casework: Desk) -> None:
    reference = open_case(casework)

    assess(
        casework,
        facts_version=2,
        outcome="develop",
        score={"low": 52.0, "high": 61.0},
        spin_out_stage="planning",
        profile={**PROFILE, "region": "scotland"},
    )

    case = read(casework, reference)
    assert len(cases(casework)) == 1
    assert (case["outcome"], case["score"], case["facts_version"]) == ("develop", {"low": 52.0, "high": 61.0}, 2)
    assert (case["spin_out_stage"], case["division"], case["version"]) == ("planning", "scotland", 2)
    assert [entry["what"] for entry in case["timeline"]] == ["assessed", "opened"]


def test_an_older_assessment_that_comes_later_changes_nothing(casework: Desk) -> None:
    reference = open_case(casework, facts_version=2)
    before = read(casework, reference)

    assert assess(casework, facts_version=1, outcome="develop", score={"value": 55.0}) == "done"

    assert read(casework, reference) == {**before, "clocks": read(casework, reference)["clocks"]}


def test_an_older_assessment_opens_no_case_once_a_newer_one_asked_for_none(casework: Desk) -> None:
    assess(casework, facts_version=2, outcome="advise")
    assess(casework, facts_version=1, outcome="refer")

    assert cases(casework) == []


def test_whatever_the_order_the_newest_assessment_stands(desk: MakeDesk) -> None:
    versions = {1: "develop", 2: "refer", 3: "develop"}
    for order in permutations(versions):
        casework = desk(CaseworkService)

        for version in order:
            assess(casework, facts_version=version, outcome=versions[version], score={"value": 50.0 + version})

        [case] = cases(casework)
        assert (case["outcome"], case["score"]) == ("develop", {"value": 53.0})


def test_an_advisers_word_on_the_stage_outlives_a_later_assessment(casework: Desk) -> None:
    reference = open_case(casework)
    casework.ask("change_case", reference=reference, body={"spin_out_stage": "live"})

    assess(casework, facts_version=2, spin_out_stage="planning")

    assert read(casework, reference)["spin_out_stage"] == "live"


def test_a_withdrawn_enquiry_is_the_advisers_to_look_at(casework: Desk) -> None:
    reference = open_case(casework)
    casework.ask("change_case", reference=reference, body={"requires_action_by": "enquirer"})

    withdraw(casework)
    withdraw(casework, time="2026-11-20T13:00:00Z")

    case = read(casework, reference)
    assert (case["requires_action_by"], case["status"]) == ("adviser", "open")
    assert case["enquiry_withdrawn_at"] == "2026-11-20T12:00:00Z"
    assert [entry["what"] for entry in case["timeline"]].count("enquiry_withdrawn") == 1


def test_whoever_refers_a_case_is_told_that_the_enquirer_has_withdrawn(casework: Desk) -> None:
    reference = open_case(casework)
    before = casework.ask("referral_snapshot", reference=reference)

    withdraw(casework)

    after = casework.ask("referral_snapshot", reference=reference)
    assert [(one["version"], one["enquiry_withdrawn_at"]) for one in (before, after)] == [
        (1, None),
        (2, "2026-11-20T12:00:00Z"),
    ]


def test_an_enquirer_who_came_back_has_the_case_reopened_and_referred(casework: Desk) -> None:
    # given a case that was closed because the enquirer withdrew
    reference = open_case(casework)
    withdraw(casework)
    casework.ask("close_case", reference=reference, body=CLOSING)

    # when they come back, and the case is referred
    casework.ask("reopen_case", reference=reference, body={"reason": "They rang again."})
    assert casework.ask("referral_snapshot", reference=reference)["enquiry_withdrawn_at"] is None
    move(casework, reference, "referral_sent", 1, sent_at="2026-11-20T12:30:00Z")

    # then the Cabinet Office owes the next action, and the timeline still knows of the withdrawal
    case = read(casework, reference)
    assert (case["requires_action_by"], case["enquiry_withdrawn_at"]) == ("cabinet_office", None)
    assert "enquiry_withdrawn" in [entry["what"] for entry in case["timeline"]]


def test_a_withdrawal_heard_before_the_assessment_is_not_forgotten(casework: Desk) -> None:
    withdraw(casework)

    reference = open_case(casework)

    case = read(casework, reference)
    assert case["enquiry_withdrawn_at"] == "2026-11-20T12:00:00Z"
    assert [entry["what"] for entry in case["timeline"]] == ["opened", "enquiry_withdrawn"]


def test_a_withdrawal_of_an_enquiry_without_a_case_is_nothing_to_do(casework: Desk) -> None:
    assert withdraw(casework) == "done"
    assert withdraw(casework) == "done"

    assert cases(casework) == []


def test_an_event_that_does_not_say_when_it_was_told_is_parked(casework: Desk) -> None:
    assert withdraw(casework, time="yesterday") == "parked"
    assert withdraw(casework, time="2026-11-20T12:00:00") == "parked"


@pytest.mark.parametrize(
    "broken",
    [
        {"facts_version": "1"},
        {"facts_version": 2**31},
        {"profile": None},
        {"profile": {"region": ["scotland"]}},
        {"facts": {"gates": ["yes"]}},
        {"outcome": 7},
        {"enquiry": ""},
    ],
)
def test_an_assessment_that_cannot_be_read_is_parked_and_changes_nothing(
    casework: Desk, broken: dict[str, object]
) -> None:
    data = {**triaged(), **broken}

    outcome = casework.hear("triage", "enquiry_triaged", subject=ENQUIRY, sequence=1, data=data)

    assert outcome == "parked"
    assert cases(casework) == []


def withdraw(casework: Desk, time: str = "2026-11-20T12:00:00Z") -> str:
    """Let casework hear that the enquirer has withdrawn; return what became of the event."""
    data = {"enquiry": ENQUIRY, "status": "withdrawn"}
    return casework.hear("intake", "enquiry_withdrawn", subject=ENQUIRY, sequence=3, data=data, time=time)
