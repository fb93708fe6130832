"""Criteria documents and snapshots for the tests of triage."""

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from services.triage.domain import Rules, compile_rules

ROOT = Path(__file__).parents[3]
FIRST_FILE = ROOT / "services" / "triage" / "criteria" / "2026-11.json"
FIRST: dict[str, Any] = json.loads(FIRST_FILE.read_text())
FIRST_RULES: Rules = compile_rules(FIRST)

GATES = [gate["id"] for gate in FIRST["gates"]]
CRITERIA = [criterion["id"] for criterion in FIRST["criteria"]]
STAGES = FIRST["facts"][0]["values"]

ALL_PASS = {f"gates.{gate}": "yes" for gate in GATES}
PLANNING: dict[str, str | int] = {"spin_out_stage": "planning"}


def scored(points: int, **others: int) -> dict[str, str | int]:
    """Every criterion at these points, but the named ones."""
    return {f"criteria.{name}": others.get(name, points) for name in CRITERIA}


def without(facts: dict[str, str | int], *names: str) -> dict[str, str | int]:
    """The facts, but the named ones."""
    return {name: value for name, value in facts.items() if name not in names}


def changed(**sections: Any) -> dict[str, Any]:
    """The first document with some sections replaced."""
    return copy.deepcopy(FIRST) | sections


def any_facts() -> st.SearchStrategy[dict[str, str | int]]:
    """Snapshots of every kind, with anything missing. Half of them pass every gate, so that scores count too."""
    gates = {name: st.sampled_from(["yes", "no"]) for name in ALL_PASS}
    points = {f"criteria.{name}": st.integers(0, 4) for name in CRITERIA}
    stage = {"spin_out_stage": st.sampled_from(STAGES)}
    open_gates = st.fixed_dictionaries({}, optional=gates)
    answered = st.fixed_dictionaries({}, optional=points) | st.fixed_dictionaries(points)
    stages = st.fixed_dictionaries({}, optional=stage) | st.fixed_dictionaries(stage)
    return st.builds(lambda a, b, c: {**a, **b, **c}, st.just(ALL_PASS) | open_gates, answered, stages)


def completions(facts: dict[str, str | int]) -> st.SearchStrategy[dict[str, str | int]]:
    """Every way in which what is missing could be answered."""
    answers: dict[str, st.SearchStrategy[str | int]] = {name: st.sampled_from(["yes", "no"]) for name in ALL_PASS}
    answers |= {f"criteria.{name}": st.integers(0, 4) for name in CRITERIA}
    answers["spin_out_stage"] = st.sampled_from(STAGES)
    missing = {name: answer for name, answer in answers.items() if name not in facts}
    return st.fixed_dictionaries(missing).map(lambda found: {**facts, **found})
