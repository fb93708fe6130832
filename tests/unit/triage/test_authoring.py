"""What authors of criteria can do at a terminal, with nothing but files."""

import json
from pathlib import Path

import pytest
import zen
from click.testing import CliRunner, Result

from services.triage.commands import criteria
from services.triage.domain import assess, snapshot
from tests.unit.triage.examples import FIRST, FIRST_FILE, FIRST_RULES

GOLDEN = Path(__file__).parent / "golden" / "2026-11.jsonl"


def run(*words: str, given: str | bytes = "") -> Result:
    """Run `spinout criteria` with these words, and something to read."""
    return CliRunner().invoke(criteria, words, input=given)


@pytest.fixture
def faulty(tmp_path: Path) -> str:
    """A file with two faults."""
    file = tmp_path / "faulty.json"
    file.write_text(json.dumps(FIRST | {"bands": FIRST["bands"][1:], "colour": "green"}))
    return str(file)


def test_the_score_command_assesses_every_line() -> None:
    cases = [json.loads(line) for line in GOLDEN.read_text().splitlines()]
    lines = [{"facts": case["facts"], "spin_out_stage": case["spin_out_stage"]} for case in cases]

    result = run("score", str(FIRST_FILE), "-", given="\n".join(map(json.dumps, lines)))

    written = [json.loads(line) for line in result.stdout.splitlines()]
    applied = {"criteria_version": "2026-11", "criteria_sha256": FIRST_RULES.sha256}
    assert (result.exit_code, result.stderr) == (0, "")
    assert written == [{"line": number, **case["assessment"], **applied} for number, case in enumerate(cases, 1)]


def test_a_bad_line_is_told_with_its_number_and_the_others_go_on() -> None:
    bad = b'{"facts": {"gates": {"england": "perhaps"}}}', b'{"spin\xff', b"[]"
    given = b"\n".join([bad[0], b"{}", bad[1], bad[2], b'{"spin_out_stage": "live"}'])

    result = run("score", "2026-11", "-", given=given)

    assert [json.loads(line)["line"] for line in result.stdout.splitlines()] == [2, 5]
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "Line 1 /facts/gates/england: Must be one of: no, unknown, yes.",
        "Line 3 /: It is not UTF-8.",
        "Line 4 /: Invalid input type.",
        "3 lines were not assessed.",
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"facts": {"gates": {"weather": "yes"}}}', "/facts/gates/weather: The criteria version does not read this."),
        ('{"spin_out_stage": "planing"}', "/spin_out_stage: "),
        ('{"spin_out_stagge": "planning"}', "/spin_out_stagge: Unknown field."),
        ('{"facts": {"criteria": {"scale": 5}}}', "/facts/criteria/scale: Must be one of"),
        ('{"facts": {"criteria": {"scale": 2.0}}}', "/: 2.0 is not a whole number."),
        ('{"facts": {}, "facts": {}}', "given twice"),
        ('{"criteria_version": "2030-01"}', "/criteria_version: These are the criteria of 2026-11."),
        ('\n{"facts": }', "Line 2 /: Column 11: Expecting value."),
    ],
)
def test_what_stands_for_nothing_is_refused(line: str, words: str) -> None:
    result = run("score", "2026-11", "-", given=f"{line}\n")

    assert (result.exit_code, result.stdout) == (1, "")
    assert words in result.stderr
    assert "1 line was not assessed." in result.stderr


def test_the_score_command_gives_what_the_engine_gives() -> None:
    result = run("score", "2026-11", "-", given='{"facts": {"criteria": {"promise": 4}}}')

    expected = assess(FIRST_RULES, snapshot({}, {"promise": 4}, {})).data()
    assert json.loads(result.stdout).items() >= expected.items()


def test_the_diff_command_says_in_words_what_is_otherwise(tmp_path: Path) -> None:
    after = tmp_path / "after.json"
    after.write_text(json.dumps(FIRST | {"version": "2027-01", "undecided": "Open."}))

    result = run("diff", "2026-11", str(after))

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "The version of the document is now “2027-01”; it was “2026-11”.",
        f"What the document says while more than one band is open is now “Open.”; it was “{FIRST['undecided']}”.",
    ]


def test_the_diff_command_says_that_two_say_the_same() -> None:
    assert run("diff", "2026-11", str(FIRST_FILE)).stdout == "Both say the same.\n"


def test_the_export_is_a_decision_model_that_another_engine_evaluates() -> None:
    result = run("export", "2026-11", "--format", "jdm")

    decision = zen.ZenEngine().create_decision(result.stdout)
    assert decision.evaluate({"facts": {"gates": {"england": "no"}}})["result"]["outcome"] == "out_of_scope"


@pytest.mark.parametrize("words", [("check",), ("score", "-"), ("diff", "2026-11"), ("export", "--format", "jdm")])
def test_every_command_says_all_faults_of_a_document_and_ends_with_1(words: tuple[str, ...], faulty: str) -> None:
    command, *rest = words
    result = run(command, *([rest[0], faulty] if command == "diff" else [faulty, *rest]))

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("/bands/0/below: ") == 1
    assert "colour" in result.stderr


def test_a_version_that_is_not_shipped_is_refused_with_those_that_are() -> None:
    result = run("export", "1999-01", "--format", "jdm")

    assert result.exit_code == 1
    assert "1999-01 is neither a file nor a shipped version (2026-11)." in result.stderr
