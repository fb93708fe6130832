"""References that can be told over the telephone, and ids that sort by time."""

import time
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chassis.fields import ALPHABET, is_reference, new_id, new_reference

LETTERS = st.sampled_from(ALPHABET)
PLACES = (4, 5, 6, 7, 9, 10, 11, 12)  # of the letters in ENQ-7K3M-9Q2D


@st.composite
def references(draw: st.DrawFn) -> str:
    """A good reference, found as a person would guess its last letter."""
    payload = "".join(draw(st.lists(LETTERS, min_size=7, max_size=7)))
    [good] = [text for last in ALPHABET if is_reference("ENQ", text := f"ENQ-{payload[:4]}-{payload[4:]}{last}")]
    return good


def with_letters(reference: str, letters: dict[int, str]) -> str:
    """The reference with other letters at these places."""
    return "".join(letters.get(place, letter) for place, letter in enumerate(reference))


def test_a_new_reference_is_one_of_its_kind_and_of_no_other() -> None:
    reference = new_reference("ENQ")

    assert is_reference("ENQ", reference)
    assert not is_reference("CAS", reference)


def test_new_references_differ() -> None:
    assert len({new_reference("ENQ") for _ in range(100)}) == 100


@given(references(), st.sampled_from(PLACES), LETTERS)
def test_every_single_wrong_letter_is_found(reference: str, place: int, letter: str) -> None:
    assume(reference[place] != letter)

    assert not is_reference("ENQ", with_letters(reference, {place: letter}))


@given(references(), st.sampled_from(list(pairwise(PLACES))))
def test_every_swap_of_two_neighbours_is_found_but_that_of_0_and_z(reference: str, places: tuple[int, int]) -> None:
    """What Luhn's method cannot find in base ten, 09 for 90, it cannot find here: 0Z for Z0."""
    one, other = places
    assume(reference[one] != reference[other])

    swapped = with_letters(reference, {one: reference[other], other: reference[one]})

    assert is_reference("ENQ", swapped) is ({reference[one], reference[other]} == {"0", "Z"})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ENQ",
        "ENQ-",
        "ENQ-0000-000",
        "ENQ-0000-00000",
        "ENQ-00000000",
        "ENQ-000-00000",
        "ENQ-0000--000",
        "ENQ-0000-000o",
        "ENQ-0000-000U",
        "ENQ-0000-000٠",
        "ENQ-0000-0000\n",
        " ENQ-0000-0000",
        "enq-0000-0000",
        "0000-0000",
    ],
)
def test_what_is_not_written_like_a_reference_is_none(text: str) -> None:
    assert is_reference("ENQ", "ENQ-0000-0000")
    assert not is_reference("ENQ", text)


@given(st.text(max_size=20))
def test_any_text_may_be_asked_about(text: str) -> None:
    assert is_reference("ENQ", text) in (True, False)
    assert is_reference("ENQ", f"ENQ-{text}") in (True, False)


def test_ids_are_unique_and_sort_by_the_time_they_were_made() -> None:
    earlier = [new_id() for _ in range(100)]
    time.sleep(0.002)
    later = [new_id() for _ in range(100)]

    assert len({*earlier, *later}) == 200
    assert max(earlier) < min(later)
    assert {one.version for one in earlier} == {7}
