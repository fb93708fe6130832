"""Folding is associative, commutative and idempotent, so the order of events does not matter."""

from datetime import UTC, datetime
from functools import reduce
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.domain.fold import fold
from services.reporting.domain.folding import ReadModel, Row, Told, latest, merge
from tests.unit.reporting.stories import as_read, whole_story

MODEL = ReadModel("rows", ("enquiry",), latest={"one": ("a", "b"), "two": ("c",)}, earliest=("first", "again"))
STORY = [as_read(event) for event in whole_story("ENQ-1")]

stamps = st.integers(0, 3)
numbers = st.integers(0, 5)


def told(sequence: int) -> Told:
    """An event whose id, and so whose values, follow from its sequence, as they do in truth."""
    return Told(UUID(int=sequence), "x", "x", "x", sequence, datetime(2026, 1, 1, tzinfo=UTC), {})


@st.composite
def rows(draw: st.DrawFn) -> Row:
    """What some event might say: any of the groups, and any of the earliest values."""
    row: Row = {"enquiry": "ENQ-1"}
    if draw(st.booleans()):
        sequence = draw(stamps)
        row |= latest(told(sequence), MODEL, "one", {"a": sequence, "b": None})
    if draw(st.booleans()):
        sequence = draw(stamps)
        row |= latest(told(sequence), MODEL, "two", {"c": -sequence})
    for name in MODEL.earliest:
        if draw(st.booleans()):
            row[name] = draw(st.none() | numbers)
    return row


def known(row: Row) -> Row:
    """A row without what is not known: a field that is not there says no more than one that is None."""
    return {name: value for name, value in row.items() if value is not None}


@given(rows(), rows(), rows())
def test_merging_knows_no_order_and_no_repeat(one: Row, two: Row, three: Row) -> None:
    def together(*parts: Row) -> Row:
        return reduce(lambda left, right: merge(MODEL, left, right), parts)

    assert known(together(one, two)) == known(together(two, one))
    assert known(together(together(one, two), three)) == known(together(one, together(two, three)))
    assert known(together(one, one)) == known(one)
    assert known(together(one, two, one)) == known(together(one, two))


def folded(events: list[Told]) -> dict[Any, Row]:
    """The rows of every read model, by model and key."""
    found: dict[Any, Row] = {}
    for change in (change for event in events for change in fold(event)):
        key = (change.model.name, *(change.row[name] for name in change.model.key))
        found[key] = merge(change.model, found[key], change.row) if key in found else change.row
    return found


@given(st.permutations(STORY), st.lists(st.sampled_from(STORY), max_size=10))
def test_a_story_in_any_order_with_repeats_gives_the_same_rows(order: list[Told], repeats: list[Told]) -> None:
    assert folded(order + repeats) == folded(STORY)


@given(st.lists(st.sampled_from(STORY), unique_by=lambda event: event.id), st.randoms(use_true_random=False))
def test_a_part_of_a_story_in_any_order_gives_the_same_rows(part: list[Told], chance: Any) -> None:
    other = part.copy()
    chance.shuffle(other)

    assert folded(part) == folded(other)


def test_of_two_events_with_one_sequence_the_later_told_wins_in_either_order() -> None:
    early = {"enquiry": "ENQ-1"} | latest(told(1), MODEL, "two", {"c": "early"})
    late = {"enquiry": "ENQ-1", "c": "late", "two_sequence": 1, "two_event": UUID(int=9)}

    assert merge(MODEL, early, late) == merge(MODEL, late, early) == late


def test_a_group_is_set_whole_or_not_at_all() -> None:
    with pytest.raises(ValueError, match=r"x must set exactly the fields of rows\.one"):
        latest(told(1), MODEL, "one", {"a": 1})
