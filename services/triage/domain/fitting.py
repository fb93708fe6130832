"""Weights from decisions: a logistic regression of what was accepted on the points, with no weight below nought.

Kept apart from the rest of `domain`, for it loads scikit-learn: more than a second, and a hundred megabytes.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from services.triage.domain.rules import MOST

Points = NDArray[np.float64]
Decisions = NDArray[np.bool_]

FOLDS = 5


def fit(points: Points, accepted: Decisions) -> list[float]:
    """How much each criterion says for acceptance, 0 where it says nothing or speaks against it.

    `points` has the shape (cases, criteria), each 0 to 4; `accepted` the shape (cases,), with both kinds in it. The
    penalty on large weights is scikit-learn's own (L2, C = 1), with points put on a scale of 0 to 1. Points never
    count against a candidate, so the criterion of the least weight is held at nought while it is below, and the others
    are fitted again.
    """
    kept = list(range(points.shape[1]))
    weights = [0.0] * len(kept)
    while kept:
        model = LogisticRegression(max_iter=1_000).fit(points[:, kept] / MOST, accepted)
        found = model.coef_[0]
        if found.min() >= 0:
            for place, weight in zip(kept, found, strict=True):
                weights[place] = float(weight)
            break
        del kept[int(found.argmin())]
    return weights


def scores_of_others(
    points: Points, accepted: Decisions, whole: Callable[[list[float]], list[int]]
) -> list[int] | None:
    """Each case's score, in quarters of a point, under weights fitted without it: to five equal parts, part by part.

    `whole` makes weights that sum to 100. None when a part without one says nothing, so that there are no weights.
    """
    scores = np.zeros(len(accepted), np.int64)
    for others, part in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(points, accepted):
        fitted = fit(points[others], accepted[others])
        if not any(fitted):
            return None
        scores[part] = points[part].astype(np.int64) @ np.array(whole(fitted), np.int64)
    return [int(score) for score in scores]
