"""Fitting in a process of its own, so that one that assesses enquiries neither waits for it nor grows by it."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

# Seconds. The transaction that waits for it is ended by PostgreSQL after thirty.
LONGEST = 20


@dataclass(frozen=True, slots=True)
class Fitted:
    """What `domain.fitting` found: a weight for each criterion, and scores of cases under weights fitted without them.

    `scores` are in quarters of a point, None where some part of the cases says nothing.
    """

    weights: list[float]
    scores: list[int] | None


def fit(points: Sequence[Sequence[int]], accepted: Sequence[bool]) -> Fitted:
    """Fit weights to decided cases. Raises subprocess.SubprocessError when that fails or takes too long."""
    told = json.dumps({"points": points, "accepted": accepted})
    command = [sys.executable, "-m", __name__]
    done = subprocess.run(command, input=told, capture_output=True, text=True, timeout=LONGEST, check=True)  # noqa: S603
    return Fitted(**json.loads(done.stdout))


def main() -> None:
    """Read cases from standard input, fit, and write what was found to standard output."""
    import numpy as np

    from services.triage.domain.calibration import whole_weights
    from services.triage.domain.fitting import fit as fitted_to
    from services.triage.domain.fitting import scores_of_others

    told = json.load(sys.stdin)
    points, accepted = np.array(told["points"], np.float64), np.array(told["accepted"], np.bool_)
    weights = fitted_to(points, accepted)
    scores = scores_of_others(points, accepted, whole_weights) if any(weights) else None
    json.dump({"weights": weights, "scores": scores}, sys.stdout)


if __name__ == "__main__":
    main()
