"""Which body an enquirer may mean: with reasons, in order, and never chosen."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.domain.organisations.addresses import Domain, domain_of
from services.intake.domain.organisations.matches import Confidence, Reason, Suggestion, alike, suggestions
from services.intake.domain.organisations.names import normal_form, parts_of
from services.intake.domain.organisations.register import Organisation

TODAY = date(2026, 11, 22)
GONE = date(2013, 4, 1)


def body(key: str, name: str, **values: Any) -> Organisation:
    """A body."""
    return Organisation(**{"key": key, "name": name, "kind": "local_authority", **values})


LEEDS = body("leeds", "Leeds City Council", domains=("leeds.gov.uk",))
TRUST = body("lth", "Leeds Teaching Hospitals NHS Trust", kind="nhs_trust")
NORFOLK = body("norfolk", "Norfolk County Council")
OLD = body("old", "Anytown Primary Care Trust", kind="nhs_trust", dissolved_on=GONE, successor="middle")
MIDDLE = body("middle", "NHS Anytown CCG", kind="nhs_trust", dissolved_on=date(2022, 7, 1), successor="new")
NEW = body("new", "NHS Anyshire Integrated Care Board", kind="nhs_trust", domains=("anyshire.gov.uk",))
ALL = {one.key: one for one in (LEEDS, TRUST, NORFOLK, OLD, MIDDLE, NEW)}


def suggested(typed: str, email: str | None = None) -> list[Suggestion]:
    """Who may be meant."""
    return suggestions(parts_of(typed), domain_of(email), ALL, TODAY)


def said(typed: str, email: str | None = None) -> list[tuple[str, set[Reason]]]:
    """Who may be meant, and why."""
    return [(one.organisation.key, {ground.reason for ground in one.grounds}) for one in suggested(typed, email)]


def test_a_name_and_an_address_make_it_surer_than_either() -> None:
    [both, *_] = suggested("leeds city council", "jane@leeds.gov.uk")
    [name, *_] = suggested("leeds city council")
    [domain] = suggested("?", "jane@leeds.gov.uk")

    assert both.organisation == name.organisation == domain.organisation == LEEDS
    assert 1 > both.score > domain.score > name.score
    assert [ground.reason for ground in both.grounds] == [Reason.DOMAIN, Reason.NAME]
    assert both.confidence is Confidence.LIKELY


def test_an_address_under_a_bodys_domain_counts_less_than_the_domain() -> None:
    [under] = suggested("", "jane@mail.leeds.gov.uk")
    [own] = suggested("", "jane@leeds.gov.uk")

    assert own.score > under.score
    assert under.grounds[0].on == "leeds.gov.uk"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Leeds teaching hospital", "lth"),
        ("Leeds Council", "leeds"),
        ("council of leeds", "leeds"),
        ("leeds citty council", "leeds"),
        ("Physiotherapy, Leeds Teaching Hospitals NHS Trust", "lth"),
        ("norfolk cc", "norfolk"),
        ("NHS Anyshire ICB", "new"),
    ],
)
def test_what_people_type_finds_the_body_first(typed: str, meant: str) -> None:
    assert said(typed)[0][0] == meant


def test_a_town_alone_makes_nobody_likely() -> None:
    found = suggested("Leeds")

    assert {one.organisation.key for one in found} == {"leeds", "lth"}
    assert {one.confidence for one in found} == {Confidence.MAYBE}
    assert suggested("Leeds Council")[0].confidence is Confidence.LIKELY


@pytest.mark.parametrize("typed", ["Suffolk County Council", "County Council", "NHS Trust", "Oxfam", "", "council"])
def test_a_body_with_other_words_of_its_own_is_not_suggested(typed: str) -> None:
    assert said(typed) == []


def test_who_took_the_place_of_a_body_that_is_no_more_comes_first() -> None:
    found = said("Anytown Primary Care Trust")

    assert found[0] == ("new", {Reason.SUCCESSOR_OF})
    assert ("old", {Reason.NAME}) in found
    [first, *_] = suggested("Anytown Primary Care Trust")
    assert {ground.on for ground in first.grounds} >= {"old"}


def test_two_predecessors_of_like_names_are_one_hint_and_stay_behind_the_name_itself() -> None:
    council = body("council", "Anytown City Council")

    found = suggestions(parts_of("Anytown City Council"), domain_of(None), {**ALL, "council": council}, TODAY)

    assert found[0].organisation == council
    assert [ground.on for ground in found[1].grounds] == ["old", "middle"]


def test_a_body_whose_end_is_not_known_to_lead_anywhere_is_suggested_itself() -> None:
    gone = body("gone", "Gone Council", dissolved_on=GONE)
    lost = body("lost", "Lost Council", dissolved_on=GONE, successor="unknown")

    found = suggestions(("gone council", "lost council"), Domain(), {"gone": gone, "lost": lost}, TODAY)

    assert [one.organisation.key for one in found] == ["gone", "lost"]


def test_the_health_services_shared_address_alone_finds_nobody_and_supports_a_name() -> None:
    [plain, *_] = suggested("Leeds Teaching Hospitals")
    [with_address, *others] = suggested("Leeds Teaching Hospitals", "jane@nhs.net")

    assert said("", "jane@nhs.net") == []
    assert with_address.score > plain.score
    assert Reason.SHARED_DOMAIN in {ground.reason for ground in with_address.grounds}
    assert all(Reason.SHARED_DOMAIN not in {ground.reason for ground in one.grounds} for one in others)


def test_a_public_address_finds_nobody() -> None:
    assert said("", "leeds.gov.uk@gmail.com") == []


def test_another_name_is_a_reason_of_its_own() -> None:
    agency = body("ukhsa", "UK Health Security Agency", other_names=("UKHSA",))

    [one] = suggestions(("ukhsa",), Domain(), {"ukhsa": agency}, TODAY)

    assert [(ground.reason, ground.on) for ground in one.grounds] == [(Reason.OTHER_NAME, "UKHSA")]


WORDS = st.lists(st.sampled_from("leeds norfolk city county council nhs trust st helens and".split()), max_size=5)


@settings(max_examples=200)
@given(WORDS, WORDS)
def test_likeness_is_a_share_and_a_name_is_like_itself(one: list[str], other: list[str]) -> None:
    form, name = normal_form(" ".join(one)), normal_form(" ".join(other))

    assert 0 <= alike(form, name) <= 1
    assert alike(form, form) == 1


@settings(max_examples=100)
@given(WORDS, st.sampled_from([None, "a@leeds.gov.uk", "a@nhs.net", "a@gmail.com", "a@x.anyshire.gov.uk"]))
def test_everybody_suggested_has_a_reason_a_share_of_certainty_and_one_place(typed: list[str], email: str) -> None:
    found = suggested(" ".join(typed), email)

    assert all(one.grounds and 0 < one.score < 1 for one in found)
    assert len({one.organisation.key for one in found}) == len(found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
