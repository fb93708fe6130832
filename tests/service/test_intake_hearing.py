"""Intake hears what became of enquiries: assessments and cases, in any order and any number of times."""

from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from chassis.errors import NotAllowedNow
from services.intake.service import IntakeService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.intake_samples import FULL, assessed

CASE = "CAS-7K3M-9Q2R"


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work on a database of its own."""
    return desk(IntakeService)


def created(intake: Desk) -> str:
    """The reference of a new enquiry."""
    return str(intake.ask("create_enquiry", body=FULL)["reference"])


def read(intake: Desk, reference: str) -> Any:
    """The enquiry as an adviser sees it."""
    return intake.ask("read_enquiry", reference=reference)


def case(reference: str, happened: str, sequence: int) -> dict[str, Any]:
    """Arguments of `Desk.hear` for something that happened to the enquiry's case."""
    data = {"case": CASE, "enquiry": reference, "outcome": "advice_complete"}
    return {"source": "casework", "type": happened, "subject": CASE, "sequence": sequence, "data": data}


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        ("refer", "in_triage"),
        ("develop", "in_triage"),
        ("advise", "in_triage"),
        ("inform", "in_triage"),
        ("out_of_scope", "in_triage"),
        ("information_needed", "awaiting_information"),
    ],
)
def test_an_assessment_is_shown_and_moves_the_enquiry_on(intake: Desk, outcome: str, status: str) -> None:
    reference = created(intake)
    heard = assessed(reference, outcome)
    assert intake.hear("triage", "enquiry_triaged", **heard) == "done"
    enquiry = read(intake, reference)
    assert (enquiry["status"], enquiry["version"]) == (status, 2)
    ours = ("enquiry", "assessment", "facts_version")
    assert enquiry["assessment"] == {name: value for name, value in heard["data"].items() if name not in ours}


def test_an_assessment_heard_twice_changes_nothing_the_second_time(intake: Desk) -> None:
    reference = created(intake)
    heard = {**assessed(reference, "advise"), "id": UUID(int=1)}
    assert intake.hear("triage", "enquiry_triaged", **heard) == "done"
    once = read(intake, reference)
    assert intake.hear("triage", "enquiry_triaged", **heard) == "repeat"
    assert intake.hear("triage", "enquiry_triaged", **{**heard, "id": UUID(int=2)}) == "done"
    assert read(intake, reference) == once


def test_the_newest_assessment_stays_in_whatever_order_they_come(intake: Desk) -> None:
    versions = {1: "information_needed", 2: "advise", 3: "develop"}
    for order in permutations(versions):
        reference = created(intake)
        for promise in (0, 4):
            change = {"facts": {"criteria": {"promise": promise}}}
            intake.ask("change_enquiry", reference=reference, body=change)
        for version in order:
            heard = assessed(reference, versions[version], facts_version=version)
            intake.hear("triage", "enquiry_triaged", **heard)
        enquiry = read(intake, reference)
        assert (enquiry["assessment"]["outcome"], enquiry["status"]) == ("develop", "in_triage"), order


def test_a_later_verdict_on_the_same_facts_replaces_the_earlier(intake: Desk) -> None:
    for order in (0, 1), (1, 0):
        reference = created(intake)
        for number in order:
            heard = assessed(reference, ("inform", "advise")[number])
            intake.hear("triage", "enquiry_triaged", **{**heard, "sequence": 1000 + number})
        assert read(intake, reference)["assessment"]["outcome"] == "advise"


def test_an_assessment_of_facts_that_have_changed_is_shown_but_moves_nothing(intake: Desk) -> None:
    reference = created(intake)
    intake.ask("change_enquiry", reference=reference, body={"facts": {"criteria": {"promise": 4}}})
    intake.hear("triage", "enquiry_triaged", **assessed(reference, "information_needed"))
    enquiry = read(intake, reference)
    assert (enquiry["status"], enquiry["assessment"]["outcome"]) == ("received", "information_needed")


def test_new_facts_end_the_wait_for_the_enquirer(intake: Desk) -> None:
    reference = created(intake)
    intake.hear("triage", "enquiry_triaged", **assessed(reference, "information_needed"))
    enquiry = intake.ask("change_enquiry", reference=reference, body={"facts": {"gates": {"england": "yes"}}})
    assert enquiry["status"] == "in_triage"
    intake.hear("triage", "enquiry_triaged", **assessed(reference, "information_needed", facts_version=2))
    assert read(intake, reference)["status"] == "awaiting_information"


