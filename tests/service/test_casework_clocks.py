"""The clocks of a case, as they are stored and shown."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from services.casework.domain.calendar import WORKING_DAY, working_time
from services.casework.models import Case, Clock
from services.casework.service import CaseworkService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.casework_story import CLOSING, CONTACT, assess, open_case, read


@pytest.fixture
def casework(desk: MakeDesk) -> Desk:
    """Casework on a database of its own."""
    return desk(CaseworkService)


def first_contact(casework: Desk, case: str) -> dict[str, Any]:
    """The clock of the first contact."""
    [clock] = [clock for clock in read(casework, case)["clocks"] if clock["name"] == "first_contact"]
    return dict(clock)


def date_back(casework: Desk, case: str, by: timedelta) -> None:
    """Have a case, with its first clock, opened earlier than it was; any change of its lays the clock anew."""
    with casework.session() as session:
        session.execute(update(Case).values(opened_at=Case.opened_at - by).where(Case.reference == case))
        session.execute(update(Clock).values(started_at=Clock.started_at - by).where(Clock.case == case))
    casework.ask("change_case", reference=case, body={"on_hold": True})


def test_a_new_case_has_five_working_days_to_its_first_contact(casework: Desk) -> None:
    case = open_case(casework)

    clock, shown = first_contact(casework, case), read(casework, case)

    opened = datetime.fromisoformat(shown["opened_at"])
    due = datetime.fromisoformat(clock["due_at"])
    assert (clock["state"], clock["result"], clock["target_seconds"]) == ("running", None, 5 * 30_600)
    assert due == working_time("england_and_wales").after(opened, 5 * WORKING_DAY)
    assert (shown["due_at"], shown["overdue"]) == (clock["due_at"], False)
    assert clock["segments"] == [{"state": "running", "from": shown["opened_at"], "to": None, "why": "started"}]


def test_a_clock_keeps_the_holidays_of_the_enquirys_division(casework: Desk) -> None:
    case = open_case(casework, profile={"region": "scotland"})

    shown = read(casework, case)

    expected = working_time("scotland").after(datetime.fromisoformat(shown["opened_at"]), 5 * WORKING_DAY)
    assert datetime.fromisoformat(shown["due_at"]) == expected


def test_a_clock_changes_its_holidays_with_the_division(casework: Desk) -> None:
    case = open_case(casework)
    with casework.session() as session:
        session.execute(update(Clock).values(started_at=datetime(2026, 11, 26, 9, tzinfo=UTC)))

    assess(casework, facts_version=2)
    in_england = first_contact(casework, case)["due_at"]
    assess(casework, facts_version=3, profile={"region": "scotland"})
    in_scotland = first_contact(casework, case)["due_at"]

    assert (in_england, in_scotland) == ("2026-12-02T17:30:00Z", "2026-12-03T17:30:00Z")
    assert read(casework, case)["due_at"] == in_scotland


def test_the_first_contact_that_succeeds_ends_its_clock(casework: Desk) -> None:
    case = open_case(casework)
    casework.ask("record_contact", reference=case, body={**CONTACT, "disposition": "no_answer"})
    assert first_contact(casework, case)["state"] == "running"

    casework.ask("record_contact", reference=case, body=CONTACT)

    clock, shown = first_contact(casework, case), read(casework, case)
    assert (clock["state"], clock["result"]) == ("ended", "met")
    assert clock["ended_at"] == shown["contacts"][1]["started_at"]
    assert (shown["due_at"], shown["overdue"]) == (None, False)


def test_a_later_contact_does_not_move_the_end_and_an_earlier_one_written_down_late_does(casework: Desk) -> None:
    case = open_case(casework)
    date_back(casework, case, timedelta(days=2))
    hours_ago = [(datetime.now(UTC) - timedelta(hours=hours)).isoformat() for hours in (5, 4, 6)]

    ends = []
    for moment in hours_ago:
        casework.ask("record_contact", reference=case, body={**CONTACT, "started_at": moment})
        ends.append(datetime.fromisoformat(first_contact(casework, case)["ended_at"]))

    assert ends == [datetime.fromisoformat(hours_ago[each]) for each in (0, 0, 2)]


def test_a_contact_that_was_over_before_the_case_was_opened_does_not_count(casework: Desk) -> None:
    case = open_case(casework)

    casework.ask("record_contact", reference=case, body={**CONTACT, "started_at": "2026-11-01T10:00:00Z"})

    assert first_contact(casework, case)["state"] == "running"


def test_a_contact_said_to_have_failed_ends_no_clock(casework: Desk) -> None:
    case = open_case(casework)

    casework.ask("record_contact", reference=case, body={**CONTACT, "succeeded": False})

    assert first_contact(casework, case)["state"] == "running"


def test_clocks_rest_while_the_enquirer_owes_the_next_action(casework: Desk) -> None:
    case = open_case(casework)

    casework.ask("change_case", reference=case, body={"requires_action_by": "enquirer"})
    resting, shown = first_contact(casework, case), read(casework, case)
    casework.ask("change_case", reference=case, body={"requires_action_by": "adviser"})
    running = first_contact(casework, case)

    assert (resting["state"], resting["due_at"], shown["due_at"]) == ("paused", None, None)
    assert [segment["state"] for segment in running["segments"]] == ["running", "paused", "running"]
    assert running["segments"][0]["to"] == running["segments"][1]["from"]
    assert running["due_at"] is not None


def test_clocks_rest_while_the_case_is_closed(casework: Desk) -> None:
    case = open_case(casework)

    casework.ask("close_case", reference=case, body=CLOSING)
    closed = first_contact(casework, case)
    casework.ask("reopen_case", reference=case, body={"reason": "They rang again."})
    reopened = first_contact(casework, case)

    assert (closed["state"], closed["segments"][-1]["why"]) == ("paused", "case_closed")
    assert reopened["state"] == "running"


def test_a_case_on_hold_is_still_ours_to_answer(casework: Desk) -> None:
    case = open_case(casework)

    casework.ask("change_case", reference=case, body={"on_hold": True})

    assert first_contact(casework, case)["state"] == "running"


def test_a_case_whose_clock_has_run_out_is_overdue_until_the_contact_is_made(casework: Desk) -> None:
    late, in_time = open_case(casework, enquiry="ENQ-LATE"), open_case(casework, enquiry="ENQ-SOON")
    date_back(casework, late, timedelta(days=30))

    assert listed(casework, overdue="true") == [late]
    assert listed(casework, overdue="false") == [in_time]
    assert (read(casework, late)["overdue"], first_contact(casework, late)["result"]) == (True, "breached")

    casework.ask("record_contact", reference=late, body=CONTACT)

    assert listed(casework, overdue="true") == []
    assert listed(casework, overdue="false") == [in_time, late]
    assert first_contact(casework, late)["result"] == "breached"


def test_a_closed_case_is_not_overdue_until_it_is_reopened(casework: Desk) -> None:
    # given a case that nobody has got through to in time
    case = open_case(casework)
    date_back(casework, case, timedelta(days=30))

    # when it is closed
    closed = casework.ask("close_case", reference=case, body=CLOSING)

    # then nobody is sent after it, though its clock still says that it came too late
    assert (closed["due_at"], closed["overdue"]) == (None, False)
    assert listed(casework, overdue="true") == []
    assert first_contact(casework, case)["result"] == "breached"
    casework.ask("reopen_case", reference=case, body={"reason": "They rang again."})
    assert listed(casework, overdue="true") == [case]


def listed(casework: Desk, **filters: str) -> list[str]:
    """The references that a list gives."""
    return [item["reference"] for item in casework.ask("list_cases", body=filters)["items"]]
