"""`spinout organisations` at a terminal: sheets in and out, all of one or nothing."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from chassis.errors import Unavailable
from services.intake.organisations import commands, importing, store
from services.intake.organisations.commands import organisations
from services.intake.service import IntakeService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDatabase

SHIPPED = Path(commands.__file__).with_name("register.csv")
HEADER = "key,name,other_names,kind,region,domains,dissolved_on,successor\n"


class Terminal:
    """A person at the terminal, with a database and a folder for files."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.desk = Desk(IntakeService, url)

    def run(self, *words: str) -> Any:
        """Run `spinout organisations` with these words."""
        return CliRunner().invoke(organisations, words, env={"DATABASE_URL": self.url})

    def bring(self, content: str | bytes, *words: str) -> Any:
        """Import this content."""
        file = self.folder / "file.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self.run("import", str(file), *words)

    def state(self) -> list[Any]:
        """All that is kept of the register."""
        tables = ("organisations", "organisation_names", "organisation_imports", "outbox", "audit")
        with self.desk.session() as session:
            return [session.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2")).all() for table in tables]


@pytest.fixture
def terminal(database: MakeDatabase, tmp_path: Path) -> Iterator[Terminal]:
    """A person at the terminal of an empty register."""
    made = Terminal(database("intake"), tmp_path)
    with closing(made.desk):
        yield made


def test_the_shipped_register_is_brought_in_without_a_fault_and_twice_changes_nothing(terminal: Terminal) -> None:
    count = len(SHIPPED.read_text().splitlines()) - 1
    tried = terminal.run("import", str(SHIPPED), "--dry-run")
    assert terminal.state() == [[], [], [], [], []]

    first = terminal.run("import", str(SHIPPED))
    once = terminal.state()
    again = [terminal.run("import", str(SHIPPED), *words) for words in ([], ["--new-only"])]

    assert count >= 80
    assert tried.stdout.splitlines()[0] == "added allerdale-borough-council: Allerdale Borough Council"
    assert tried.stdout.endswith(f"Nothing was done. It would be: {count} added, 0 changed, 0 unchanged.\n")
    assert first.output == f"{count} added, 0 changed, 0 unchanged.\n"
    assert [run.output for run in again] == [f"0 added, 0 changed, {count} unchanged.\n"] * 2
    assert terminal.state() == once
    [told] = terminal.desk.told()
    assert (told.type, told.subject, told.sequence, told.data["added"]) == (
        "organisations_imported",
        "organisations",
        1,
        count,
    )


def test_what_is_exported_is_what_was_imported(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "CHUNK", 50)
    monkeypatch.setattr(importing, "CHUNK", 50)
    terminal.run("import", str(SHIPPED))
    terminal.bring(HEADER + 'z,"\'=HYPERLINK(1)",-Other;’s,other,,,,\n')

    sheet = terminal.run("export").stdout_bytes
    again = terminal.bring(sheet)

    assert sheet.decode().replace("\r\n", "\n").startswith(SHIPPED.read_text())
    assert sheet.endswith("z,'=HYPERLINK(1),'-Other;’s,other,,,,\r\n".encode())
    assert again.output.startswith("0 added, 0 changed, ")


def test_a_newer_sheet_changes_what_it_says_otherwise_and_leaves_whom_it_does_not_name(terminal: Terminal) -> None:
    terminal.bring(HEADER + "a,Alpha,,other,,a.gov.uk,,\nb,Beta,,other,,,,\nc,Gamma,,other,,,,\n")
    newer = HEADER + "a,Alpha,,other,,,2020-04-01,b\nb,Beta,,other,,a.gov.uk,,\n"

    left = terminal.bring(newer, "--new-only")
    tried = terminal.bring(newer, "--dry-run")
    done = terminal.bring(newer)

    assert left.output == "0 added, 0 changed, 2 unchanged.\n"
    assert tried.output.splitlines()[:2] == ["changed a: domains, dissolved_on, successor", "changed b: domains"]
    assert done.output == "0 added, 2 changed, 0 unchanged.\n"
    assert [row[:2] for row in terminal.state()[0]] == [("a", 2), ("b", 2), ("c", 1)]
    assert [event.sequence for event in terminal.desk.told()] == [1, 2]


def test_with_a_fault_in_any_row_nothing_is_stored_and_every_fault_is_named(terminal: Terminal) -> None:
    terminal.bring(HEADER + "there,There,,other,,there.gov.uk,,\n")
    before = terminal.state()
    wrong = [
        "good,Good,,other,,,,",
        "a,,,poem,,gmail.com,31/03/2013,",
        "b,B,,other,,there.gov.uk,2020-01-01,b",
        "good,Again,,other,,,,",
        "c,C,,other,,,2020-01-01,nobody",
        "d,D,,other,,,2020-01-01,a",
        "too,few",
        "\x1b[2J,E,,other,,,,",
    ]

    refused = terminal.bring(HEADER + "\n".join(wrong))

    assert refused.exit_code == 1
    said = [line.partition(":")[0] for line in refused.stderr.splitlines()]
    assert said == [
        *(f"line 3, column {name}" for name in ("name", "kind", "domains", "dissolved_on")),
        *("line 4, column domains", "line 4, column successor"),
        *("line 5, column key", "line 6, column successor", "line 8", "line 9, column key"),
        "Nothing was changed.",
    ]
    assert "\x1b" not in refused.output
    assert terminal.state() == before


def test_a_sheet_in_windows_1252_is_taken_with_a_word(terminal: Terminal) -> None:
    done = terminal.bring((HEADER + "mon,Cyngor Môn,,other,,,,\n").encode("cp1252"))

    assert (done.exit_code, "read as Windows-1252" in done.stderr) == (0, True)
    assert terminal.desk.ask("read_organisation", organisation_key="mon")["name"] == "Cyngor Môn"


def test_a_file_that_is_too_large_is_not_read(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "MOST_BYTES", 10)

    assert "larger than 10 bytes" in terminal.bring(HEADER).stderr


def test_of_very_many_a_dry_run_shows_the_first(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "MOST_SHOWN", 5)

    tried = terminal.run("import", str(SHIPPED), "--dry-run").output.splitlines()

    assert (len(tried), tried[5]) == (7, f"… and {len(SHIPPED.read_text().splitlines()) - 6} more")


@pytest.mark.parametrize(
    ("sign", "said"), [("\u202e", "added k1: Evil\ufffd9 unchanged."), ("\r", "line 2"), ("\x1b[2K", "line 2")]
)
def test_a_dry_run_shows_nothing_that_steers_a_terminal(terminal: Terminal, sign: str, said: str) -> None:
    tried = terminal.bring(HEADER + f'k1,"Evil{sign}9 unchanged.",,other,,,,\n', "--dry-run")

    assert said in tried.output
    assert all(line.isprintable() for line in tried.output.split("\n"))


def test_one_file_is_imported_at_a_time(terminal: Terminal) -> None:
    with terminal.desk.session() as session:
        store.lock(session)
        refused = terminal.run("import", str(SHIPPED))
        with pytest.raises(Unavailable):
            terminal.desk.ask("import_organisations", roles=["ops"], body={"csv": HEADER})

    assert (refused.exit_code, "Another file is being imported" in refused.output) == (1, True)


@pytest.mark.parametrize("words", [["import", str(SHIPPED)], ["export"]])
def test_the_command_says_that_the_database_is_away(words: list[str]) -> None:
    settings = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}

    refused = CliRunner().invoke(organisations, words, env=settings)

    assert (refused.exit_code, "cannot be reached" in refused.output) == (1, True)
