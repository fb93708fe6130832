"""Hearing: an effect exactly once, whatever fails; what cannot be handled is parked and never lost."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from chassis.database import Database
from chassis.entrypoints import entrypoints_of
from chassis.errors import Invalid, NotFound
from chassis.events import WAITS, Hearing, Outage
from chassis.fields import new_id
from chassis.operations import KEPT_ANSWERS, KEPT_DONE, KEPT_SENT, sweep
from chassis.tables import Audit, Idempotency, Inbox, Outbox
from tests.fixtures.desk import Desk, Noted
from tests.fixtures.probes import Base, Entry, Hearer, entered
from tests.fixtures.processes import MakeProbeDatabase

KEEP = entrypoints_of(Hearer).handlers["keep"]


@pytest.fixture
def hearer(probe_database: MakeProbeDatabase) -> Iterator[Desk]:
    """The hearing probe at work."""
    desk = Desk(Hearer, probe_database(Base, "triage"))
    yield desk
    desk.close()


def hear(desk: Desk, name: str, mood: str = "good", **options: Any) -> str:
    """Let the probe hear of a name."""
    return desk.hear("intake", "entered", subject=name, sequence=1, data={"name": name, "mood": mood}, **options)


def times(desk: Desk) -> dict[str, int]:
    """How often each name's event had an effect."""
    with desk.session() as session:
        return {entry.name: entry.times for entry in session.scalars(select(Entry))}


def inbox(desk: Desk) -> list[Inbox]:
    """The inbox's rows."""
    with desk.session() as session:
        return list(session.scalars(select(Inbox).order_by(Inbox.handled_at)))


def make_due(desk: Desk) -> None:
    """Let every waiting retry be due now."""
    with desk.session() as session:
        session.execute(update(Inbox).values(next_attempt_at=datetime.now(UTC) - timedelta(seconds=1)))


def retry(desk: Desk) -> int:
    """What the retry job does."""
    return desk.hearing.retry_due()


def test_a_repeat_does_nothing(hearer: Desk) -> None:
    twice = new_id()

    assert [hear(hearer, "Ann", id=twice), hear(hearer, "Ann", id=twice)] == ["done", "repeat"]
    assert times(hearer) == {"Ann": 1}
    assert len(hearer.told()) == 1


def test_unknown_fields_of_an_event_are_ignored(hearer: Desk) -> None:
    outcome = hearer.hear("intake", "entered", subject="Ann", sequence=1, data={"name": "Ann", "new": {"x": 1}})

    assert outcome == "done"


def test_one_bad_event_holds_up_no_good_one(hearer: Desk) -> None:
    hearer.hearing.handle(KEEP, [entered("Ann"), entered("Bob", "bad"), entered("Cy")])

    assert times(hearer) == {"Ann": 1, "Cy": 1}
    assert sorted(row.state for row in inbox(hearer)) == ["done", "done", "retry"]


def test_a_batch_is_one_transaction_and_a_repeat_within_it_does_nothing(hearer: Desk) -> None:
    one = entered("Ann")

    hearer.hearing.handle(KEEP, [one, one, entered("Bob")])

    assert times(hearer) == {"Ann": 1, "Bob": 1}


def test_what_came_too_early_is_tried_again_until_it_passes(hearer: Desk) -> None:
    assert hear(hearer, "Ann", "early") == "retry"
    assert retry(hearer) == 0, "it is not due yet"

    with hearer.session() as session:
        session.add(Entry(name="ready", made_at=datetime.now(UTC), version=1, times=0))
    make_due(hearer)

    assert retry(hearer) == 1
    assert times(hearer)["Ann"] == 1
    assert [(row.state, row.envelope) for row in inbox(hearer)] == [("done", None)]
    assert len(hearer.told()) == 1


def test_after_its_last_attempt_an_event_is_parked(hearer: Desk) -> None:
    hear(hearer, "Ann", "bad")
    for _ in WAITS:
        make_due(hearer)
        retry(hearer)

    [row] = inbox(hearer)
    assert (row.state, row.attempts, row.next_attempt_at) == ("parked", len(WAITS) + 1, None)
    assert row.error is not None
    assert row.error.startswith("ValueError at probes.py:")
    assert times(hearer) == {}


def test_waits_grow_and_differ(hearer: Desk) -> None:
    for number in range(5):
        hear(hearer, f"n{number}", "bad")
    first = {row.next_attempt_at for row in inbox(hearer)}
    assert len(first) == 5
    assert list(WAITS) == sorted(WAITS)


