"""Criteria documents of every kind that the form allows, and snapshots to be assessed under them."""

import itertools
import json
from typing import Any

from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from services.triage.domain import Catalogue, Facts, Rules, compile_rules, faults_of
from services.triage.domain.bands import unreachable_bands
from tests.unit.triage.examples import ROOT

BANDS = ("refer", "develop", "advise", "inform")
CHOICES = {"stage": ("thinking", "planning", "live", "growing"), "place": ("leeds", "derby", "cardiff")}
CATALOGUE = Catalogue(CHOICES, BANDS)
ELSEWHERE = "elsewhere"  # a choice's value that no document names
FORM = Draft202012Validator(json.loads((ROOT / "contracts" / "criteria.v1.json").read_text()))

Document = dict[str, Any]


def is_valid(document: Document) -> bool:
    """Whether a document has no fault, neither of form nor of meaning."""
    return not faults_of(document, CATALOGUE) and FORM.is_valid(document)


def any_rules() -> st.SearchStrategy[Rules]:
    """The rules of any valid document."""
    return any_document().map(compile_rules)


@st.composite
def any_document(draw: st.DrawFn) -> Document:
    """A valid document: up to four gates, six criteria, four bands, three limits, two choices."""
    choices = {name: draw(st.permutations(values)) for name, values in CHOICES.items() if draw(st.booleans())}
    values = {name: some[: draw(st.integers(1, len(some)))] for name, some in choices.items()}
    names = [f"g{number}" for number in range(draw(st.integers(0, 4)))]
    readable = {f"gates.{name}": ["yes", "no"] for name in names} | values
    weights = draw(any_weights())
    bands = draw(any_bands(weights))
    return {
        "format": "criteria.v1",
        "version": "random",
        "title": "Random",
        "about": "Anything that the form allows.",
        "author": "nobody",
        "facts": [{"id": name, "title": name, "values": some, "question": f"{name}?"} for name, some in values.items()],
        "gates": [draw(any_gate(name, readable)) for name in names],
        "criteria": [criterion(f"c{number}", weight) for number, weight in enumerate(weights)],
        "bands": bands,
        "unanswered": "Not answered.",
        "undecided": "Not decided.",
        "limits": draw(any_limits([band["id"] for band in bands], readable)),
    }


def any_weights() -> st.SearchStrategy[list[int]]:
    """One to six weights that sum to 100."""
    cuts = st.lists(st.integers(1, 99), max_size=5, unique=True).map(sorted)
    return cuts.map(lambda found: [b - a for a, b in zip([0, *found], [*found, 100], strict=True)])


@st.composite
def any_bands(draw: st.DrawFn, weights: list[int]) -> list[Document]:
    """One to four bands, each of which some points reach."""
    edges = draw(st.lists(st.integers(1, 100), max_size=3, unique=True).map(lambda some: sorted(some, reverse=True)))
    lows, highs = [*edges, 0], [None, *edges]
    bands = [
        {"id": name, "at_least": low, "below": high, "meaning": f"{name}."}
        for name, low, high in zip(BANDS, lows, highs, strict=False)
    ]
    reached = not list(unreachable_bands(bands, weights))
    return bands if reached else [bands[0] | {"at_least": 0}]


@st.composite
def any_gate(draw: st.DrawFn, name: str, readable: dict[str, list[str]]) -> Document:
    """A gate of any effect, asked of everybody or of some."""
    no, unknown = (
        draw(st.sampled_from(["out_of_scope", "go_on"])),
        draw(st.sampled_from(["information_needed", "go_on"])),
    )
    gate = {
        **{"id": name, "fact": f"gates.{name}", "title": name, "source": "assumption", "question": f"{name}?"},
        "yes": {"leads_to": "go_on", "reason": f"{name} says yes."},
        "no": {"leads_to": no, "reason": f"{name} says no."},
        "unknown": {"leads_to": unknown, "reason": f"{name} is unknown."},
    }
    if no == "out_of_scope":
        gate["no"] |= {"signpost": f"Not {name}: go there."}
    if draw(st.booleans()):
        gate |= {"applies": draw(any_condition(readable)), "not_applicable": {"reason": f"{name} is not asked."}}
    return gate


def criterion(name: str, weight: int) -> Document:
    """A scored criterion."""
    return {
        **{"id": name, "fact": f"criteria.{name}", "title": name, "weight": weight, "question": f"{name}?"},
        **{"source": "assumption", "weight_source": "assumption"},
        "anchors": {str(points): f"{name} has {points}." for points in range(5)},
    }


