"""An assessment made again under its own version is the same to the last byte, for ever.

The files in `golden/` are never made anew: a difference means that a shipped version no longer says what it said.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from services.triage.domain import assess, compile_rules, snapshot
from tests.unit.triage.examples import FIRST_FILE

GOLDEN = Path(__file__).parent / "golden"
# The fingerprints under which the shipped versions were agreed.
SHIPPED = {"2026-11": "1353db4e1ae24aa6815540ab60b2bb64ff2ad7933f0421c2f197f3c2efa094fd"}
CASES = [
    pytest.param(version, line, id=f"{version}-{number}")
    for version in SHIPPED
    for number, line in enumerate((GOLDEN / f"{version}.jsonl").read_text().splitlines(), start=1)
]


@pytest.mark.parametrize("version", SHIPPED)
def test_a_shipped_document_has_not_changed(version: str) -> None:
    assert compile_rules(document_of(version)).sha256 == SHIPPED[version]


def test_every_shipped_document_has_golden_assessments() -> None:
    assert {file.stem for file in FIRST_FILE.parent.glob("*.json")} == set(SHIPPED)


@pytest.mark.parametrize(("version", "line"), CASES)
def test_the_same_facts_give_the_same_bytes(version: str, line: str) -> None:
    case = json.loads(line)
    facts, choices = case["facts"], {"spin_out_stage": case["spin_out_stage"]}

    again = assess(compile_rules(document_of(version)), snapshot(facts["gates"], facts["criteria"], choices))

    case["assessment"] = again.data()
    assert json.dumps(case, ensure_ascii=False, sort_keys=True) == line


@pytest.mark.parametrize("version", SHIPPED)
def test_the_golden_assessments_come_to_every_outcome(version: str) -> None:
    outcomes = {json.loads(param.values[1])["assessment"]["outcome"] for param in CASES if param.values[0] == version}

    bands = {band["id"] for band in document_of(version)["bands"]}
    assert outcomes == {*bands, "out_of_scope", "information_needed"}
    assert sum(param.values[0] == version for param in CASES) >= 20


def document_of(version: str) -> Any:
    """The shipped document of a version."""
    return json.loads((FIRST_FILE.parent / f"{version}.json").read_text())
