"""What a criteria version would have made of the past: counted snapshot by snapshot, then put into figures.

The counts are all that has to be kept between two chunks of a long run, and their size does not grow with the number of
snapshots (but for the first enquiries that moved, of which so many are named).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from services.triage.domain import measures
from services.triage.domain.rules import FULL_SCORE

REFER = "refer"
MOST_NAMED = 500
# The traits of an enquiry by which rates are compared. `scale` is how large the service is, by points.
GROUPS = ("service_sector", "region", "parent_body_kind", "scale")
_TENTH = FULL_SCORE // 10


@dataclass(frozen=True, slots=True)
class Tried:
    """One enquiry: what was found then, what would be found now, and what became of it.

    Scores are the worst and the best in quarters of a point. `traits` are the codes by which rates are compared.
    `decision` is accepted, rejected or None.
    """

    enquiry: str
    before: str
    after: str
    low: int
    high: int
    traits: Mapping[str, Any]
    decision: str | None
    case_outcome: str | None


@dataclass(slots=True)
class Tally:
    """Counts of what was tried so far. Names of counts join their parts by `|`, so that JSON can hold them."""

    seen: int = 0
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    moved: Counter[str] = field(default_factory=Counter)
    named: list[list[str]] = field(default_factory=list)
    confusion: Counter[str] = field(default_factory=Counter)
    endings: Counter[str] = field(default_factory=Counter)
    groups: Counter[str] = field(default_factory=Counter)
    accepted: list[int] = field(default_factory=lambda: [0] * (FULL_SCORE + 1))
    rejected: list[int] = field(default_factory=lambda: [0] * (FULL_SCORE + 1))
    tenths: list[int] = field(default_factory=lambda: [0] * 10)

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> "Tally":
        """The counts as `as_json` wrote them."""
        counts: dict[str, Any] = {
            one.name: Counter(kept[one.name]) if isinstance(kept[one.name], dict) else kept[one.name]
            for one in fields(cls)
            if one.name in kept
        }
        return cls(**counts)

    def as_json(self) -> dict[str, Any]:
        """The counts as one JSON object."""
        kept = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: dict(value) if isinstance(value, Counter) else value for name, value in kept.items()}

    def add(self, tried: Iterable[Tried]) -> None:
        """Count some more."""
        for one in tried:
            self.seen += 1
            self.before[one.before] += 1
            self.after[one.after] += 1
            self.tenths[tenth_of(one.low)] += 1
            if one.before != one.after:
                self.moved[f"{one.before}|{one.after}"] += 1
                if len(self.named) < MOST_NAMED:
                    self.named.append([one.enquiry, one.before, one.after])
            self._add_groups(one)
            self._add_results(one)

    def merge(self, other: "Tally") -> None:
        """Count what another tally has counted."""
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            if one.name == "named":
                mine += theirs[: MOST_NAMED - len(mine)]
            elif isinstance(mine, list):
                mine[:] = [a + b for a, b in zip(mine, theirs, strict=True)]
            elif isinstance(mine, Counter):
                mine.update(theirs)
            else:
                self.seen += theirs

    def _add_groups(self, one: Tried) -> None:
        for group in GROUPS:
            trait = one.traits.get(group)
            value = "not_known" if trait is None else str(trait)
            self.groups[f"{group}|{value}|all"] += 1
            self.groups[f"{group}|{value}|referred"] += one.after == REFER

    def _add_results(self, one: Tried) -> None:
        if one.case_outcome is not None:
            self.endings[f"{one.after}|{one.case_outcome}"] += 1
        if one.decision is None:
            return
        self.confusion[f"{one.after == REFER}|{one.decision}"] += 1
        if one.low == one.high:
            (self.accepted if one.decision == "accepted" else self.rejected)[one.low] += 1


def tenth_of(score: int) -> int:
    """The tenth of the scale, 0 to 9, in which a score in quarters of a point lies."""
    return min(score // _TENTH, 9)


def figures(tally: Tally, population: Mapping[str, Any] | None) -> dict[str, Any]:
    """The counts in figures: the funnel, what moved, how it meets decisions and endings, rates by group, steadiness.

    `population` counts those on whom the version rests (`domain.population`); without it there is no stability index.
    """
    referred = measures.rate(tally.after[REFER], tally.seen)
    return {
        "enquiries": tally.seen,
        "funnel": {"before": dict(tally.before), "after": dict(tally.after)},
        "moved": [{"from": one[0], "to": one[1], "count": count} for one, count in _split(tally.moved)],
        "moved_enquiries": [{"enquiry": one[0], "from": one[1], "to": one[2]} for one in tally.named],
        "referred": {**referred.data(), "usual": measures.is_referred_share_usual(referred)},
        "decisions": _decisions(tally),
        "endings": [{"outcome": one[0], "case_outcome": one[1], "count": n} for one, n in _split(tally.endings)],
        "groups": {group: _rates_of(tally, group) for group in GROUPS},
        "stability_index": measures.stability_index(population["tenths"], tally.tenths) if population else None,
    }


def _decisions(tally: Tally) -> dict[str, Any]:
    counts = {
        (referred, accepted): tally.confusion[f"{referred}|{'accepted' if accepted else 'rejected'}"]
        for referred in (True, False)
        for accepted in (True, False)
    }
    precision, recall = measures.precision_and_recall(counts)
    return {
        "referred_accepted": counts[True, True],
        "referred_rejected": counts[True, False],
        "not_referred_accepted": counts[False, True],
        "not_referred_rejected": counts[False, False],
        "precision": precision.data(),
        "recall": recall.data(),
        "area_under_curve": measures.area_under_curve(tally.accepted, tally.rejected),
        "brier": measures.brier(tally.accepted, tally.rejected),
        "calibration": [
            {**asdict(tenth), "accepted": tenth.accepted.data()}
            for tenth in measures.calibration(tally.accepted, tally.rejected)
        ],
    }


def _rates_of(tally: Tally, group: str) -> list[dict[str, Any]]:
    parts = {(one[1], one[2]): count for one, count in _split(tally.groups) if one[0] == group}
    values = sorted({value for value, _ in parts})
    return [
        {"value": value, **measures.rate(parts.get((value, "referred"), 0), parts[value, "all"]).data()}
        for value in values
    ]


def _split(counts: Counter[str]) -> list[tuple[list[str], int]]:
    """Counts with the parts of their names, the greatest first."""
    return [(name.split("|"), count) for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
