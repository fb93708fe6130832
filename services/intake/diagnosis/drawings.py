"""Scripts drawn in yEd, or another editor that writes GraphML: a shape is a node, an arrow an answer.

The conventions, by the names of the drawing's data (in yEd: Edit, Properties Mapper, custom properties):

graph   `version`, `title`, `about`, `author`: as in the document
node    the label is what is asked or said; `id` its name (else the drawing's own); `description` the adviser's note;
        `scope` makes it an end; `start` is true at the one with which walks begin
edge    the label is the answer; `id` its name (else made of the label); `facts` such as
        `gates.england = yes, criteria.scale = 2, spin_out_stage = live`; `matters` such as `pensions, vat_and_tax`;
        `order` a whole number, where the answers are to stand in another order than they were drawn in

A shape that holds others is a frame around them and no node.
"""

import re
from collections import ChainMap, Counter
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from services.intake.domain.script_checks import MOST_FAULTS, Fault

MOST_DEEP = 50
# Far more than a script may have (`contracts/diagnosis.v1.json`). A default is read for each element of its kind, so
# that the two together bound how long a drawing keeps its reader busy.
MOST_DRAWN = 10_000
MOST_DEFAULT = 1000

_GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"
_LABELS = "{http://www.yworks.com/xml/graphml}%sLabel"
_ABOUT = ("version", "title", "about", "author")
_FACT = re.compile(r"(gates|criteria)\.(\w+)\s*=\s*(\w+)|spin_out_stage\s*=\s*(\w+)", re.ASCII)

Document = dict[str, Any]


class Undrawable(Exception):
    """The drawing shows no script. `faults` are all that stand in the way."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = [*faults]


def document_of(content: bytes) -> Document:
    """The script that a GraphML drawing shows; it has still to be checked as any other. Raises Undrawable."""
    drawing = _Drawing(_parsed(content))
    document = drawing.document()
    if drawing.faults:
        raise Undrawable(*drawing.faults)
    return document


class _Drawing:
    """A drawing that is being read. `faults` are what stands in the way, so far."""

    def __init__(self, root: Element) -> None:
        self.faults: list[Fault] = []
        self._root = root
        self._shapes = list(root.iter(f"{_GRAPHML}node"))
        self._arrows = list(root.iter(f"{_GRAPHML}edge"))
        self._names: dict[str, str] = {}
        self._defaults: dict[str, dict[str, str]] = {"graph": {}, "node": {}, "edge": {}}
        for key in root.findall(f"{_GRAPHML}key"):
            self._names[key.get("id", "")] = key.get("attr.name", "")
            self._keep_default(key)

    def document(self) -> Document:
        """The script as far as it can be read. Raises Undrawable for what nobody draws."""
        if len(self._shapes) + len(self._arrows) > MOST_DRAWN:
            raise Undrawable(Fault("", f"More than {MOST_DRAWN} nodes and edges."))
        self._check_ids()
        graph = self._root.find(f"{_GRAPHML}graph")
        about = {} if graph is None else self._data(graph)
        nodes, starts = {}, []
        for shape in self._shapes:
            if shape.find(f"{_GRAPHML}graph") is None:
                data = self._data(shape)
                nodes[shape.get("id", "")] = node = self._node(shape, data)
                starts += [node["id"]] if data.get("start", "").lower() == "true" else []
        for arrow in sorted(self._arrows, key=self._order):
            self._add_answer(arrow, nodes)
        if len(starts) != 1:
            named = f" ({', '.join([*starts[:9], *(['…'] if starts[9:] else [])])})" if starts else ""
            self._note("", f"{len(starts)} nodes{named} say that they are the start; it is one.")
        said = {name: about[name] for name in _ABOUT if name in about}
        return {"format": "diagnosis.v1", **said, "start": starts[0] if starts else "", "nodes": [*nodes.values()]}

    def _node(self, shape: Element, data: Mapping[str, str]) -> Document:
        own = re.sub("[^a-z0-9]+", "_", shape.get("id", ""))
        node: Document = {"id": data.get("id", own), "words": _label(shape, "Node")}
        if "description" in data:
            node["note"] = _on_one_line(data["description"])
        return {**node, "scope": data["scope"]} if "scope" in data else {**node, "answers": []}

    def _add_answer(self, arrow: Element, nodes: dict[str, Document]) -> None:
        data, label = self._data(arrow), _label(arrow, "Edge")
        node, following = (nodes.get(arrow.get(end, "")) for end in ("source", "target"))
        place = f"edge {arrow.get('id', '')}, “{label[:60]}”"
        if node is None or following is None:
            self._note(place, "Does not lead from one node to another.")
            return
        if "scope" in node:
            self._note(place, f"Node “{node['id']}” is an end: nothing leads on from it.")
            return
        answer: Document = {"id": data.get("id") or _id_of(label), "label": label, "next": following["id"]}
        if "facts" in data:
            answer["facts"] = self._facts(data["facts"], f"node “{node['id']}”, {place}")
        if "matters" in data:
            answer["matters"] = list(_listed(data["matters"]))
        node["answers"].append(answer)

    def _facts(self, text: str, place: str) -> Document:
        facts: Document = {}
        for said in _listed(text):
            read = _FACT.fullmatch(said)
            part, id_, value, stage = read.groups() if read else (None, "", "", None)
            known = facts.setdefault(part, {}) if part else facts
            name = id_ or "spin_out_stage"
            if read is None or name in known:
                problem = "is given twice" if read else "is no fact, such as gates.england = yes"
                self._note(place, f"“{said[:100]}” {problem}.")
            else:
                known[name] = stage or (int(value) if value.isdecimal() and len(value) < 5 else value)
        return facts

    def _order(self, arrow: Element) -> int:
        text = self._data(arrow).get("order", "0")
        if re.fullmatch(r"-?\d{1,9}", text, re.ASCII):
            return int(text)
        self._note(f"edge {arrow.get('id', '')}", "Its `order` is not a whole number.")
        return 0

    def _check_ids(self) -> None:
        """Each node has an id of its own, by which edges name it, and each edge that has one."""
        named = {"nodes": [shape.get("id", "") for shape in self._shapes]}
        named["edges"] = [id_ for arrow in self._arrows if (id_ := arrow.get("id")) is not None]
        for kind, ids in named.items():
            for id_, number in Counter(ids).items():
                if number > 1:
                    self._note("", f"{number} {kind} have the id “{id_[:60]}”; each has one of its own.")

    def _keep_default(self, key: Element) -> None:
        """Keep what a key says of all elements of its kind that say nothing themselves."""
        text = (key.findtext(f"{_GRAPHML}default") or "").strip()
        if len(text) > MOST_DEFAULT:
            self._note(f"key {key.get('id', '')}", f"Its default is longer than {MOST_DEFAULT} characters.")
        elif text:
            for kind, said in self._defaults.items():
                if key.get("for") in (kind, "all"):
                    said[key.get("attr.name", "")] = text

    def _note(self, place: str, message: str) -> None:
        """Note what stands in the way. Raises Undrawable once that is more than anybody reads."""
        self.faults.append(Fault(place, message))
        if len(self.faults) == MOST_FAULTS:
            raise Undrawable(*self.faults)

    def _data(self, element: Element) -> Mapping[str, str]:
        """What an element's data say, by name. What is empty says nothing."""
        found: dict[str, str] = {}
        for data in element.findall(f"{_GRAPHML}data"):
            text = (data.text or "").strip()
            if text:
                found[self._names.get(data.get("key", ""), "")] = text
        return ChainMap(found, self._defaults[element.tag.removeprefix(_GRAPHML)])


