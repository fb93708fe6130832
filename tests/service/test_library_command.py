"""`spinout library` at a terminal: files in and out, all of one or nothing."""

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from chassis.fields import load_strictly
from chassis.work import Caller, Work, new_trace
from services.library import commands, shelving
from services.library.commands import library
from services.library.domain.resource import FIELDS
from services.library.schemas import NewResource
from services.library.service import LibraryService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDatabase
from tests.service.library_shelf import GUIDE, add, edit, titles
from tests.service.race import wait_until_somebody_waits
from tests.unit.library.test_hsds import EXAMPLE, ORGANISATION

SHIPPED = Path(commands.__file__).with_name("resources.csv")
HEADER = "id,kind,title,summary,address,publisher,matters,review_by\n"
MINE = {**GUIDE, "address": "https://example.org/a"}
ROW = ",guide,Title,Summary,https://example.org/a,Office,pensions;vat_and_tax,2027-01-01\n"


class Terminal:
    """A person at the terminal, with a database and a folder for files."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.desk = Desk(LibraryService, url)

    def run(self, *words: str) -> Any:
        """Run `spinout library` with these words."""
        return CliRunner().invoke(library, words, env={"DATABASE_URL": self.url})

    def bring(self, content: str | bytes, form: str = "csv", *words: str) -> Any:
        """Import this content."""
        file = self.folder / f"file.{form}"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self.run("import", str(file), "--format", form, *words)


@pytest.fixture
def terminal(database: MakeDatabase, tmp_path: Path) -> Iterator[Terminal]:
    """A person at the terminal of an empty library."""
    made = Terminal(database("library"), tmp_path)
    with closing(made.desk):
        yield made


def test_the_shipped_library_is_brought_in_once(terminal: Terminal) -> None:
    first, second = (terminal.run("import", str(SHIPPED), "--format", "csv") for _ in range(2))

    count = len(SHIPPED.read_text().splitlines()) - 1
    assert count >= 40
    assert first.output == f"{count} created, 0 changed, 0 retired, 0 left as they were.\n"
    assert second.output == f"0 created, 0 changed, 0 retired, {count} left as they were.\n"
    assert len(terminal.desk.told()) == count
    assert "Becoming a public service mutual toolkit" in titles(terminal.desk, q="mutual toolkit")


def test_a_shipped_resource_claims_no_assurance_that_nobody_gave(terminal: Terminal) -> None:
    terminal.run("import", str(SHIPPED), "--format", "csv")

    shipped = terminal.desk.ask("list_resources", body={"limit": 200})["items"]
    assert {item["assured_by"] for item in shipped} == {None}
    assert all(item["address"].startswith("https://") for item in shipped)
    assert all(item["matters"] and item["review_by"] for item in shipped)


def test_what_people_changed_or_retired_stays_so_when_the_library_is_loaded_again(terminal: Terminal) -> None:
    terminal.bring(HEADER + ROW + ROW.replace("/a", "/b"))
    [kept, gone] = terminal.desk.ask("list_resources", body={})["items"]
    edit(terminal.desk, "change_resource", resource_id=kept["id"], body={"title": "Ours", "address": "https://x.org"})
    edit(terminal.desk, "retire_resource", resource_id=gone["id"], body={"reason": "Gone"})

    again = terminal.bring(HEADER + ROW + ROW.replace("/a", "/b"), "csv", "--new-only")

    assert again.output.startswith("0 created, 0 changed, 0 retired, 2 left")
    assert titles(terminal.desk) == ["Ours"]


def test_an_address_that_people_and_then_the_file_mended_hinders_no_loading(terminal: Terminal) -> None:
    terminal.bring(HEADER + ROW, "csv", "--new-only")
    [there] = terminal.desk.ask("list_resources", body={})["items"]
    edit(terminal.desk, "change_resource", resource_id=there["id"], body={"address": "https://example.org/mended"})

    again = terminal.bring(HEADER + ROW.replace("/a", "/mended"), "csv", "--new-only")

    assert again.exit_code == 0
    assert again.output.startswith("0 created, 0 changed, 0 retired, 1 left")


def test_a_file_changes_what_it_says_otherwise(terminal: Terminal) -> None:
    terminal.bring(HEADER + ROW)
    changed = terminal.bring(HEADER + ROW.replace("Title", "Other"))

    assert changed.output.startswith("0 created, 1 changed")
    assert titles(terminal.desk) == ["Other"]
    assert [event.type for event in terminal.desk.told()] == ["resource_created", "resource_changed"]


def test_a_dry_run_says_what_would_be_done_and_does_nothing(terminal: Terminal) -> None:
    said = terminal.bring(HEADER + ROW, "csv", "--dry-run")

    assert (said.exit_code, said.output[:12]) == (0, "Nothing was ")
    assert "1 created" in said.output
    assert titles(terminal.desk) == terminal.desk.told() == []


def test_with_a_fault_in_any_row_nothing_is_stored_and_every_fault_is_named_by_its_line(terminal: Terminal) -> None:
    add(terminal.desk, "There", address="https://example.org/there")
    wrong = [
        ROW.replace("guide", "poem").replace("2027-01-01", "tomorrow"),
        "too,few\n",
        ROW.replace("pensions;", "poetry;"),
        ROW.replace("/a", "/b"),
        ROW.replace("/a", "/b"),
        ROW.replace("https://example.org/a", "javascript:alert(1)"),
        "x" + ROW,
        "00000000-0000-0000-0000-000000000001" + ROW.replace("/a", "/there"),
    ]

    refused = terminal.bring(HEADER + ROW.replace("/a", "/good") + "".join(wrong))

    assert refused.exit_code == 1
    said = [line.partition(":")[0] for line in refused.stderr.splitlines()]
    assert said == [*(f"line {number}" for number in (3, 3, 4, 5, 7, 8, 9, 10)), "Nothing was changed."]
    assert "line 7: id: This is the resource of line 6 once more." in refused.stderr
    assert titles(terminal.desk) == ["There"]


@pytest.mark.parametrize(
    ("content", "form", "says"),
    [
        (b"\xff\xfe", "csv", "not UTF-8"),
        (b"{", "hsds", "line 1: "),
        (b"[" * 100_000, "hsds", "Nested too deeply"),
        (b"1" * 5_000, "hsds", "a number is too long"),
        (b"{}", "hsds", "contents"),
        (b"colour\n", "csv", "Unknown column"),
    ],
)
def test_what_cannot_be_read_is_said(terminal: Terminal, content: bytes, form: str, says: str) -> None:
    refused = terminal.bring(content, form)

    assert (refused.exit_code, says in refused.stderr) == (1, True)


@pytest.mark.parametrize("id_", [None, "\ud800", 5, [], ORGANISATION])
@pytest.mark.parametrize("address", ["https://example.org/\ud800", "\ud800", "\x00", 5, {}])
def test_an_address_that_is_none_is_said_with_its_place(terminal: Terminal, id_: object, address: object) -> None:
    wrong = {"id": id_, "name": "Name", "description": "Helps.", "website": address}

    refused = terminal.bring(json.dumps([EXAMPLE, wrong]), "hsds")

    assert refused.exit_code == 1
    assert "/1: address: " in refused.stderr
    assert titles(terminal.desk) == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "line 2: address: The resource {holder} has this address already."),
        (("--new-only",), "0 created, 0 changed, 0 retired, 1 left as they were."),
    ],
)
def test_an_address_that_somebody_adds_while_a_file_is_being_imported_is_said_with_its_line(
    terminal: Terminal, words: tuple[str, ...], says: str
) -> None:
    added: queue.Queue[str] = queue.Queue()

    def add_meanwhile() -> None:
        with terminal.desk.session() as session:
            work = Work(session, "library", Caller("lead-1", "x"), datetime.now(UTC), new_trace(), "create_resource")
            added.put(str(shelving.create(work, load_strictly(NewResource, MINE)).id))
            wait_until_somebody_waits(terminal.desk)

    somebody = threading.Thread(target=add_meanwhile)
    somebody.start()
    holder = added.get(timeout=10)

    told = terminal.bring(HEADER + ROW, "csv", *words)
    somebody.join()

    assert told.output.startswith(says.format(holder=holder))
    assert titles(terminal.desk) == [MINE["title"]]


def test_a_file_that_is_too_large_is_not_read(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "MOST_BYTES", 10)

    assert "larger than 10 bytes" in terminal.bring(HEADER + ROW).stderr


def test_organisations_and_services_come_and_go_as_hsds(terminal: Terminal) -> None:
    first = terminal.bring(json.dumps({"contents": [EXAMPLE]}), "hsds")
    exported = terminal.run("export", "--format", "hsds").output
    again = terminal.bring(exported, "hsds")
    ended = {**EXAMPLE, "services": [{**EXAMPLE["services"][0], "status": "defunct"}]}
    last = terminal.bring(json.dumps([ended]), "hsds")

    assert first.output.startswith("2 created")
    assert (again.exit_code, "2 left" in again.output) == (0, True)
    assert "1 retired" in last.output
    assert [one["id"] for one in json.loads(exported)["contents"]] == [ORGANISATION]


def test_what_is_exported_and_brought_in_again_changes_nothing(terminal: Terminal) -> None:
    add(terminal.desk, "=HYPERLINK(1)", summary="two\nlines, “quoted”", publisher="@home")
    terminal.bring(json.dumps([{**EXAMPLE, "services": []}]), "hsds")
    sheet = terminal.run("export", "--format", "csv").stdout_bytes

    again = terminal.bring(sheet)

    assert sheet.decode().splitlines()[0].split(",") == ["id", *FIELDS]
    assert b"'=HYPERLINK(1)" in sheet
    assert ORGANISATION.encode() not in sheet
    assert again.output == "0 created, 0 changed, 0 retired, 1 left as they were.\n"


def test_a_file_of_nothing_changes_nothing(terminal: Terminal) -> None:
    assert terminal.bring(HEADER).output.startswith("0 created")
    assert terminal.bring("[]", "hsds").output.startswith("0 created")


@pytest.mark.parametrize("words", [["import", str(SHIPPED)], ["export"]])
def test_the_command_says_that_the_database_is_away(words: list[str]) -> None:
    settings = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}

    refused = CliRunner().invoke(library, [*words, "--format", "csv"], env=settings)

    assert (refused.exit_code, "cannot be reached" in refused.output) == (1, True)
