"""How well a criteria version does, and how steady it is: figures from counts, so that millions fit in a few numbers.

Scores are counted in quarters of a point: a histogram of scores has 401 places. An assessment without one score, since
answers are missing, has no place in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import log, sqrt
from typing import Any

from services.triage.domain.rules import FULL_SCORE

# The share of all that is referred, outside of which a set is looked at (the 110 applications of the first years
# gave just over 20 referrals), and the index above which a population counts as another one.
LEAST_REFERRED, MOST_REFERRED = 0.10, 0.30
DRIFTED = 0.25
# Rates of groups smaller than this are marked: chance alone moves them far.
SMALL = 10
_NORMAL_95 = 1.959964  # standard deviations that hold 95 % of a normal distribution
_TENTH = FULL_SCORE // 10


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its 95 % interval; all three are None of nothing. `small` where chance alone moves it far."""

    hits: int
    of: int
    share: float | None
    low: float | None
    high: float | None

    @property
    def small(self) -> bool:
        """Whether the group is too small for its rate to be held against others'."""
        return self.of < SMALL

    def data(self) -> dict[str, Any]:
        """The rate as plain data."""
        return {**asdict(self), "small": self.small}


@dataclass(frozen=True, slots=True)
class Tenth:
    """Of the scores from `score_from` to below `score_to` points (100 with the last): what they promised and gave."""

    score_from: int
    score_to: int
    decided: int
    mean_score: float | None
    accepted: Rate


def rate(hits: int, of: int) -> Rate:
    """A share and its interval by E. B. Wilson's score method (1927), which holds near 0 and 1 and for few cases."""
    if of == 0:
        return Rate(hits, of, None, None, None)
    share, square = hits / of, _NORMAL_95**2
    centre = (share + square / (2 * of)) / (1 + square / of)
    half = _NORMAL_95 * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return Rate(hits, of, share, max(0.0, centre - half), min(1.0, centre + half))


def precision_and_recall(confusion: Mapping[tuple[bool, bool], int]) -> tuple[Rate, Rate]:
    """Of what would be referred, the share that was accepted; of what was accepted, the share that would be referred.

    `confusion` counts decided cases by (would be referred, was accepted).
    """
    both, referred, accepted = (confusion.get(place, 0) for place in ((True, True), (True, False), (False, True)))
    return rate(both, both + referred), rate(both, both + accepted)


def area_under_curve(accepted: Sequence[int], rejected: Sequence[int]) -> float | None:
    """How often an accepted case has a higher score than a rejected one, ties counting half. None without both kinds.

    This is the area under the receiver operating characteristic (Mann and Whitney's U over the number of pairs).
    """
    pairs = sum(accepted) * sum(rejected)
    if pairs == 0:
        return None
    below = twice_won = 0
    for above, level in zip(accepted, rejected, strict=True):
        twice_won += above * (2 * below + level)
        below += level
    return twice_won / (2 * pairs)


def brier(accepted: Sequence[int], rejected: Sequence[int]) -> float | None:
    """The mean square distance of the score, taken as a probability, from what happened (G. W. Brier, 1950).

    0 is perfect, 0.25 is what a coin knows. None when nothing was decided.
    """
    decided = sum(accepted) + sum(rejected)
    if decided == 0:
        return None
    scores = range(FULL_SCORE + 1)
    missed = sum(count * (FULL_SCORE - score) ** 2 for score, count in zip(scores, accepted, strict=True))
    hoped = sum(count * score**2 for score, count in zip(scores, rejected, strict=True))
    return (missed + hoped) / (FULL_SCORE**2 * decided)


def calibration(accepted: Sequence[int], rejected: Sequence[int]) -> list[Tenth]:
    """What each tenth of the scale promised, by its mean score, and what came of it."""
    return [_tenth(start, accepted, rejected) for start in range(0, FULL_SCORE, _TENTH)]


def _tenth(start: int, accepted: Sequence[int], rejected: Sequence[int]) -> Tenth:
    end = start + _TENTH
    places = slice(start, end + 1 if end == FULL_SCORE else end)  # the full score is in the last tenth
    hits, misses = accepted[places], rejected[places]
    decided = sum(hits) + sum(misses)
    total = sum(score * (yes + no) for score, (yes, no) in enumerate(zip(hits, misses, strict=True), start))
    mean = 100 * total / (FULL_SCORE * decided) if decided else None
    return Tenth(start * 100 // FULL_SCORE, end * 100 // FULL_SCORE, decided, mean, rate(sum(hits), decided))


def stability_index(before: Sequence[int], now: Sequence[int]) -> float | None:
    """The population stability index of two counts of the same groups: 0 for the same shares; above 0.25 it drifted.

    The sum of (share now - share before) · ln(share now / share before). An empty group counts as half a member, for
    the logarithm of nothing. None when there is nobody on either side.
    """
    if not sum(before) or not sum(now):
        return None
    old = [count or 0.5 for count in before]
    new = [count or 0.5 for count in now]
    shares = [(b / sum(old), n / sum(new)) for b, n in zip(old, new, strict=True)]
    return sum((n - b) * log(n / b) for b, n in shares)


def is_referred_share_usual(referred: Rate) -> bool:
    """Whether as much is referred as a realistic mix should give; also while there is nothing to say."""
    return referred.share is None or LEAST_REFERRED <= referred.share <= MOST_REFERRED
