"""What a file that is being imported keeps from others, and what they are told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from chassis import database as settings
from chassis.work import Caller, Work, new_trace
from services.library import importing
from services.library.domain.sheet import read_sheet
from services.library.errors import ResourceBusy
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDatabase
from tests.service.library_shelf import ENQUIRY, GUIDE, add, edit, hear_of, titles
from tests.service.race import wait_until_somebody_waits
from tests.service.test_library_command import HEADER, ROW, Terminal

FIRST, SECOND, THIRD = (f"0000000{number}-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))
OTHERS = ROW.replace("/a", "/b")


@pytest.fixture
def terminal(database: MakeDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """A person at the terminal of a library with two resources, where nobody waits long for a lock."""
    monkeypatch.setattr(settings, "LOCK_TIMEOUT", 1)
    made = Terminal(database("library"), tmp_path)
    made.bring(HEADER + ROW + OTHERS)
    yield made
    made.desk.close()


@contextmanager
def under_way(library: Desk, sheet: str, *, done: bool = True) -> Iterator[None]:
    """A file that was planned, and carried out too, and whose transaction has not ended."""
    with library.session() as session:
        work = Work(session, "library", Caller("x", "x"), datetime.now(UTC), new_trace(), "import_library")
        plan = importing.plan(work, read_sheet(sheet).rows)
        assert plan.faults == []
        if done:
            importing.carry_out(work, plan)
        yield


def test_who_is_at_a_resource_that_a_file_changes_is_told_to_try_again(terminal: Terminal) -> None:
    hear_of(terminal.desk)
    changed = next(item for item in terminal.desk.ask("list_resources", body={})["items"] if "/a" in item["address"])
    given = terminal.desk.ask("give_signpost", reference=ENQUIRY, body={"resource_id": changed["id"]})
    of_it = {"resource_id": changed["id"]}

    with under_way(terminal.desk, HEADER + ROW.replace("Title", "Other")):
        for method, body in (("change_resource", {"title": "Mine"}), ("retire_resource", {"reason": "Gone"})):
            with pytest.raises(ResourceBusy):
                edit(terminal.desk, method, **of_it, body=body)
        with pytest.raises(ResourceBusy):
            terminal.desk.ask("give_signpost", reference=ENQUIRY, body=of_it)
        with pytest.raises(ResourceBusy):
            terminal.desk.ask("answer_signpost", reference=ENQUIRY, signpost_id=given["id"], body={"helped": "yes"})

    assert edit(terminal.desk, "change_resource", **of_it, body={"title": "Mine"})["version"] == 3


def test_who_adds_what_a_file_adds_is_told_to_try_again(terminal: Terminal) -> None:
    with under_way(terminal.desk, HEADER + ROW.replace("/a", "/c")), pytest.raises(ResourceBusy):
        add(terminal.desk, "Mine", address="https://example.org/c")


def test_what_a_file_leaves_as_it_is_can_be_changed_meanwhile(terminal: Terminal) -> None:
    left = next(item for item in terminal.desk.ask("list_resources", body={})["items"] if "/b" in item["address"])

    with under_way(terminal.desk, HEADER + ROW.replace("Title", "Other") + OTHERS):
        edit(terminal.desk, "change_resource", resource_id=left["id"], body={"title": "Mine"})

    assert sorted(titles(terminal.desk)) == ["Mine", "Other"]


def test_somebody_s_change_while_a_file_is_being_imported_is_not_lost(terminal: Terminal) -> None:
    with under_way(terminal.desk, HEADER + ROW.replace("Title", "Other"), done=False):
        add(terminal.desk, "Mine", summary="Neverseenbefore", address=GUIDE["address"])

    assert "Mine" in titles(terminal.desk, q="neverseenbefor")


def test_what_somebody_has_just_made_so_is_left_as_it_is(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LOCK_TIMEOUT", 20)
    said: list[str] = []
    bringing = threading.Thread(
        target=lambda: said.append(terminal.bring(HEADER + ROW.replace("Title", "Other")).output)
    )

    with terminal.desk.session() as session:
        session.execute(text("UPDATE resources SET title = 'Other' WHERE address LIKE '%/a'"))
        bringing.start()
        wait_until_somebody_waits(terminal.desk)
    bringing.join()

    assert said == ["0 created, 0 changed, 0 retired, 1 left as they were.\n"]


def test_a_file_waits_for_nobody_for_long(terminal: Terminal) -> None:
    with under_way(terminal.desk, HEADER + ROW.replace("Title", "Other")):
        refused = terminal.bring(HEADER + ROW.replace("Title", "Another"))

    assert (refused.exit_code, "Try again" in refused.stderr) == (1, True)
    assert sorted(titles(terminal.desk)) == ["Other", "Title"]


def test_a_dry_run_keeps_nothing_from_anybody(terminal: Terminal) -> None:
    before = len(terminal.desk.told())

    said = terminal.bring(HEADER + ROW.replace("Title", "Other") + OTHERS + ROW.replace("/a", "/c"), "csv", "--dry-run")

    assert said.output == "Nothing was done. It would be: 1 created, 1 changed, 0 retired, 1 left as they were.\n"
    assert len(terminal.desk.told()) == before


def test_each_resource_of_a_large_file_is_kept_and_told_of_and_found(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.library.store.resources.CHUNK", 3)
    rows = [ROW.replace("/a", f"/{number}").replace("Title", f"Number{number}") for number in range(10)]

    done = terminal.bring(HEADER + "".join(rows))
    changed = terminal.bring(HEADER + "".join(rows).replace("Summary", "Another"))

    assert (done.output[:10], changed.output[:21]) == ("10 created", "0 created, 10 changed")
    assert [titles(terminal.desk, q=f"Number{number}") for number in range(10)] == [[f"Number{n}"] for n in range(10)]
    assert len(titles(terminal.desk, q="anohter")) == 10
    assert len({(event.subject, event.sequence) for event in terminal.desk.told()}) == 22


def addresses(library: Desk) -> dict[str, str]:
    """The address of each resource in use, by its title."""
    return {item["title"]: item["address"] for item in library.ask("list_resources", body={})["items"]}


def row(id_: str, title: str, at: str) -> str:
    """A row of a sheet."""
    return f"{id_},guide,{title},Summary,https://example.org/{at},Office,,\n"


def service(id_: str, url: str, status: str = "active") -> dict[str, str]:
    """A service as HSDS has it."""
    return {"id": id_, "name": id_[-1], "description": "Helps.", "url": f"https://example.org/{url}", "status": status}


def page(*services: dict[str, str]) -> str:
    """An organisation's services as HSDS has them."""
    return json.dumps([{"name": "Office", "services": services}])