def any_condition(readable: dict[str, list[str]]) -> st.SearchStrategy[Document]:
    """A condition of any depth on facts that may be read."""

    def value(fact: str) -> st.SearchStrategy[Document]:
        one = st.sampled_from(readable[fact])
        single = one.map(lambda found: {"op": "is", "fact": fact, "value": found})
        several = st.lists(one, min_size=1, unique=True).map(lambda some: {"op": "in", "fact": fact, "values": some})
        return single | several

    def combined(inner: st.SearchStrategy[Document]) -> st.SearchStrategy[Document]:
        some = st.lists(inner, min_size=1, max_size=3)
        several = st.builds(lambda op, of: {"op": op, "of": of}, st.sampled_from(["all", "any"]), some)
        return several | inner.map(lambda of: {"op": "not", "of": of})

    return st.recursive(st.sampled_from(sorted(readable)).flatmap(value), combined, max_leaves=5)


def is_one_of(fact: str, *values: str) -> Document:
    """The condition that a fact has one of these values."""
    return {"op": "in", "fact": fact, "values": list(values)}


def intricate() -> Document:
    """A document whose gate and limits have conditions of every kind, one within another."""
    lively, in_leeds = is_one_of("stage", "live", "growing"), is_one_of("place", "leeds")
    both = {"op": "all", "of": [lively, in_leeds]}
    gate = {
        **{"id": "g0", "fact": "gates.g0", "title": "g0", "source": "assumption", "question": "g0?"},
        "applies": {"op": "any", "of": [in_leeds, {"op": "not", "of": lively}]},
        "not_applicable": {"reason": "g0 is not asked."},
        "yes": {"leads_to": "go_on", "reason": "g0 says yes."},
        "no": {"leads_to": "out_of_scope", "reason": "g0 says no.", "signpost": "Not g0: go there."},
        "unknown": {"leads_to": "information_needed", "reason": "g0 is unknown."},
    }
    bars = {"title": "bars", "source": "assumption", "reason": "It bars."}
    bands = (("refer", 60, None), ("develop", 30, 60), ("inform", 0, 30))
    return {
        **{"format": "criteria.v1", "version": "intricate", "title": "Intricate", "about": "All conditions."},
        **{"author": "nobody", "unanswered": "Not answered.", "undecided": "Not decided."},
        "facts": [
            {"id": name, "title": name, "values": list(values), "question": f"{name}?"}
            for name, values in CHOICES.items()
        ],
        "gates": [gate],
        "criteria": [criterion("c0", 50), criterion("c1", 50)],
        "bands": [{"id": name, "at_least": low, "below": high, "meaning": f"{name}."} for name, low, high in bands],
        "limits": [
            {**bars, "id": "l0", "band": "refer", "otherwise": "develop", "needs": both},
            {**bars, "id": "l1", "band": "develop", "otherwise": "inform", "needs": lively},
        ],
    }


@st.composite
def any_limits(draw: st.DrawFn, bands: list[str], readable: dict[str, list[str]]) -> list[Document]:
    """Up to three limits, each with a lower band than its own."""
    limits = []
    for number in range(draw(st.integers(0, 3)) if readable and len(bands) > 1 else 0):
        at = draw(st.integers(0, len(bands) - 2))
        lower = draw(st.sampled_from(bands[at + 1 :]))
        limits.append(
            {
                **{"id": f"l{number}", "title": f"l{number}", "source": "assumption", "reason": f"l{number} bars."},
                **{"band": bands[at], "otherwise": lower, "needs": draw(any_condition(readable))},
            }
        )
    return limits


def every_snapshot(rules: Rules) -> list[Facts]:
    """All snapshots in which each question has its first answer, its last, or none."""
    answers = [
        [(fact, answer) for answer in (None, question.answers[0], question.answers[-1])]
        for fact, question in rules.questions.items()
    ]
    return [{fact: answer for fact, answer in chosen if answer is not None} for chosen in itertools.product(*answers)]


def any_snapshot(rules: Rules) -> st.SearchStrategy[Facts]:
    """A snapshot that the rules can assess, with anything missing, and choices that they do not name."""
    answers = {
        fact: st.sampled_from([*question.answers, *([ELSEWHERE] if question.kind == "fact" else [])])
        for fact, question in rules.questions.items()
    }
    return st.fixed_dictionaries({}, optional=answers) | st.fixed_dictionaries(answers)
