"""A walk through a script: answering, changing an earlier answer, going back."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.scripts import End, Question, Scope, compile_script, settable
from services.intake.domain.walks import (
    MOST_STEPS,
    Action,
    Status,
    Step,
    Walk,
    allowed,
    answered,
    faults,
    replay,
    stepped_back,
)
from tests.unit.intake.scripts import SMALL, any_walk

SCRIPT = compile_script(SMALL)
ROUND = [("place", "partly"), ("share", "again")]
WHOLE = [("place", "here"), ("stage", "late"), ("money", "some")]


def test_a_walk_begins_with_the_start_and_has_found_nothing() -> None:
    walk = replay(SCRIPT, [])

    assert (walk.node.id, walk.scope, walk.found.facts) == ("place", None, {"gates": {}, "criteria": {}})


def test_a_walk_ends_with_a_scope_and_with_what_its_answers_set() -> None:
    walk = replay(SCRIPT, WHOLE)

    assert (walk.node.id, walk.scope) == ("in", Scope.IN_SCOPE)
    assert walk.found.facts == {"gates": {"england": "yes"}, "criteria": {"scale": 1}}
    assert (walk.found.spin_out_stage, walk.found.matters) == ("live", ())


def test_a_later_answer_counts_before_an_earlier_one_and_matters_are_named_once() -> None:
    walk = replay(SCRIPT, [*ROUND, ("place", "partly"), ("share", "most"), ("stage", "early"), ("money", "none")])

    assert walk.found.facts == {"gates": {"england": "yes"}, "criteria": {"scale": 2}}
    assert (walk.found.spin_out_stage, walk.found.matters) == ("exploring", ("other", "pensions"))


@pytest.mark.parametrize(
    "path",
    [[("stage", "late")], [("place", "late")], [("place", "abroad"), ("stage", "late")], [*WHOLE, ("money", "some")]],
)
def test_answers_that_do_not_lie_on_the_way_are_no_walk(path: list[tuple[str, str]]) -> None:
    with pytest.raises(ValueError, match="does not lie on the way"):
        replay(SCRIPT, path)


def test_a_changed_answer_keeps_the_later_ones_that_are_asked_again() -> None:
    walk = replay(SCRIPT, WHOLE)

    changed = answered(walk, "place", "partly")

    assert (changed.walk.path, changed.walk.node.id) == ((("place", "partly"),), "share")
    assert changed.fell_away == (("stage", "late"), ("money", "some"))
    assert answered(walk, "stage", "early").walk.path == (("place", "here"), ("stage", "early"), ("money", "some"))


def test_a_changed_answer_that_leads_to_an_end_lets_all_later_ones_fall_away() -> None:
    changed = answered(replay(SCRIPT, WHOLE), "place", "abroad")

    assert (changed.walk.scope, changed.fell_away) == (Scope.OUT_OF_SCOPE, tuple(Step(*step) for step in WHOLE[1:]))


def test_of_a_question_that_was_asked_twice_the_last_answer_is_changed() -> None:
    walk = replay(SCRIPT, [*ROUND, ("place", "here")])

    assert answered(walk, "place", "abroad").walk.path == (*ROUND, ("place", "abroad"))
    assert answered(replay(SCRIPT, ROUND), "place", "here").walk.path == (*ROUND, ("place", "here"))


def test_what_is_not_asked_cannot_be_answered() -> None:
    walk = replay(SCRIPT, WHOLE[:1])

    assert faults(walk, "money", "some").keys() == faults(walk, "nowhere", "some").keys() == {"/node"}
    assert faults(walk, "stage", "some").keys() == {"/answer"}
    assert faults(walk, "stage", "late") == faults(walk, "place", "abroad") == {}


def test_a_walk_does_not_go_round_for_ever() -> None:
    walk = replay(SCRIPT, ROUND * (MOST_STEPS // 2))

    assert "200 answers at most" in faults(walk, "place", "here")["/node"]
    assert faults(walk, "share", "most") == {}
    assert faults(stepped_back(walk).walk, "share", "most") == {}


@pytest.mark.parametrize(
    ("status", "path", "possible"),
    [
        (None, None, {Action.START}),
        (Status.FINISHED, WHOLE, {Action.START}),
        (Status.ABANDONED, [], {Action.START}),
        (Status.OPEN, [], {Action.ANSWER, Action.ABANDON}),
        (Status.OPEN, WHOLE[:1], {Action.ANSWER, Action.BACK, Action.ABANDON}),
        (Status.OPEN, WHOLE, {Action.ANSWER, Action.BACK, Action.FINISH, Action.ABANDON}),
    ],
)
def test_what_may_be_done_follows_from_where_it_stands(
    status: Status | None, path: list[tuple[str, str]] | None, possible: set[Action]
) -> None:
    assert set(allowed(status, None if path is None else replay(SCRIPT, path))) == possible


@given(any_walk())
def test_every_walk_has_ended_or_can_go_on_to_an_end(walk: Walk) -> None:
    for left in range(walk.script.least[walk.node.id], 0, -1):
        question = walk.node
        assert isinstance(question, Question)
        least = walk.script.least
        nearest = min(question.answers.values(), key=lambda answer: least[answer.next])
        assert faults(walk, question.id, nearest.id) == {}
        walk = answered(walk, question.id, nearest.id).walk
        assert least[walk.node.id] == left - 1
    assert isinstance(walk.node, End)


@given(any_walk())
def test_no_way_is_longer_than_the_longest(walk: Walk) -> None:
    for left in (walk.script.most.get(replay(walk.script, walk.path[:at]).node.id) for at in range(len(walk.path))):
        if left is not None:
            assert left > 0
    if walk.script.start in walk.script.most:
        assert len(walk.path) + walk.script.most[walk.node.id] <= walk.script.most[walk.script.start]


@given(any_walk())
def test_a_replay_is_the_same_walk(walk: Walk) -> None:
    again = replay(walk.script, [[*step] for step in walk.path])

    assert (again, again.found, again.node) == (walk, walk.found, walk.node)


@given(any_walk(), st.data())
def test_a_change_keeps_exactly_the_later_answers_that_are_still_asked(walk: Walk, data: st.DataObject) -> None:
    if not walk.asked:
        return
    question = data.draw(st.sampled_from(walk.asked))
    chosen = data.draw(st.sampled_from(sorted(question.answers)))
    place = max(at for at, asked in enumerate(walk.asked) if asked.id == question.id)

    changed = answered(walk, question.id, chosen)

    later, path = walk.path[place + 1 :], changed.walk.path
    kept = path[place + 1 :]
    assert path[: place + 1] == (*walk.path[:place], (question.id, chosen))
    assert replay(walk.script, path) == changed.walk
    assert Counter(kept) + Counter(changed.fell_away) == Counter(later)
    assert [*changed.fell_away] == sorted(changed.fell_away, key=later.index) or len(set(later)) < len(later)
    assert changed.walk.node.id not in {node for node, _ in changed.fell_away}, "it would have been asked again"
    for node in {node for node, _ in kept}:
        given_there = [step for step in later if step.node == node]
        assert [step for step in kept if step.node == node] == given_there[: sum(s.node == node for s in kept)]


@given(any_walk(), st.data())
def test_the_same_answer_again_changes_nothing(walk: Walk, data: st.DataObject) -> None:
    if not walk.path or walk.path[-1].node == walk.node.id:
        return
    node = data.draw(st.sampled_from(walk.path)).node
    if node == walk.node.id:
        return
    last = next(step.answer for step in reversed(walk.path) if step.node == node)

    changed = answered(walk, node, last)

    assert (changed.walk, changed.fell_away) == (walk, ())


@given(any_walk(), st.data())
def test_a_step_back_undoes_an_answer(walk: Walk, data: st.DataObject) -> None:
    if not isinstance(walk.node, Question):
        return
    chosen = data.draw(st.sampled_from(sorted(walk.node.answers)))

    back = stepped_back(answered(walk, walk.node.id, chosen).walk)

    assert (back.walk, back.fell_away) == (walk, ((walk.node.id, chosen),))


@given(any_walk())
def test_no_walk_finds_what_its_script_cannot_set(walk: Walk) -> None:
    may_be_found = settable(walk.script)

    assert settable(SCRIPT) == {"gates": {"england"}, "criteria": {"scale"}}
    assert all(walk.found.facts[part].keys() <= ids for part, ids in may_be_found.items())
