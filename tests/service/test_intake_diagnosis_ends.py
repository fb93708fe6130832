"""A diagnosis does not outlive its enquiry: it is given up with it, and offers nothing that would be refused."""

from typing import Any

import pytest
from sqlalchemy import select, text

from chassis.errors import NotAllowedNow
from chassis.tables import Audit
from services.intake.service import IntakeService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.diagnosis_desk import SHORTEST, begun, give, ids, walked
from tests.service.intake_samples import import_script
from tests.unit.intake.scripts import SMALL

WHY = {"reason": "Jane has left."}
CASE = "CAS-8N2F-6KDF"


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work, with a small script in use."""
    made = desk(IntakeService)
    import_script(made, SMALL)
    return made


def case(intake: Desk, reference: str, happened: str, sequence: int) -> str:
    """Let intake hear what became of the enquiry's case; return what became of the event."""
    return intake.hear("casework", happened, subject=CASE, sequence=sequence, data={"enquiry": reference, "case": CASE})


def read(intake: Desk, reference: str) -> dict[str, Any]:
    """The enquiry's latest diagnosis."""
    return dict(intake.ask("read_diagnosis", reference=reference))


@pytest.mark.parametrize(("method", "status"), [("close_enquiry", "closed"), ("withdraw_enquiry", "withdrawn")])
def test_an_enquiry_that_ends_takes_its_open_diagnosis_with_it_in_one_piece(
    intake: Desk, method: str, status: str
) -> None:
    reference = begun(intake)
    walked(intake, reference)

    intake.ask(method, reference=reference, body=WHY, subject="adviser-9")

    shown = read(intake, reference)
    assert (shown["status"], shown["version"], shown["scope"]) == ("abandoned", 5, "contact_needed")
    assert shown["ended_reason"] == f"The enquiry is over: {status}."
    assert shown["ended_at"] == shown["updated_at"]
    gone, over = intake.told()[-2:]
    assert (gone.type, gone.subject, gone.sequence) == ("diagnosis_abandoned", shown["id"], 5)
    assert (over.type, over.subject, over.time) == (f"enquiry_{status}", reference, gone.time)
    with intake.session() as session:
        rows = session.execute(select(Audit.action, Audit.actor, Audit.subject).order_by(Audit.position)).all()
    assert {row.subject for row in rows[-2:]} == {shown["id"], reference}
    assert {(row.action, row.actor) for row in rows[-2:]} == {(method, "adviser-9")}


def test_the_end_of_its_case_ends_it_too_and_once_reopened_another_may_begin(intake: Desk) -> None:
    reference = begun(intake)
    give(intake, reference, *SHORTEST[0])
    assert case(intake, reference, "case_opened", 1) == "done"
    assert read(intake, reference)["status"] == "open", "a case is no end"

    assert case(intake, reference, "case_closed", 2) == "done"
    gone = read(intake, reference)
    assert case(intake, reference, "case_reopened", 3) == "done"

    assert (gone["status"], gone["ended_reason"], gone["allowed"]) == (
        "abandoned", "The enquiry is over: closed.", [],
    )  # fmt: skip
    assert read(intake, reference)["allowed"] == ["start"]
    fresh = intake.ask("start_diagnosis", reference=reference, body={})
    assert (fresh["status"], fresh["version"], fresh["path"], fresh["ended_reason"]) == ("open", 4, [], None)


@pytest.mark.parametrize("before", ["open", "finished", "abandoned"])
def test_of_an_enquiry_that_has_ended_nothing_is_allowed_that_would_be_refused(intake: Desk, before: str) -> None:
    reference = begun(intake)
    walked(intake, reference)
    if before != "open":
        intake.ask("finish_diagnosis" if before == "finished" else "abandon_diagnosis", reference=reference, body={})
    ended = read(intake, reference)["ended_at"]

    intake.ask("close_enquiry", reference=reference, body=WHY)

    shown = read(intake, reference)
    assert shown["allowed"] == []
    assert before == "open" or (shown["ended_at"], shown["ended_reason"]) == (ended, None), "it ends once"
    for method in ("start_diagnosis", "step_diagnosis_back", "finish_diagnosis", "abandon_diagnosis"):
        with pytest.raises(NotAllowedNow):
            intake.ask(method, reference=reference, body={})


def test_one_that_was_left_open_by_the_release_before_goes_on_once_its_enquiry_is_open_again(intake: Desk) -> None:
    reference = begun(intake)
    give(intake, reference, *SHORTEST[0])
    with intake.session() as session:
        session.execute(text("UPDATE enquiries SET status = 'closed'"))
    assert read(intake, reference)["allowed"] == []

    assert case(intake, reference, "case_reopened", 1) == "done"

    assert read(intake, reference)["allowed"] == ["answer", "back", "abandon"]
    assert ids(give(intake, reference, *SHORTEST[1])["path"]) == SHORTEST[:2]
