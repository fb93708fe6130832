"""What holds of the score under any valid rules, and for every snapshot of facts."""

from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from services.triage.domain import MOST, Facts, Rules, assess
from services.triage.domain.rules import FULL_SCORE
from tests.unit.triage.random_documents import any_rules, any_snapshot


@st.composite
def assessable(draw: st.DrawFn) -> tuple[Rules, Facts]:
    """Any rules, and a snapshot to be assessed under them."""
    rules = draw(any_rules())
    return rules, draw(any_snapshot(rules))


def points(rules: Rules, value: int) -> Facts:
    """Every criterion at these points."""
    return {criterion.fact: value for criterion in rules.criteria}


@given(assessable(), st.data())
def test_raising_points_never_lowers_the_score(case: tuple[Rules, Facts], data: st.DataObject) -> None:
    rules, facts = case
    criterion = data.draw(st.sampled_from(rules.criteria))
    present = int(facts.get(criterion.fact, 0))
    assume(present < MOST)

    lower = assess(rules, {**facts, criterion.fact: present}).score
    higher = assess(rules, {**facts, criterion.fact: data.draw(st.integers(present + 1, MOST))}).score

    assert higher.low - lower.low == higher.high - lower.high >= criterion.weight


@given(assessable(), st.randoms())
def test_the_order_of_facts_is_irrelevant(case: tuple[Rules, Facts], random: Any) -> None:
    rules, facts = case
    names = list(facts)
    random.shuffle(names)

    assert assess(rules, {name: facts[name] for name in names}) == assess(rules, facts)


@given(assessable(), st.data())
def test_the_range_contains_every_completion_and_no_more(case: tuple[Rules, Facts], data: st.DataObject) -> None:
    rules, facts = case
    scale = st.integers(0, MOST)
    added = data.draw(st.fixed_dictionaries({one.fact: scale for one in rules.criteria if one.fact not in facts}))

    score = assess(rules, facts).score
    complete = assess(rules, {**facts, **added}).score

    assert score.low <= complete.low == complete.high <= score.high
    assert assess(rules, {**points(rules, 0), **facts}).score.high == score.low
    assert assess(rules, {**points(rules, MOST), **facts}).score.low == score.high


@given(assessable())
def test_a_score_lies_between_0_and_100_and_reaches_both(case: tuple[Rules, Facts]) -> None:
    rules, facts = case
    score = assess(rules, facts).score

    assert 0 <= score.low <= score.high <= FULL_SCORE
    assert assess(rules, {**facts, **points(rules, 0)}).score.data() == {"value": 0}
    assert assess(rules, {**facts, **points(rules, MOST)}).score.data() == {"value": 100}
    assert assess(rules, {}).score.data() == {"low": 0, "high": 100}


@given(assessable())
def test_points_alone_never_open_or_close_a_gate(case: tuple[Rules, Facts]) -> None:
    rules, facts = case
    gates = [finding for finding in assess(rules, facts).explanation if finding.kind == "gate"]

    full = assess(rules, {**facts, **points(rules, MOST)}).explanation
    assert [finding for finding in full if finding.kind == "gate"] == gates