def test_an_event_that_can_never_be_read_is_parked_at_once(hearer: Desk) -> None:
    assert hearer.hear("intake", "entered", subject="Ann", sequence=1, data={"name": 5}) == "parked"

    [row] = inbox(hearer)
    assert row.error is not None
    assert "/name" in row.error


def test_a_message_that_comes_again_while_its_event_waits_does_not_run_it(hearer: Desk) -> None:
    twice = new_id()
    hear(hearer, "Ann", "bad", id=twice)

    assert hear(hearer, "Ann", "good", id=twice) == "repeat"
    assert times(hearer) == {}


def test_a_handler_that_is_gone_parks_what_waited_for_it(hearer: Desk) -> None:
    hear(hearer, "Ann", "bad")
    with hearer.session() as session:
        session.execute(update(Inbox).values(handler="triage.renamed"))
    make_due(hearer)

    retry(hearer)

    assert [row.state for row in inbox(hearer)] == ["parked"]


def test_while_the_database_is_away_nothing_is_decided() -> None:
    away = Hearing(Hearer(), Database("postgresql+psycopg2://nobody@127.0.0.1:1/nothing"), Noted())

    with pytest.raises(Outage):
        away.handle(KEEP, [entered("Ann")])
    with pytest.raises(Outage):
        away.park("keep", entered("Ann"), "why")


def test_parked_events_are_listed_shown_retried_and_audited(hearer: Desk) -> None:
    hearer.hear("intake", "entered", subject="Ann", sequence=1, data={"name": 5})
    [listed] = hearer.ask("list_parked", body={}, roles=["ops"])["items"]
    names = {"event_id": listed["id"], "handler": listed["handler"]}

    shown = hearer.ask("show_parked", **names, roles=["ops"])
    again = hearer.ask("retry_parked", **names, body={}, roles=["ops"], subject="operator-1")

    assert shown["envelope"]
    assert again["attempts"] == 0
    assert retry(hearer) == 1, "it is due at once"
    with hearer.session() as session:
        [audited] = session.scalars(select(Audit))
    assert (audited.action, audited.actor) == ("parked_event_retried", "operator-1")


def test_a_parked_event_can_be_discarded_with_a_reason_and_never_comes_back(hearer: Desk) -> None:
    thrown = new_id()
    hearer.hear("intake", "entered", subject="Ann", sequence=1, data={"name": 5}, id=thrown)
    names = {"event_id": str(thrown), "handler": "triage.keep"}

    with pytest.raises(Invalid):
        hearer.ask("discard_parked", **names, body={}, roles=["ops"])
    hearer.ask("discard_parked", **names, body={"reason": "made by a test"}, roles=["ops"])

    assert hearer.ask("list_parked", body={}, roles=["ops"])["items"] == []
    assert hear(hearer, "Ann", id=thrown) == "repeat"
    with pytest.raises(NotFound):
        hearer.ask("show_parked", **names, roles=["ops"])


def test_what_was_no_event_can_only_be_discarded(hearer: Desk) -> None:
    hearer.hearing.park_garbage("keep", b"no event!", "not an event's envelope")
    [listed] = hearer.ask("list_parked", body={}, roles=["ops"])["items"]
    names = {"event_id": listed["id"], "handler": listed["handler"]}

    with pytest.raises(NotFound):
        hearer.ask("retry_parked", **names, body={}, roles=["ops"])
    hearer.ask("discard_parked", **names, body={"reason": "made by a test"}, roles=["ops"])


def test_the_sweep_deletes_what_was_kept_long_enough_and_nothing_else(hearer: Desk) -> None:
    hear(hearer, "Ann")
    hear(hearer, "Bob", "bad")
    now = datetime.now(UTC)
    with hearer.session() as session:
        session.execute(update(Inbox).values(handled_at=now - KEPT_DONE - timedelta(hours=1)))
        session.execute(update(Outbox).values(sent_at=now - KEPT_SENT - timedelta(hours=1)))
        for key, age in (("old", KEPT_ANSWERS + timedelta(hours=1)), ("new", timedelta())):
            row = Idempotency(client="c", key=key, fingerprint="f", answer="{}", created_at=now - age)
            session.add(row)

    sweep(hearer.database)

    assert [row.state for row in inbox(hearer)] == ["retry"]
    assert hearer.told() == []
    with hearer.session() as session:
        assert session.scalars(select(Idempotency.key)).all() == ["new"]


def test_two_processes_never_sweep_at_once(hearer: Desk) -> None:
    with hearer.session() as session:
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext('sweep'))"))
        assert sweep(hearer.database) == 0
