"""A walk through a script: its answers in order, replayed from the start whenever something is asked of it.

Only the answers are kept. Which question is open, what was found and where it ends follow from them and the script,
so that an answer can be changed at any time without anything left over of what it led to before.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import NamedTuple

from services.intake.domain.facts import Facts, merged, reverted
from services.intake.domain.scripts import Answer, End, Node, Question, Scope, Script

# A script may lead back to an earlier question; so many answers are enough for any telephone call.
MOST_STEPS = 200


class Status(StrEnum):
    """Whether a walk goes on."""

    OPEN = "open"
    FINISHED = "finished"
    ABANDONED = "abandoned"


class Action(StrEnum):
    """What an adviser may do with an enquiry's diagnosis."""

    START = "start"
    ANSWER = "answer"
    BACK = "back"
    FINISH = "finish"
    ABANDON = "abandon"


class Step(NamedTuple):
    """One answer given to one question, by their ids."""

    node: str
    answer: str


@dataclass(frozen=True, slots=True)
class Found:
    """What the answers let us know: facts to be scored, the stage if it came up, and matters in the order they did."""

    facts: Facts
    spin_out_stage: str | None
    matters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Walk:
    """The questions answered so far, each with its answer, and the node that they lead to."""

    script: Script
    taken: tuple[tuple[Question, Answer], ...] = ()

    @property
    def path(self) -> tuple[Step, ...]:
        """The answers by their ids, in order: all of a walk that has to be kept."""
        return tuple(Step(question.id, given.id) for question, given in self.taken)

    @property
    def node(self) -> Node:
        """The open question, or the end that was reached."""
        return self.script.nodes[self.taken[-1][1].next if self.taken else self.script.start]

    @property
    def scope(self) -> Scope | None:
        """What was found of the scope; None before an end."""
        return self.node.scope if isinstance(self.node, End) else None

    @property
    def found(self) -> Found:
        """What the answers set, a later one before an earlier one."""
        facts: Facts = {"gates": {}, "criteria": {}}
        stage, matters = None, dict[str, None]()
        for _, given in self.taken:
            facts["gates"] |= given.gates
            facts["criteria"] |= given.criteria
            stage = given.spin_out_stage or stage
            matters |= dict.fromkeys(given.matters)
        return Found(facts, stage, tuple(matters))

    @property
    def asked(self) -> list[Question]:
        """The questions that were answered, in order, and the open one if there is one."""
        asked = [question for question, _ in self.taken]
        return [*asked, self.node] if isinstance(self.node, Question) else asked

    def further(self, question: Question, answer: str) -> "Walk":
        """The walk after this answer to the open question."""
        return Walk(self.script, (*self.taken, (question, question.answers[answer])))


@dataclass(frozen=True, slots=True)
class Changed:
    """A walk after a change, and the later answers that no longer lie on its way, in their order."""

    walk: Walk
    fell_away: tuple[Step, ...]


def replay(script: Script, path: Iterable[Sequence[str]]) -> Walk:
    """The walk of these answers. Raises ValueError when one of them does not lie on the way of those before it."""
    walk = Walk(script)
    for node, given in path:
        question = walk.node
        if not isinstance(question, Question) or question.id != node or given not in question.answers:
            raise ValueError(f"answer {len(walk.taken) + 1} does not lie on the way of those before it")
        walk = walk.further(question, given)
    return walk


def faults(walk: Walk, node: str, answer: str) -> dict[str, str]:
    """Why this answer cannot be given now, by pointer; empty when it can."""
    asked = {question.id: question for question in walk.asked}
    if node not in asked:
        return {"/node": "Must be the open question, or one that was answered on the way to it."}
    if answer not in asked[node].answers:
        return {"/answer": "Must be one of the question's answers."}
    if node == walk.node.id and len(walk.taken) >= MOST_STEPS:
        return {"/node": f"A diagnosis takes {MOST_STEPS} answers at most. Go back, or change an earlier answer."}
    return {}


def answered(walk: Walk, node: str, answer: str) -> Changed:
    """The walk once the open question, or an earlier one anew, is answered so; `faults` finds none.

    Of an earlier question that was asked more than once, its last answer is changed. A later answer stays where the
    new way asks its question again, in the order in which they were given; the others fall away.
    """
    place, question = max((at, asked) for at, asked in enumerate(walk.asked) if asked.id == node)
    changed = Walk(walk.script, walk.taken[:place]).further(question, answer)
    left: defaultdict[str, deque[int]] = defaultdict(deque)
    for at, (later, _) in enumerate(walk.taken[place + 1 :], start=place + 1):
        left[later.id].append(at)
    while left[changed.node.id]:
        changed = changed.further(*_given(walk, left[changed.node.id].popleft()))
    return Changed(changed, tuple(walk.path[at] for at in sorted(chain(*left.values()))))


def stepped_back(walk: Walk) -> Changed:
    """The walk without its last answer, which falls away; there is one."""
    return Changed(Walk(walk.script, walk.taken[:-1]), walk.path[-1:])


def known_without(known: Found, found: Found, before: Found) -> Found:
    """What is known of an enquiry without what a diagnosis found; `before` is what was known when that ended.

    As within a walk, nothing is left over of a way that is gone: what was known before it is known again, unless
    somebody said otherwise since. Matters stay, for the enquirer may ask about them whichever way it goes.
    """
    is_its_stage = found.spin_out_stage is not None and known.spin_out_stage == found.spin_out_stage
    stage = before.spin_out_stage if is_its_stage else known.spin_out_stage
    return Found(reverted(known.facts, found.facts, before.facts), stage, known.matters)


def known_with(known: Found, found: Found) -> Found:
    """What is known of an enquiry once a diagnosis has found this."""
    matters = tuple(dict.fromkeys((*known.matters, *found.matters)))
    return Found(merged(known.facts, found.facts), found.spin_out_stage or known.spin_out_stage, matters)


def allowed(status: str | None, walk: Walk | None) -> tuple[Action, ...]:
    """What may be done with the diagnosis of an enquiry; both are None where there has been none."""
    if walk is None or status != Status.OPEN:
        return (Action.START,)
    may = {
        Action.ANSWER: bool(walk.asked),
        Action.BACK: bool(walk.taken),
        Action.FINISH: walk.scope is not None,
        Action.ABANDON: True,
    }
    return tuple(action for action, is_possible in may.items() if is_possible)


def _given(walk: Walk, place: int) -> tuple[Question, str]:
    question, given = walk.taken[place]
    return question, given.id
