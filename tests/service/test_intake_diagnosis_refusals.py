"""A diagnosis is walked by one adviser at a time, along its script, and only while its enquiry is open."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from chassis.errors import Forbidden, Invalid, NotAllowedNow, Stale
from chassis.tables import Audit
from services.intake.domain.facts import MOST_FACTS
from services.intake.errors import NoDiagnosis, NoRoomForFacts, NoScript, NoSuchEnquiry
from services.intake.service import IntakeService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.diagnosis_desk import SHORTEST, begun, give, ids, walked
from tests.service.intake_samples import LEAST, import_script
from tests.unit.intake.scripts import SMALL


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work, with a small script in use."""
    made = desk(IntakeService)
    import_script(made, SMALL)
    return made


@pytest.mark.parametrize(
    ("method", "steps", "allowed"),
    [
        ("start_diagnosis", SHORTEST, ["answer", "back", "finish", "abandon"]),
        ("step_diagnosis_back", [], ["answer", "abandon"]),
        ("finish_diagnosis", SHORTEST[:2], ["answer", "back", "abandon"]),
    ],
)
def test_what_an_open_diagnosis_does_not_allow_is_refused_with_what_it_does(
    intake: Desk, method: str, steps: list[tuple[str, str]], allowed: list[str]
) -> None:
    reference = begun(intake)
    for step in steps:
        give(intake, reference, *step)

    with pytest.raises(NotAllowedNow) as refusal:
        intake.ask(method, reference=reference, body={})

    assert refusal.value.allowed == allowed


@pytest.mark.parametrize("end", ["finish_diagnosis", "abandon_diagnosis"])
def test_an_ended_diagnosis_is_changed_no_more(intake: Desk, end: str) -> None:
    reference = begun(intake)
    walked(intake, reference)
    intake.ask(end, reference=reference, body={})
    told = len(intake.told())

    with pytest.raises(Invalid):
        intake.ask("preview_diagnosis", reference=reference, body={"node": "place", "answer": "here"})
    with pytest.raises(NotAllowedNow):
        give(intake, reference, "place", "here")
    for method in ("step_diagnosis_back", "finish_diagnosis", "abandon_diagnosis"):
        with pytest.raises(NotAllowedNow) as refusal:
            intake.ask(method, reference=reference, body={})
        assert refusal.value.allowed == ["start"]
    assert len(intake.told()) == told


def test_who_finishes_before_an_end_is_told_that_none_is_reached(intake: Desk) -> None:
    with pytest.raises(NotAllowedNow, match="no end is reached"):
        intake.ask("finish_diagnosis", reference=begun(intake), body={})


def test_an_enquiry_that_has_ended_is_not_diagnosed(intake: Desk) -> None:
    reference = begun(intake)
    intake.ask("close_enquiry", reference=reference, body={"reason": "All was said."})

    with pytest.raises(NotAllowedNow) as refusal:
        give(intake, reference, "place", "here")
    assert refusal.value.allowed == ["record_contact", "record_consent"]
    ended = intake.ask("create_enquiry", body=LEAST)["reference"]
    intake.ask("withdraw_enquiry", reference=ended, body={"reason": "No longer wanted."})
    with pytest.raises(NotAllowedNow):
        intake.ask("start_diagnosis", reference=ended, body={})


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"node": "money", "answer": "some"}, "/node"),
        ({"node": "in", "answer": "some"}, "/node"),
        ({"node": "place", "answer": "some"}, "/answer"),
        ({"node": "place"}, "/answer"),
        ({"node": "", "answer": "here"}, "/node"),
        ({"node": 5, "answer": "here"}, "/node"),
        ({"node": "place", "answer": "here", "note": "Jane"}, "/note"),
        ({"node": "pl\0ace", "answer": "here"}, "/node"),
    ],
)
def test_an_answer_that_is_not_asked_for_is_refused_with_its_place(
    intake: Desk, given: dict[str, Any], pointer: str
) -> None:
    reference = begun(intake)

    for method in ("answer_diagnosis", "preview_diagnosis"):
        with pytest.raises(Invalid) as refusal:
            intake.ask(method, reference=reference, body=given)
        assert [error.pointer for error in refusal.value.errors] == [pointer]
    assert intake.ask("read_diagnosis", reference=reference)["version"] == 1


OTHERS = {f"gate_{number}": "yes" for number in range(MOST_FACTS)}
FULL = "would hold 41 gates, and has room for 40"


def test_an_enquiry_without_room_for_what_may_be_found_is_refused_before_anything_is_asked(intake: Desk) -> None:
    reference = intake.ask("create_enquiry", body={**LEAST, "facts": {"gates": OTHERS}})["reference"]

    with pytest.raises(NoRoomForFacts, match=FULL):
        intake.ask("start_diagnosis", reference=reference, body={})
    intake.ask("change_enquiry", reference=reference, body={"facts": {"gates": {"gate_0": None}}})

    intake.ask("start_diagnosis", reference=reference, body={})
    walked(intake, reference)
    intake.ask("finish_diagnosis", reference=reference, body={})
    assert len(intake.ask("read_enquiry", reference=reference)["facts"]["gates"]) == MOST_FACTS


