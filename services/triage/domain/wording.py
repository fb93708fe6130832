"""The parts of a criteria document in plain English: what each is called, and how its value is said."""

from collections.abc import Mapping
from typing import Any

# What a part is called; `{whole}` is what it is a part of, `{of}` the answer or the points that it is about.
_PARTS = {
    "weight": "the weight of {whole}",
    "at_least": "the threshold of {whole}",
    "below": "the upper end of {whole}",
    "leads_to": "what “{of}” leads to at {whole}",
    "signpost": "the signpost of {whole}",
    "applies": "the condition under which {whole} is asked",
    "not_applicable": "what is said where {whole} is not asked",
    "anchors": "the anchor for {of} points of {whole}",
    "needs": "the condition of {whole}",
    "band": "the band that {whole} is on",
    "otherwise": "the band that {whole} gives instead",
    "meaning": "the meaning of {whole}",
    "values": "the list of values of {whole}",
    "fact": "the fact that {whole} reads",
    "source": "the source of {whole}",
    "weight_source": "the source of the weight of {whole}",
    "question": "the question of {whole}",
    "title": "the title of {whole}",
    "about": "the description of {whole}",
    "author": "the author of {whole}",
    "version": "the version of {whole}",
    "unanswered": "what {whole} says of a criterion without an answer",
    "undecided": "what {whole} says while more than one band is open",
}
_REASON, _REASON_FOR = "the reason given by {whole}", "the reason given for “{of}” at {whole}"
_CODES = {
    "go_on": "going on to the score",
    "information_needed": "asking for information",
    "out_of_scope": "out of scope",
    "public_source": "a public source",
    "later_scheme": "a later scheme of the same kind",
    "assumption": "an assumption of our own",
}
_POINTS = ("weight", "at_least", "below")


def part_in_words(whole: str, place: tuple[str, ...]) -> str:
    """What a part of an item is called. `place` are the names on the way to it, `("no", "reason")` for one."""
    name, of = place[-1], place[0]
    if place[0] == "anchors":
        name, of = place
    if name == "reason":
        return (_REASON if len(place) == 1 else _REASON_FOR).format(whole=whole, of=of)
    return _PARTS.get(name, f"“{name}” of {{whole}}").format(whole=whole, of=of)


def value_in_words(place: tuple[str, ...], value: Any) -> str:
    """How the value of a part is said: points, a code's meaning, a condition, or its words in quotation marks."""
    if place[-1] in _POINTS:
        return "open" if value is None else f"{value} points"
    if isinstance(value, list):
        return _listed(value)
    if isinstance(value, Mapping):
        return condition_in_words(value) if "op" in value else f"“{value['reason']}”"
    return _CODES.get(value, f"“{value}”")


def condition_in_words(condition: Mapping[str, Any]) -> str:
    """A condition of a document without faults, as it is written: brackets where conditions are within it."""
    match condition["op"]:
        case "is":
            return f"{condition['fact']} is “{condition['value']}”"
        case "in":
            return f"{condition['fact']} is one of {_listed(condition['values'])}"
        case "not":
            return f"not ({condition_in_words(condition['of'])})"
        case operator:
            return f"{operator} of ({'; '.join(condition_in_words(inner) for inner in condition['of'])})"


def _listed(values: list[str]) -> str:
    return ", ".join(f"“{value}”" for value in values)
