"""The graph of a JSON Decision Model: nodes with what they compute, joined by edges, and laid out to be looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# What editors of decision models recognise such a graph by.
_KIND = "application/vnd.gorules.decision"
_WIDTH, _HEIGHT = 320, 120

# A row of a table: a test for each input, an expression for each output, and what it means in words.
Row = tuple[tuple[str, ...], tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class Node:
    """One step of the graph: its type in the model, the name that people see, and its content."""

    type: str
    name: str
    content: Mapping[str, Any]


def expressions(name: str, found: Mapping[str, str]) -> Node:
    """A node that computes values, by their dotted keys. Nothing else goes out; a value of null is left out."""
    rows = [{"id": f"value-{number}", "key": key, "value": value} for number, (key, value) in enumerate(found.items())]
    return Node("expressionNode", name, {"passThrough": False, "expressions": rows})


def table(name: str, inputs: Mapping[str, str], outputs: Mapping[str, str], rows: Sequence[Row]) -> Node:
    """A decision table of which the first row that fits counts. Inputs and outputs: a heading and where it is."""
    content = {
        "hitPolicy": "first",
        "passThrough": False,
        "inputs": _columns("in", inputs),
        "outputs": _columns("out", outputs),
        "rules": [_rule(number, row) for number, row in enumerate(rows)],
    }
    return Node("decisionTableNode", name, content)


def _columns(kind: str, columns: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {"id": f"{kind}-{number}", "name": name, "field": place} for number, (name, place) in enumerate(columns.items())
    ]


def _rule(number: int, row: Row) -> dict[str, str]:
    tests, values, meaning = row
    cells = {f"in-{place}": test for place, test in enumerate(tests)}
    cells |= {f"out-{place}": value for place, value in enumerate(values)}
    return {"_id": f"row-{number}", "_description": meaning, **cells}


@dataclass
class Graph:
    """A graph in the making. A node is known by its place among `nodes`; `start` is where the facts come in."""

    name: str
    nodes: list[Node] = field(default_factory=lambda: [Node("inputNode", "Facts", {"schema": ""})])
    edges: list[tuple[int, int]] = field(default_factory=list)
    start: int = 0

    def after(self, before: Sequence[int], node: Node) -> int:
        """Add a node that takes what those before it give, together; return its place."""
        self.nodes.append(node)
        place = len(self.nodes) - 1
        self.edges += [(one, place) for one in dict.fromkeys(before)]
        return place

    def finish(self, last: int) -> None:
        """Let what the last node gives be the result."""
        self.after([last], Node("outputNode", "Result", {"schema": ""}))

    def data(self) -> dict[str, Any]:
        """The graph in the model's own form."""
        return {
            "contentType": _KIND,
            "name": self.name,
            "nodes": [
                {
                    "id": f"node-{place}",
                    "type": node.type,
                    "name": node.name,
                    "position": position,
                    "content": node.content,
                }
                for place, (node, position) in enumerate(zip(self.nodes, self._positions(), strict=True))
            ],
            "edges": [
                {"id": f"edge-{a}-{b}", "type": "edge", "sourceId": f"node-{a}", "targetId": f"node-{b}"}
                for a, b in self.edges
            ],
        }

    def _positions(self) -> list[dict[str, int]]:
        """Each node to the right of all that come before it, those of one step beneath each other."""
        steps = [0] * len(self.nodes)
        for source, target in self.edges:  # an edge leads from an earlier node to a later one, in their order
            steps[target] = max(steps[target], steps[source] + 1)
        return [{"x": _WIDTH * step, "y": _HEIGHT * steps[:place].count(step)} for place, step in enumerate(steps)]
