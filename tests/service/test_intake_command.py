"""`spinout diagnosis` at a terminal: what it does, what it refuses, and what it says."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from services.intake.diagnosis.commands import diagnosis
from services.intake.service import IntakeService
from tests.fixtures.stores import MakeDatabase, MakeDesk
from tests.service.intake_samples import LEAST, SCRIPT, SCRIPT_FILE, import_script
from tests.unit.intake.drawing import drawn
from tests.unit.intake.scripts import SMALL


def run(*words: str, database: str = "") -> Any:
    """Run `spinout diagnosis` with these words."""
    return CliRunner().invoke(diagnosis, words, env={"DATABASE_URL": database})


def test_the_command_imports_a_file_and_does_nothing_the_second_time(database: MakeDatabase) -> None:
    url = database("intake")

    first, second = (run("import", str(SCRIPT_FILE), database=url) for _ in range(2))

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "is imported and in use" in first.output
    assert "Nothing was changed" in second.output
    with create_engine(url, poolclass=NullPool).connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM outbox")) == 1
        assert connection.scalar(text("SELECT actor FROM audit")) == "operator"


def test_a_drawing_is_the_same_script_as_its_document(database: MakeDatabase, tmp_path: Path) -> None:
    url, drawing, document = database("intake"), tmp_path / "small.graphml", tmp_path / "small.json"
    drawing.write_bytes(drawn(SMALL))
    document.write_text(json.dumps(SMALL))

    assert "in use" in run("import", str(drawing), database=url).output
    assert "Nothing was changed" in run("import", str(document), database=url).output


def test_the_command_refuses_another_content_under_the_same_version(database: MakeDatabase, tmp_path: Path) -> None:
    url, other = database("intake"), tmp_path / "other.json"
    run("import", str(SCRIPT_FILE), database=url)
    other.write_text(json.dumps(SCRIPT | {"title": "Another"}))

    refused = run("import", str(other), database=url)

    assert refused.exit_code == 1
    assert "exists already with another content" in refused.output


def test_the_version_imported_last_is_in_use_and_an_old_file_does_not_come_back(desk: MakeDesk) -> None:
    intake = desk(IntakeService)
    reference = intake.ask("create_enquiry", body=LEAST)["reference"]
    for version in ("9", "1", "9"):
        import_script(intake, SMALL | {"version": version})

    assert intake.ask("start_diagnosis", reference=reference, body={})["script"]["version"] == "1"
    assert [told.subject for told in intake.told() if told.type == "diagnosis_script_imported"] == ["9", "1"]


def test_the_command_says_that_the_database_is_away() -> None:
    refused = run("import", str(SCRIPT_FILE), database="postgresql+psycopg2://nobody@127.0.0.1:1/none")

    assert refused.exit_code == 1
    assert "cannot be reached" in refused.output


def test_the_command_says_every_fault_with_its_place_and_imports_nothing(
    database: MakeDatabase, tmp_path: Path
) -> None:
    url, faulty = database("intake"), tmp_path / "faulty.json"
    faulty.write_text(json.dumps(SMALL | {"start": "nowhere", "colour": "green"}))

    for refused in (run("check", str(faulty)), run("import", str(faulty), database=url)):
        assert refused.exit_code == 1
        assert "/start: There is no node “nowhere”." in refused.output
        assert "colour" in refused.output
    with create_engine(url, poolclass=NullPool).connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM diagnosis_scripts")) == 0


def test_the_command_says_why_a_drawing_cannot_be_read(tmp_path: Path) -> None:
    torn = tmp_path / "torn.graphml"
    torn.write_text("<graphml")

    refused = run("check", str(torn))

    assert (refused.exit_code, "line 1" in refused.output) == (1, True)


def test_no_name_in_a_faulty_file_steers_the_terminal(tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.json"
    faulty.write_text(json.dumps(SMALL | {"nodes": [{"id": "\x1b[2J\ud800", "words": ""}, *SMALL["nodes"]]}))

    refused = run("check", str(faulty))

    assert (refused.exit_code, "Node “�[2J�”" in refused.output) == (1, True)


def test_the_command_finds_no_fault_in_the_shipped_script() -> None:
    checked = run("check", str(SCRIPT_FILE))

    assert (checked.exit_code, "no faults" in checked.output, "40 nodes" in checked.output) == (0, True, True)
