"""Hearing while the database comes and goes: nothing is decided that was not written down."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError

from chassis.entrypoints import entrypoints_of, handles
from chassis.events import Hearing, Outage
from chassis.tables import Inbox
from chassis.work import Work
from tests.fixtures.desk import Desk, Noted
from tests.fixtures.probes import Base, Hearer, entered
from tests.fixtures.processes import MakeProbeDatabase

KEEP = entrypoints_of(Hearer).handlers["keep"]


class Cutting:
    """Loses its connection while it handles an event."""

    name = "triage"

    @handles("intake", "entered")
    def keep(self, work: Work, data: dict[str, Any]) -> None:
        """Have the server end this very connection."""
        work.session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


@pytest.fixture
def hearer(probe_database: MakeProbeDatabase) -> Iterator[Desk]:
    """The hearing probe at work."""
    desk = Desk(Hearer, probe_database(Base, "triage"))
    yield desk
    desk.close()


def have_waiting(desk: Desk, *names: str) -> None:
    """Let events of these names fail, and be due for another attempt at once."""
    for name in names:
        desk.hearing.handle(KEEP, [entered(name, "bad")])
    with desk.session() as session:
        session.execute(update(Inbox).values(next_attempt_at=text("now() - interval '1 second'")))


def inbox(desk: Desk) -> list[tuple[str, int]]:
    """State and attempts of the inbox's rows."""
    with desk.session() as session:
        return [(row.state, row.attempts) for row in session.scalars(select(Inbox).order_by(Inbox.subject))]


def test_a_connection_that_is_cut_while_an_event_is_handled_decides_nothing(hearer: Desk) -> None:
    with pytest.raises(Outage):
        Hearing(Cutting(), hearer.database, Noted()).handle(KEEP, [entered("Ann")])

    assert inbox(hearer) == []


def test_a_connection_that_is_cut_while_an_event_is_tried_again_leaves_it_as_it_was(hearer: Desk) -> None:
    have_waiting(hearer, "Ann")

    with pytest.raises(OperationalError):
        Hearing(Cutting(), hearer.database, Noted()).retry_due()

    assert inbox(hearer) == [("retry", 1)]
    assert hearer.hearing.retry_due() == 1, "it is due still"
    assert inbox(hearer) == [("retry", 2)]


def test_no_more_events_are_tried_at_a_time_than_the_limit_says(hearer: Desk) -> None:
    have_waiting(hearer, "Ann", "Bob", "Cy")

    assert hearer.hearing.retry_due(limit=2) == 2
    assert hearer.hearing.retry_due(limit=2) == 1


def test_an_event_that_another_process_is_trying_is_left_to_it(hearer: Desk) -> None:
    have_waiting(hearer, "Ann", "Bob")
    with hearer.session() as other:
        other.execute(select(Inbox).where(Inbox.subject == "Ann").with_for_update())

        assert hearer.hearing.retry_due() == 1

    assert inbox(hearer) == [("retry", 1), ("retry", 2)]


def test_what_cannot_be_written_down_is_not_taken_for_an_outage(hearer: Desk) -> None:
    with pytest.raises(ValueError, match="NUL"):
        hearer.hearing.park("keep", entered("Ann"), "a\0b")
