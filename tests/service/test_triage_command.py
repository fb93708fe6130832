"""`spinout criteria` at a terminal: what it does, what it refuses, and what it says."""

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from services.triage import jobs
from services.triage.commands import back_test, calibrate, criteria
from services.triage.service import TriageService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDatabase, MakeDesk
from tests.service.triage_desk import FIRST, FIRST_FILE, heard, load

AWAY = "postgresql+psycopg2://nobody@127.0.0.1:1/none"


def run(*words: str, database: str = "") -> Any:
    """Run `spinout criteria` with these words."""
    return CliRunner().invoke(criteria, words, env={"DATABASE_URL": database})


def at(triage: Desk, command: click.Command, *words: str) -> Any:
    """Run a command on the desk's database."""
    url = triage.database.engine.url.render_as_string(hide_password=False)
    return CliRunner().invoke(command, words, env={"DATABASE_URL": url})


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
    refused = run("load", str(FIRST_FILE), database=AWAY)

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


def test_versions_of_a_running_system_are_found_by_name(database: MakeDatabase, tmp_path: Path) -> None:
    url, other = database("triage"), tmp_path / "other.json"
    other.write_text(json.dumps(FIRST | {"version": "2027-01", "title": "Another"}))
    run("load", str(other), database=url)

    told = run("diff", "2026-11", "2027-01", database=url)
    exported = run("export", "2027-01", "--format", "jdm", database=url)

    assert "Another" in told.output
    assert json.loads(exported.output)["nodes"]
    for name, where in (("2027-02", url), ("2027-01", ""), ("2027-01", AWAY)):
        refused = run("export", name, "--format", "jdm", database=where)
        assert (refused.exit_code, refused.output.startswith("Error: ")) == (1, True)


def test_a_back_test_is_run_to_its_end_with_progress_and_prints_its_figures(desk: MakeDesk) -> None:
    triage = desk(TriageService)
    load(triage)
    for number in range(5):
        data = heard(f"ENQ-{number}", points=number)
        triage.hear("intake", "enquiry_received", subject=data["enquiry"], sequence=1, data=data)

    tried = at(triage, back_test, "2026-11", "--from", "2020-01-01")

    assert tried.exit_code == 0
    assert json.loads(tried.stdout)["funnel"]["after"] == {"refer": 2, "develop": 1, "inform": 2}
    assert "back-test" in tried.stderr


def test_a_calibration_says_why_it_is_refused_and_ends_with_one(desk: MakeDesk) -> None:
    triage = desk(TriageService)
    load(triage)

    refused = at(triage, calibrate, "--from", "2020-01-01", "--share", "0.2")

    assert refused.exit_code == 1
    assert "too few" in json.loads(refused.stdout)["refused"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("none", "--from", "2020-01-01"), "no criteria version of this name"),
        (("2026-11", "--from", "2020-01-01", "--to", "2020-01-01"), "/from: Must be before the end"),
    ],
)
def test_a_back_test_that_cannot_be_is_refused_in_words(desk: MakeDesk, words: tuple[str, ...], said: str) -> None:
    triage = desk(TriageService)
    load(triage)

    refused = at(triage, back_test, *words)

    assert (refused.exit_code, said in refused.output) == (1, True)


def test_a_job_that_is_broken_off_is_cancelled(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    triage = desk(TriageService)
    load(triage)

    def breaks_off(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(jobs, "run_chunk", breaks_off)
    broken = at(triage, back_test, "2026-11", "--from", "2020-01-01")

    [job] = triage.ask("list_jobs", roles=("triage_lead",), kind="back_test", body={})["items"]
    assert (broken.exit_code, job["state"]) == (1, "cancelled")


def test_a_job_that_a_service_is_at_or_that_fails_once_is_waited_for(
    desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    triage = desk(TriageService)
    load(triage)
    own, turns, failed = jobs.run_chunk, iter((0, 0)), list[bool]()

    def runs_at_the_third_try(*given: Any) -> int:
        if turns.__length_hint__():
            return next(turns)
        if not failed:
            failed.append(True)
            raise jobs.ChunkFailed
        return own(*given)

    monkeypatch.setattr(jobs, "run_chunk", runs_at_the_third_try)
    tried = at(triage, back_test, "2026-11", "--from", "2020-01-01")

    assert tried.exit_code == 0
