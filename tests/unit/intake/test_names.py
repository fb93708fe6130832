"""Names, in the form in which they are found however they are written."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.names import folded, organisation_key


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("Siân  O’Neill-Jones", "SIAN O'NEILL JONES"),
        ("Siân", "Sia\u0302n"),
        ("O’Neill", "ONeill"),
        ("O‘Neill", "Oʼneill"),
        ("O´Neill", "O`Neill"),
        ("Ó Néill", "O'Neill"),
        ("Seán Mac Dhòmhnaill", "Sean MacDhomhnaill"),
        ("Fiona McDonald", "FIONA MACDONALD"),
        ("Mc Donald", "mcdonald"),
        ("Gŵenllïan Llŷr ap Dafydd", "Gwenllian Llyr ap Dafydd"),
        ("Müller–Łukasz", "muller lukasz"),
        ("Strauß Ægir Øyvind Þór Ðorđe", "strauss aegir oyvind thor dorde"),
        ("ＪＡＮＥ\u00a0Smith", "Jane Smith"),
        ("Smith, Jane (Dr.)", "smith jane dr"),
        ("İnci", "inci"),
        ("Jane Ó", "jane o"),
    ],
)
def test_a_name_is_the_same_however_it_is_written(written: str, same: str) -> None:
    assert folded(written) == folded(same)


@pytest.mark.parametrize(
    ("one", "other"), [("Jones", "Johns"), ("Siân Evans", "Evans"), ("Олена", "Олег"), ("महेश", "सुरेश"), ("王", "李")]
)
def test_other_names_stay_others(one: str, other: str) -> None:
    assert folded(one) != folded(other) != ""


@pytest.mark.parametrize("nothing", ["", " ", "-", "’’", "?! ´", "\u0301"])
def test_what_has_no_letter_is_nobodys_name(nothing: str) -> None:
    assert (folded(nothing), organisation_key(nothing)) == ("", None)


@given(st.text(max_size=60))
def test_a_name_is_folded_alike_in_every_normal_form_and_once_is_enough(name: str) -> None:
    once = folded(name)

    assert {folded(unicodedata.normalize(form, name)) for form in ("NFC", "NFD")} == {once}
    assert folded(once) == once
    assert once == " ".join(once.split())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Aber Trust Ltd.", "Aber Trust"),
        ("Care & Repair C.I.C", "Care and Repair C.I.C"),
        ("ABER-TRUST LIMITED", "aber trust plc"),
    ],
)
def test_a_body_is_known_without_its_article_and_legal_form(one: str, other: str) -> None:
    assert organisation_key(one) == organisation_key(other)


def test_a_body_whose_name_is_all_form_keeps_it_and_none_has_none() -> None:
    assert organisation_key("The Limited") == "the limited"
    assert organisation_key(None) is None
