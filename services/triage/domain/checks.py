"""What a criteria document may not say although its form is right: every fault at once, each with its place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.triage.domain.bands import band_faults, unreachable_bands
from services.triage.domain.faults import Fault

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the house around the engine can supply and understand: the choices with their values, and the bands."""

    choices: Mapping[str, tuple[str, ...]]
    bands: tuple[str, ...]


class Sound:
    """The parts of a document whose form is right, so that faults of meaning can be found beside those of form."""

    def __init__(self, document: Mapping[str, Any], formless: Sequence[Fault]) -> None:
        self._document = document
        self._broken = {tuple(fault.pointer.split("/")[1:3]) for fault in formless}

    def items(self, section: str) -> list[tuple[int, Item]]:
        """The sound items of a section, each with its place in it."""
        if (section,) in self._broken or section not in self._document:
            return []
        return [(i, item) for i, item in enumerate(self._document[section]) if (section, str(i)) not in self._broken]

    def whole(self, section: str) -> list[Item]:
        """All items of a section, or none when one of them is unsound: some faults show in all of them only."""
        items = [item for _, item in self.items(section)]
        return items if items and len(items) == len(self._document[section]) else []

    def readable(self) -> dict[str, tuple[str, ...]] | None:
        """The facts that conditions may read, with their values. None when a section that declares them is unsound."""
        if any((name,) in self._broken or name not in self._document for name in ("gates", "facts")):
            return None
        gates = {_text(gate, "fact"): ("yes", "no") for gate in self._document["gates"]}
        return gates | {_text(choice, "id"): _values(choice) for choice in self._document["facts"]}


def _text(item: object, key: str) -> str:
    """A name in an item whose form may be wrong: what is declared badly is still declared."""
    return str(item.get(key)) if isinstance(item, Mapping) else ""


def _values(choice: object) -> tuple[str, ...]:
    values = choice.get("values") if isinstance(choice, Mapping) else None
    return tuple(str(value) for value in values) if isinstance(values, list) else ()


def faults_of(document: Mapping[str, Any], catalogue: Catalogue, formless: Sequence[Fault] = ()) -> list[Fault]:
    """Every fault of meaning. `formless` are the faults of form: what rests on a part that has one is left out."""
    sound = Sound(document, formless)
    return [
        *_repeated(sound),
        *_choices(sound, catalogue),
        *_gates(sound),
        *_weights(sound),
        *_bands(sound, catalogue),
        *_limits(sound),
    ]


def _repeated(sound: Sound) -> Iterator[Fault]:
    """Each id and each fact is used once, so that an explanation and a question can be told apart."""
    seen: set[str] = set()
    for section in ("facts", "gates", "criteria"):
        for index, item in sound.items(section):
            for key in ("id", "fact"):
                if item.get(key) in seen:
                    yield Fault(f"/{section}/{index}/{key}", f"“{item[key]}” is used more than once.")
            seen |= {item["id"], item.get("fact", item["id"])}


def _choices(sound: Sound, catalogue: Catalogue) -> Iterator[Fault]:
    for index, choice in sound.items("facts"):
        known = catalogue.choices.get(choice["id"])
        if known is None:
            yield Fault(f"/facts/{index}/id", f"No such fact is known: “{choice['id']}”.")
            continue
        for place, value in enumerate(choice["values"]):
            if value not in known:
                yield Fault(f"/facts/{index}/values/{place}", f"“{value}” is no value of “{choice['id']}”.")


def _gates(sound: Sound) -> Iterator[Fault]:
    for index, gate in sound.items("gates"):
        if ("applies" in gate) != ("not_applicable" in gate):
            yield Fault(f"/gates/{index}", "`applies` and `not_applicable` go together.")
        if ("signpost" in gate["no"]) != (gate["no"]["leads_to"] == "out_of_scope"):
            yield Fault(f"/gates/{index}/no", "A signpost is given where, and only where, the gate leads out of scope.")
        if "applies" in gate:
            yield from _condition(gate["applies"], f"/gates/{index}/applies", sound.readable())


def _weights(sound: Sound) -> Iterator[Fault]:
    total = sum(criterion["weight"] for criterion in sound.whole("criteria"))
    if total not in (0, 100):  # 0: they cannot be counted
        yield Fault("/criteria", f"The weights sum to {total}, not to 100.")


def _bands(sound: Sound, catalogue: Catalogue) -> Iterator[Fault]:
    for index, band in sound.items("bands"):
        if band["id"] not in catalogue.bands:
            yield Fault(f"/bands/{index}/id", f"“{band['id']}” is not one of: {', '.join(catalogue.bands)}.")
    bands, criteria = sound.whole("bands"), sound.whole("criteria")
    if bands:
        yield from band_faults(bands)
    if bands and criteria:
        yield from unreachable_bands(bands, [criterion["weight"] for criterion in criteria])


def _limits(sound: Sound) -> Iterator[Fault]:
    order = [band["id"] for band in sound.whole("bands")]
    for index, limit in sound.items("limits"):
        unknown = [key for key in ("band", "otherwise") if order and limit[key] not in order]
        for key in unknown:
            yield Fault(f"/limits/{index}/{key}", f"There is no band “{limit[key]}”.")
        if order and not unknown and order.index(limit["otherwise"]) <= order.index(limit["band"]):
            yield Fault(f"/limits/{index}/otherwise", f"“{limit['otherwise']}” is not below “{limit['band']}”.")
        yield from _condition(limit["needs"], f"/limits/{index}/needs", sound.readable())


def _condition(node: Item, pointer: str, readable: Mapping[str, tuple[str, ...]] | None) -> Iterator[Fault]:
    """The facts and the values that a condition names exist, and none of them is scored."""
    if readable is None:
        return
    if "of" in node:
        inner = [(pointer + "/of", node["of"])]
        if isinstance(node["of"], list):
            inner = [(f"{pointer}/of/{index}", item) for index, item in enumerate(node["of"])]
        for place, item in inner:
            yield from _condition(item, place, readable)
    elif node["fact"] not in readable:
        yield Fault(f"{pointer}/fact", f"“{node['fact']}” is neither a gate's fact nor a declared one.")
    else:
        wanted = node["values"] if node["op"] == "in" else [node["value"]]
        for value in wanted:
            if value not in readable[node["fact"]]:
                yield Fault(pointer, f"“{value}” is no value of “{node['fact']}”.")
