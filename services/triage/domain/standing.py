"""Where a snapshot of facts stands under the rules, and what outcome that gives."""

from typing import NamedTuple

from services.triage.domain.facts import NO, YES, Answer, Facts
from services.triage.domain.findings import INFORMATION_NEEDED, OUT_OF_SCOPE, Finding
from services.triage.domain.rules import MOST, Band, Effect, Limit, Rules, Verdict

# The outcomes of the gates, whatever the score.
STOPS = {Effect.INFORMATION_NEEDED: INFORMATION_NEEDED, Effect.OUT_OF_SCOPE: OUT_OF_SCOPE}


class Standing(NamedTuple):
    """What each gate and criterion says, the gravest of the gates, and the worst and best score in quarter points."""

    verdicts: tuple[Verdict, ...]
    effect: Effect
    steps: tuple[Finding, ...]
    low: int
    high: int


class Ruling(NamedTuple):
    """What a standing leads to: the outcome, its band (None while undecided), and the limits that are not met."""

    outcome: str
    band: Band | None
    unmet: tuple[tuple[Limit, Answer], ...]


def stand(rules: Rules, facts: Facts) -> Standing:
    """Read the facts at every gate and criterion."""
    low = missing = 0
    steps = []
    for criterion in rules.criteria:
        points = facts.get(criterion.fact)
        if points is None:
            missing += criterion.weight
            steps.append(criterion.missing)
        else:
            low += criterion.weight * int(points)
            steps.append(criterion.steps[int(points)])
    verdicts = tuple([gate.verdict(facts) for gate in rules.gates])
    effect = max([verdict.effect for verdict in verdicts], default=Effect.GO_ON)
    return Standing(verdicts, effect, tuple(steps), low, low + missing * MOST)


def rule(rules: Rules, effect: Effect, low: int, high: int, facts: Facts) -> Ruling:
    """The outcome. The gates come first; then a band is decided only if both ends of the score fall in it.

    Limits are taken in their order, each on the band that the ones before it left.
    """
    band: Band | None = rules.band_at[low]
    if band is not rules.band_at[high]:
        band = None
    unmet: tuple[tuple[Limit, Answer], ...] = ()
    for limit in rules.limits:
        if limit.band is band:
            holds = limit.needs.holds(facts)
            if holds is not YES:
                unmet = (*unmet, (limit, holds))
                band = limit.otherwise if holds is NO else None
    undecided_or_band = INFORMATION_NEEDED if band is None else band.id
    return Ruling(STOPS.get(effect, undecided_or_band), band, unmet)


def is_decided(rules: Rules, standing: Standing) -> bool:
    """Whether the worst and the best score fall in the same band."""
    return rules.band_at[standing.low] is rules.band_at[standing.high]
