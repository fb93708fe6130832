"""What a resource may be, and when it is stale."""

from datetime import date
from typing import Any

import pytest

from services.library.domain.resource import FACET_WEIGHTS, FIELDS, FIT, HELPED, TEXT, changes, faults, is_stale

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("review_by", "stale"), [(None, False), (date(2026, 11, 21), True), (TODAY, False), (date(2027, 1, 1), False)]
)
def test_a_resource_is_stale_from_the_day_after_it_was_to_be_reviewed(review_by: date | None, stale: bool) -> None:
    assert is_stale(review_by, TODAY) is stale


@pytest.mark.parametrize(
    ("by", "on", "wrong"),
    [
        (None, None, []),
        ("Office", TODAY, []),
        ("Office", None, ["assured_on"]),
        (None, TODAY, ["assured_by"]),
        ("Office", date(2026, 11, 23), ["assured_on"]),
    ],
)
def test_who_assured_it_and_when_go_together_and_are_past(by: str | None, on: date | None, wrong: list[str]) -> None:
    assert list(faults({"assured_by": by, "assured_on": on}, TODAY)) == wrong


def test_only_what_is_another_value_is_a_change() -> None:
    before: dict[str, Any] = dict.fromkeys(FIELDS)

    assert changes(before, before) == []
    assert changes(before, {**before, "title": "New", "matters": ["pensions"]}) == ["matters", "title"]


def test_the_parts_of_a_score_make_a_whole() -> None:
    assert pytest.approx(1.0) == TEXT + FIT + HELPED
    assert FACET_WEIGHTS["matters"] == max(FACET_WEIGHTS.values())
