"""Answering: once for each key, in time, only to whom it may be told, and with every fault named."""

import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text

from chassis.errors import (
    DeadlineExceeded,
    Forbidden,
    Invalid,
    KeyReused,
    KeyRunning,
    NotFound,
    Refused,
    Stale,
    Unavailable,
)
from chassis.rpc import Answering, Request
from chassis.work import Caller
from tests.fixtures.desk import Desk
from tests.fixtures.probes import Base, SlowTeller, Teller
from tests.fixtures.processes import MakeProbeDatabase

ADVISER = Caller("adviser-1", "console", frozenset({"adviser"}))


@pytest.fixture
def teller(probe_database: MakeProbeDatabase) -> Iterator[Desk]:
    """The telling probe at work."""
    desk = Desk(Teller, probe_database(Base, "intake"))
    yield desk
    desk.close()


def count(desk: Desk, table: str) -> int:
    """How many rows a table holds."""
    with desk.session() as session:
        return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_a_command_leaves_its_event_its_audit_row_and_its_answer_together(teller: Desk) -> None:
    teller.ask("enter", body={"name": "Ann"}, key="k")

    [event] = teller.told()
    assert (event.type, event.source, event.subject, event.sequence) == ("entered", "intake", "Ann", 1)
    assert [count(teller, table) for table in ("entries", "outbox", "audit", "idempotency")] == [1, 1, 1, 1]


def test_the_same_key_gives_the_first_answer_again_and_does_nothing(teller: Desk) -> None:
    first = teller.reply("enter", body={"name": "Ann"}, key="k")
    second = teller.reply("enter", body={"name": "Ann"}, key="k")

    assert second.body == first.body
    assert (first.replayed, second.replayed) == (False, True)
    assert count(teller, "entries") == 1


def test_the_same_key_with_another_request_is_refused(teller: Desk) -> None:
    teller.ask("enter", body={"name": "Ann"}, key="k")

    with pytest.raises(KeyReused):
        teller.ask("enter", body={"name": "Bob"}, key="k")


def test_two_clients_may_use_the_same_key(teller: Desk) -> None:
    teller.ask("enter", body={"name": "Ann"}, key="k", client="console")
    teller.ask("enter", body={"name": "Bob"}, key="k", client="portal")

    assert count(teller, "entries") == 2


def test_a_key_whose_first_request_is_under_way_is_refused_at_once(teller: Desk) -> None:
    slow = Desk(SlowTeller, str(teller.database.engine.url.render_as_string(hide_password=False)))
    thread = threading.Thread(target=lambda: slow.ask("enter_slowly", body={"name": "Ann"}, key="k"))
    thread.start()
    SlowTeller.inside.wait(5)

    began = time.monotonic()
    with pytest.raises(KeyRunning):
        slow.ask("enter_slowly", body={"name": "Ann"}, key="k")
    assert time.monotonic() - began < 3

    SlowTeller.go_on.set()
    thread.join()
    assert slow.reply("enter_slowly", body={"name": "Ann"}, key="k").replayed
    slow.close()


