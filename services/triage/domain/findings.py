"""What triage finds: the parts of an assessment, and how it is written down."""

from dataclasses import dataclass
from typing import Any

OUT_OF_SCOPE = "out_of_scope"
INFORMATION_NEEDED = "information_needed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found at one gate or criterion.

    `value` is the answer (`yes`, `no`, `unknown`, `not_applicable`; 0 to 4; None when a criterion is not answered).
    `points` of `of` is its share of the score, exact in quarters of a point; None for gates, which give no points.
    """

    id: str
    kind: str
    value: str | int | None
    points: float | None
    of: int | None
    reason: str
    missing: bool

    def data(self) -> dict[str, Any]:
        """The finding as one entry of the explanation."""
        return {
            "id": self.id,
            "kind": self.kind,
            "value": self.value,
            "points": self.points,
            "of": self.of,
            "reason": self.reason,
            "missing": self.missing,
        }


@dataclass(frozen=True, slots=True)
class Question:
    """A fact that can be asked for: in which words, and which answers there are.

    `weight` is what one step on its scale counts, in quarters of a point; 0 for facts that are not scored.
    """

    fact: str
    id: str
    kind: str
    words: str
    answers: tuple[str | int, ...]
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One single change to the facts, and the other outcomes it can lead to by itself.

    `change` is `answer` (a missing answer is given), `instead` (another answer than the present one), `up` or `down`
    (one step on a criterion's scale). A missing answer that decides nothing without others has no outcomes.
    """

    id: str
    kind: str
    change: str
    before: str | int | None
    after: str | int | None
    outcomes: tuple[str, ...]
    words: str

    def data(self) -> dict[str, Any]:
        """The change as one entry of `what_would_change_it`."""
        return {
            "id": self.id,
            "kind": self.kind,
            "change": self.change,
            "from": self.before,
            "to": self.after,
            "outcomes": list(self.outcomes),
            "text": self.words,
        }


@dataclass(frozen=True, slots=True)
class Score:
    """The worst and the best that the facts allow, in quarters of a point: 0 to 400. Equal when nothing is missing."""

    low: int
    high: int

    def data(self) -> dict[str, float]:
        """The score in points, 0 to 100: one value or a range. A quarter is exact as a float."""
        if self.low == self.high:
            return {"value": self.low / 4}
        return {"low": self.low / 4, "high": self.high / 4}


@dataclass(frozen=True, slots=True)
class Assessment:
    """One criteria version applied to one snapshot of facts."""

    outcome: str
    score: Score
    reason: str
    explanation: tuple[Finding, ...]
    changes: tuple[Change, ...]
    questions: tuple[Question, ...]
    signpost: str | None

    def data(self) -> dict[str, Any]:
        """The assessment as plain data: the same facts and the same version give the same, for ever."""
        return {
            "outcome": self.outcome,
            "score": self.score.data(),
            "reason": self.reason,
            "explanation": [finding.data() for finding in self.explanation],
            "what_would_change_it": [change.data() for change in self.changes],
            "questions": [{"id": question.id, "question": question.words} for question in self.questions],
            "signpost": self.signpost,
        }
