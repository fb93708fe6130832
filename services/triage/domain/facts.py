"""A snapshot of facts: what is known at one moment. What is not known is not in it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import cast

# A fact's value: `yes` or `no` for a gate, 0 to 4 for a criterion, one of a list for a choice.
Facts = Mapping[str, str | int]


class Answer(StrEnum):
    """Kleene's three truth values: unknown neither passes nor fails."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


YES, NO, UNKNOWN = Answer
ANSWERS = tuple(str(answer) for answer in Answer)


def snapshot(
    gates: Mapping[str, str | None], criteria: Mapping[str, int | None], choices: Mapping[str, str | None]
) -> Facts:
    """The facts by their full names (`gates.…`, `criteria.…`, a choice's own name), unknown ones left out."""
    known_gates = {f"gates.{name}": value for name, value in gates.items() if value not in (None, UNKNOWN)}
    known_points = {f"criteria.{name}": points for name, points in criteria.items() if points is not None}
    known_choices = {name: value for name, value in choices.items() if value is not None}
    return cast("Facts", known_gates | known_points | known_choices)