class _Tree(TreeBuilder):
    """Takes nothing hostile: without a document type there are no entities to expand or to fetch; depth is bounded."""

    depth = 0

    def doctype(self, *_: Any) -> None:
        raise Undrawable(Fault("", "A document type declaration is not allowed."))

    def start(self, tag: Any, attributes: Any, /) -> Element:
        self.depth += 1
        if self.depth > MOST_DEEP:
            raise Undrawable(Fault("", "Nested too deeply."))
        return super().start(tag, attributes)

    def end(self, tag: Any, /) -> Element:
        self.depth -= 1
        return super().end(tag)


def _parsed(content: bytes) -> Element:
    # _Tree refuses what the rule warns of; the size is bounded by who reads the file.
    parser = XMLParser(target=_Tree())  # noqa: S314
    try:
        parser.feed(content)
        root: Element = parser.close()
    except ParseError as error:
        raise Undrawable(Fault("", f"Not well-formed XML: line {error.position[0]}.")) from error
    except (LookupError, ValueError) as error:
        raise Undrawable(Fault("", "In an encoding that is not read. Save it as UTF-8.")) from error
    if root.tag != f"{_GRAPHML}graphml":
        raise Undrawable(Fault("", "It is XML, but no GraphML."))
    return root


def _label(element: Element, kind: str) -> str:
    return _on_one_line(" ".join(label.text or "" for label in element.iter(_LABELS % kind)))


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _id_of(label: str) -> str:
    """An answer's id made of its label: its words in lower case, joined by underscores."""
    return re.sub("[^a-z0-9]+", "_", label.lower()).strip("_")[:60].rstrip("_")


def _listed(text: str) -> Iterator[str]:
    return (part.strip() for part in re.split(r"[,;\n]", text) if part.strip())
