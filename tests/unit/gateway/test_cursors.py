"""Cursors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid
from gateway.cursors import Cursors
from gateway.errors import BadCursor

CURSORS = Cursors("secret")
_TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.lists(_TEXT, min_size=2, max_size=2), _TEXT, st.dictionaries(_TEXT, _TEXT, max_size=3))
def test_a_cursor_leads_back_to_its_position(position: list[str], path: str, filters: dict[str, str]) -> None:
    assert CURSORS.open(CURSORS.seal(position, path, filters), path, filters) == position


def test_the_order_of_filters_does_not_matter() -> None:
    cursor = CURSORS.seal(["a", "b"], "/v1/cases", {"status": "open", "q": "x"})

    assert CURSORS.open(cursor, "/v1/cases", {"q": "x", "status": "open"}) == ["a", "b"]


def test_a_filter_is_not_readable_in_a_cursor() -> None:
    plain, with_name = (CURSORS.seal(["a", "b"], "/v1/cases", {"q": q}) for q in ("x", "Siân Rhys-Davies"))

    assert len(plain) == len(with_name)


@pytest.mark.parametrize(
    ("path", "filters"), [("/v1/enquiries", {"status": "open"}), ("/v1/cases", {}), ("/v1/cases", {"status": "closed"})]
)
def test_a_cursor_is_good_for_its_own_list_only(path: str, filters: dict[str, str]) -> None:
    cursor = CURSORS.seal(["a", "b"], "/v1/cases", {"status": "open"})

    with pytest.raises(Invalid) as refusal:
        CURSORS.open(cursor, path, filters)

    assert [error.pointer for error in refusal.value.errors] == ["/cursor"]


@given(st.text())
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        CURSORS.open(text, "/v1/cases", {})


@given(st.integers(min_value=0), st.integers(1, 127))
def test_a_cursor_with_one_letter_changed_is_refused(place: int, change: int) -> None:
    letters = list(CURSORS.seal(["a", "b"], "/v1/cases", {}))
    at = place % (len(letters) - 1)  # the very last letter has bits that mean nothing
    letters[at] = chr((ord(letters[at]) + change) % 128)

    with pytest.raises(BadCursor):
        CURSORS.open("".join(letters), "/v1/cases", {})


def test_a_cursor_of_another_secret_is_refused() -> None:
    cursor = Cursors("another").seal(["a", "b"], "/v1/cases", {})

    with pytest.raises(BadCursor):
        CURSORS.open(cursor, "/v1/cases", {})
