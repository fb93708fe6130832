"""What one criteria document says otherwise than another, in plain sentences.

Two documents without a difference are the same document: whatever part of one is changed, some sentence says so.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.triage.domain.wording import part_in_words, value_in_words

Item = Mapping[str, Any]

# The sections of a document that hold items, and what one of them is called, in the order in which they are told.
_SECTIONS = {"criteria": "criterion", "bands": "band", "gates": "gate", "limits": "limit", "facts": "fact"}
# The parts of an item that have parts of their own. A condition counts as one part.
_NESTED = ("yes", "no", "unknown", "anchors")
_ABSENT = object()


def differences(before: Item, after: Item) -> list[str]:
    """Every difference between two documents without faults (`faults_of`), a sentence each, none if they are equal."""
    found = list(_parts(_head(before), _head(after), "the document"))
    for section, kind in _SECTIONS.items():
        found += _items(before[section], after[section], section, kind)
    return found


def _head(document: Item) -> Item:
    return {name: value for name, value in document.items() if name not in _SECTIONS}


def _items(before: Sequence[Item], after: Sequence[Item], section: str, kind: str) -> Iterator[str]:
    """What became of the items of a section: gone, new, changed, or put into another order."""
    old, new = _named(before), _named(after)
    for name, item in old.items():
        if name not in new:
            yield f"The {kind} “{item['id']}” is gone: {_summary(kind, item)}."
    for name, item in new.items():
        if name not in old:
            yield f"The {kind} “{item['id']}” is new: {_summary(kind, item)}."
    kept = [name for name in new if name in old]
    for name in kept:
        yield from _parts(old[name], new[name], f"the {kind} “{name[0]}”")
    if kept != [name for name in old if name in new]:
        yield f"The {section} come in another order: {', '.join(f'“{name}”' for name, _ in new)}."


def _named(items: Sequence[Item]) -> dict[tuple[str, int], Item]:
    """The items by their ids. A limit's id may come twice, so each is counted."""
    seen: Counter[str] = Counter()
    found = {}
    for item in items:
        found[item["id"], seen[item["id"]]] = item
        seen[item["id"]] += 1
    return found


def _summary(kind: str, item: Item) -> str:
    """What an item is about, and what hangs on it."""
    match kind:
        case "criterion":
            return f"“{item['title']}”, with a weight of {item['weight']} points"
        case "band":
            return f"“{item['meaning']}”, from {item['at_least']} points"
        case "limit":
            return f"“{item['title']}”, “{item['otherwise']}” instead of “{item['band']}”"
        case "gate":
            no = value_in_words(("leads_to",), item["no"]["leads_to"])
            return f"“{item['title']}”, where “no” leads to {no}"
        case _:
            return f"“{item['title']}”"


def _parts(before: Item, after: Item, whole: str, *path: str) -> Iterator[str]:
    """Every part that differs, however deep, a sentence each."""
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name, _ABSENT), after.get(name, _ABSENT)
        if old == new:
            continue
        if name in _NESTED:
            yield from _parts(before[name], after[name], whole, *path, name)
        else:
            yield _sentence(whole, (*path, name), old, new)


def _sentence(whole: str, place: tuple[str, ...], old: Any, new: Any) -> str:
    part = part_in_words(whole, place)
    part = part[0].upper() + part[1:]
    if old is _ABSENT:
        return f"{part} is new: {value_in_words(place, new)}."
    if new is _ABSENT:
        return f"{part} is gone: it was {value_in_words(place, old)}."
    if isinstance(old, int) and isinstance(new, int):
        return f"{part} {'rises' if new > old else 'falls'} from {old} to {new} points."
    return f"{part} is now {value_in_words(place, new)}; it was {value_in_words(place, old)}."