def test_a_hundred_requests_with_one_key_at_once_have_one_effect(teller: Desk) -> None:
    answers: list[str] = []
    start = threading.Barrier(50)

    def enter() -> None:
        start.wait()
        for _ in range(2):
            try:
                answers.append(teller.ask("enter", body={"name": "Ann"}, key="k")["name"])
            except KeyRunning:
                answers.append("running")

    threads = [threading.Thread(target=enter) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(answers) <= {"Ann", "running"}
    assert "Ann" in answers
    assert [count(teller, table) for table in ("entries", "outbox", "audit")] == [1, 1, 1]


def test_a_command_that_loses_a_race_is_tried_again(teller: Desk) -> None:
    """Two requests insert the same primary key; the second meets it and fails for good only after three tries."""
    teller.ask("enter", body={"name": "Ann"})

    with pytest.raises(Exception, match=r"unique|duplicate"):
        teller.ask("enter", body={"name": "Ann"})
    assert count(teller, "outbox") == 1


@pytest.mark.parametrize(
    ("arguments", "pointers"),
    [
        ({}, ["/name"]),
        ({"body": {}}, ["/name"]),
        ({"body": {"name": ""}}, ["/name"]),
        ({"body": {"name": 1}}, ["/name"]),
        ({"body": {"name": "a\0b"}}, ["/name"]),
        ({"body": {"name": "x" * 101}}, ["/name"]),
        ({"body": {"name": "Ann", "other/~": 1}}, ["/other~1~0"]),
        ({"body": {"name": "Ann"}, "stranger": 1}, ["/stranger"]),
        ({"body": []}, [""]),
        ({"body": None}, [""]),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(
    teller: Desk, arguments: dict[str, object], pointers: list[str]
) -> None:
    with pytest.raises(Invalid) as refusal:
        teller.ask("enter", **arguments)

    assert [error.pointer for error in refusal.value.errors] == pointers
    assert count(teller, "entries") == 0


@pytest.mark.parametrize("reference", [None, 1, "", "x" * 101, "a\0b", ["Ann"]])
def test_an_id_that_is_no_id_is_refused(teller: Desk, reference: object) -> None:
    with pytest.raises(Invalid):
        teller.ask("touch", reference=reference)


def test_arguments_that_are_no_object_are_refused(teller: Desk) -> None:
    with pytest.raises(Invalid):
        Answering(Teller(), teller.database).answer(Request("enter", ["Ann"], ADVISER))


def test_a_method_that_is_not_there_is_not_found(teller: Desk) -> None:
    with pytest.raises(NotFound):
        teller.ask("__init__")


@pytest.mark.parametrize(("roles", "allowed"), [(["adviser"], True), (["manager"], True), (["admin"], True)])
def test_who_may_call_may_call(teller: Desk, roles: list[str], allowed: bool) -> None:
    assert bool(teller.ask("echo", body={"name": "Ann"}, roles=roles)) is allowed


@pytest.mark.parametrize("roles", [[], ["analyst"], ["portal", "ops"]])
def test_who_may_not_call_is_refused(teller: Desk, roles: list[str]) -> None:
    with pytest.raises(Forbidden):
        teller.ask("echo", body={"name": "Ann"}, roles=roles)


def test_a_request_past_its_deadline_is_not_run(teller: Desk) -> None:
    late = Request("enter", {"body": {"name": "Ann"}}, ADVISER, deadline=time.time() - 0.1)

    with pytest.raises(DeadlineExceeded):
        Answering(Teller(), teller.database).answer(late)
    assert count(teller, "entries") == 0


def test_a_change_to_a_version_that_is_gone_is_stale(teller: Desk) -> None:
    teller.ask("enter", body={"name": "Ann"})
    teller.ask("touch", reference="Ann", if_match=1)

    with pytest.raises(Stale):
        teller.ask("touch", reference="Ann", if_match=1)
    assert teller.ask("touch", reference="Ann", if_match=2)["version"] == 3


def test_a_refusal_leaves_nothing_behind(teller: Desk) -> None:
    with pytest.raises(NotFound):
        teller.ask("touch", reference="nobody", key="k")

    assert [count(teller, table) for table in ("outbox", "audit", "idempotency")] == [0, 0, 0]


def test_a_walk_over_a_list_skips_and_repeats_nothing_while_rows_are_added(teller: Desk) -> None:
    for number in range(7):
        teller.ask("enter", body={"name": f"n{number}"})

    first = teller.ask("list_entries", body={"limit": "3"})
    teller.ask("enter", body={"name": "new"})
    second = teller.ask("list_entries", body={"limit": 3, "after": first["next"]})
    third = teller.ask("list_entries", body={"limit": 3, "after": second["next"]})

    seen = [item["name"] for page in (first, second, third) for item in page["items"]]
    assert seen == [f"n{number}" for number in reversed(range(7))]
    assert third["next"] is None


def test_while_the_database_is_away_the_answer_is_unavailable(teller: Desk) -> None:
    away = Answering(Teller(), type(teller.database)("postgresql+psycopg2://nobody@127.0.0.1:1/nothing"))

    for method, arguments in (("list_entries", {"body": {}}), ("enter", {"body": {"name": "Ann"}})):
        with pytest.raises(Unavailable):
            away.answer(Request(method, arguments, ADVISER))


def test_a_connection_that_was_cut_is_an_outage_and_the_next_request_passes(teller: Desk) -> None:
    teller.ask("list_entries", body={})
    engine = create_engine(teller.database.engine.url)
    with engine.connect() as connection:
        others = "pid <> pg_backend_pid() AND datname = current_database()"
        connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
    engine.dispose()

    outcomes = []
    for _ in range(3):
        try:
            teller.ask("list_entries", body={})
            outcomes.append("done")
        except Unavailable:
            outcomes.append("unavailable")
    assert outcomes[-1] == "done"


def test_a_refusal_says_what_crosses_the_bus(teller: Desk) -> None:
    with pytest.raises(Refused) as refusal:
        teller.ask("touch", reference="nobody")

    assert refusal.value.as_dict() == {
        "kind": "not_found",
        "code": "not_found",
        "detail": "There is no such entry.",
        "errors": [],
        "allowed": None,
    }
