"""Many writers on one case lose nothing."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from chassis.errors import Stale
from services.casework.service import CaseworkService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.casework_story import assess, move, open_case, read

WRITERS = 50


@pytest.fixture
def casework(desk: MakeDesk) -> Desk:
    """Casework on a database of its own."""
    return desk(CaseworkService)


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """Let every writer begin at the same moment; return what each got."""
    barrier = Barrier(WRITERS)

    def begin(number: int) -> Any:
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(begin, range(WRITERS)))


def test_fifty_writers_on_one_case_lose_no_update(casework: Desk) -> None:
    case = open_case(casework)
    kinds: tuple[tuple[str, dict[str, Any]], ...] = (
        ("add_note", {"text": "A word."}),
        ("add_task", {"title": "Call back"}),
        ("record_contact", {"channel": "phone", "direction": "inbound", "disposition": "answered"}),
    )

    at_once(lambda number: casework.ask(kinds[number % 3][0], reference=case, body=kinds[number % 3][1]))

    shown = read(casework, case)
    assert [len(shown[part]) for part in ("notes", "tasks", "contacts")] == [17, 17, 16]
    assert shown["version"] == 1 + WRITERS
    assert [event.sequence for event in casework.told()] == list(range(1, WRITERS + 2))
    assert Counter(entry["what"] for entry in shown["timeline"]).total() == 1 + WRITERS


def test_of_fifty_who_read_the_same_version_one_changes_it(casework: Desk) -> None:
    case = open_case(casework)

    def change(number: int) -> bool:
        body = {"assignee": f"adviser-{number}"}
        try:
            casework.ask("change_case", reference=case, body=body, if_match=1, roles=["manager"])
        except Stale:
            return False
        return True

    won = at_once(change)

    assert won.count(True) == 1
    shown = read(casework, case)
    assert (shown["version"], shown["assignee"]) == (2, f"adviser-{won.index(True)}")


def test_writers_who_read_again_after_a_refusal_all_get_their_change_in(casework: Desk) -> None:
    case = open_case(casework)
    few = 8

    def insist(number: int) -> None:
        while number < few:
            version = read(casework, case)["version"]
            body = {"assignee": f"adviser-{number}"}
            try:
                casework.ask("change_case", reference=case, body=body, if_match=version, roles=["manager"])
            except Stale:
                continue
            return

    at_once(insist)

    changes = casework.told()[1:]
    assert [event.sequence for event in changes] == list(range(2, few + 2))
    assert {event.data["assignee"] for event in changes} == {f"adviser-{number}" for number in range(few)}


def test_one_case_is_opened_however_many_hear_of_the_enquiry_at_once(casework: Desk) -> None:
    outcomes = at_once(lambda number: assess(casework, facts_version=number + 1, score={"value": float(number)}))

    assert set(outcomes) <= {"done", "retry"}
    [case] = casework.ask("list_cases", body={})["items"]
    assert case["score"] == {"value": float(WRITERS - 1)}


def test_what_people_do_and_what_is_heard_meet_on_one_case_without_loss(casework: Desk) -> None:
    case = open_case(casework)

    def write_or_hear(number: int) -> Any:
        if number % 2:
            return casework.ask("add_note", reference=case, body={"text": "A word."})
        return move(casework, case, "referral_acknowledged", number + 1, status="acknowledged")

    at_once(write_or_hear)

    shown = read(casework, case)
    assert shown["version"] == 1 + WRITERS
    assert len(shown["notes"]) == WRITERS // 2
    assert shown["requires_action_by"] == "cabinet_office"
