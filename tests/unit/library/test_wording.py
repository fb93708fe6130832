"""What somebody types into the search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.library.domain.wording import folded, is_being_typed, slips, words_to_be_near


@pytest.mark.parametrize(("text", "plain"), [("Café Siân", "Cafe Sian"), ("ﬁnance", "finance"), ("TUPE", "TUPE")])
def test_accents_make_no_difference(text: str, plain: str) -> None:
    assert folded(text) == plain


@pytest.mark.parametrize(
    ("query", "typed"),
    [
        ("pens", True),
        ("staff pens", True),
        ('"a phrase" pens', True),
        ('"a phr', False),
        ('"a phrase"', False),
        ("staff -pens", False),
        ("pens ", False),
        ("", False),
    ],
)
def test_the_last_word_is_being_typed_unless_it_is_quoted_excluded_or_ended(query: str, typed: bool) -> None:
    assert is_being_typed(query) is typed


def test_long_words_are_looked_for_nearly_each_once_and_not_what_is_excluded() -> None:
    assert words_to_be_near("Pensons for THE pensons -chairty VAT or transfer") == ["pensons", "transfer"]
    assert words_to_be_near("x" * 41) == []
    assert len(words_to_be_near(" ".join(f"word{number}" for number in range(20)))) == 8


def test_what_is_in_quotes_is_meant_as_it_is() -> None:
    assert words_to_be_near('"councils staff" pensons') == []


@given(st.text(min_size=1, max_size=20))
def test_a_slip_has_the_same_letters(word: str) -> None:
    found = slips(word)

    assert found[0] == word
    assert len(found) <= len(word)
    assert {tuple(sorted(one)) for one in found} == {tuple(sorted(word))}
