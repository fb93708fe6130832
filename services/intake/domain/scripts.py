"""The script of a guided diagnosis: questions, what each answer leads to and finds, and where a walk may end.

A script is data (`contracts/diagnosis.v1.json`); nothing here knows a question, a gate or a criterion by name.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Document = Mapping[str, Any]


class Scope(StrEnum):
    """Where a walk ends: what the programme may do for this enquirer, as far as questions can tell.

    `unknown`: something must be found out first. `contact_needed`: a person has to talk to them about it.
    """

    IN_SCOPE = "in_scope"
    OUT_OF_SCOPE = "out_of_scope"
    UNKNOWN = "unknown"
    CONTACT_NEEDED = "contact_needed"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a question: where it leads, and what it lets us know."""

    id: str
    label: str
    next: str
    gates: Mapping[str, str]
    criteria: Mapping[str, int]
    spin_out_stage: str | None
    matters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked at a node. `note` helps the adviser to hear the answer; `answers` are in the script's order."""

    id: str
    words: str
    note: str | None
    answers: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class End:
    """A node at which a walk is over. `words` are for the adviser to say."""

    id: str
    words: str
    note: str | None
    scope: Scope


Node = Question | End


@dataclass(frozen=True, slots=True)
class Script:
    """A script made ready. `least` and `most` are the questions left from each node until an end.

    A node from which a loop can be reached is not in `most`: no number of questions is the greatest.
    """

    version: str
    title: str
    sha256: str
    start: str
    nodes: Mapping[str, Node]
    least: Mapping[str, int]
    most: Mapping[str, int]


def fingerprint(document: Document) -> str:
    """The sha256 of the canonical document: keys sorted, no spaces, UTF-8. Two spellings of one document agree."""
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def compile_script(document: Document) -> Script:
    """The script of a document that has no faults (`script_checks.faults_of`)."""
    nodes = {node["id"]: _node(node) for node in document["nodes"]}
    ways = {id_: _ways(node) for id_, node in nodes.items()}
    return Script(
        version=document["version"],
        title=document["title"],
        sha256=fingerprint(document),
        start=document["start"],
        nodes=nodes,
        least=fewest_steps(ways),
        most=_most_steps(ways),
    )


def settable(script: Script) -> dict[str, set[str]]:
    """The ids of the gates and of the criteria that answers of a script set."""
    found: dict[str, set[str]] = {"gates": set(), "criteria": set()}
    for node in script.nodes.values():
        for answer in node.answers.values() if isinstance(node, Question) else ():
            found["gates"].update(answer.gates)
            found["criteria"].update(answer.criteria)
    return found


def fewest_steps(ways: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """For each node from which an end can be reached, the fewest steps to one. An end is a node without ways on.

    A way to a node that is not among `ways` leads nowhere.
    """
    steps = {id_: 0 for id_, onward in ways.items() if not any(True for _ in onward)}
    leading = _turned(ways)
    reached = list(steps)
    for id_ in reached:  # grows while it is walked: the nodes come in the order of their distance
        for earlier in leading.get(id_, ()):
            if earlier not in steps:
                steps[earlier] = steps[id_] + 1
                reached.append(earlier)
    return steps


def _most_steps(ways: Mapping[str, frozenset[str]]) -> dict[str, int]:
    """For each node from which no loop can be reached, the most steps to an end."""
    steps: dict[str, int] = {}
    open_ways = {id_: len(onward) for id_, onward in ways.items()}
    leading = _turned(ways)
    settled = [id_ for id_, number in open_ways.items() if number == 0]
    for id_ in settled:  # grows while it is walked: a node follows once all that it leads to are settled
        steps[id_] = max((steps[later] + 1 for later in ways[id_]), default=0)
        for earlier in leading.get(id_, ()):
            open_ways[earlier] -= 1
            if open_ways[earlier] == 0:
                settled.append(earlier)
    return steps


def _turned(ways: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """The nodes that lead to each node."""
    leading: dict[str, list[str]] = {}
    for id_, onward in ways.items():
        for later in onward:
            leading.setdefault(later, []).append(id_)
    return leading


def _ways(node: Node) -> frozenset[str]:
    return frozenset(answer.next for answer in node.answers.values()) if isinstance(node, Question) else frozenset()


def _node(node: Document) -> Node:
    if "scope" in node:
        return End(node["id"], node["words"], node.get("note"), Scope(node["scope"]))
    answers = {answer["id"]: _answer(answer) for answer in node["answers"]}
    return Question(node["id"], node["words"], node.get("note"), answers)


def _answer(answer: Document) -> Answer:
    facts = answer.get("facts", {})
    return Answer(
        id=answer["id"],
        label=answer["label"],
        next=answer["next"],
        gates=facts.get("gates", {}),
        criteria=facts.get("criteria", {}),
        spin_out_stage=facts.get("spin_out_stage"),
        matters=tuple(answer.get("matters", ())),
    )
