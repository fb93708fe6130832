"""The demonstration's data: true to the lists, invented throughout, and expecting what the criteria really say."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from chassis.fields import codes
from tests.unit.demo.arithmetic import judged

Entry = Mapping[str, Any]

FOLDER = Path(__file__).parents[3] / "deploy" / "demo" / "enquiries"
ENTRIES: list[Entry] = [entry for path in sorted(FOLDER.glob("*.json")) for entry in json.loads(path.read_text())]
BY_ID = {entry["id"]: entry for entry in ENTRIES}

DRAMA_NUMBERS = re.compile(
    r"44(7700900\d{3}|2079460\d{3}|2920180\d{3}|2896496\d{3}|808157\d{4}|3069990\d{3}|1632960\d{3}"
    r"|11[3-8]4960\d{3}|1[2-6]14960\d{3}|1914980\d{3})"
)
RESERVED = re.compile(r"[^@\s]+@([a-z0-9-]+\.)*example\.(org|com|net)")


def changed(entry: Entry) -> tuple[dict[str, dict[str, Any]], str | None]:
    """The facts and the stage once every step has been played."""
    enquiry = entry["enquiry"]
    sent = enquiry.get("facts", {})
    facts = {part: dict(sent.get(part, {})) for part in ("gates", "criteria")}
    stage = enquiry.get("spin_out_stage")
    for step in entry.get("next", []):
        if step["step"] == "change":
            for part, answers in step["body"].get("facts", {}).items():
                facts[part] |= answers
            stage = step["body"].get("spin_out_stage", stage)
    return facts, stage


def outcome(entry: Entry) -> str:
    expected = entry["expected"]
    return str(expected.get("after_change", expected)["outcome"])


def values(*path: str) -> list[Any]:
    """Every value at this place of the enquiries that have it."""
    found: list[Any] = [entry["enquiry"] for entry in ENTRIES]
    for name in path:
        found = [item[name] for item in found if item.get(name) is not None]
    return found


def test_there_are_110_and_no_two_have_the_same_id() -> None:
    assert len(ENTRIES) == len(BY_ID) == 110


@pytest.mark.parametrize("name", BY_ID)
def test_an_enquiry_is_expected_to_come_out_as_arithmetic_says(name: str) -> None:
    entry = BY_ID[name]
    enquiry, expected = entry["enquiry"], dict(entry["expected"])
    after = expected.pop("after_change", None)
    facts = {"gates": {}, "criteria": {}} | enquiry.get("facts", {})
    consent = enquiry.get("consent", {})

    assert expected == judged(facts, enquiry.get("spin_out_stage"), consent)
    assert (after is not None) == any(step["step"] == "change" for step in entry.get("next", []))
    if after is not None:
        assert after == judged(*changed(entry), consent)


def test_of_110_some_20_are_referred_and_most_come_too_early() -> None:
    first = Counter(entry["expected"]["outcome"] for entry in ENTRIES)
    last = Counter(outcome(entry) for entry in ENTRIES)

    assert 18 <= first["refer"] <= last["refer"] <= 25
    assert last["advise"] + last["inform"] > last["refer"] + last["develop"]
    assert min(last.values()) >= 10


def test_scores_stand_on_both_sides_of_each_edge() -> None:
    exact = {entry["expected"]["score"].get("value") for entry in ENTRIES}

    assert exact >= {70.0, 69.5, 50.0, 49.5, 30.0, 29.5}


@pytest.mark.parametrize(
    ("path", "list_name"),
    [
        (("channel",), "channels"),
        (("enquirer", "kind"), "enquirer_kinds"),
        (("enquirer", "parent_body_kind"), "parent_body_kinds"),
        (("enquirer", "region"), "regions"),
        (("service_sector",), "service_sectors"),
    ],
)
def test_every_code_of_the_list_occurs_and_no_other(path: tuple[str, ...], list_name: str) -> None:
    assert set(values(*path)) == set(codes(list_name))


def test_every_matter_occurs_and_no_other() -> None:
    assert {matter for matters in values("matters") for matter in matters} == set(codes("matters"))


def test_mail_and_telephone_lead_to_nobody() -> None:
    for typed in values("enquirer", "email"):
        assert RESERVED.fullmatch(typed.lower()), typed
    for typed in values("enquirer", "phone"):
        digits = re.sub(r"\D", "", typed)
        assert DRAMA_NUMBERS.fullmatch("44" + digits.removeprefix("44").removeprefix("0")), typed


def test_lengths_go_up_to_the_limits_and_no_further() -> None:
    assert max(len(subject) for subject in values("subject")) == 200
    assert 19_900 <= max(len(message) for message in values("message")) <= 20_000


def test_facts_go_from_none_to_all_and_consent_from_missing_to_given() -> None:
    answered = {len(criteria) for criteria in values("facts", "criteria")}
    shared = {entry["enquiry"].get("consent", {}).get("share_with_cabinet_office") for entry in ENTRIES}

    assert {0, 9} <= answered
    assert len(values("facts")) < len(ENTRIES)
    assert shared == {True, False, None}


def test_web_forms_come_by_the_portal_and_all_else_by_an_adviser() -> None:
    for entry in ENTRIES:
        by_web = entry["enquiry"]["channel"] == "web"
        assert entry["as"] == ("portal" if by_web else "adviser")
        assert ("portal" in entry["enquiry"]) == by_web
