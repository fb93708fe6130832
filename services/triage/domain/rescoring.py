"""The engine's second path: the score, the band and the outcome of a great many snapshots, without the explanation.

It gives for each snapshot exactly what `assess` gives, by the same whole quarters of a point. Meant for trying a
criteria version on all that was ever assessed: a chunk is held at a time, however many there are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.triage.domain.columns import MISSING, Codes, Snapshots
from services.triage.domain.conditions import AllOf, Among, Condition, Not
from services.triage.domain.facts import NO, UNKNOWN, YES, Answer
from services.triage.domain.findings import INFORMATION_NEEDED, OUT_OF_SCOPE
from services.triage.domain.rules import MOST, Effect, Gate, Rules
from services.triage.domain.standing import STOPS

UNDECIDED = -1
# Kleene's values in this order make the least of several their “and”, the most of them their “or”.
_ORDER: tuple[Answer, ...] = (NO, UNKNOWN, YES)
_NO, _UNKNOWN, _YES = range(len(_ORDER))


@dataclass(frozen=True, slots=True)
class Rescored:
    """What the snapshots of one chunk came to; every array has the shape (count,).

    `low` and `high` are the worst and the best score in quarters of a point, 0 to 400. `outcome` is a place in
    `Rescoring.outcomes`; `band` one in `Rescoring.bands`, or UNDECIDED, whatever the gates say.
    """

    low: NDArray[np.int16]
    high: NDArray[np.int16]
    outcome: Codes
    band: Codes


class Rescoring:
    """Rules made ready for snapshots in columns. `bands` has the highest first, `outcomes` all that there can be."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.bands = tuple(dict.fromkeys(band.id for band in reversed(rules.band_at)))
        self.outcomes = (OUT_OF_SCOPE, INFORMATION_NEEDED, *self.bands)
        self._band_at = np.array([self.bands.index(band.id) for band in rules.band_at], np.int8)
        self._effects = [_effects(gate) for gate in rules.gates]

    def all(self, chunks: Iterable[Snapshots]) -> Iterator[Rescored]:
        """What each chunk came to, in their order, one at a time. Raises ValueError as `Snapshots.codes` does."""
        return (self.chunk(snapshots) for snapshots in chunks)

    def chunk(self, snapshots: Snapshots) -> Rescored:
        """What one chunk came to. Raises ValueError as `Snapshots.codes` does."""
        low, high = self._scores(snapshots)
        band = self._bands(snapshots, low, high)
        effect = self._gates(snapshots)
        outcome = band + np.int8(self.outcomes.index(self.bands[0]))
        outcome[band == UNDECIDED] = self.outcomes.index(INFORMATION_NEEDED)
        for stop, name in STOPS.items():
            outcome[effect == stop] = self.outcomes.index(name)
        return Rescored(low, high, outcome, band)

    def may_have(self, band: str, snapshots: Snapshots) -> NDArray[np.bool_]:
        """Which snapshots would have this band if their score fell in it: no gate stops them, and its limits hold."""
        may: NDArray[np.bool_] = self._gates(snapshots) == Effect.GO_ON
        for limit in self.rules.limits:
            if limit.band.id == band:
                may &= self._holds(limit.needs, snapshots) == _YES
        return may

    def _scores(self, snapshots: Snapshots) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
        low = np.zeros(snapshots.count, np.int16)
        missing = np.zeros(snapshots.count, np.int16)
        for criterion in self.rules.criteria:
            points = snapshots.codes(self.rules.questions[criterion.fact])
            weight = np.int16(criterion.weight)
            low += np.maximum(points, 0) * weight
            missing += (points == MISSING) * weight
        return low, low + missing * np.int16(MOST)

    def _gates(self, snapshots: Snapshots) -> Codes:
        """The gravest effect of all gates."""
        gravest = np.full(snapshots.count, Effect.GO_ON, np.int8)
        for gate, effects in zip(self.rules.gates, self._effects, strict=True):
            answers = snapshots.codes(self.rules.questions[gate.fact])
            applies = _YES if gate.applies is None else self._holds(gate.applies, snapshots)
            np.maximum(gravest, effects[applies, answers], out=gravest)
        return gravest

    def _bands(self, snapshots: Snapshots, low: NDArray[np.int16], high: NDArray[np.int16]) -> Codes:
        """The band in which both ends of the score fall, as the limits leave it."""
        band = self._band_at[low]
        band[band != self._band_at[high]] = UNDECIDED
        for limit in self.rules.limits:
            there = band == self.bands.index(limit.band.id)
            holds = self._holds(limit.needs, snapshots)
            band[there & (holds == _NO)] = self.bands.index(limit.otherwise.id)
            band[there & (holds == _UNKNOWN)] = UNDECIDED
        return band

    def _holds(self, condition: Condition, snapshots: Snapshots) -> Codes:
        """What a condition comes to for each snapshot, as places in `_ORDER`."""
        match condition:
            case Among(fact, values):
                question = self.rules.questions[fact]
                found = [_YES if answer in values else _NO for answer in question.answers]
                table = np.array([*found, _NO, _UNKNOWN], np.int8)
                return table[snapshots.codes(question)]
            case Not(of):
                return _YES - self._holds(of, snapshots)
            case AllOf(of):
                least: Codes = np.minimum.reduce([self._holds(inner, snapshots) for inner in of])
                return least
        most: Codes = np.maximum.reduce([self._holds(inner, snapshots) for inner in condition.of])
        return most


def _effects(gate: Gate) -> Codes:
    """What a gate leads to, in the shape (3, 3): whether it applies, by its answer.

    The last of either is reached by the number for MISSING too, for NumPy counts -1 from the end.
    """
    return np.array(
        [[gate.meaning(answer, applies).effect for answer in (YES, NO, UNKNOWN)] for applies in _ORDER], np.int8
    )
