"""Scripts as yEd would draw them: GraphML with labels on shapes and arrows, and custom data."""

from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from tests.unit.intake.scripts import Document

GRAPHML, YED = "http://graphml.graphdrawing.org/xmlns", "http://www.yworks.com/xml/graphml"
DATA = {
    "graph": ("version", "title", "about", "author"),
    "node": ("id", "description", "scope", "start"),
    "edge": ("id", "facts", "matters", "order"),
}


def drawn(document: Document) -> bytes:
    """A drawing of the script."""
    root = Element("graphml", {"xmlns": GRAPHML, "xmlns:y": YED})
    for kind, names in DATA.items():
        for name in names:
            SubElement(root, "key", {"id": f"{kind}_{name}", "for": kind, "attr.name": name, "attr.type": "string"})
        SubElement(root, "key", {"id": f"{kind}_graphics", "for": kind, "yfiles.type": f"{kind}graphics"})
    graph = SubElement(root, "graph", {"id": "G", "edgedefault": "directed"})
    say(graph, "graph", {name: document[name] for name in DATA["graph"]})
    for number, node in enumerate(document["nodes"]):
        shape = SubElement(graph, "node", {"id": f"n{number}"})
        start = "true" if node["id"] == document["start"] else ""
        said = {"id": node["id"], "description": node.get("note", ""), "scope": node.get("scope", ""), "start": start}
        say(shape, "node", said)
        label(shape, "node", node["words"])
    places = {node["id"]: f"n{number}" for number, node in enumerate(document["nodes"])}
    for node in document["nodes"]:
        for answer in node.get("answers", ()):
            arrow = SubElement(graph, "edge", {"source": places[node["id"]], "target": places[answer["next"]]})
            matters = ", ".join(answer.get("matters", ()))
            say(arrow, "edge", {"id": answer["id"], "facts": facts(answer.get("facts", {})), "matters": matters})
            label(arrow, "edge", answer["label"])
    return tostring(root)


def say(element: Element, kind: str, said: dict[str, str]) -> None:
    """Give an element data; what is empty is written as yEd writes an empty field."""
    for name, text in said.items():
        SubElement(element, "data", {"key": f"{kind}_{name}"}).text = text


def label(element: Element, kind: str, words: str) -> None:
    """Write on a shape or an arrow."""
    graphics = SubElement(element, "data", {"key": f"{kind}_graphics"})
    shape = SubElement(graphics, "y:ShapeNode" if kind == "node" else "y:PolyLineEdge")
    SubElement(shape, "y:NodeLabel" if kind == "node" else "y:EdgeLabel").text = words


def facts(found: dict[str, Any]) -> str:
    """Facts as they are written on an arrow."""
    parts = [f"{part}.{id_} = {value}" for part in ("gates", "criteria") for id_, value in found.get(part, {}).items()]
    return "\n".join([*parts, *([f"spin_out_stage = {found['spin_out_stage']}"] if "spin_out_stage" in found else [])])
