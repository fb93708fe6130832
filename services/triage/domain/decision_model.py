"""A criteria document as a JSON Decision Model, the graph of decision tables that rule engines of others evaluate.

What goes in has the form of a request to try facts out: `{"facts": {"gates": {…}, "criteria": {…}}, "<choice>": …}`,
where unknown answers are left out, null or, at a gate, `unknown`. What comes out: `outcome`, `band` (left out while
undecided), `score.low` and `score.high` in points, exact in quarters, and the version. The reasons stand beside the
rows of the tables, as their descriptions. Every path, answer and version of a valid document is made of letters,
digits and `_.-` only, so it stands in an expression as it is.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.triage.domain.conditions import AllOf, Among, Condition, Not, compile_condition
from services.triage.domain.decision_graph import Graph, Node, expressions, table
from services.triage.domain.facts import UNKNOWN
from services.triage.domain.findings import INFORMATION_NEEDED, OUT_OF_SCOPE
from services.triage.domain.rules import MOST, NOT_APPLICABLE, Effect

Item = Mapping[str, Any]

# Kleene's values as numbers: the least of several is their “and”, the most of them their “or”.
_NO, _UNKNOWN, _YES = "0", "1", "2"
_ANY = ""


def decision_model(document: Item) -> dict[str, Any]:
    """The model of a document that has no faults (`faults_of`). The same document gives the same model."""
    graph = Graph(f"{document['title']} ({document['version']})")
    conditions = graph.after([graph.start], _conditions(document))
    effects = [graph.after([graph.start, conditions], _gate(gate)) for gate in document["gates"]]
    effect = graph.after(effects or [conditions], _gravest(document["gates"]))
    points = [graph.after([graph.start], _criterion(criterion)) for criterion in document["criteria"]]
    score = graph.after(points, _score())
    ends = [graph.after([score], _band(document["bands"], end)) for end in ("low", "high")]
    last = graph.after(ends, _one_band())
    for number, limit in enumerate(document["limits"]):
        last = graph.after([conditions, last], _limit(limit, number))
    outcome = graph.after([effect, last], _outcome())
    graph.finish(graph.after([score, last, outcome], _result(document)))
    return graph.data()


def _conditions(document: Item) -> Node:
    """Of whom each gate is asked, and whether each limit's need is met: 0 no, 1 unknown, 2 yes."""
    found = {
        f"conditions.applies.{gate['id']}": _expression(compile_condition(gate["applies"]))
        for gate in document["gates"]
        if "applies" in gate
    }
    found |= {
        f"conditions.needs.limit_{number}": _expression(compile_condition(limit["needs"]))
        for number, limit in enumerate(document["limits"])
    }
    return expressions("Conditions", found)


def _expression(condition: Condition) -> str:
    match condition:
        case Among(fact, values):
            path, wanted = _path(fact), ", ".join(f"'{value}'" for value in sorted(values))
            missing = f"{path} == null or {path} == '{UNKNOWN}'"
            return f"({missing} ? {_UNKNOWN} : ({path} in [{wanted}] ? {_YES} : {_NO}))"
        case Not(of):
            return f"({_YES} - {_expression(of)})"
        case AllOf(of):
            return f"min([{', '.join(_expression(inner) for inner in of)}])"
    return f"max([{', '.join(_expression(inner) for inner in condition.of)}])"


def _path(fact: str) -> str:
    """Where a fact is in the input. Its name is quoted, for it may be a word of the expression language."""
    section, _, name = fact.rpartition(".")
    return f"facts.{section}['{name}']" if section else f"$root['{name}']"


def _gate(gate: Item) -> Node:
    """What each answer at a gate leads to: 0 on to the score, 1 to questions, 2 out of scope."""
    inputs = {"Answer": _path(gate["fact"])}
    rows: list[tuple[tuple[str, ...], str]] = [(("'yes'",), "yes"), (("'no'",), "no"), ((_ANY,), "unknown")]
    if "applies" in gate:
        inputs = {"Applies": f"conditions.applies['{gate['id']}']"} | inputs
        settled = [((_NO, _ANY), NOT_APPLICABLE), ((_UNKNOWN, "'yes'"), "yes"), ((_UNKNOWN, _ANY), "unknown")]
        rows = [*settled, *(((_ANY, *cells), answer) for cells, answer in rows)]
    output = {"Effect": f"effects.{gate['id']}"}
    found = [(cells, (_effect(gate[answer]),), gate[answer]["reason"]) for cells, answer in rows]
    return table(f"Gate: {gate['title']}", inputs, output, found)


def _effect(meaning: Item) -> str:
    return str(int(Effect[meaning.get("leads_to", "go_on").upper()]))


def _gravest(gates: Sequence[Item]) -> Node:
    gravest = "max(values(effects))" if gates else str(int(Effect.GO_ON))
    return expressions("Gravest of the gates", {"effect": gravest})


def _criterion(criterion: Item) -> Node:
    """The worst and the best that an answer gives, in quarters of a point."""
    name, weight = criterion["id"], criterion["weight"]
    rows = [
        ((str(points),), (str(weight * points), str(weight * points)), criterion["anchors"][str(points)])
        for points in range(MOST + 1)
    ]
    rows.append(((_ANY,), ("0", str(weight * MOST)), "Not answered: all its points are open."))
    outputs = {"Worst, quarter points": f"worst.{name}", "Best, quarter points": f"best.{name}"}
    return table(f"Criterion: {criterion['title']}", {"Points": _path(criterion["fact"])}, outputs, rows)


def _score() -> Node:
    return expressions(
        "Score in quarter points", {"quarters.low": "sum(values(worst))", "quarters.high": "sum(values(best))"}
    )


def _band(bands: Sequence[Item], end: str) -> Node:
    rows = [((f">= {band['at_least'] * MOST}",), (f"'{band['id']}'",), band["meaning"]) for band in bands]
    return table(f"Band of the {end} end", {"Quarter points": f"quarters.{end}"}, {"Band": f"ends.{end}"}, rows)


def _one_band() -> Node:
    return expressions("Band, if both ends have the same", {"band": "ends.low == ends.high ? ends.low : null"})


def _limit(limit: Item, number: int) -> Node:
    band, need = f"'{limit['band']}'", f"conditions.needs.limit_{number}"
    rows = [
        ((band, _NO), (f"'{limit['otherwise']}'",), limit["reason"]),
        ((band, _UNKNOWN), ("null",), limit["reason"]),
        ((_ANY, _ANY), ("band",), "Not limited."),
    ]
    return table(f"Limit: {limit['title']}", {"Band": "band", "Need is met": need}, {"Band": "band"}, rows)


def _outcome() -> Node:
    stop, ask = str(int(Effect.OUT_OF_SCOPE)), str(int(Effect.INFORMATION_NEEDED))
    rows = [
        ((stop, _ANY), (f"'{OUT_OF_SCOPE}'",), "A gate says no."),
        ((ask, _ANY), (f"'{INFORMATION_NEEDED}'",), "A gate is unknown."),
        ((_ANY, "null"), (f"'{INFORMATION_NEEDED}'",), "More than one band is open."),
        ((_ANY, _ANY), ("band",), "The band decides."),
    ]
    return table("Outcome", {"Gravest of the gates": "effect", "Band": "band"}, {"Outcome": "outcome"}, rows)


def _result(document: Item) -> Node:
    found = {"outcome": "outcome", "band": "band", "criteria_version": f"'{document['version']}'"}
    found |= {f"score.{end}": f"quarters.{end} / {MOST}" for end in ("low", "high")}
    return expressions("Assessment", found)