def test_two_resources_change_their_addresses_over(terminal: Terminal) -> None:
    terminal.bring(HEADER + row(FIRST, "First", "1") + row(SECOND, "Second", "2"))

    swapped = terminal.bring(HEADER + row(FIRST, "First", "2") + row(SECOND, "Second", "1"))

    assert swapped.output == "0 created, 2 changed, 0 retired, 0 left as they were.\n"
    found = addresses(terminal.desk)
    assert (found["First"], found["Second"]) == ("https://example.org/2", "https://example.org/1")
    told = [event for event in terminal.desk.told() if event.type == "resource_changed"]
    assert [(event.sequence, event.data["changed"]) for event in told] == [(2, ["address"])] * 2


def test_a_row_takes_the_address_that_a_later_row_leaves(terminal: Terminal) -> None:
    terminal.bring(HEADER + row(FIRST, "First", "1"))

    done = terminal.bring(HEADER + row(SECOND, "Second", "1") + row(FIRST, "First", "2"))

    assert done.output.startswith("1 created, 1 changed")
    found = addresses(terminal.desk)
    assert (found["First"], found["Second"]) == ("https://example.org/2", "https://example.org/1")


def test_an_address_that_nobody_leaves_is_refused_however_many_change_theirs(terminal: Terminal) -> None:
    terminal.bring(HEADER + row(FIRST, "First", "1") + row(SECOND, "Second", "2"))
    before = addresses(terminal.desk)

    refused = terminal.bring(HEADER + row(FIRST, "First", "2") + row(SECOND, "Second", "a"))

    assert refused.exit_code == 1
    assert refused.stderr.startswith("line 3: address: The resource ")
    assert addresses(terminal.desk) == before


def test_two_new_rows_that_want_one_address_are_refused_where_only_new_ones_are_wanted(terminal: Terminal) -> None:
    sheet = HEADER + row(FIRST, "First", "1") + row(SECOND, "Second", "1") + row(THIRD, "Third", "a")

    refused = terminal.bring(sheet, "csv", "--new-only")

    assert (refused.exit_code, len(titles(terminal.desk))) == (1, 2)
    assert refused.stderr.splitlines()[:-1] == [
        f"line 3: address: The resource {FIRST} has this address already. Change that one instead."
    ]


def test_two_rows_that_want_one_address_are_refused(terminal: Terminal) -> None:
    terminal.bring(HEADER + row(FIRST, "First", "1") + row(SECOND, "Second", "2"))

    refused = terminal.bring(HEADER + row(FIRST, "First", "3") + row(SECOND, "Second", "3"))

    assert refused.stderr.splitlines()[0] == f"line 3: address: The resource {FIRST} has this address already. " + (
        "Change that one instead."
    )


def test_a_service_takes_the_address_of_one_that_has_ended_or_of_one_that_moves(terminal: Terminal) -> None:
    terminal.bring(page(service(FIRST, "1"), service(SECOND, "2"), service(THIRD, "3")), "hsds")

    done = terminal.bring(page(service(FIRST, "2"), service(SECOND, "3"), service(THIRD, "3", "defunct")), "hsds")

    assert done.output == "0 created, 2 changed, 1 retired, 0 left as they were.\n"
    gone = terminal.desk.ask("read_resource", resource_id=THIRD)
    assert (gone["address"], gone["retired_because"]) == ("https://example.org/3", importing.ENDED)


def test_a_service_that_has_ended_needs_its_id_and_nothing_else(terminal: Terminal) -> None:
    terminal.bring(page(service(FIRST, "1")), "hsds")
    ended = [{"id": id_, "name": "x", "status": "defunct"} for id_ in (FIRST, SECOND)]

    done = terminal.bring(page(*ended), "hsds")

    assert done.output == "0 created, 0 changed, 1 retired, 1 left as they were.\n"
    assert terminal.desk.ask("read_resource", resource_id=FIRST)["address"] == "https://example.org/1"


def test_a_service_in_use_needs_an_address_and_is_told_where_it_would_stand(terminal: Terminal) -> None:
    without = {name: value for name, value in service(FIRST, "1").items() if name != "url"}

    refused = terminal.bring(page(without, {"id": "", "name": "x", "status": "inactive"}), "hsds")

    first, second, _ = refused.stderr.splitlines()
    assert first == "/0/services/0: address: " + (
        "Missing: people are pointed to it. In HSDS it is the “url” of a service, the “website” of an organisation."
    )
    assert second == "/0/services/1: id: Not a valid UUID."
