"""Calibration: whole weights in the proportions of what was fitted, thresholds by what is wished, refusals in words."""

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage import fitting
from services.triage.documents import SHIPPED, faults_in
from services.triage.domain import calibration
from services.triage.domain import fitting as fits
from services.triage.domain.calibration import Uncalibrated
from services.triage.domain.rules import FULL_SCORE

FIRST: dict[str, Any] = json.loads((SHIPPED / "2026-11.json").read_text())
fitted_weights = st.lists(st.floats(0, 1e6), min_size=1, max_size=20).filter(lambda some: sum(some) > 1e-3)
histograms = st.dictionaries(st.integers(0, FULL_SCORE), st.integers(1, 30), min_size=1, max_size=20)


def spread(counts: dict[int, int]) -> list[int]:
    """A histogram of scores from the counts that are not nought."""
    return [counts.get(score, 0) for score in range(FULL_SCORE + 1)]


@given(fitted_weights)
def test_whole_weights_sum_to_a_hundred_and_keep_the_order(fitted: list[float]) -> None:
    weights = calibration.whole_weights(fitted)

    assert sum(weights) == 100
    assert min(weights) >= 1
    by_fit = sorted(range(len(fitted)), key=lambda place: (fitted[place], weights[place]))
    assert [weights[place] for place in by_fit] == sorted(weights)


def test_what_is_left_over_goes_to_the_largest_remainders() -> None:
    assert calibration.whole_weights([1, 1, 1]) == [34, 33, 33]
    assert calibration.whole_weights([3, 0, 1]) == [74, 1, 25]


def test_weights_that_say_nothing_are_refused() -> None:
    with pytest.raises(Uncalibrated, match="No criterion"):
        calibration.whole_weights([0, 0])


@given(histograms, st.floats(0.01, 0.9))
def test_no_other_threshold_comes_closer_to_the_wished_share(counts: dict[int, int], wished: float) -> None:
    scores = spread(counts)
    seen = sum(scores) + 5

    found = calibration.threshold_for_share(scores, seen, wished)

    def missed(points: int) -> float:
        return abs(sum(scores[points * 4 :]) / seen - wished)

    assert all(missed(found) <= missed(points) for points in range(1, 101))


def test_nobody_who_could_be_referred_gives_no_threshold() -> None:
    with pytest.raises(Uncalibrated, match="Nobody"):
        calibration.threshold_for_share([0] * (FULL_SCORE + 1), 10, 0.2)


@given(histograms, histograms, st.floats(0.1, 1))
def test_from_the_threshold_on_the_wished_share_was_accepted(
    accepted: dict[int, int], rejected: dict[int, int], wished: float
) -> None:
    hits, misses = spread(accepted), spread(rejected)

    def share(points: int) -> float:
        above, beside = sum(hits[points * 4 :]), sum(misses[points * 4 :])
        return above / (above + beside) if above + beside >= calibration.FEWEST_ABOVE else -1.0

    try:
        found = calibration.threshold_for_precision(hits, misses, wished)
    except Uncalibrated:
        assert all(share(points) < wished for points in range(1, 101))
    else:
        assert share(found) >= wished
        assert all(share(points) < wished for points in range(1, found))


def test_a_share_that_no_threshold_reaches_is_refused_with_the_best() -> None:
    all_at_the_top = spread({FULL_SCORE: 40})

    with pytest.raises(Uncalibrated, match=r"reaches 0\.9; the best has 0\.50"):
        calibration.threshold_for_precision(all_at_the_top, all_at_the_top, 0.9)


@pytest.mark.parametrize(("accepted", "rejected"), [(29, 0), (15, 14), (26, 4), (4, 26)])
def test_too_little_to_go_by_is_refused(accepted: int, rejected: int) -> None:
    with pytest.raises(Uncalibrated):
        calibration.check_enough(accepted, rejected)


def test_thirty_decisions_of_which_five_went_the_other_way_are_enough() -> None:
    calibration.check_enough(25, 5)


def test_a_draft_is_a_sound_document_of_its_own_and_leaves_the_other_alone() -> None:
    before = copy.deepcopy(FIRST)

    drafted = calibration.draft(FIRST, "calibrated", [20, 10, 10, 10, 10, 10, 10, 10, 10])
    calibration.set_threshold(drafted, 60)

    assert faults_in(drafted) == []
    assert (drafted["version"], drafted["criteria"][0]["weight"]) == ("calibrated", 20)
    assert [(band["at_least"], band["below"]) for band in drafted["bands"]] == [(60, None), (42, 60), (25, 42), (0, 25)]
    assert before == FIRST


@given(st.integers(1, 100))
def test_a_threshold_leaves_bands_without_gap_or_overlap_or_is_refused(points: int) -> None:
    drafted = copy.deepcopy(FIRST)
    try:
        calibration.set_threshold(drafted, points)
    except Uncalibrated:
        assert points < 5
    else:
        assert [fault for fault in faults_in(drafted) if "bands" in fault.pointer] == []


def test_a_threshold_that_leaves_a_band_no_score_is_refused() -> None:
    with pytest.raises(Uncalibrated, match="leaves no room"):
        calibration.set_threshold(copy.deepcopy(FIRST), 1)


def test_a_threshold_for_bands_of_another_kind_is_set_by_hand() -> None:
    drafted = {"bands": [{"id": "inform", "at_least": 0, "below": None}]}

    with pytest.raises(Uncalibrated, match="by hand"):
        calibration.set_threshold(drafted, 50)


def test_scores_that_tell_all_apart_have_the_best_quality() -> None:
    found = calibration.quality([400, 400, 0], [True, True, False])

    assert found == {"area_under_curve": 1.0, "brier": 0.0}


@given(st.integers(0, 2**32 - 1))
def test_no_weight_is_below_nought_and_what_decides_weighs_most(seed: int) -> None:
    chance = np.random.default_rng(seed)
    points = chance.integers(0, 5, (80, 4)).astype(np.float64)
    accepted = points[:, 1] - points[:, 2] + chance.normal(0, 0.3, 80) > 0

    weights = fits.fit(points, accepted)

    assert min(weights) >= 0
    assert weights[1] == max(weights)
    assert weights[2] == 0


def test_where_more_points_only_ever_count_against_a_case_nothing_is_fitted() -> None:
    points = np.array([[0.0], [1], [3], [4]] * 5)
    accepted = points[:, 0] < 2

    assert fits.fit(points, accepted) == [0.0]
    assert fits.scores_of_others(points, accepted, calibration.whole_weights) is None


def test_a_process_of_its_own_finds_the_same() -> None:
    points = [[number % 5, 4 - number % 5, number % 3] for number in range(40)]
    accepted = [number % 5 > 2 for number in range(40)]

    found = fitting.fit(points, accepted)

    here = np.array(points, np.float64), np.array(accepted)
    assert found.weights == pytest.approx(fits.fit(*here))
    assert found.scores == fits.scores_of_others(*here, calibration.whole_weights)


def test_the_bounds_of_texts_are_those_of_the_form() -> None:
    form = json.loads(Path("contracts/criteria.v1.json").read_text())

    assert form["$defs"]["words"]["maxLength"] == calibration.LONGEST_WORDS
