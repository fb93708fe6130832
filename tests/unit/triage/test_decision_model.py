"""The decision model says what the engine says, evaluated by an engine that is not ours."""

import json
from random import Random
from typing import Any

import zen
from hypothesis import given, settings
from hypothesis import strategies as st

from services.triage.domain import Facts, Rules, assess, compile_rules
from services.triage.domain.decision_model import decision_model
from services.triage.domain.standing import rule, stand
from tests.unit.triage.examples import FIRST, FIRST_RULES
from tests.unit.triage.random_documents import any_document, any_snapshot, every_snapshot, intricate

Document = dict[str, Any]


def evaluator(document: Document) -> Any:
    """The document's model in the other engine."""
    return zen.ZenEngine().create_decision(json.dumps(decision_model(document)))


def nested(facts: Facts) -> Document:
    """The facts as a request to try them out has them."""
    found: Document = {"facts": {"gates": {}, "criteria": {}}}
    for name, value in facts.items():
        section, _, rest = name.rpartition(".")
        (found["facts"][section] if section else found)[rest] = value
    return found


def expected(rules: Rules, facts: Facts) -> Document:
    """What our engine says, in the form of the model's result."""
    result, standing = assess(rules, facts), stand(rules, facts)
    band = rule(rules, standing.effect, standing.low, standing.high, facts).band
    return {
        "outcome": result.outcome,
        **({"band": band.id} if band else {}),
        "score": {"low": result.score.low / 4, "high": result.score.high / 4},
        "criteria_version": rules.version,
    }


def drawn(random: Random) -> Facts:
    """A random snapshot: anything may be missing; half of them pass every gate and have all but a few answers."""
    often = random.random() < 0.5
    facts: dict[str, str | int] = {}
    for fact, question in FIRST_RULES.questions.items():
        if random.random() < (0.95 if often else 0.6):
            facts[fact] = "yes" if often and question.kind == "gate" else random.choice(question.answers)
    return facts


def test_both_engines_agree_on_2000_random_snapshots() -> None:
    random, evaluate = Random(2011), evaluator(FIRST).evaluate
    snapshots = [drawn(random) for _ in range(2000)]

    found = [evaluate(nested(facts))["result"] for facts in snapshots]

    assert found == [expected(FIRST_RULES, facts) for facts in snapshots]
    assert {one["outcome"] for one in found} >= {band["id"] for band in FIRST["bands"]}


def test_both_engines_agree_on_conditions_of_every_kind() -> None:
    document = intricate()
    rules, evaluate = compile_rules(document), evaluator(document).evaluate

    for facts in every_snapshot(rules):
        assert evaluate(nested(facts))["result"] == expected(rules, facts), facts


@settings(max_examples=50)
@given(st.data())
def test_both_engines_agree_under_any_rules(data: st.DataObject) -> None:
    document = data.draw(any_document())
    rules = compile_rules(document)
    snapshots = data.draw(st.lists(any_snapshot(rules), min_size=1, max_size=5))
    evaluate = evaluator(document).evaluate

    assert [evaluate(nested(facts))["result"] for facts in snapshots] == [expected(rules, facts) for facts in snapshots]


def test_an_answer_said_to_be_unknown_is_as_good_as_none() -> None:
    said = {"facts": {"gates": {gate["id"]: "unknown" for gate in FIRST["gates"]}, "criteria": {"scale": None}}}

    evaluate = evaluator(FIRST).evaluate
    assert evaluate(said)["result"] == evaluate({})["result"] == expected(FIRST_RULES, {})


def test_every_word_for_the_enquirer_stands_in_the_model() -> None:
    text = json.dumps(decision_model(FIRST), ensure_ascii=False)

    for gate in FIRST["gates"]:
        assert all(gate[answer]["reason"] in text for answer in ("yes", "no", "unknown"))
    for criterion in FIRST["criteria"]:
        assert all(words in text for words in criterion["anchors"].values())


def test_the_same_document_gives_the_same_model() -> None:
    assert decision_model(FIRST) == decision_model(json.loads(json.dumps(FIRST)))