def test_what_fills_up_while_it_is_diagnosed_is_refused_in_the_same_words_and_finished_once_there_is_room(
    intake: Desk,
) -> None:
    reference = begun(intake)
    walked(intake, reference)
    intake.ask("change_enquiry", reference=reference, body={"facts": {"gates": OTHERS}})

    with pytest.raises(NoRoomForFacts, match=FULL):
        intake.ask("finish_diagnosis", reference=reference, body={})
    assert intake.ask("read_diagnosis", reference=reference)["status"] == "open"
    intake.ask("change_enquiry", reference=reference, body={"facts": {"gates": {"gate_0": None}}})

    assert intake.ask("finish_diagnosis", reference=reference, body={})["status"] == "finished"


def test_gates_that_the_script_sets_itself_need_no_room_of_their_own(intake: Desk) -> None:
    own = {**dict(list(OTHERS.items())[1:]), "england": "unknown"}
    reference = begun(intake, {**LEAST, "facts": {"gates": own}})
    walked(intake, reference)

    assert intake.ask("finish_diagnosis", reference=reference, body={})["status"] == "finished"


def test_what_somebody_else_changed_is_stale(intake: Desk) -> None:
    reference = begun(intake)
    give(intake, reference, "place", "here", if_match=1)

    with pytest.raises(Stale):
        give(intake, reference, "place", "abroad", if_match=1)
    for method in ("step_diagnosis_back", "finish_diagnosis", "abandon_diagnosis"):
        with pytest.raises(Stale):
            intake.ask(method, reference=reference, body={}, if_match=1)
    assert ids(intake.ask("read_diagnosis", reference=reference)["path"]) == [("place", "here")]


def test_without_a_diagnosis_an_enquiry_or_a_script_there_is_nothing_to_walk(desk: MakeDesk) -> None:
    intake = desk(IntakeService)
    reference = intake.ask("create_enquiry", body=LEAST)["reference"]

    with pytest.raises(NoScript):
        intake.ask("start_diagnosis", reference=reference, body={})
    with pytest.raises(NoDiagnosis):
        intake.ask("read_diagnosis", reference=reference)
    with pytest.raises(NoDiagnosis):
        give(intake, reference, "place", "here")
    for method, more in (("start_diagnosis", {"body": {}}), ("read_diagnosis", {}), ("finish_diagnosis", {"body": {}})):
        with pytest.raises(NoSuchEnquiry):
            intake.ask(method, reference="ENQ-0000-0000", **more)


def test_a_portal_has_no_part_in_it(intake: Desk) -> None:
    reference = begun(intake)

    with pytest.raises(Forbidden):
        intake.ask("read_diagnosis", reference=reference, roles=("portal",))


def test_an_answer_sent_twice_under_one_key_is_given_once(intake: Desk) -> None:
    reference = begun(intake)
    body = {"node": "place", "answer": "here"}

    first, second = (
        intake.reply("answer_diagnosis", reference=reference, body=body, key="k", if_match=1) for _ in range(2)
    )

    assert (second.replayed, second.body) == (True, first.body)
    assert intake.told()[-1].sequence == 2


def test_each_change_leaves_an_audit_row_with_who_did_it(intake: Desk) -> None:
    reference = begun(intake)
    walked(intake, reference)
    intake.ask("finish_diagnosis", reference=reference, body={}, subject="adviser-9")

    with intake.session() as session:
        rows = session.execute(select(Audit.action, Audit.actor).order_by(Audit.position)).all()

    assert [action for action, _ in rows[-6:]] == [
        *("start_diagnosis", "answer_diagnosis", "answer_diagnosis", "answer_diagnosis"),
        *("finish_diagnosis", "finish_diagnosis"),
    ]
    assert {actor for action, actor in rows if action == "finish_diagnosis"} == {"adviser-9"}


def test_of_many_who_begin_or_answer_at_once_one_does(intake: Desk) -> None:
    reference = intake.ask("create_enquiry", body=LEAST)["reference"]
    together = Barrier(10)

    def start(_: int) -> bool:
        together.wait()
        try:
            intake.ask("start_diagnosis", reference=reference, body={})
        except NotAllowedNow:
            return False
        return True

    def answer(number: int) -> bool:
        together.wait()
        try:
            give(intake, reference, "place", ("here", "partly", "abroad")[number % 3], if_match=1)
        except Stale:
            return False
        return True

    with ThreadPoolExecutor(10) as threads:
        assert sum(threads.map(start, range(10))) == 1
        assert sum(threads.map(answer, range(10))) == 1
    assert intake.ask("read_diagnosis", reference=reference)["version"] == 2
    assert len(intake.told()) == 4
