"""A criteria document made ready to be applied: every text and number looked up once, ahead."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from services.triage.domain.conditions import Condition, compile_condition
from services.triage.domain.facts import NO, UNKNOWN, YES, Answer, Facts
from services.triage.domain.findings import Finding, Question

# A scored criterion's scale is 0 to 4, so the score is counted in quarters of a point: 400 of them.
MOST = 4
FULL_SCORE = 100 * MOST
NOT_APPLICABLE = "not_applicable"


class Effect(IntEnum):
    """What an answer at a gate leads to. Of several gates the gravest counts."""

    GO_ON = 0
    INFORMATION_NEEDED = 1
    OUT_OF_SCOPE = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one answer at one gate means."""

    finding: Finding
    effect: Effect
    signpost: str | None


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition that is yes, no or unknown; `applies` says of whom it is asked at all."""

    id: str
    fact: str
    applies: Condition | None
    verdicts: Mapping[str, Verdict]

    def verdict(self, facts: Facts) -> Verdict:
        """What the facts mean at this gate."""
        return self.meaning(facts.get(self.fact, UNKNOWN), YES if self.applies is None else self.applies.holds(facts))

    def meaning(self, answer: str | int, applies: Answer) -> Verdict:
        """What an answer means. Whether the gate applies is three-valued too: while unknown, only a yes is settled."""
        if applies is NO and self.applies is not None:
            return self.verdicts[NOT_APPLICABLE]
        if applies is UNKNOWN and answer != YES:
            return self.verdicts[UNKNOWN]
        return self.verdicts[str(answer)]

    def reads(self) -> tuple[str, ...]:
        """The names of the facts that this gate looks at."""
        return (self.fact, *(self.applies.reads() if self.applies else ()))

    def missing(self, facts: Facts) -> tuple[str, ...]:
        """The facts to ask for while this gate is unknown: first whether it applies, then its own."""
        if self.applies is not None and self.applies.holds(facts) is UNKNOWN:
            return tuple(name for name in self.applies.reads() if name not in facts)
        return (self.fact,)


@dataclass(frozen=True, slots=True)
class Criterion:
    """A scored criterion: its weight in points, and what each step of its scale says."""

    id: str
    fact: str
    weight: int
    steps: tuple[Finding, ...]
    missing: Finding


@dataclass(frozen=True, slots=True)
class Band:
    """What follows from a score: the band's name, and what it means in words."""

    id: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A band that is given only where `needs` holds; otherwise another, lower one is."""

    band: Band
    needs: Condition
    otherwise: Band
    reason: str


@dataclass(frozen=True, slots=True)
class Rules:
    """One criteria version.

    `band_at` holds the band of every possible score, in quarters of a point; `questions` is what can be asked, by
    fact; `readers` are the places of the gates that look at a fact.
    """

    version: str
    sha256: str
    gates: tuple[Gate, ...]
    criteria: tuple[Criterion, ...]
    band_at: tuple[Band, ...]
    undecided: str
    limits: tuple[Limit, ...]
    questions: Mapping[str, Question]
    readers: Mapping[str, tuple[int, ...]]


def fingerprint(document: Mapping[str, Any]) -> str:
    """The sha256 of the canonical document: keys sorted, no spaces, UTF-8. Two spellings of one document agree."""
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def compile_rules(document: Mapping[str, Any]) -> Rules:
    """The rules of a document that has no faults (`faults_of`)."""
    bands = {band["id"]: Band(band["id"], band["meaning"]) for band in document["bands"]}
    gates = tuple(_gate(gate) for gate in document["gates"])
    questions = {question.fact: question for question in _questions(document)}
    return Rules(
        version=document["version"],
        sha256=fingerprint(document),
        gates=gates,
        criteria=tuple(_criterion(criterion, document["unanswered"]) for criterion in document["criteria"]),
        band_at=tuple(bands[_band_of(document["bands"], score)] for score in range(FULL_SCORE + 1)),
        undecided=document["undecided"],
        limits=tuple(
            Limit(bands[limit["band"]], compile_condition(limit["needs"]), bands[limit["otherwise"]], limit["reason"])
            for limit in document["limits"]
        ),
        questions=questions,
        readers={fact: tuple(i for i, gate in enumerate(gates) if fact in gate.reads()) for fact in questions},
    )


def _gate(gate: Mapping[str, Any]) -> Gate:
    verdicts = {}
    for answer in (*Answer, NOT_APPLICABLE):
        meaning = gate.get(str(answer))
        if meaning is not None:
            missing = answer == UNKNOWN
            finding = Finding(gate["id"], "gate", str(answer), None, None, meaning["reason"], missing)
            effect = Effect[meaning.get("leads_to", "go_on").upper()]
            verdicts[str(answer)] = Verdict(finding, effect, meaning.get("signpost"))
    applies = compile_condition(gate["applies"]) if "applies" in gate else None
    return Gate(gate["id"], gate["fact"], applies, verdicts)


def _criterion(criterion: Mapping[str, Any], unanswered: str) -> Criterion:
    name, weight, anchors = criterion["id"], criterion["weight"], criterion["anchors"]
    steps = tuple(
        Finding(name, "criterion", points, weight * points / MOST, weight, anchors[str(points)], missing=False)
        for points in range(MOST + 1)
    )
    missing = Finding(name, "criterion", None, None, weight, unanswered, missing=True)
    return Criterion(name, criterion["fact"], weight, steps, missing)


def _band_of(bands: list[dict[str, Any]], score: int) -> str:
    return str(next(band["id"] for band in bands if score >= band["at_least"] * MOST))


def _questions(document: Mapping[str, Any]) -> list[Question]:
    yes_no = (str(YES), str(NO))
    scale = tuple(range(MOST + 1))
    gates, criteria = document["gates"], document["criteria"]
    choices = document["facts"]
    return [
        *(Question(gate["fact"], gate["id"], "gate", gate["question"], yes_no) for gate in gates),
        *(Question(one["fact"], one["id"], "criterion", one["question"], scale, one["weight"]) for one in criteria),
        *(Question(one["id"], one["id"], "fact", one["question"], tuple(one["values"])) for one in choices),
    ]
