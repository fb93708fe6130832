"""Conditions between facts: a closed list of operators, three-valued.

They read gates and choices, never a scored criterion: a range from the worst to the best case says all that can
happen only as long as points do nothing but add up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from services.triage.domain.facts import NO, UNKNOWN, YES, Answer, Facts

_NOT = {YES: NO, NO: YES, UNKNOWN: UNKNOWN}


@dataclass(frozen=True, slots=True)
class Among:
    """The fact has one of these values."""

    fact: str
    values: frozenset[str]

    def holds(self, facts: Facts) -> Answer:
        """Unknown when the fact is."""
        value = facts.get(self.fact)
        if value is None:
            return UNKNOWN
        return YES if value in self.values else NO

    def reads(self) -> tuple[str, ...]:
        """The names of the facts that this condition looks at."""
        return (self.fact,)


@dataclass(frozen=True, slots=True)
class Not:
    """The inner condition does not hold."""

    of: "Condition"

    def holds(self, facts: Facts) -> Answer:
        """Unknown when the inner condition is."""
        return _NOT[self.of.holds(facts)]

    def reads(self) -> tuple[str, ...]:
        """The names of the facts that this condition looks at."""
        return self.of.reads()


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every inner condition holds."""

    of: "tuple[Condition, ...]"

    def holds(self, facts: Facts) -> Answer:
        """No as soon as one says no, whatever is unknown."""
        return _first((NO, UNKNOWN), self.of, facts, YES)

    def reads(self) -> tuple[str, ...]:
        """The names of the facts that this condition looks at."""
        return tuple(name for inner in self.of for name in inner.reads())


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one inner condition holds."""

    of: "tuple[Condition, ...]"

    def holds(self, facts: Facts) -> Answer:
        """Yes as soon as one says yes, whatever is unknown."""
        return _first((YES, UNKNOWN), self.of, facts, NO)

    def reads(self) -> tuple[str, ...]:
        """The names of the facts that this condition looks at."""
        return tuple(name for inner in self.of for name in inner.reads())


Condition: TypeAlias = Among | Not | AllOf | AnyOf


def _first(
    looked_for: tuple[Answer, Answer], conditions: tuple[Condition, ...], facts: Facts, otherwise: Answer
) -> Answer:
    found = {condition.holds(facts) for condition in conditions}
    return next((answer for answer in looked_for if answer in found), otherwise)


def compile_condition(node: Mapping[str, Any]) -> Condition:
    """A condition of a checked document as an object that can be asked."""
    match node["op"]:
        case "is":
            return Among(node["fact"], frozenset([node["value"]]))
        case "in":
            return Among(node["fact"], frozenset(node["values"]))
        case "not":
            return Not(compile_condition(node["of"]))
        case "all":
            return AllOf(tuple(compile_condition(inner) for inner in node["of"]))
        case "any":
            return AnyOf(tuple(compile_condition(inner) for inner in node["of"]))
        case operator:
            raise ValueError(f"unknown operator {operator!r}")
