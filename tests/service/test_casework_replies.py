"""A case that waits for its enquirer is the adviser's again once they have written."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis.fields import instant, new_id
from services.casework.service import CaseworkService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.casework_story import CLOSING, ENQUIRY, open_case, read, timeline


@pytest.fixture
def casework(desk: MakeDesk) -> Desk:
    """Casework on a database of its own."""
    return desk(CaseworkService)


def reply(casework: Desk, case: str, after: timedelta = timedelta(), **changes: Any) -> str:
    """Let casework hear of a reply, so long from now; return what became of the event."""
    at = instant(datetime.now(UTC) + after)
    told = {"enquiry": ENQUIRY, "case": case, "channel": "email", "at": at}
    return casework.hear(
        "intake", "enquirer_replied", **{"subject": ENQUIRY, "sequence": 4, "data": told, "time": at, **changes}
    )


def wait_for_enquirer(casework: Desk, case: str) -> None:
    """Have an adviser make the enquirer owe the next action."""
    casework.ask("change_case", reference=case, body={"requires_action_by": "enquirer"})


def test_a_reply_hands_a_case_that_waits_for_it_to_the_adviser_and_its_clocks_run(casework: Desk) -> None:
    case = open_case(casework)
    wait_for_enquirer(casework, case)

    assert reply(casework, case, timedelta(seconds=1)) == "done"

    shown = read(casework, case)
    [clock] = shown["clocks"]
    assert (shown["requires_action_by"], clock["state"], shown["due_at"]) == ("adviser", "running", clock["due_at"])
    assert [one["why"] for one in clock["segments"]] == ["started", "enquirer_owes_next_action", "resumed"]
    [line] = [one for one in shown["timeline"] if one["what"] == "enquirer_replied"]
    assert (line["who"], line["detail"]) == ("event:intake.enquirer_replied", {"channel": "email"})
    told = casework.told()[-1]
    assert (told.type, told.data["changed"], told.sequence) == (
        "case_changed",
        ["requires_action_by"],
        shown["version"],
    )
    assert all(pause["to"] for pause in told.data["pauses"])


def test_clocks_run_from_when_a_reply_came_however_late_it_was_filed(casework: Desk) -> None:
    case = open_case(casework)
    wait_for_enquirer(casework, case)

    reply(casework, case, timedelta(hours=1), time=instant(datetime.now(UTC) + timedelta(days=3)))

    [pause] = casework.told()[-1].data["pauses"]
    lasted = datetime.fromisoformat(pause["to"]) - datetime.fromisoformat(pause["from"])
    assert timedelta(hours=1) <= lasted < timedelta(hours=1, minutes=1)


def test_a_hand_that_made_the_case_wait_after_the_reply_was_told_stands_above_it(casework: Desk) -> None:
    case = open_case(casework)
    wait_for_enquirer(casework, case)

    assert reply(casework, case, -timedelta(seconds=30)) == "done"

    assert read(casework, case)["requires_action_by"] == "enquirer"
    assert timeline(casework, case)[-1] == "enquirer_replied"


def test_a_reply_that_comes_twice_is_heard_once_and_an_older_one_takes_the_turn_from_nobody(casework: Desk) -> None:
    case = open_case(casework)
    wait_for_enquirer(casework, case)
    once = new_id()

    assert [reply(casework, case, timedelta(seconds=1), id=once) for _ in range(2)] == ["done", "repeat"]
    casework.ask("change_case", reference=case, body={"requires_action_by": "cabinet_office"})
    reply(casework, case, timedelta(seconds=-1), sequence=3)

    assert read(casework, case)["requires_action_by"] == "cabinet_office"
    assert timeline(casework, case).count("enquirer_replied") == 2


def test_a_reply_about_a_closed_case_is_a_line_of_its_timeline(casework: Desk) -> None:
    case = open_case(casework)
    wait_for_enquirer(casework, case)
    casework.ask("close_case", reference=case, body=CLOSING)

    assert reply(casework, case, timedelta(seconds=1)) == "done"

    shown = read(casework, case)
    assert (shown["status"], shown["timeline"][0]["what"]) == ("closed", "enquirer_replied")


def test_a_reply_about_a_case_that_is_not_known_yet_is_tried_again(casework: Desk) -> None:
    assert reply(casework, "CAS-8N2F-6KDF") == "retry"
