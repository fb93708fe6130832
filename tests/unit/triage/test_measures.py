"""Figures from counts are those that counting case by case gives."""

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.measures import (
    area_under_curve,
    brier,
    calibration,
    is_referred_share_usual,
    precision_and_recall,
    rate,
    stability_index,
)
from services.triage.domain.rules import FULL_SCORE

scores = st.lists(st.integers(0, FULL_SCORE), max_size=40)
some_scores = st.lists(st.integers(0, FULL_SCORE), min_size=1, max_size=40)


def histogram(values: list[int]) -> list[int]:
    """How often each score occurs."""
    counts = [0] * (FULL_SCORE + 1)
    for value in values:
        counts[value] += 1
    return counts


@given(some_scores, some_scores)
def test_the_area_is_the_share_of_pairs_in_the_right_order(accepted: list[int], rejected: list[int]) -> None:
    won = sum((yes > no) + (yes == no) / 2 for yes in accepted for no in rejected)

    area = area_under_curve(histogram(accepted), histogram(rejected))

    assert area is not None
    assert isclose(area, won / (len(accepted) * len(rejected)))


@given(scores)
def test_without_both_kinds_there_is_no_area(some: list[int]) -> None:
    assert area_under_curve(histogram(some), histogram([])) is None
    assert area_under_curve(histogram([]), histogram(some)) is None


@given(some_scores, scores)
def test_briers_score_is_the_mean_square_of_the_distances(accepted: list[int], rejected: list[int]) -> None:
    squares = [(1 - score / FULL_SCORE) ** 2 for score in accepted] + [(score / FULL_SCORE) ** 2 for score in rejected]

    found = brier(histogram(accepted), histogram(rejected))

    assert found is not None
    assert isclose(found, sum(squares) / len(squares), abs_tol=1e-12)


def test_of_nothing_decided_there_is_no_briers_score() -> None:
    assert brier(histogram([]), histogram([])) is None


@given(scores, scores)
def test_every_decided_case_is_in_one_tenth_of_the_scale(accepted: list[int], rejected: list[int]) -> None:
    tenths = calibration(histogram(accepted), histogram(rejected))

    assert [(tenth.score_from, tenth.score_to) for tenth in tenths] == [(n, n + 10) for n in range(0, 100, 10)]
    assert sum(tenth.decided for tenth in tenths) == len(accepted) + len(rejected)
    assert sum(tenth.accepted.hits for tenth in tenths) == len(accepted)
    for tenth in tenths:
        assert tenth.mean_score is None or tenth.score_from <= tenth.mean_score <= tenth.score_to


def test_the_full_score_is_in_the_last_tenth_and_an_edge_in_the_upper_one() -> None:
    tenths = calibration(histogram([FULL_SCORE]), histogram([40, 39]))

    assert [tenth.decided for tenth in tenths] == [1, 1, 0, 0, 0, 0, 0, 0, 0, 1]


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_rates_interval_holds_its_share_and_stays_between_none_and_all(hits: int, others: int) -> None:
    found = rate(hits, hits + others)

    if found.share is None or found.low is None or found.high is None:
        assert hits + others == 0
    else:
        assert 0 <= found.low <= found.share + 1e-12
        assert found.share - 1e-12 <= found.high <= 1


@pytest.mark.parametrize(("hits", "of", "low", "high"), [(0, 10, 0.0, 0.2775), (81, 263, 0.2553, 0.3662)])
def test_intervals_are_those_of_the_literature(hits: int, of: int, low: float, high: float) -> None:
    found = rate(hits, of)

    assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_a_group_below_ten_is_marked_as_small() -> None:
    assert rate(3, 9).small
    assert not rate(3, 10).small


def test_precision_and_recall_are_of_those_that_were_decided() -> None:
    precision, recall = precision_and_recall({(True, True): 8, (True, False): 2, (False, True): 4, (False, False): 6})

    assert (precision.hits, precision.of, recall.hits, recall.of) == (8, 10, 8, 12)


groups = st.lists(st.integers(0, 1000), min_size=5, max_size=5).filter(any)


@given(groups, groups)
def test_the_stability_index_is_never_negative_and_the_same_both_ways(before: list[int], now: list[int]) -> None:
    there, back = stability_index(before, now), stability_index(now, before)

    assert there is not None
    assert back is not None
    assert there >= -1e-12
    assert isclose(there, back, abs_tol=1e-9)


@given(st.lists(st.integers(1, 1000), min_size=5, max_size=5), st.integers(1, 9))
def test_the_same_shares_have_an_index_of_none(before: list[int], times: int) -> None:
    found = stability_index(before, [count * times for count in before])

    assert found == pytest.approx(0, abs=1e-9)


def test_a_population_that_has_moved_shows_and_an_empty_one_says_nothing() -> None:
    assert stability_index([50, 50], [90, 10]) == pytest.approx(0.8789, abs=1e-4)
    assert stability_index([0, 0], [1, 1]) is None


@pytest.mark.parametrize(("hits", "usual"), [(9, False), (10, True), (30, True), (31, False)])
def test_a_set_that_refers_too_few_or_too_many_is_noticed(hits: int, usual: bool) -> None:
    assert is_referred_share_usual(rate(hits, 100)) is usual
    assert is_referred_share_usual(rate(0, 0))
