"""The shipped script asks what the first criteria set scores: all of it, and nothing else."""

import json
import re
from pathlib import Path

from services.intake.diagnosis.documents import read_script
from services.intake.domain.scripts import Question, Scope, compile_script
from services.intake.domain.walks import Walk, answered

SERVICES = Path(__file__).parents[3] / "services"
CRITERIA = json.loads((SERVICES / "triage" / "criteria" / "2026-11.json").read_text())
DOCUMENT = read_script(SERVICES / "intake" / "diagnosis" / "scripts" / "2026-11.json")
SCRIPT = compile_script(DOCUMENT)
QUESTIONS = [node for node in SCRIPT.nodes.values() if isinstance(node, Question)]
ANSWERS = [answer for question in QUESTIONS for answer in question.answers.values()]


def test_every_gate_can_be_answered_in_every_way_and_no_other_is_named() -> None:
    found = {pair for answer in ANSWERS for pair in answer.gates.items()}

    assert found == {(gate["id"], value) for gate in CRITERIA["gates"] for value in ("yes", "no", "unknown")}


def test_every_criterion_can_be_given_every_point_and_no_other_is_named() -> None:
    found = {pair for answer in ANSWERS for pair in answer.criteria.items()}

    assert found == {(criterion["id"], points) for criterion in CRITERIA["criteria"] for points in range(5)}


def test_every_stage_that_the_criteria_know_can_be_said() -> None:
    [stages] = [fact["values"] for fact in CRITERIA["facts"] if fact["id"] == "spin_out_stage"]

    assert {answer.spin_out_stage for answer in ANSWERS} - {None} == set(stages)


def test_it_ends_in_every_scope_and_asks_no_call_for_ever() -> None:
    assert {node.scope for node in SCRIPT.nodes.values() if not isinstance(node, Question)} == set(Scope)
    assert SCRIPT.most[SCRIPT.start] < 30


def test_a_gate_that_says_no_ends_out_of_scope_and_nothing_else_does() -> None:
    for answer in ANSWERS:
        node = SCRIPT.nodes[answer.next]
        leads_out = not isinstance(node, Question) and node.scope is Scope.OUT_OF_SCOPE
        assert leads_out is ("no" in answer.gates.values()), answer


def test_who_goes_all_the_way_has_answered_every_gate_and_every_criterion() -> None:
    walk = Walk(SCRIPT)
    while isinstance(walk.node, Question):
        best = max(
            walk.node.answers.values(), key=lambda answer: (SCRIPT.most[answer.next], sum(answer.criteria.values()))
        )
        walk = answered(walk, walk.node.id, best.id).walk

    early_life = {"early_life"}
    assert walk.found.facts["gates"].keys() | early_life == {gate["id"] for gate in CRITERIA["gates"]}
    assert walk.found.facts["criteria"].keys() == {criterion["id"] for criterion in CRITERIA["criteria"]}
    assert walk.found.spin_out_stage is not None


def test_who_does_not_know_is_never_stuck_and_never_scored() -> None:
    for question in QUESTIONS:
        for id_, answer in question.answers.items():
            if id_ == "not_known":
                assert not answer.criteria
                assert set(answer.gates.values()) <= {"unknown"}


def test_no_question_asks_for_what_tells_who_somebody_is() -> None:
    asked = " ".join(question.words.lower() for question in QUESTIONS)

    assert re.findall(r"your name|e-mail|telephone number|address|date of birth|who are you", asked) == []
