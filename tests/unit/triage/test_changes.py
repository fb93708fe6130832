"""What would change an outcome: every change named does, and every one that does is named."""

from typing import Any

from hypothesis import given

from services.triage.domain import assess
from tests.unit.triage.examples import (
    ALL_PASS,
    CRITERIA,
    FIRST_RULES,
    PLANNING,
    any_facts,
    scored,
    without,
)


def named(facts: dict[str, Any]) -> list[tuple[str, str, Any, Any, list[str]]]:
    """The changes of an assessment, each as id, kind of change, from, to and outcomes."""
    changes = assess(FIRST_RULES, facts).data()["what_would_change_it"]
    return [(one["id"], one["change"], one["from"], one["to"], one["outcomes"]) for one in changes]


def test_a_project_too_early_is_told_from_which_stage_it_can_be_referred() -> None:
    facts = {**ALL_PASS, **scored(4), "spin_out_stage": "exploring"}

    assert named(facts) == [("spin_out_stage", "instead", "exploring", "making_the_case", ["refer"])]


def test_the_only_gate_that_says_no_is_told_what_its_yes_would_lead_to() -> None:
    facts = {**ALL_PASS, **PLANNING, **scored(4), "gates.england": "no"}

    assert named(facts) == [("england", "instead", "no", "yes", ["refer"])]


def test_of_two_gates_that_say_no_neither_changes_anything_alone() -> None:
    facts = {**ALL_PASS, **PLANNING, **scored(4), "gates.england": "no", "gates.senior_sponsor": "no"}

    assert named(facts) == []


def test_a_missing_gate_is_told_where_its_answers_lead() -> None:
    facts = without({**ALL_PASS, **PLANNING, **scored(4)}, "gates.senior_sponsor")

    assert named(facts) == [("senior_sponsor", "answer", None, None, ["refer", "out_of_scope"])]


def test_a_missing_criterion_is_told_where_its_answers_lead() -> None:
    facts = without({**ALL_PASS, **PLANNING, **scored(3)}, "criteria.viability")

    assert named(facts)[0] == ("viability", "answer", None, None, ["develop", "refer"])


def test_a_missing_answer_that_decides_nothing_alone_is_named_without_an_outcome() -> None:
    changes = named({**ALL_PASS, **PLANNING})

    assert changes == [(name, "answer", None, None, []) for name in CRITERIA]


def test_one_step_on_a_scale_is_named_where_it_leads_elsewhere() -> None:
    facts = {**ALL_PASS, **PLANNING, **scored(3, social_benefit=1)}

    assert ("social_benefit", "down", 1, 0, ["develop"]) in named(facts)
    assert not [change for change in named(facts) if change[1] == "up"]


@given(any_facts())
def test_every_single_change_named_leads_where_it_says(facts: dict[str, Any]) -> None:
    result = assess(FIRST_RULES, facts)

    for change in result.changes:
        [question] = [one for one in FIRST_RULES.questions.values() if one.id == change.id]
        assert facts.get(question.fact) == change.before
        answers = question.answers if change.after is None else (change.after,)
        reached = {assess(FIRST_RULES, facts | {question.fact: answer}).outcome for answer in answers}
        assert set(change.outcomes) == reached - {result.outcome}


@given(any_facts())
def test_every_step_that_leads_elsewhere_is_named(facts: dict[str, Any]) -> None:
    result = assess(FIRST_RULES, facts)
    steps = {(change.id, change.after) for change in result.changes if change.change in ("up", "down")}

    for name in CRITERIA:
        points = facts.get(f"criteria.{name}")
        for after in () if points is None else {max(points - 1, 0), min(points + 1, 4)} - {points}:
            reached = assess(FIRST_RULES, facts | {f"criteria.{name}": after}).outcome
            assert ((name, after) in steps) == (reached != result.outcome)


@given(any_facts())
def test_every_question_is_named_among_the_changes(facts: dict[str, Any]) -> None:
    result = assess(FIRST_RULES, facts)

    answers = [change.id for change in result.changes if change.change == "answer"]
    assert answers == [question.id for question in result.questions]
