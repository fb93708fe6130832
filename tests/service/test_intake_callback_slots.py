"""Which half hours have room, callbacks moved from one to another, and those of enquiries that are over."""

import pytest

from chassis.errors import Invalid, Stale
from services.intake.domain.callbacks import CAPACITY
from services.intake.errors import SlotFull
from services.intake.service import IntakeService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.callback_desk import REASON, asked, promised, slot, tried


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work on a database of its own."""
    return desk(IntakeService)


def room(intake: Desk) -> dict[str, int]:
    """The room left in each slot ahead."""
    return {one["window_from"]: one["room"] for one in intake.ask("list_callback_slots", body={})["slots"]}


def test_a_callback_is_rebooked_and_its_place_is_free_again(intake: Desk) -> None:
    made = promised(intake)
    tried(intake, made, "engaged")
    free = room(intake)
    later = [one for one, left in free.items() if left == CAPACITY][-1]
    assert free[made["window_from"]] == CAPACITY - 1

    moved = intake.ask("rebook_callback", callback_id=made["id"], body={"window_from": later}, if_match=2)

    assert (moved["window_from"], moved["status"], len(moved["attempts"])) == (later, "promised", 1)
    assert (room(intake)[made["window_from"]], room(intake)[later]) == (CAPACITY, CAPACITY - 1)
    told = intake.told()[-1]
    assert (told.type, told.sequence, told.data["window_from"]) == ("callback_rebooked", 3, later)
    for wrong in (later, "2026-11-22T10:00:00Z", "2011-01-03T10:00:00Z"):
        with pytest.raises(Invalid):
            intake.ask("rebook_callback", callback_id=made["id"], body={"window_from": wrong})
    with pytest.raises(Stale):
        intake.ask("rebook_callback", callback_id=made["id"], body={"window_from": slot()}, if_match=2)


def test_none_is_skipped_when_a_callback_is_rebooked_while_somebody_walks_the_list(intake: Desk) -> None:
    made = [promised(intake)["id"] for _ in range(3)]
    later = list(room(intake))[-1]
    first = intake.ask("list_callbacks", body={"limit": 1})

    intake.ask("rebook_callback", callback_id=made[0], body={"window_from": later})
    following = intake.ask("list_callbacks", body={"after": first["next"]})

    assert [one["id"] for one in first["items"] + following["items"]] == made[::-1]


def test_nobody_is_rebooked_into_a_slot_that_is_full(intake: Desk) -> None:
    made = [promised(intake) for _ in range(CAPACITY)]
    later = list(room(intake))[-1]
    other = promised(intake, window_from=later)

    with pytest.raises(SlotFull):
        intake.ask("rebook_callback", callback_id=other["id"], body={"window_from": made[0]["window_from"]})

    assert room(intake)[made[0]["window_from"]] == 0


@pytest.mark.parametrize(
    ("period", "pointer"),
    [
        ({"from": "2020-12-01T00:00:00Z", "to": "2020-12-01T00:00:00Z"}, "/to"),
        ({"to": "2999-01-01T00:00:00Z"}, "/to"),
        ({"from": "9999-12-31T23:59:59Z"}, "/from"),
    ],
)
def test_slots_are_listed_of_a_sensible_period(intake: Desk, period: dict[str, str], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        intake.ask("list_callback_slots", body=period)

    assert [fault.pointer for fault in refused.value.errors] == [pointer]


@pytest.mark.parametrize(("action", "status"), [("withdraw", "withdrawn"), ("close", "closed")])
def test_an_enquiry_that_ends_takes_its_callback_with_it(intake: Desk, action: str, status: str) -> None:
    reference = asked(intake)
    made = promised(intake, reference)

    intake.ask(f"{action}_enquiry", reference=reference, body=REASON)

    ended = intake.ask("read_callback", callback_id=made["id"])
    assert (ended["status"], ended["ended_reason"]) == ("cancelled", f"The enquiry is over: {status}.")
    assert {event.type for event in intake.told()[-2:]} == {f"enquiry_{status}", "callback_cancelled"}


def test_so_does_one_whose_case_is_closed_but_not_one_that_is_answered(intake: Desk) -> None:
    reference = asked(intake)
    made = promised(intake, reference)
    intake.ask("answer_enquiry", reference=reference, body=REASON)
    assert intake.ask("read_callback", callback_id=made["id"])["status"] == "promised"

    for sequence, happened in enumerate(("case_opened", "case_closed"), start=1):
        data = {"case": "CAS-7K3M-9Q2R", "enquiry": reference}
        intake.hear("casework", happened, subject="CAS-7K3M-9Q2R", sequence=sequence, data=data)

    assert intake.ask("read_callback", callback_id=made["id"])["status"] == "cancelled"
