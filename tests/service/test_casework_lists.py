"""Lists of cases."""

from typing import Any

import pytest

from chassis.errors import Invalid
from services.casework.service import CaseworkService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.casework_story import open_case


@pytest.fixture
def casework(desk: MakeDesk) -> Desk:
    """Casework with four cases, one of each kind that is told apart below."""
    casework = desk(CaseworkService)
    for number, changes in enumerate([{}, {"outcome": "develop"}, {"spin_out_stage": "live"}, {}], start=1):
        open_case(casework, enquiry=f"ENQ-{number}", **changes)
    return casework


def listed(casework: Desk, **filters: Any) -> list[str]:
    """The enquiries of the cases that a list gives."""
    return [item["enquiry"] for item in casework.ask("list_cases", body=filters)["items"]]


def reference(casework: Desk, enquiry: str) -> str:
    """The case of an enquiry."""
    [case] = [item for item in casework.ask("list_cases", body={})["items"] if item["enquiry"] == enquiry]
    return str(case["reference"])


def test_cases_are_listed_newest_first(casework: Desk) -> None:
    assert listed(casework) == ["ENQ-4", "ENQ-3", "ENQ-2", "ENQ-1"]


def test_a_list_is_walked_without_skipping_or_repeating(casework: Desk) -> None:
    first = casework.ask("list_cases", body={"limit": "3"})
    open_case(casework, enquiry="ENQ-5")
    second = casework.ask("list_cases", body={"limit": "3", "after": first["next"]})

    seen = [item["enquiry"] for item in (*first["items"], *second["items"])]
    assert seen == ["ENQ-4", "ENQ-3", "ENQ-2", "ENQ-1"]
    assert second["next"] is None


def test_cases_are_found_by_what_triage_said_and_by_stage(casework: Desk) -> None:
    assert listed(casework, band="develop") == ["ENQ-2"]
    assert listed(casework, band="refer", stage="live") == ["ENQ-3"]
    assert listed(casework, band="inform") == []


def test_cases_are_found_by_status_assignee_and_who_owes_the_next_action(casework: Desk) -> None:
    one, two = reference(casework, "ENQ-1"), reference(casework, "ENQ-2")
    casework.ask("change_case", reference=one, body={"assignee": "adviser-7", "requires_action_by": "enquirer"})
    casework.ask("change_case", reference=two, body={"on_hold": True})

    assert listed(casework, assignee="adviser-7") == ["ENQ-1"]
    assert listed(casework, requires_action_by="enquirer") == ["ENQ-1"]
    assert listed(casework, status="on_hold") == ["ENQ-2"]
    assert listed(casework, status="open", requires_action_by="adviser") == ["ENQ-4", "ENQ-3"]


def test_a_manager_finds_the_cases_that_are_nobodys_yet(casework: Desk) -> None:
    one, two = reference(casework, "ENQ-1"), reference(casework, "ENQ-2")
    casework.ask("change_case", reference=one, body={"assignee": "adviser-7"})
    casework.ask("change_case", reference=two, body={"on_hold": True})

    assert listed(casework, assignee="none") == ["ENQ-4", "ENQ-3", "ENQ-2"]
    assert listed(casework, assignee="none", status="open") == ["ENQ-4", "ENQ-3"]
    assert listed(casework, assignee="None") == []


def test_cases_are_found_by_the_beginning_of_a_reference(casework: Desk) -> None:
    three = reference(casework, "ENQ-3")

    assert listed(casework, q=three.lower()) == ["ENQ-3"]
    assert listed(casework, q=three[:6]) == ["ENQ-3"]
    assert listed(casework, q="enq-3") == ["ENQ-3"]


def test_cases_are_found_by_words_written_about_them(casework: Desk) -> None:
    one, two, three, four = (reference(casework, f"ENQ-{number}") for number in range(1, 5))
    casework.ask("add_note", reference=one, body={"text": "The Ynys Môn team owns 100 % of its vans."})
    casework.ask("add_task", reference=two, body={"title": "Send the PENSIONS guide"})
    contact = {"channel": "email", "direction": "inbound", "disposition": "answered", "note": "On pensions again"}
    casework.ask("record_contact", reference=three, body=contact)
    evidence = {"kind": "success", "grade": "observed", "source_words": "50_50", "observed_on": "2026-11-02"}
    casework.ask("record_evidence", reference=four, body=evidence)

    assert listed(casework, q="ynys môn") == ["ENQ-1"]
    assert listed(casework, q="pensions") == ["ENQ-3", "ENQ-2"]
    assert listed(casework, q="100 %") == ["ENQ-1"]
    assert listed(casework, q="0_5") == ["ENQ-4"]
    assert listed(casework, q="0%5") == []
    assert listed(casework, q="0x5") == []


@pytest.mark.parametrize(
    "filters",
    [
        {"status": "shut"},
        {"band": "gold"},
        {"stage": "nowhere"},
        {"requires_action_by": "nobody"},
        {"overdue": "perhaps"},
        {"limit": "0"},
        {"limit": "201"},
        {"q": ""},
        {"colour": "red"},
    ],
)
def test_a_filter_that_cannot_be_read_is_refused_by_name(casework: Desk, filters: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        casework.ask("list_cases", body=filters)

    assert [error.pointer for error in refused.value.errors] == [f"/{name}" for name in filters]
