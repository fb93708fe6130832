"""The command line: complete when it is listed, quick when one command is used."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.commands import spinout

WORDS_FOR_A_TOKEN = """
import sys
from deploy.commands import spinout
spinout(["token", "--help"], standalone_mode=False)
print(sorted({"sqlalchemy", "nameko", "services"} & sys.modules.keys()))
"""


def test_every_command_is_listed_with_its_words() -> None:
    listed = CliRunner().invoke(spinout, ["--help"]).output.partition("Commands:\n")[2]

    named = dict(line.split(maxsplit=1) for line in listed.splitlines())
    assert named.keys() == {
        *("back-test", "calibrate", "contracts", "criteria", "demo", "diagnosis", "library", "mail", "migrate"),
        *("organisations", "parked"),
        *("reporting", "run", "token", "topology"),
    }


def test_a_command_that_does_not_exist_is_refused() -> None:
    refused = CliRunner().invoke(spinout, ["emperor"])

    assert (refused.exit_code, "No such command" in refused.output) == (2, True)


def test_a_services_command_finds_its_database_beside_a_local_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPINOUT_HOME", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    without = CliRunner().invoke(spinout, ["library", "export", "--format", "csv"])
    (tmp_path / "run").mkdir()
    nowhere = {"DATABASE_URL": "postgresql+psycopg2://nobody@127.0.0.1:1/library"}
    (tmp_path / "run" / "system.json").write_text(json.dumps({"library": nowhere}))
    beside = CliRunner().invoke(spinout, ["library", "export", "--format", "csv"])
    (tmp_path / "run" / "system.json").unlink()
    again = CliRunner().invoke(spinout, ["library", "export", "--format", "csv"])

    assert (without.exit_code, "--database-url" in without.output) == (2, True)
    assert beside.exit_code != 2
    assert "--database-url" not in beside.output
    assert again.output == without.output


def test_a_token_waits_for_no_library_of_the_services() -> None:
    said = subprocess.run([sys.executable, "-c", WORDS_FOR_A_TOKEN], capture_output=True, text=True, check=True).stdout

    assert said.splitlines()[-1] == "[]"
