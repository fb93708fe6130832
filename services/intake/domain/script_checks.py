"""What a script may not say although its form is right: every fault at once, each with its place and its node."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.intake.domain.facts import MOST_FACTS
from services.intake.domain.scripts import Document, fewest_steps

# Nobody reads more; a small file of nothing but faults would else take minutes.
MOST_FAULTS = 1000


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """`place` is a JSON pointer into a document ("" for the whole) or a place in a drawing, `message` a sentence."""

    place: str
    message: str


@dataclass(frozen=True, slots=True)
class Lists:
    """The closed lists whose codes a script may name."""

    matters: tuple[str, ...]
    spin_out_stages: tuple[str, ...]


def faults_of(document: Mapping[str, Any], lists: Lists, formless: Sequence[Fault] = ()) -> list[Fault]:
    """Every fault of meaning. `formless` are the faults of form: what rests on a part that has one is left out."""
    nodes = _sound(document, formless)
    if not nodes:
        return []
    is_whole = len(nodes) == len(document["nodes"])
    declared = {id_ for node in document["nodes"] if isinstance(id_ := _id(node), str)}
    start = document["start"] if isinstance(document.get("start"), str) else None
    return [
        *_repeated(nodes),
        *_answers(nodes, declared, lists),
        *(_start(start, nodes, declared) if start is not None else ()),
        *_ends(nodes, declared),
        *(_unreached(start, nodes) if is_whole and start is not None and start in declared else ()),
        *_facts(nodes),
    ]


def _id(node: object) -> object:
    """The id of a node whose form may be wrong: what is declared badly is still declared."""
    return node.get("id") if isinstance(node, Mapping) else None


def _sound(document: Mapping[str, Any], formless: Sequence[Fault]) -> dict[int, Document]:
    """The nodes whose form is right, by their place."""
    broken = {tuple(fault.place.split("/")[1:3]) for fault in formless}
    if ("nodes",) in broken or "nodes" not in document:
        return {}
    return {at: node for at, node in enumerate(document["nodes"]) if ("nodes", str(at)) not in broken}


def _repeated(nodes: Mapping[int, Document]) -> Iterator[Fault]:
    """Each node has an id of its own, and each answer among those of its question."""
    seen: set[str] = set()
    for at, node in nodes.items():
        if node["id"] in seen:
            yield Fault(f"/nodes/{at}/id", f"Node “{node['id']}” is there more than once.")
        seen.add(node["id"])
        for id_, number in Counter(answer["id"] for answer in node.get("answers", ())).items():
            if number > 1:
                yield Fault(f"/nodes/{at}/answers", f"Node “{node['id']}” has more than one answer “{id_}”.")


def _answers(nodes: Mapping[int, Document], declared: set[str], lists: Lists) -> Iterator[Fault]:
    """Each answer leads to a node that exists, and names codes that exist."""
    for place, node, answer in _each_answer(nodes):
        said = f"Node “{node['id']}”, answer “{answer['id']}”"
        if answer["next"] not in declared:
            yield Fault(f"{place}/next", f"{said}: there is no node “{answer['next']}”.")
        stage = answer.get("facts", {}).get("spin_out_stage")
        if stage not in (None, *lists.spin_out_stages):
            yield Fault(f"{place}/facts/spin_out_stage", f"{said}: there is no spin-out stage “{stage}”.")
        for number, matter in enumerate(answer.get("matters", ())):
            if matter not in lists.matters:
                yield Fault(f"{place}/matters/{number}", f"{said}: there is no matter “{matter}”.")


def _start(start: str, nodes: Mapping[int, Document], declared: set[str]) -> Iterator[Fault]:
    """A walk begins with a question."""
    if start not in declared:
        yield Fault("/start", f"There is no node “{start}”.")
    if any(node["id"] == start and "scope" in node for node in nodes.values()):
        yield Fault("/start", f"Node “{start}” is an end: a walk begins with a question.")


def _ends(nodes: Mapping[int, Document], declared: set[str]) -> Iterator[Fault]:
    """From each question an end can be reached. What has a fault of its own is taken for an end."""
    ways = {node["id"]: {answer["next"] for answer in node.get("answers", ())} for node in nodes.values()}
    for to in declared.union(*ways.values()) - ways.keys():
        ways[to] = set()
    left = ways.keys() - fewest_steps(ways).keys()
    for at, node in nodes.items():
        if node["id"] in left:
            yield Fault(f"/nodes/{at}", f"Node “{node['id']}” leads round for ever: no end can be reached from it.")


def _unreached(start: str, nodes: Mapping[int, Document]) -> Iterator[Fault]:
    """Each node can be reached from the start."""
    ways = {node["id"]: [answer["next"] for answer in node.get("answers", ())] for node in nodes.values()}
    reached = [start]
    for id_ in reached:  # grows while it is walked
        reached += [to for to in dict.fromkeys(ways.get(id_, ())) if to not in reached]
    for at, node in nodes.items():
        if node["id"] not in reached:
            yield Fault(f"/nodes/{at}", f"Node “{node['id']}” cannot be reached from the start.")


def _facts(nodes: Mapping[int, Document]) -> Iterator[Fault]:
    """A whole walk's facts have room in an enquiry."""
    for part in ("gates", "criteria"):
        named = {id_ for _, _, answer in _each_answer(nodes) for id_ in answer.get("facts", {}).get(part, {})}
        if len(named) > MOST_FACTS:
            yield Fault("/nodes", f"The answers set {len(named)} {part}; an enquiry holds {MOST_FACTS} at most.")


def _each_answer(nodes: Mapping[int, Document]) -> Iterator[tuple[str, Document, Document]]:
    """Every answer with its place and its node."""
    for at, node in nodes.items():
        for number, answer in enumerate(node.get("answers", ())):
            yield f"/nodes/{at}/answers/{number}", node, answer
