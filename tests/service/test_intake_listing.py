"""Enquiries are found: by filters, by words, page by page."""

from typing import Any

import pytest

from chassis.errors import NotFound
from services.intake.service import IntakeService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.intake_samples import FULL, LEAST, assessed, statements_of


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work on a database of its own."""
    return desk(IntakeService)


@pytest.mark.parametrize("reference", ["ENQ-0000-0001", "ENQ-1", "CAS-0000-0000", "x", "é", "' OR 1=1 --"])
def test_an_unknown_reference_is_not_found(intake: Desk, reference: str) -> None:
    with pytest.raises(NotFound):
        intake.ask("read_enquiry", reference=reference)
    with pytest.raises(NotFound):
        intake.ask("close_enquiry", reference=reference, body={"reason": "gone"})
    with pytest.raises(NotFound):
        intake.ask("list_contacts", reference=reference)


def listed(intake: Desk, **wanted: Any) -> list[str]:
    """The subjects of the enquiries found."""
    return [item["subject"] for item in intake.ask("list_enquiries", body=wanted)["items"]]


def test_enquiries_are_found_by_each_filter(intake: Desk) -> None:
    first = intake.ask("create_enquiry", body={**LEAST, "subject": "one", "received_at": "2026-11-01T00:00:00Z"})
    intake.ask("create_enquiry", body={**LEAST, "subject": "two", "channel": "web",
                                       "received_at": "2026-11-02T00:00:00Z"})  # fmt: skip
    intake.hear("triage", "enquiry_triaged", **assessed(first["reference"], "advise"))
    assert listed(intake) == ["two", "one"]
    assert listed(intake, status="received") == ["two"]
    assert listed(intake, channel="web") == ["two"]
    assert listed(intake, band="advise") == ["one"]
    assert listed(intake, band="refer") == []
    assert listed(intake, received_from="2026-11-02T00:00:00Z") == ["two"]
    assert listed(intake, received_to="2026-11-02T00:00:00Z") == ["one"]
    assert listed(intake, q="TWO", channel="web", status="received") == ["two"]


def test_a_listed_enquiry_says_enough_to_choose_by(intake: Desk) -> None:
    created = intake.ask("create_enquiry", body=FULL)
    intake.hear("triage", "enquiry_triaged", **assessed(created["reference"], "refer", score={"value": 72.5}))
    [item] = intake.ask("list_enquiries", body={})["items"]
    assert item["assessment"] == {
        "criteria_version": "2011.1",
        "outcome": "refer",
        "scored_outcome": "refer",
        "score": {"value": 72.5},
        "triaged_at": "2026-11-21T09:05:00Z",
    }
    assert item["enquirer"]["name"] == FULL["enquirer"]["name"]
    assert "message" not in item


def test_words_are_found_in_subject_message_reference_and_name_and_wildcards_are_plain(intake: Desk) -> None:
    found = intake.ask("create_enquiry", body=FULL)
    intake.ask("create_enquiry", body={**LEAST, "subject": "100% of a_b \\ c"})
    for words in ("PENSION", "we keep", "siân", "SIÂN  O’N", found["reference"][4:], found["reference"].lower()):
        assert listed(intake, q=words) == [FULL["subject"]], words
    for words in ("100%", "a_b", "\\"):
        assert listed(intake, q=words) == ["100% of a_b \\ c"], words
    assert listed(intake, q="%%%") == []
    assert listed(intake, q="axb") == []


def test_a_walk_over_the_list_skips_and_repeats_nothing_while_enquiries_are_added(intake: Desk) -> None:
    moment = "2026-11-01T00:00:00Z"
    for number in range(7):
        intake.ask("create_enquiry", body={**LEAST, "subject": f"old {number}", "received_at": moment})
    walked: list[str] = []
    after = None
    for _ in range(4):
        page = intake.ask("list_enquiries", body={"limit": 2, "after": after})
        walked += [item["subject"] for item in page["items"]]
        after = page["next"]
        intake.ask("create_enquiry", body={**LEAST, "subject": "new"})
    assert (sorted(walked), after) == ([f"old {number}" for number in range(7)], None)


def test_a_list_is_one_statement_whatever_its_length(intake: Desk) -> None:
    for _ in range(3):
        intake.ask("create_enquiry", body=FULL)
    sent = statements_of(intake)
    intake.ask("list_enquiries", body={})
    assert len(sent) == 1
