"""The engine: one pure function from rules and facts to an assessment. It adds whole numbers and compares them."""

from collections.abc import Iterator

from services.triage.domain.changes import changes
from services.triage.domain.facts import UNKNOWN, Facts
from services.triage.domain.findings import Assessment, Score
from services.triage.domain.rules import Effect, Rules
from services.triage.domain.standing import Ruling, Standing, is_decided, rule, stand


def assess(rules: Rules, facts: Facts) -> Assessment:
    """Apply the rules to a snapshot of facts, with the explanation and what would change the outcome.

    A gate that says no: out of scope. Else a gate unknown: information needed. Else the band, if the worst and the
    best score both fall in it (if not: information needed), unless a limit sets a lower one.
    """
    standing = stand(rules, facts)
    ruling = rule(rules, standing.effect, standing.low, standing.high, facts)
    names = dict.fromkeys(_asked(rules, facts, standing, ruling))
    asked = tuple([rules.questions[name] for name in names])
    return Assessment(
        outcome=ruling.outcome,
        score=Score(standing.low, standing.high),
        reason=" ".join(_reasons(rules, standing, ruling)),
        explanation=(*[verdict.finding for verdict in standing.verdicts], *standing.steps),
        changes=tuple(changes(rules, facts, standing, ruling, asked)),
        questions=asked,
        signpost=next((verdict.signpost for verdict in standing.verdicts if verdict.signpost), None),
    )


def _asked(rules: Rules, facts: Facts, standing: Standing, ruling: Ruling) -> Iterator[str]:
    """The facts to ask for: those of unknown gates, and those that the band hangs on. None when out of scope."""
    if standing.effect == Effect.OUT_OF_SCOPE:
        return
    for gate, verdict in zip(rules.gates, standing.verdicts, strict=True):
        if verdict.effect == Effect.INFORMATION_NEEDED:
            yield from gate.missing(facts)
    if not is_decided(rules, standing):
        yield from (criterion.fact for criterion in rules.criteria if criterion.fact not in facts)
    for limit, holds in ruling.unmet:
        if holds is UNKNOWN:
            yield from (name for name in limit.needs.reads() if name not in facts)


def _reasons(rules: Rules, standing: Standing, ruling: Ruling) -> Iterator[str]:
    """Why this outcome, in sentences: what the gates say if they decide; else the band and what limits it."""
    if standing.effect != Effect.GO_ON:
        yield from (verdict.finding.reason for verdict in standing.verdicts if verdict.effect == standing.effect)
        return
    if not is_decided(rules, standing):
        yield rules.undecided
    yield from (limit.reason for limit, _ in ruling.unmet)
    if ruling.band is not None:
        yield ruling.band.meaning
