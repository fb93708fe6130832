"""A criteria document's faults are all said at once, each with its place."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from services.triage.documents import Unreadable, faults_in, read_document
from tests.unit.triage.examples import FIRST, FIRST_FILE, ROOT, changed

SCHEMA = json.loads((ROOT / "contracts" / "criteria.v1.json").read_text())


def places(document: Any) -> list[str]:
    """The places of all faults."""
    return [fault.pointer for fault in faults_in(document)]


def altered(section: str, index: int, **values: Any) -> dict[str, Any]:
    """The first document with some values of one item replaced."""
    document = copy.deepcopy(FIRST)
    document[section][index] |= values
    return document


def test_the_shipped_file_is_read_as_it_stands() -> None:
    assert read_document(FIRST_FILE) == FIRST


@pytest.mark.parametrize("document", [FIRST, SCHEMA["examples"][0]])
def test_the_shipped_documents_have_no_fault(document: dict[str, Any]) -> None:
    assert faults_in(document) == []


def test_the_published_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (altered("criteria", 0, weight=13), "/criteria"),
        (altered("criteria", 0, weight=0), "/criteria/0/weight"),
        (altered("bands", 0, below=100), "/bands/0/below"),
        (altered("bands", 1, below=60), "/bands/1/below"),
        (altered("bands", 1, below=80), "/bands/1/below"),
        (altered("bands", 1, below=None), "/bands/1/below"),
        (altered("bands", 3, at_least=5), "/bands/3/at_least"),
        (altered("bands", 3, id="refuse"), "/bands/3/id"),
        (altered("bands", 3, id="advise"), "/bands/3/id"),
        (altered("gates", 1, id="public_origin"), "/gates/1/id"),
        (altered("gates", 1, fact="gates.public_origin"), "/gates/1/fact"),
        (altered("criteria", 1, id="england"), "/criteria/1/id"),
        (altered("gates", 0, applies=FIRST["gates"][5]["applies"]), "/gates/0"),
        (altered("gates", 0, no={"leads_to": "go_on", "reason": "So.", "signpost": "There."}), "/gates/0/no"),
        (altered("gates", 0, no={"leads_to": "out_of_scope", "reason": "So."}), "/gates/0/no"),
        (altered("gates", 0, yes={"leads_to": "out_of_scope", "reason": "So."}), "/gates/0/yes/leads_to"),
        (altered("facts", 0, values=["exploring", "making_the_case", "planning", "implementing", "live", "growing",
                                     "retired"]), "/facts/0/values/6"),
        (altered("limits", 0, band="praise"), "/limits/0/band"),
        (altered("limits", 0, otherwise="refer"), "/limits/0/otherwise"),
        (altered("limits", 0, needs={"op": "is", "fact": "criteria.promise", "value": "four"}), "/limits/0/needs/fact"),
        (altered("limits", 0, needs={"op": "is", "fact": "weather", "value": "fine"}), "/limits/0/needs/fact"),
        (altered("limits", 0, needs={"op": "is", "fact": "gates.england", "value": "maybe"}), "/limits/0/needs"),
        (altered("limits", 0, needs={"op": "matches", "fact": "gates.england", "value": "y"}), "/limits/0/needs/op"),
        (altered("limits", 0, needs={"op": "is", "fact": "gates.england"}), "/limits/0/needs"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place(document: dict[str, Any], place: str) -> None:
    assert place in places(document)


def test_an_unknown_fact_is_named_wherever_it_stands_in_a_condition() -> None:
    inner = {"op": "is", "fact": "weather", "value": "fine"}
    needs = {"op": "all", "of": [{"op": "not", "of": inner}, {"op": "any", "of": [inner]}]}

    assert places(altered("limits", 0, needs=needs)) == [
        "/limits/0/needs/of/0/of/fact",
        "/limits/0/needs/of/1/of/0/fact",
    ]


def test_a_fact_that_nobody_can_supply_is_a_fault() -> None:
    facts = [{"id": "weather", "title": "Weather", "values": ["fine"], "question": "Is it fine?"}]

    assert "/facts/0/id" in places(changed(facts=[*FIRST["facts"], *facts]) | {"facts": facts})


def test_an_empty_band_is_a_fault() -> None:
    bands = copy.deepcopy(FIRST["bands"])
    bands[2] |= {"at_least": 50}

    assert "/bands/2" in places(changed(bands=bands))


def test_a_band_that_no_points_can_reach_is_a_fault() -> None:
    example = copy.deepcopy(SCHEMA["examples"][0])
    example["bands"] = [
        {"id": "refer", "at_least": 70, "below": None, "meaning": "Refer."},
        {"id": "develop", "at_least": 60, "below": 70, "meaning": "Develop."},
        {"id": "inform", "at_least": 0, "below": 60, "meaning": "Inform."},
    ]

    assert places(example) == ["/bands/1"]


def test_faults_of_form_and_of_meaning_are_said_together() -> None:
    document = altered("criteria", 0, weight=13)
    document["gates"][0]["colour"] = "green"
    document["gates"][5]["applies"]["fact"] = "weather"
    document["bands"][1]["below"] = 60

    assert places(document) == ["/bands/1/below", "/criteria", "/gates/0", "/gates/5/applies/fact"]


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"gates": 1, "facts": [1], "criteria": {}, "bands": [{}], "limits": [{"needs": {"op": "not"}}]},
        changed(facts=[{"id": "spin_out_stage", "values": "live"}, 3], gates=[None]),
        changed(bands=[1]),
    ],
)
def test_whatever_is_given_has_faults_and_breaks_nothing(document: Any) -> None:
    assert faults_in(document)


def test_conditions_are_not_judged_by_declarations_that_cannot_be_read() -> None:
    assert places(changed(facts="none")) == ["/facts"]


@pytest.mark.parametrize("levels", [32, 500])
def test_endless_nesting_is_a_fault(levels: int) -> None:
    needs: dict[str, Any] = {"op": "is", "fact": "gates.england", "value": "yes"}
    for _ in range(levels):
        needs = {"op": "not", "of": needs}

    assert [fault.message for fault in faults_in(altered("limits", 0, needs=needs))] == ["Nested too deeply."]


def test_a_list_that_is_far_too_long_is_refused_before_its_items_are_compared() -> None:
    values = [[number] for number in range(15_000)]

    assert [fault.message for fault in faults_in(altered("facts", 0, values=values))] == [
        "A list in it is longer than 100."
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"version": "a", "version": "b"}', "given twice"),
        (b'{"weight": 14.0}', "14.0 is not a whole number"),
        (b'{"weight": NaN}', "NaN is not a whole number"),
        (b'{"version": "caf\xe9"}', "not UTF-8"),
        (b'{"version": }', "Line 1, column 13"),
        (b"[" * 100_000, "Nested too deeply"),
        (b"1" * 5000, "too long"),
        (b" " * 1_048_577, "larger than"),
    ],
)
def test_a_file_that_can_be_read_in_two_ways_or_in_none_is_refused(content: bytes, words: str, tmp_path: Path) -> None:
    file = tmp_path / "criteria.json"
    file.write_bytes(content)

    with pytest.raises(Unreadable, match=words):
        read_document(file)
