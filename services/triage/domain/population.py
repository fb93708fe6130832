"""The population on which a criteria version rests: answers of those whom it was fitted to, or met first.

In the form that is kept: `seen` enquiries; `tenths`, how many scores lie in each tenth of the scale (the worst case,
where answers are missing); `criteria`, for each criterion by id how many have no answer, and 0 to 4 points.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from services.triage.domain import measures
from services.triage.domain.back_test import tenth_of
from services.triage.domain.rules import MOST

# By chance alone the index of six groups is on average five times the sum of both sides' inverse numbers: 0.05 with so
# many on either side. With half as many one in four sets of nine criteria had one above 0.25, and nothing had drifted.
FEWEST = 200

Population = dict[str, Any]


def empty(criteria: Iterable[str]) -> Population:
    """Nobody yet, for criteria of these ids."""
    return {"seen": 0, "tenths": [0] * 10, "criteria": {one: [0] * (MOST + 2) for one in criteria}}


def add(population: Population, low: int, points: Mapping[str, int | None]) -> None:
    """Count one more: the worst score, in quarters of a point, and the points by criterion."""
    population["seen"] += 1
    population["tenths"][tenth_of(low)] += 1
    for criterion, counts in population["criteria"].items():
        answer = points.get(criterion)
        counts[0 if answer is None else answer + 1] += 1


def drift(then: Population, now: Population) -> dict[str, float | None]:
    """The population stability index of each criterion's answers; None while either side has fewer than FEWEST."""
    enough = min(then["seen"], now["seen"]) >= FEWEST
    return {
        criterion: measures.stability_index(counts, now["criteria"][criterion]) if enough else None
        for criterion, counts in then["criteria"].items()
    }
