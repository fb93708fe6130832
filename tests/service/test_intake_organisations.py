"""Public bodies are looked through, suggested for an enquiry, and chosen by an adviser."""

from pathlib import Path
from typing import Any

import pytest

from chassis.errors import Forbidden, Invalid, NotFound
from services.intake.organisations import commands
from services.intake.service import IntakeService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.intake_samples import enquiry

SHIPPED = Path(commands.__file__).with_name("register.csv").read_text()


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work, with the shipped register."""
    made = desk(IntakeService)
    bring(made, SHIPPED)
    return made


def bring(intake: Desk, sheet: str, **more: Any) -> dict[str, Any]:
    """Import a sheet, as an operator."""
    answer: dict[str, Any] = intake.ask("import_organisations", roles=["ops"], body={"csv": sheet, **more})
    return answer


def keys(intake: Desk, **filters: Any) -> list[str]:
    """The keys of the bodies that are listed."""
    return [one["key"] for one in intake.ask("list_organisations", body=filters)["items"]]


def suggested(intake: Desk, **enquirer: Any) -> dict[str, Any]:
    """What is suggested for an enquiry of this enquirer."""
    reference = intake.ask("create_enquiry", body=enquiry(**enquirer))["reference"]
    answer: dict[str, Any] = intake.ask("suggest_organisations", reference=reference)
    return answer


def test_a_sheet_comes_in_by_http_as_by_command(intake: Desk) -> None:
    sheet = "key,name,kind\nexeter-college,Exeter College,school_or_college\nx,X,other\n"

    tried = bring(intake, sheet, dry_run=True)
    done = bring(intake, sheet)
    again = bring(intake, sheet)

    assert (tried["dry_run"], tried["added"], tried["changed"], tried["unchanged"]) == (True, 1, 1, 0)
    assert tried["done"] == [{"key": "x", "fields": []}, {"key": "exeter-college", "fields": ["region", "domains"]}]
    assert (done["added"], done["changed"], again["unchanged"]) == (1, 1, 2)
    assert [event.sequence for event in intake.told()] == [1, 2]
    with pytest.raises(Invalid) as refused:
        bring(intake, "key,name,kind\na,A,poem\nb,,other\n")
    assert [one.message[:20] for one in refused.value.errors] == ["line 2, column kind:", "line 3, column name:"]
    with pytest.raises(Forbidden):
        intake.ask("import_organisations", roles=["dpo"], body={"csv": sheet})


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("st georges university hospitals", "st-georges-university-hospitals-nhs-foundation-trust"),
        ("SAINT GEORGE'S UNIVERSITY HOSPITALS NHS TRUST", "st-georges-university-hospitals-nhs-foundation-trust"),
        ("dorset and wiltshire fire", "dorset-and-wiltshire-fire-and-rescue-service"),
        ("exet", "exeter-college"),
        ("ukhsa", "uk-health-security-agency"),
        ("leeds citty council", "leeds-city-council"),
    ],
)
def test_a_body_is_found_by_its_name_however_that_is_typed(intake: Desk, typed: str, first: str) -> None:
    assert keys(intake, q=typed)[0] == first


def test_bodies_are_listed_by_kind_region_domain_and_whether_they_still_are(intake: Desk) -> None:
    assert keys(intake, kind="police", region="london") == ["metropolitan-police-service"]
    assert keys(intake, domain="Mail.Leeds.gov.uk") == ["leeds-city-council"]
    assert keys(intake, domain="gmail.com") == keys(intake, q="—") == []
    assert "strathclyde-police" not in keys(intake, kind="police")
    assert "strathclyde-police" in keys(intake, kind="police", include_dissolved="true")


def test_a_walk_over_the_list_skips_and_repeats_nothing(intake: Desk) -> None:
    for filters in ({"include_dissolved": True}, {"q": "council"}):
        whole = keys(intake, **filters, limit=200)
        walked, after = [], None
        while after or not walked:
            page = intake.ask("list_organisations", body={**filters, "limit": 7, "after": after})
            walked += [one["key"] for one in page["items"]]
            after = page["next"]
        assert walked == whole
    assert keys(intake, limit=200) == sorted(keys(intake, limit=200))


def test_a_body_shows_what_came_after_it_and_before_it(intake: Desk) -> None:
    first = intake.ask("read_organisation", organisation_key="health-protection-agency")
    last = intake.ask("read_organisation", organisation_key="uk-health-security-agency")

    assert [one["key"] for one in first["successors"]] == ["public-health-england", "uk-health-security-agency"]
    assert [one["key"] for one in last["predecessors"]] == ["public-health-england"]
    assert (last["successors"], last["dissolved_on"], first["links"]["successor"][-21:]) == (
        [],
        None,
        "public-health-england",
    )
    with pytest.raises(NotFound):
        intake.ask("read_organisation", organisation_key="nobody")


def test_suggestions_come_with_their_reasons_and_none_is_chosen(intake: Desk) -> None:
    answer = suggested(intake, organisation="Adult care, Leeds Council", email="jane@leeds.gov.uk")

    [first, *_] = answer["suggestions"]
    assert (first["organisation"]["key"], first["confidence"]) == ("leeds-city-council", "likely")
    assert [reason["code"] for reason in first["reasons"]] == ["domain", "name"]
    assert all(reason["words"].endswith(".") for reason in first["reasons"])
    assert answer["organisation_key"] is None


def test_who_names_a_body_that_is_no_more_is_shown_who_took_its_place(intake: Desk) -> None:
    answer = suggested(intake, organisation="Sheffield Primary Care Trust")

    shown = {one["organisation"]["key"]: one["reasons"][0]["code"] for one in answer["suggestions"]}
    assert next(iter(shown.items())) == ("nhs-south-yorkshire-icb", "successor_of")
    assert shown["sheffield-pct"] == "name"
    assert "before you choose" in answer["explanation"]


@pytest.mark.parametrize(
    ("enquirer", "says"),
    [
        ({}, "Ask where they work"),
        ({"email": "jane@gmail.com"}, "Ask where they work"),
        ({"email": "jane@nhs.net"}, "Ask where they work"),
        ({"organisation": "Acme Widgets"}, "full name"),
        ({"organisation": "?!"}, "Ask where they work"),
    ],
)
def test_where_nobody_is_meant_it_says_what_to_ask(intake: Desk, enquirer: dict[str, Any], says: str) -> None:
    answer = suggested(intake, **enquirer)

    assert (answer["suggestions"], says in answer["explanation"]) == ([], True)


def test_a_chosen_body_fills_what_was_not_said_and_says_so(intake: Desk) -> None:
    reference = intake.ask("create_enquiry", body=enquiry(region="wales"))["reference"]
    named = {"reference": reference}

    chosen = intake.ask("change_enquiry", **named, body={"organisation_key": "leeds-city-council"})
    other = intake.ask("change_enquiry", **named, body={"organisation_key": "greater-manchester-police"})
    same = intake.ask("change_enquiry", **named, body={"organisation_key": "greater-manchester-police"})
    none = intake.ask("change_enquiry", **named, body={"organisation_key": None})

    assert (chosen["enquirer"]["parent_body_kind"], chosen["enquirer"]["region"]) == ("local_authority", "wales")
    assert chosen["enquirer_from_register"] == ["parent_body_kind"]
    assert chosen["links"]["organisation"] == "/v1/organisations/leeds-city-council"
    assert other["enquirer"]["parent_body_kind"] == "police"
    assert same["version"] == other["version"]
    assert (none["enquirer"]["parent_body_kind"], none["organisation_key"], none["enquirer_from_register"]) == (
        None,
        None,
        [],
    )
    changes = [event.data for event in intake.told() if event.type == "enquiry_changed"]
    assert [one["changed"] for one in changes] == [["enquirer", "organisation_key"]] * 3
    assert [one["profile"]["parent_body_kind"] for one in changes] == ["local_authority", "police", None]
    assert [one["facts_version"] for one in changes] == [2, 3, 4]


def test_a_choice_that_fills_nothing_is_not_triaged_again(intake: Desk) -> None:
    said = {"parent_body_kind": "nhs_trust", "region": "wales"}
    reference = intake.ask("create_enquiry", body=enquiry(**said))["reference"]

    chosen = intake.ask("change_enquiry", reference=reference, body={"organisation_key": "leeds-city-council"})

    assert (chosen["facts_version"], chosen["enquirer_from_register"]) == (1, [])
    assert intake.told()[-1].data["changed"] == ["organisation_key"]


@pytest.mark.parametrize("key", ["nobody", "Leeds City Council"])
def test_a_body_that_is_not_registered_cannot_be_chosen(intake: Desk, key: str) -> None:
    reference = intake.ask("create_enquiry", body=enquiry())["reference"]

    with pytest.raises(Invalid) as refused:
        intake.ask("change_enquiry", reference=reference, body={"organisation_key": key})

    assert [one.pointer for one in refused.value.errors] == ["/organisation_key"]
