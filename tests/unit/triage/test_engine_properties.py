"""What holds for every snapshot of facts."""

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain import assess, compile_rules
from tests.unit.triage.examples import CRITERIA, FIRST, FIRST_RULES, STAGES, any_facts, changed, completions

FAR_ENOUGH = STAGES[1:6]


def oracle(facts: dict[str, Any]) -> str:
    """The domain's description, written once more in the plainest way."""
    answers = {gate["id"]: facts.get(gate["fact"], "unknown") for gate in FIRST["gates"]}
    stage = facts.get("spin_out_stage")
    if stage not in ("live", "growing", None) or (stage is None and answers["early_life"] == "yes"):
        del answers["early_life"]
    elif stage is None:
        answers["early_life"] = "unknown"
    if "no" in answers.values():
        return "out_of_scope"
    if "unknown" in answers.values():
        return "information_needed"
    worst = sum(one["weight"] * facts.get(one["fact"], 0) for one in FIRST["criteria"])
    best = sum(one["weight"] * facts.get(one["fact"], 4) for one in FIRST["criteria"])
    bands = {_band(worst), _band(best)}
    if len(bands) > 1:
        return "information_needed"
    [band] = bands
    if band == "refer" and stage not in FAR_ENOUGH:
        return "information_needed" if stage is None else "develop"
    return band


def _band(quarters: int) -> str:
    return next(
        name for name, least in (("refer", 70), ("develop", 50), ("advise", 30), ("inform", 0)) if quarters >= least * 4
    )


@given(any_facts())
def test_the_outcome_is_what_the_description_says(facts: dict[str, Any]) -> None:
    assert assess(FIRST_RULES, facts).outcome == oracle(facts)


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=9),
    st.lists(st.integers(0, 4), min_size=10, max_size=10),
    st.lists(st.integers(1, 100), min_size=3, max_size=3, unique=True).map(sorted),
)
def test_at_every_edge_of_every_band_the_arithmetic_is_exact(
    parts: list[int], points: list[int], edges: list[int]
) -> None:
    # Given weights that sum to 100, and four bands of any width
    weights = [*parts, 100 - sum(parts)] if sum(parts) < 100 else [100]
    weights = [*weights[:-2], sum(weights[-2:])]
    criteria = [
        FIRST["criteria"][0] | {"id": f"c{number}", "fact": f"criteria.c{number}", "weight": weight}
        for number, weight in enumerate(weights)
    ]
    lows, highs = [*reversed(edges), 0], [None, *reversed(edges)]
    bands = [
        band | {"at_least": low, "below": high} for band, low, high in zip(FIRST["bands"], lows, highs, strict=True)
    ]
    rules = compile_rules(changed(gates=[], limits=[], criteria=criteria, bands=bands))

    result = assess(rules, {f"criteria.c{number}": points[number] for number in range(len(weights))})

    score = sum((Fraction(weight * points[number], 4) for number, weight in enumerate(weights)), Fraction(0))
    assert Fraction(result.score.data()["value"]) == score
    assert result.outcome == next(band["id"] for band in bands if score >= band["at_least"])


@given(any_facts(), st.randoms())
def test_the_order_of_facts_is_irrelevant(facts: dict[str, Any], random: Any) -> None:
    names = list(facts)
    random.shuffle(names)

    assert assess(FIRST_RULES, {name: facts[name] for name in names}).data() == assess(FIRST_RULES, facts).data()


@given(any_facts(), st.sampled_from(CRITERIA))
def test_raising_points_never_lowers_the_score(facts: dict[str, Any], criterion: str) -> None:
    name = f"criteria.{criterion}"
    lower = assess(FIRST_RULES, facts | {name: min(int(facts.get(name, 0)), 3)})
    higher = assess(FIRST_RULES, facts | {name: min(int(facts.get(name, 0)), 3) + 1})

    assert higher.score.low > lower.score.low
    assert higher.score.high > lower.score.high


@given(any_facts())
def test_a_score_lies_between_0_and_100(facts: dict[str, Any]) -> None:
    score = assess(FIRST_RULES, facts).score

    assert 0 <= score.low <= score.high <= 400


@given(st.data())
def test_the_range_contains_every_completion(data: st.DataObject) -> None:
    facts = data.draw(any_facts())
    complete = data.draw(completions(facts))

    before, after = assess(FIRST_RULES, facts).score, assess(FIRST_RULES, complete).score

    assert before.low <= after.low == after.high <= before.high


@given(any_facts())
def test_both_ends_of_the_range_can_be_reached(facts: dict[str, Any]) -> None:
    names = [f"criteria.{name}" for name in CRITERIA]
    score = assess(FIRST_RULES, facts).score

    assert assess(FIRST_RULES, dict.fromkeys(names, 0) | facts).score.low == score.low
    assert assess(FIRST_RULES, dict.fromkeys(names, 4) | facts).score.high == score.high


@given(st.data())
def test_no_further_answer_changes_a_decided_outcome(data: st.DataObject) -> None:
    facts = data.draw(any_facts())
    complete = data.draw(completions(facts))

    before, after = assess(FIRST_RULES, facts), assess(FIRST_RULES, complete)

    assert before.outcome in ("information_needed", after.outcome)


@given(any_facts())
def test_questions_are_asked_when_and_only_when_information_is_needed(facts: dict[str, Any]) -> None:
    result = assess(FIRST_RULES, facts)

    assert bool(result.questions) == (result.outcome == "information_needed")


@given(any_facts())
def test_a_signpost_is_given_when_and_only_when_out_of_scope(facts: dict[str, Any]) -> None:
    result = assess(FIRST_RULES, facts)

    assert (result.signpost is not None) == (result.outcome == "out_of_scope")


@given(any_facts())
def test_points_in_the_explanation_add_up_to_the_worst_case(facts: dict[str, Any]) -> None:
    result = assess(FIRST_RULES, facts)

    assert sum(finding.points or 0 for finding in result.explanation) * 4 == result.score.low


@given(any_facts())
def test_answering_every_question_in_turn_comes_to_an_outcome(facts: dict[str, Any]) -> None:
    """Each round of questions answers at least one fact that was missing, so asking comes to an end."""
    for _ in range(20):
        result = assess(FIRST_RULES, facts)
        if not result.questions:
            break
        assert all(question.fact not in facts for question in result.questions)
        facts = facts | {question.fact: question.answers[0] for question in result.questions}

    assert result.outcome != "information_needed"
