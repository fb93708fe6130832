"""Names of public bodies are compared in one form, however they are typed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.domain.organisations.names import MOST_PARTS, normal_form, parts_of


@pytest.mark.parametrize(
    "typed",
    [
        "St George's University Hospitals NHS Foundation Trust",
        "st georges university hospitals nhs foundation trust",
        "ST. GEORGE’S UNIVERSITY HOSPITALS NHS FT",
        "Saint Georges University Hospitals NHS Trust",
        "The St. George`s University-Hospitals  (NHS Trust)",
        "St Géorge's University Hospitals Foundation Trust",
    ],
)
def test_a_trust_has_one_form_however_it_is_written(typed: str) -> None:
    assert normal_form(typed) == "st georges university hospitals"


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("Brighton & Hove City Council", "brighton and hove city council"),
        ("Brighton&Hove City Council", "brighton and hove city council"),
        ("Cyngor Sir Ynys Môn", "cyngor sir ynys mon"),
        ("NHS Trust", "nhs trust"),
        ("The", "the"),
        ("The The NHS Foundation Trust", "nhs foundation trust"),
        ("ＬＥＥＤＳ", "leeds"),
        ("—", ""),
        ("", ""),
    ],
)
def test_a_form_keeps_what_a_name_is_known_by(typed: str, form: str) -> None:
    assert normal_form(typed) == form


@settings(max_examples=200)
@given(st.text(max_size=80))
def test_a_form_is_its_own_form(typed: str) -> None:
    form = normal_form(typed)

    assert normal_form(form) == form
    assert len(form) <= 300


def test_a_character_that_is_a_phrase_cannot_make_a_form_that_no_index_holds() -> None:
    assert len(normal_form("ﷺ" * 300)) <= 300


def test_a_team_its_trust_and_its_town_in_one_line_are_looked_at_by_themselves() -> None:
    parts = parts_of("Children’s nursing team, Leeds Community Healthcare NHS Trust - Leeds")

    assert parts[1:] == ("childrens nursing team", "leeds community healthcare", "leeds")
    assert parts[0].startswith("childrens nursing team leeds")
    assert parts_of("?") == ()
    assert len(parts_of(",".join("abcdefghij"))) == MOST_PARTS
