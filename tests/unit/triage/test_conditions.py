"""Conditions are three-valued: what is unknown is neither true nor false."""

from typing import Any

import pytest

from services.triage.domain.conditions import compile_condition

LIVE = {"op": "is", "fact": "stage", "value": "live"}
ENGLAND = {"op": "in", "fact": "place", "values": ["leeds", "derby"]}

YES: dict[str, str | int] = {"stage": "live", "place": "leeds"}
NO: dict[str, str | int] = {"stage": "planning", "place": "cardiff"}


@pytest.mark.parametrize(
    ("condition", "facts", "answer"),
    [
        (LIVE, YES, "yes"),
        (LIVE, NO, "no"),
        (LIVE, {}, "unknown"),
        (ENGLAND, YES, "yes"),
        (ENGLAND, NO, "no"),
        (ENGLAND, {}, "unknown"),
        ({"op": "not", "of": LIVE}, YES, "no"),
        ({"op": "not", "of": LIVE}, NO, "yes"),
        ({"op": "not", "of": LIVE}, {}, "unknown"),
        ({"op": "all", "of": [LIVE, ENGLAND]}, YES, "yes"),
        ({"op": "all", "of": [LIVE, ENGLAND]}, {"stage": "live"}, "unknown"),
        ({"op": "all", "of": [LIVE, ENGLAND]}, {"stage": "planning"}, "no"),
        ({"op": "any", "of": [LIVE, ENGLAND]}, NO, "no"),
        ({"op": "any", "of": [LIVE, ENGLAND]}, {"stage": "planning"}, "unknown"),
        ({"op": "any", "of": [LIVE, ENGLAND]}, {"stage": "live"}, "yes"),
    ],
)
def test_a_condition_holds_or_not_or_is_unknown(
    condition: dict[str, Any], facts: dict[str, str | int], answer: str
) -> None:
    assert compile_condition(condition).holds(facts) == answer


@pytest.mark.parametrize("operator", ["all", "any"])
def test_a_condition_says_which_facts_it_reads(operator: str) -> None:
    condition = compile_condition({"op": operator, "of": [{"op": "not", "of": LIVE}, ENGLAND]})

    assert condition.reads() == ("stage", "place")


def test_an_operator_that_is_not_on_the_list_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown operator 'matches'"):
        compile_condition({"op": "matches", "fact": "stage", "value": "l.*"})