def test_an_answered_enquiry_stays_answered_when_its_assessment_comes_late(intake: Desk) -> None:
    reference = created(intake)
    intake.ask("answer_enquiry", reference=reference, body={"reason": "Told by telephone."})
    intake.hear("triage", "enquiry_triaged", **assessed(reference, "information_needed"))
    enquiry = read(intake, reference)
    assert (enquiry["status"], enquiry["status_reason"]) == ("answered", "Told by telephone.")
    assert enquiry["assessment"]["outcome"] == "information_needed"


def test_an_open_case_is_shown_and_ends_with_the_case(intake: Desk) -> None:
    reference = created(intake)
    intake.hear(**case(reference, "case_opened", 1))
    enquiry = read(intake, reference)
    assert (enquiry["status"], enquiry["case"], enquiry["links"]["case"]) == ("case_open", CASE, f"/v1/cases/{CASE}")
    with pytest.raises(NotAllowedNow) as refusal:
        intake.ask("close_enquiry", reference=reference, body={"reason": "No."})
    assert refusal.value.allowed == [
        "change",
        "diagnose",
        "withdraw",
        "record_contact",
        "promise_callback",
        "record_consent",
    ]
    intake.hear(**case(reference, "case_closed", 4))
    assert read(intake, reference)["status"] == "closed"
    intake.hear(**case(reference, "case_reopened", 5))
    assert read(intake, reference)["status"] == "case_open"


def test_what_happened_to_the_case_last_counts_in_whatever_order_it_is_heard(intake: Desk) -> None:
    happened = {1: "case_opened", 2: "case_closed", 3: "case_reopened", 4: "case_closed"}
    for order in permutations(happened):
        reference = created(intake)
        for sequence in order:
            assert intake.hear(**case(reference, happened[sequence], sequence)) == "done"
        enquiry = read(intake, reference)
        assert (enquiry["status"], enquiry["case"]) == ("closed", CASE), order


def test_a_case_opened_before_the_assessment_is_heard_stays_open(intake: Desk) -> None:
    reference = created(intake)
    intake.hear(**case(reference, "case_opened", 1))
    intake.hear("triage", "enquiry_triaged", **assessed(reference, "refer"))
    enquiry = read(intake, reference)
    assert (enquiry["status"], enquiry["assessment"]["outcome"]) == ("case_open", "refer")


def test_a_withdrawn_enquiry_keeps_its_status_and_learns_of_the_case(intake: Desk) -> None:
    reference = created(intake)
    intake.ask("withdraw_enquiry", reference=reference, body={"reason": "Changed their mind."})
    intake.hear(**case(reference, "case_opened", 1))
    enquiry = read(intake, reference)
    assert (enquiry["status"], enquiry["case"]) == ("withdrawn", CASE)


@pytest.mark.parametrize("reference", ["ENQ-0000-0000", "nonsense"])
def test_an_event_about_no_enquiry_of_ours_is_parked(intake: Desk, reference: str) -> None:
    assert intake.hear("triage", "enquiry_triaged", **assessed(reference, "advise")) == "parked"
    assert intake.hear(**case(reference, "case_opened", 1)) == "parked"


@pytest.mark.parametrize(
    "wrong",
    [
        {"facts_version": "1"},
        {"facts_version": 2**31},
        {"outcome": 7},
        {"score": [1]},
        {"explanation": "none"},
        {"triaged_at": "today"},
    ],
)
def test_an_event_that_cannot_be_read_is_parked_and_changes_nothing(intake: Desk, wrong: dict[str, Any]) -> None:
    reference = created(intake)
    heard = assessed(reference, "advise")
    assert intake.hear("triage", "enquiry_triaged", **{**heard, "data": {**heard["data"], **wrong}}) == "parked"
    assert read(intake, reference)["version"] == 1


def test_hearing_tells_nothing_further(intake: Desk) -> None:
    reference = created(intake)
    intake.hear("triage", "enquiry_triaged", **assessed(reference, "refer"))
    intake.hear(**case(reference, "case_opened", 1))
    assert [told.type for told in intake.told()] == ["enquiry_received"]
