"""How `applications.jsonl` was made: 110 applications of five kinds, none of them real.

The historic scheme is said to have referred just over 20 of 110. Nothing more is known of those 110, so the kinds, how
many there are of each and what they tend to answer are assumptions. They were set by looking at the
share referred, so that about a fifth is: under 2026-11 on average 20.7 over 200 seeds, three in four of them giving 18
to 25, the least 11, the most 29. So the mix cannot show that the weights are right. It shows that a change of engine or
criteria does not quietly refer twice or half as many.

Each application has a strength of its own, which moves all its points, and luck with each criterion. Advisers have
asked before they triage, so little is missing. `python -m tests.unit.triage.mix.making` writes the file anew.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.unit.triage.examples import CRITERIA, GATES

FILE = Path(__file__).with_name("applications.jsonl")
SEED = 2011


@dataclass(frozen=True)
class Kind:
    """How many applications there are of a kind, their stages, the middle of their points, and what is often lacking.

    `open` is the share of criteria without an answer; `refused` and `unknown` the chance, for each gate named, of a no
    and of no answer.
    """

    name: str
    count: int
    stages: tuple[str, ...]
    middle: float
    open: float
    refused: dict[str, float]
    unknown: dict[str, float]


KINDS = (
    Kind("a few staff with an idea", 24, ("exploring", "exploring", "making_the_case"), 1.1, 0.03,
         {"senior_sponsor": 0.2, "employee_control": 0.06}, {"senior_sponsor": 0.3, "consent_to_share": 0.1}),
    Kind("a team that its managers back", 30, ("exploring", "making_the_case", "making_the_case"), 2.1, 0.02,
         {"consent_to_share": 0.03, "senior_sponsor": 0.06}, {"senior_sponsor": 0.1, "consent_to_share": 0.06}),
    Kind("a project with a plan", 34, ("making_the_case", "planning", "planning", "implementing"), 2.85, 0.01,
         {"consent_to_share": 0.03}, {"consent_to_share": 0.04, "public_service": 0.02}),
    Kind("a live mutual", 12, ("live", "live", "growing"), 2.8, 0.01,
         {"early_life": 0.25}, {"early_life": 0.1, "consent_to_share": 0.05}),
    Kind("somebody outside the programme", 10, ("exploring", "planning", "live", "dormant", "failed"), 1.9, 0.1,
         {"public_origin": 0.45, "england": 0.35, "public_service": 0.25, "employee_control": 0.25},
         {"senior_sponsor": 0.5}),
)  # fmt: skip


def applications(seed: int) -> list[dict[str, Any]]:
    """The mix that comes of a seed: for each application its kind, facts and stage."""
    random = Random(seed)
    return [_application(random, kind) for kind in KINDS for _ in range(kind.count)]


def _application(random: Random, kind: Kind) -> dict[str, Any]:
    stage = kind.stages[int(random.random() * len(kind.stages))]
    asked = [gate for gate in GATES if gate != "early_life" or stage in ("live", "growing")]
    gates = {gate: answer for gate in asked if (answer := _answer(random, kind, gate))}
    middle = kind.middle + _luck(random) * 0.7
    points = {name: min(4, max(0, round(middle + _luck(random) * 1.3))) for name in CRITERIA}
    given = {name: value for name, value in points.items() if random.random() >= kind.open}
    return {"kind": kind.name, "facts": {"gates": gates, "criteria": given}, "spin_out_stage": stage}


def _answer(random: Random, kind: Kind, gate: str) -> str | None:
    chance = random.random()
    if chance < kind.refused.get(gate, 0):
        return "no"
    return None if chance < kind.refused.get(gate, 0) + kind.unknown.get(gate, 0) else "yes"


def _luck(random: Random) -> float:
    """From -1.5 to 1.5, mostly near 0."""
    return sum(random.random() for _ in range(3)) - 1.5


def text(seed: int = SEED) -> str:
    """The file's content."""
    return "".join(json.dumps(one) + "\n" for one in applications(seed))


if __name__ == "__main__":
    FILE.write_text(text())
