"""The first criteria set says what the domain's description says, word for word and number for number."""

import pytest

from services.triage.domain import assess
from tests.unit.triage.examples import (
    ALL_PASS,
    FIRST,
    FIRST_RULES,
    GATES,
    PLANNING,
    scored,
    without,
)

WEIGHTS = {
    "promise": 14,
    "learning": 14,
    "staff_engagement": 14,
    "parent_support": 14,
    "viability": 14,
    "social_benefit": 10,
    "feasibility": 8,
    "support_need": 8,
    "scale": 4,
}
ALWAYS_ASKED = [gate for gate in GATES if gate != "early_life"]


def test_the_gates_are_the_agreed_ones() -> None:
    assert GATES == [
        "public_origin",
        "public_service",
        "employee_control",
        "england",
        "senior_sponsor",
        "early_life",
        "consent_to_share",
    ]


def test_the_criteria_have_the_agreed_weights() -> None:
    assert {criterion["id"]: criterion["weight"] for criterion in FIRST["criteria"]} == WEIGHTS


@pytest.mark.parametrize(
    ("points", "score", "outcome"),
    [
        (scored(4), 100.0, "refer"),
        (scored(3, feasibility=2, promise=2, learning=3, social_benefit=4), 72.0, "refer"),
        (scored(3, social_benefit=1), 70.0, "refer"),
        (scored(3, scale=4, social_benefit=2, promise=2), 70.0, "refer"),
        (scored(3, feasibility=0, scale=3), 69.0, "develop"),
        (scored(2), 50.0, "develop"),
        (scored(2, scale=1), 49.0, "advise"),
        (scored(1, social_benefit=3), 30.0, "advise"),
        (scored(1, feasibility=2, scale=3), 29.0, "inform"),
        (scored(0), 0.0, "inform"),
    ],
)
def test_the_score_decides_the_band(points: dict[str, str | int], score: float, outcome: str) -> None:
    result = assess(FIRST_RULES, {**ALL_PASS, **PLANNING, **points})

    assert (result.score.data(), result.outcome) == ({"value": score}, outcome)
    assert result.questions == ()


@pytest.mark.parametrize("gate", ALWAYS_ASKED)
def test_a_gate_that_says_no_is_out_of_scope_with_reason_and_signpost(gate: str) -> None:
    result = assess(FIRST_RULES, {**ALL_PASS, **PLANNING, **scored(4), f"gates.{gate}": "no"})

    [found] = [finding for finding in result.explanation if finding.id == gate]
    assert result.outcome == "out_of_scope"
    assert result.reason == found.reason
    assert result.signpost
    assert result.questions == ()


@pytest.mark.parametrize("gate", ALWAYS_ASKED)
def test_a_gate_unknown_needs_information_and_asks_for_it(gate: str) -> None:
    result = assess(FIRST_RULES, without({**ALL_PASS, **PLANNING, **scored(4)}, f"gates.{gate}"))

    assert result.outcome == "information_needed"
    assert [question.id for question in result.questions] == [gate]


def test_a_gate_that_says_no_outweighs_one_unknown() -> None:
    facts = without({**ALL_PASS, "gates.england": "no"}, "gates.senior_sponsor")

    assert assess(FIRST_RULES, facts).outcome == "out_of_scope"


def test_a_missing_criterion_makes_the_score_a_range() -> None:
    result = assess(FIRST_RULES, without({**ALL_PASS, **PLANNING, **scored(3)}, "criteria.viability"))

    assert result.score.data() == {"low": 64.5, "high": 78.5}
    assert result.outcome == "information_needed"
    assert [question.id for question in result.questions] == ["viability"]


def test_a_range_within_one_band_decides_it() -> None:
    result = assess(FIRST_RULES, without({**ALL_PASS, **PLANNING, **scored(4)}, "criteria.viability"))

    assert result.score.data() == {"low": 86.0, "high": 100.0}
    assert result.outcome == "refer"


@pytest.mark.parametrize("stage", ["making_the_case", "planning", "implementing", "live", "growing"])
def test_from_making_the_case_onwards_a_project_can_be_referred(stage: str) -> None:
    assert assess(FIRST_RULES, {**ALL_PASS, **scored(4), "spin_out_stage": stage}).outcome == "refer"


@pytest.mark.parametrize("stage", ["exploring", "dormant", "withdrawn", "failed"])
def test_a_project_before_that_or_at_rest_is_developed(stage: str) -> None:
    assert assess(FIRST_RULES, {**ALL_PASS, **scored(4), "spin_out_stage": stage}).outcome == "develop"


def test_a_project_of_unknown_stage_is_asked_for_it_before_it_is_referred() -> None:
    result = assess(FIRST_RULES, {**ALL_PASS, **scored(4)})

    assert result.outcome == "information_needed"
    assert [question.id for question in result.questions] == ["spin_out_stage"]


def test_the_stage_matters_to_no_lower_band() -> None:
    assert assess(FIRST_RULES, {**ALL_PASS, **scored(2)}).outcome == "develop"


def test_early_life_is_asked_of_live_mutuals_only() -> None:
    facts = without({**ALL_PASS, **PLANNING, **scored(4)}, "gates.early_life")

    result = assess(FIRST_RULES, facts)

    [found] = [finding for finding in result.explanation if finding.id == "early_life"]
    assert (result.outcome, found.value, found.missing) == ("refer", "not_applicable", False)


def test_a_live_mutual_must_be_early_in_its_life() -> None:
    live = {**ALL_PASS, **scored(4), "spin_out_stage": "live"}

    assert assess(FIRST_RULES, live).outcome == "refer"
    assert assess(FIRST_RULES, {**live, "gates.early_life": "no"}).outcome == "out_of_scope"
    assert assess(FIRST_RULES, without(live, "gates.early_life")).outcome == "information_needed"


def test_while_the_stage_is_unknown_it_is_asked_for_before_early_life() -> None:
    result = assess(FIRST_RULES, without({**ALL_PASS, **scored(2)}, "gates.early_life"))

    assert result.outcome == "information_needed"
    assert [question.id for question in result.questions] == ["spin_out_stage"]


def test_every_gate_and_criterion_is_explained_and_the_points_add_up() -> None:
    result = assess(FIRST_RULES, {**ALL_PASS, **PLANNING, **scored(3, viability=1)})

    assert [finding.id for finding in result.explanation] == [*GATES, *WEIGHTS]
    assert sum(finding.points or 0 for finding in result.explanation) == result.score.data()["value"]
    assert all(finding.reason for finding in result.explanation)
