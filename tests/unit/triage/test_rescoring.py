"""Many snapshots at once come to exactly what each of them comes to alone."""

import tracemalloc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain import Facts, Rules, assess, compile_rules
from services.triage.domain.columns import MISSING, Snapshots, in_columns
from services.triage.domain.rescoring import UNDECIDED, Rescoring
from services.triage.domain.standing import rule, stand
from tests.unit.triage.examples import ALL_PASS, FIRST_RULES, PLANNING, any_facts, scored
from tests.unit.triage.random_documents import (
    any_document,
    any_rules,
    any_snapshot,
    every_snapshot,
    intricate,
    is_valid,
)

Line = tuple[int, int, str, str | None]


def rescored(rules: Rules, snapshots: list[Facts], rows: int = 3) -> list[Line]:
    """What many at once come to: worst and best score in quarter points, outcome and band of each."""
    ready = Rescoring(rules)
    return [
        (int(low), int(high), ready.outcomes[outcome], None if band == UNDECIDED else ready.bands[band])
        for found in ready.all(in_columns(rules, snapshots, rows))
        for low, high, outcome, band in zip(found.low, found.high, found.outcome, found.band, strict=True)
    ]


def singly(rules: Rules, facts: Facts) -> Line:
    """The same of one snapshot, by the engine's first path."""
    result, standing = assess(rules, facts), stand(rules, facts)
    band = rule(rules, standing.effect, standing.low, standing.high, facts).band
    return result.score.low, result.score.high, result.outcome, band.id if band else None


def test_the_intricate_document_is_valid() -> None:
    assert is_valid(intricate())


@given(any_document())
def test_every_random_document_is_valid(document: dict[str, Any]) -> None:
    assert is_valid(document)


@given(st.data())
def test_under_any_rules_many_at_once_come_to_what_each_comes_to_alone(data: st.DataObject) -> None:
    rules = data.draw(any_rules())
    snapshots = data.draw(st.lists(any_snapshot(rules), max_size=8))

    assert rescored(rules, snapshots) == [singly(rules, facts) for facts in snapshots]


def test_under_conditions_of_every_kind_many_at_once_come_to_what_each_comes_to_alone() -> None:
    rules = compile_rules(intricate())
    snapshots, ready = every_snapshot(rules), Rescoring(rules)
    [columns] = in_columns(rules, snapshots, len(snapshots))
    found = ready.chunk(columns)

    assert rescored(rules, snapshots, 100) == [singly(rules, facts) for facts in snapshots]
    for band in ready.bands:
        ends = zip(found.low, found.high, strict=True)
        within = np.array([rules.band_at[low].id == rules.band_at[high].id == band for low, high in ends])
        has = found.outcome == ready.outcomes.index(band)
        assert has[within].any()
        assert (has == ready.may_have(band, columns))[within].all()


@given(st.lists(any_facts(), max_size=8))
def test_under_the_first_set_many_at_once_come_to_what_each_comes_to_alone(snapshots: list[Facts]) -> None:
    assert rescored(FIRST_RULES, snapshots) == [singly(FIRST_RULES, facts) for facts in snapshots]


@given(st.data())
def test_who_may_have_a_band_has_it_wherever_the_score_falls_in_it(data: st.DataObject) -> None:
    rules = data.draw(any_rules())
    snapshots = data.draw(st.lists(any_snapshot(rules), min_size=1, max_size=8))
    ready = Rescoring(rules)
    [columns] = in_columns(rules, snapshots)
    found = ready.chunk(columns)

    for band in ready.bands:
        may = ready.may_have(band, columns).tolist()
        for low, high, outcome, allowed in zip(found.low, found.high, found.outcome, may, strict=True):
            if rules.band_at[low].id == rules.band_at[high].id == band and allowed:
                assert ready.outcomes[outcome] == band
            if not allowed and rules.band_at[low].id == band:
                assert ready.outcomes[outcome] != band


@pytest.mark.parametrize("rows", range(1, 8))
def test_the_size_of_a_chunk_changes_nothing(rows: int) -> None:
    snapshots = [{**ALL_PASS, **PLANNING, **scored(points)} for points in (0, 1, 2, 3, 4)]
    ready = Rescoring(FIRST_RULES)
    [whole] = in_columns(FIRST_RULES, snapshots)

    parts = list(ready.all(whole.chunks(rows)))

    assert np.concatenate([part.low for part in parts]).tolist() == [0, 100, 200, 300, 400]
    assert all(len(part.low) <= rows for part in parts)


def test_a_fact_without_a_column_is_missing_everywhere() -> None:
    found = Rescoring(FIRST_RULES).chunk(Snapshots(2, {"weather": np.array([7, 7])}))

    assert (found.low.tolist(), found.high.tolist()) == ([0, 0], [400, 400])
    assert found.band.tolist() == [UNDECIDED, UNDECIDED]


def test_no_snapshots_come_to_nothing() -> None:
    assert Rescoring(FIRST_RULES).chunk(Snapshots(0, {"criteria.scale": np.array([], np.int8)})).low.size == 0


@pytest.mark.parametrize(
    ("fact", "column", "words"),
    [
        ("criteria.scale", [0, 5], "stands for no answer"),
        ("criteria.scale", [MISSING - 1, 0], "stands for no answer"),
        ("gates.england", [2, 0], "stands for no answer"),
        ("spin_out_stage", [10, 0], "stands for no answer"),
        ("gates.england", [0, 1, 0], "has the shape"),
    ],
)
def test_a_column_that_means_nothing_is_refused(fact: str, column: list[int], words: str) -> None:
    with pytest.raises(ValueError, match=f"{fact} .*{words}"):
        Rescoring(FIRST_RULES).chunk(Snapshots(2, {fact: np.array(column)}))


@pytest.mark.parametrize("facts", [{"criteria.scale": 5}, {"gates.england": "perhaps"}])
def test_an_answer_that_there_is_not_is_refused(facts: Facts) -> None:
    with pytest.raises(ValueError, match=r"answer that .* does not have"):
        list(in_columns(FIRST_RULES, [facts]))


def test_memory_stays_flat_however_many_there_are() -> None:
    def endless(count: int) -> Iterator[Facts]:
        return ({**PLANNING, "criteria.scale": number % 5} for number in range(count))

    def peak(count: int) -> int:
        tracemalloc.start()
        total = sum(
            len(found.low) for found in Rescoring(FIRST_RULES).all(in_columns(FIRST_RULES, endless(count), 500))
        )
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert total == count
        return most

    peak(500)  # what is loaded once
    assert peak(20_000) < 1.5 * peak(2_000)
