"""What would change the outcome: one single change at a time, each tried out."""

from collections.abc import Iterable, Iterator

from services.triage.domain.facts import NO, YES, Facts
from services.triage.domain.findings import Change, Question
from services.triage.domain.rules import MOST, Criterion, Effect, Limit, Rules
from services.triage.domain.standing import STOPS, Ruling, Standing, rule


def changes(
    rules: Rules, facts: Facts, standing: Standing, ruling: Ruling, asked: Iterable[Question]
) -> Iterator[Change]:
    """Missing answers first, then answers that stand in the way, then single steps on a criterion's scale.

    `asked` are the facts that the outcome waits for; they are all named, even where one alone decides nothing.
    """
    trial = Trial(rules, facts, standing, ruling)
    for question in asked:
        yield Change(question.id, question.kind, "answer", None, None, trial.answers(question), question.words)
    yield from _instead(trial)
    if standing.effect == Effect.GO_ON:
        for criterion in rules.criteria:
            yield from _steps(trial, criterion)


class Trial:
    """One snapshot and its outcome, to try out what single changes would make of it.

    Only what a change touches is looked at again, so that an assessment with all its trials takes microseconds.
    """

    def __init__(self, rules: Rules, facts: Facts, standing: Standing, ruling: Ruling) -> None:
        self.rules = rules
        self.facts = facts
        self.standing = standing
        self.outcome = ruling.outcome
        self.unmet = tuple(limit for limit, holds in ruling.unmet if holds is NO)
        self._bands = rules.band_at[standing.low], rules.band_at[standing.high]
        self._effects = [verdict.effect for verdict in standing.verdicts]

    def answers(self, question: Question) -> tuple[str, ...]:
        """The other outcomes that the possible answers to a question lead to, each once, in the answers' order."""
        if question.weight and self.standing.effect in STOPS:
            return ()  # the gates decide, whatever the score
        found = dict.fromkeys([self.answer(question, answer) for answer in question.answers])
        found.pop(self.outcome, None)
        return tuple(found)

    def answer(self, question: Question, answer: str | int) -> str:
        """The outcome if this were the answer."""
        if question.weight:
            return self.shift(question.weight * int(answer), question.weight * (int(answer) - MOST))
        facts = {**self.facts, question.fact: answer}
        effects = self._effects.copy()
        for index in self.rules.readers[question.fact]:
            effects[index] = self.rules.gates[index].verdict(facts).effect
        effect = max(effects, default=Effect.GO_ON)
        if effect in STOPS:
            return STOPS[effect]
        return rule(self.rules, effect, self.standing.low, self.standing.high, facts).outcome

    def shift(self, low: int, high: int) -> str:
        """The outcome if the worst and the best score moved by so many quarters of a point."""
        low, high = self.standing.low + low, self.standing.high + high
        if self._bands == (self.rules.band_at[low], self.rules.band_at[high]):
            return self.outcome
        return rule(self.rules, self.standing.effect, low, high, self.facts).outcome


def _instead(trial: Trial) -> Iterator[Change]:
    """Answers that put a project out of scope, then answers that keep it from a band: which other one would free it."""
    rules, facts = trial.rules, trial.facts
    if trial.standing.effect == Effect.OUT_OF_SCOPE:
        for gate, verdict in zip(rules.gates, trial.standing.verdicts, strict=True):
            outcome = trial.answer(rules.questions[gate.fact], YES)
            if outcome != trial.outcome:
                words = gate.verdicts[YES].finding.reason
                yield Change(gate.id, "gate", "instead", verdict.finding.value, str(YES), (outcome,), words)
    for limit in trial.unmet:
        for name in limit.needs.reads():
            if name in facts:
                yield from _freeing(trial, limit, rules.questions[name])


def _freeing(trial: Trial, limit: Limit, question: Question) -> Iterator[Change]:
    """The first other answer under which the limit would be met, if that leads elsewhere."""
    for answer in question.answers:
        outcome = trial.answer(question, answer)
        met = limit.needs.holds({**trial.facts, question.fact: answer}) is YES
        if met and outcome != trial.outcome:
            present = trial.facts[question.fact]
            yield Change(question.id, question.kind, "instead", present, answer, (outcome,), limit.reason)
            return


def _steps(trial: Trial, criterion: Criterion) -> Iterator[Change]:
    """One step up and one step down on the criterion's scale, where either leads elsewhere."""
    points = trial.facts.get(criterion.fact)
    if points is None:
        return
    for change, step in (("up", 1), ("down", -1)):
        after = int(points) + step
        if 0 <= after <= MOST:
            outcome = trial.shift(criterion.weight * step, criterion.weight * step)
            if outcome != trial.outcome:
                words = criterion.steps[after].reason
                yield Change(criterion.id, "criterion", change, points, after, (outcome,), words)
