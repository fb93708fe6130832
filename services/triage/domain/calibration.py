"""Calibration: weights and thresholds from what was decided, put into a draft for people to agree."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from services.triage.domain import measures
from services.triage.domain.back_test import REFER
from services.triage.domain.rules import FULL_SCORE, MOST

# With fewer decided cases a fit of nine weights says more about chance than about candidates.
FEWEST_DECIDED = 30
FEWEST_OF_A_KIND = 5
# A share of accepted among fewer referred cases than this is no precision to set a threshold by.
FEWEST_ABOVE = 10
# What the form of a criteria document allows its texts.
LONGEST_WORDS = 1_000


class Uncalibrated(Exception):
    """There is nothing to calibrate by. The message says why, for people."""


def check_enough(accepted: int, rejected: int) -> None:
    """Raise Uncalibrated when too little was decided, or only one way."""
    if accepted + rejected < FEWEST_DECIDED:
        raise Uncalibrated(
            f"{accepted + rejected} decided cases with every criterion answered are too few: it takes {FEWEST_DECIDED}."
        )
    if min(accepted, rejected) < FEWEST_OF_A_KIND:
        raise Uncalibrated(
            f"{accepted} cases were accepted and {rejected} rejected: it takes {FEWEST_OF_A_KIND} of either."
        )


def whole_weights(fitted: Sequence[float]) -> list[int]:
    """Weights in whole points that sum to 100, each at least 1, in the proportions of what was fitted.

    What is left over after rounding down goes to the largest remainders (Hamilton's method), earlier criteria first.
    Raises Uncalibrated when nothing was fitted.
    """
    whole = sum(fitted)
    if whole <= 0:
        raise Uncalibrated("No criterion tells accepted cases from rejected ones. Look at the decisions.")
    free = 100 - len(fitted)
    exact = [free * one / whole for one in fitted]
    weights = [1 + int(one) for one in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: (int(exact[place]) - exact[place], place))
    for place in by_remainder[: 100 - sum(weights)]:
        weights[place] += 1
    return weights


def threshold_for_share(scores: Sequence[int], seen: int, wished: float) -> int:
    """The score, in points, from which on the share of `seen` that is referred comes closest to the one wished.

    `scores` counts, by quarters of a point, those who would be referred if their score sufficed. Of two that come as
    close the higher one counts. Raises Uncalibrated when nobody would be.
    """
    if not sum(scores):
        raise Uncalibrated("Nobody in this period could be referred, whatever the threshold.")
    above = {points: sum(scores[points * MOST :]) / seen for points in range(1, 101)}
    return min(above, key=lambda points: (abs(above[points] - wished), -points))


def threshold_for_precision(accepted: Sequence[int], rejected: Sequence[int], wished: float) -> int:
    """The lowest score, in points, from which on the wished share of decided cases was accepted.

    Both count decided cases by score, in quarters of a point. Raises Uncalibrated when no threshold gives it.
    """
    best = 0.0
    for points in range(1, 101):
        hits, misses = sum(accepted[points * MOST :]), sum(rejected[points * MOST :])
        if hits + misses < FEWEST_ABOVE:
            break
        share = hits / (hits + misses)
        if share >= wished:
            return points
        best = max(best, share)
    raise Uncalibrated(
        f"No threshold with {FEWEST_ABOVE} decided cases above it reaches {wished}; the best has {best:.2f} accepted."
    )


def counted(scores: Sequence[int], decided: Sequence[bool]) -> tuple[list[int], list[int]]:
    """Accepted and rejected cases by score, in quarters of a point."""
    accepted, rejected = [0] * (FULL_SCORE + 1), [0] * (FULL_SCORE + 1)
    for score, was_accepted in zip(scores, decided, strict=True):
        (accepted if was_accepted else rejected)[score] += 1
    return accepted, rejected


def quality(scores: Sequence[int], decided: Sequence[bool]) -> dict[str, float | None]:
    """How well scores tell accepted from rejected cases."""
    accepted, rejected = counted(scores, decided)
    return {
        "area_under_curve": measures.area_under_curve(accepted, rejected),
        "brier": measures.brier(accepted, rejected),
    }


def draft(document: Mapping[str, Any], version: str, weights: Sequence[int]) -> dict[str, Any]:
    """The document with other weights, as a version of its own. The thresholds stay."""
    drafted: dict[str, Any] = copy.deepcopy(dict(document))
    drafted |= {"version": version, "author": "calibration"}
    about = f"Weights fitted to what was decided, from version {document['version']}. {document['about']}"
    drafted["about"] = about[:LONGEST_WORDS]
    for criterion, weight in zip(drafted["criteria"], weights, strict=True):
        criterion |= {"weight": weight, "weight_source": "outcomes"}
    return drafted


def set_threshold(document: dict[str, Any], points: int) -> None:
    """Let `refer` begin at this score; the bands beneath keep their proportion to it.

    Raises Uncalibrated when that leaves one of them without a score.
    """
    bands = document["bands"]
    present = bands[0]["at_least"]
    if bands[0]["id"] != REFER or not present:
        raise Uncalibrated("The highest band is not the one that refers: set its threshold by hand.")
    upper = None
    for band in bands:
        band["below"] = upper
        band["at_least"] = upper = points if upper is None else band["at_least"] * points // present
    starts = [band["at_least"] for band in bands]
    if len(set(starts)) < len(starts):
        raise Uncalibrated(f"A threshold of {points} leaves no room for the bands beneath it.")
