"""`spinout criteria` at a terminal: what it does, what it refuses, and what it says."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from services.triage.commands import criteria
from tests.fixtures.stores import MakeDatabase
from tests.service.triage_desk import FIRST, FIRST_FILE


def run(*words: str, database: str = "") -> Any:
    """Run `spinout criteria` with these words."""
    return CliRunner().invoke(criteria, words, env={"DATABASE_URL": database})


def test_the_command_loads_a_file_and_does_nothing_the_second_time(database: MakeDatabase) -> None:
    url = database("triage")

    first, second = (run("load", str(FIRST_FILE), database=url) for _ in range(2))

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "is loaded and active" in first.output
    assert "Nothing was changed" in second.output


def test_the_command_refuses_another_content_under_the_same_version(database: MakeDatabase, tmp_path: Path) -> None:
    url, other = database("triage"), tmp_path / "other.json"
    run("load", str(FIRST_FILE), database=url)
    other.write_text(json.dumps(FIRST | {"title": "Another"}))

    refused = run("load", str(other), database=url)

    assert refused.exit_code == 1
    assert "exists already with another content" in refused.output


def test_the_command_refuses_an_author_who_agrees(database: MakeDatabase) -> None:
    refused = run("load", str(FIRST_FILE), "--agreed-by", "spinout", database=database("triage"))

    assert refused.exit_code == 1
    assert "somebody other than its author" in refused.output


def test_the_command_says_that_the_database_is_away() -> None:
    refused = run("load", str(FIRST_FILE), database="postgresql+psycopg2://nobody@127.0.0.1:1/none")

    assert refused.exit_code == 1
    assert "cannot be reached" in refused.output


def test_the_command_says_every_fault_with_its_place(tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.json"
    faulty.write_text(json.dumps(FIRST | {"bands": FIRST["bands"][1:], "colour": "green"}))

    refused = run("check", str(faulty))

    assert refused.exit_code == 1
    assert "/bands/0/below" in refused.output
    assert "colour" in refused.output


def test_the_command_says_why_a_file_cannot_be_read(tmp_path: Path) -> None:
    torn = tmp_path / "torn.json"
    torn.write_text('{"version": ')

    refused = run("check", str(torn))

    assert (refused.exit_code, "Line 1" in refused.output) == (1, True)


def test_the_command_finds_no_fault_in_the_shipped_set() -> None:
    checked = run("check", str(FIRST_FILE))

    assert (checked.exit_code, "no faults" in checked.output) == (0, True)
