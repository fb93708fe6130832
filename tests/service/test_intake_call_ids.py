"""An exchange that is started again counts anew, so that several calls bear one id of it: each is a call of its own."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from chassis.fields import instant
from services.intake.domain.calls import LONGEST
from services.intake.models import Call
from services.intake.service import IntakeService
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk
from tests.service.intake_samples import LEAST

YESTERDAY, TODAY = datetime.fromisoformat("2026-11-19T09:04:00Z"), datetime.fromisoformat("2026-11-20T09:04:00Z")


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work on a database of its own."""
    return desk(IntakeService)


def tell(intake: Desk, event: str, at: datetime, user: str | None = None, call: str = "1") -> None:
    """Tell intake of the call that bears an id at this time, as the exchange."""
    body = {"event": event, "callId": call, "from": "07700 900123", "direction": "in", "user": user, "at": instant(at)}
    intake.ask("hear_call", roles=("telephone_exchange",), subject="exchange", body=body)


def calls(intake: Desk) -> list[dict[str, Any]]:
    """The calls that are kept, in the order of their beginning."""
    found: list[dict[str, Any]] = intake.ask("list_calls")["items"]
    return sorted(found, key=lambda call: str(call["began_at"]))


def test_a_call_that_bears_the_id_of_yesterdays_is_another_call(intake: Desk) -> None:
    tell(intake, "newCall", YESTERDAY)
    tell(intake, "hangup", YESTERDAY + timedelta(minutes=9))
    [yesterday] = calls(intake)
    intake.ask("create_enquiry", body={**LEAST, "call": yesterday["id"]})

    tell(intake, "newCall", TODAY)

    before, now = calls(intake)
    assert (before["id"], before["status"], before["ended_at"]) == (yesterday["id"], "ended", yesterday["ended_at"])
    assert (now["status"], now["began_at"], now["written_up_at"]) == ("ringing", instant(TODAY), None)
    assert [event.subject for event in intake.told() if event.type == "call_changed"][-1] == now["id"]


@pytest.mark.parametrize("order", [*itertools.permutations(range(4))][::5])
def test_calls_of_one_id_are_kept_apart_in_any_order_and_however_often_they_are_told(
    intake: Desk, order: tuple[int, ...]
) -> None:
    told = [
        (event, began + after, user)
        for began, user in ((YESTERDAY, "anna"), (TODAY, "ben"))
        for event, after in (("answer", timedelta()), ("hangup", LONGEST))
    ]

    for number in (*order, *order):
        tell(intake, *told[number])

    assert [(call["status"], call["users"], call["version"]) for call in calls(intake)] == [
        ("ended", ["anna"], 2), ("ended", ["ben"], 2),
    ]  # fmt: skip


def test_whatever_is_told_under_an_id_is_of_one_call_and_its_calls_follow_one_another(intake: Desk) -> None:
    ids = itertools.count(2)

    @settings(deadline=None, max_examples=50)
    @given(st.lists(st.integers(0, 30), min_size=1, max_size=8))
    def check(hours: list[int]) -> None:
        call = str(next(ids))
        for hour in (*hours, *hours):
            tell(intake, "answer", YESTERDAY + timedelta(hours=hour), str(hour), call)

        bore = func.coalesce(Call.exchange_id, Call.former_exchange_id) == call
        with intake.session() as session:
            kept = session.scalars(select(Call.users).where(bore).order_by(Call.began_at)).all()
        assert [int(hour) for users in kept for hour in users] == sorted(set(hours))

    check()


def test_what_is_told_long_after_a_call_was_last_heard_of_is_of_another(intake: Desk) -> None:
    tell(intake, "newCall", YESTERDAY)
    tell(intake, "answer", YESTERDAY + LONGEST, "anna")
    tell(intake, "hangup", YESTERDAY + 2 * LONGEST, "anna")
    assert [call["status"] for call in calls(intake)] == ["ended"]

    tell(intake, "hangup", YESTERDAY + 3 * LONGEST + timedelta(seconds=1), "anna")

    assert len(calls(intake)) == 2


def test_events_of_a_call_with_a_known_id_that_arrive_at_once_make_one_call(intake: Desk) -> None:
    tell(intake, "hangup", YESTERDAY)

    with ThreadPoolExecutor(9) as threads:
        list(threads.map(lambda event: tell(intake, event, TODAY), ["newCall", "answer", "hangup"] * 3))

    assert [call["status"] for call in calls(intake)] == ["ended", "ended"]


def test_a_call_that_was_emptied_after_its_time_is_left_alone(intake: Desk) -> None:
    tell(intake, "hangup", YESTERDAY)
    with intake.session() as session:
        session.execute(text("UPDATE calls SET number = NULL, heard = '[]'"))

    tell(intake, "hangup", TODAY)

    assert [call["number"] for call in calls(intake)] == [None, "+447700900123"]


def test_the_release_before_still_finds_one_call_of_an_id(intake: Desk) -> None:
    """It wants the id to be borne by one call, and makes one where none does."""
    for began in (YESTERDAY, TODAY, YESTERDAY - timedelta(days=1)):
        tell(intake, "hangup", began)

    with intake.session() as session:
        made = session.execute(
            text(
                "INSERT INTO calls (id, exchange_id, version, heard, status, users, began_at, created_at)"
                " VALUES (gen_random_uuid(), '1', 0, '[]', 'ringing', '[]', now(), now())"
                " ON CONFLICT (exchange_id) DO NOTHING"
            )
        )
        found = session.execute(text("SELECT id FROM calls WHERE exchange_id = '1'")).all()

    assert (made.rowcount, len(found)) == (0, 1)  # type: ignore[attr-defined]
