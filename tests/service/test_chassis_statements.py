"""What is sent to the database in place of a statement: EXECUTE, BEGIN along with the first, COMMIT, ROLLBACK."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.database import MOST_PREPARED, Database, insert_together
from tests.fixtures.probes import Base, Entry
from tests.fixtures.processes import MakeProbeDatabase

NOW = datetime(2026, 11, 21, 9, 4, tzinfo=UTC)


@pytest.fixture
def database(probe_database: MakeProbeDatabase) -> Iterator[Database]:
    """A database with one connection, so that what one use leaves behind is what the next one meets."""
    made = Database(probe_database(Base, "intake"), connections=1)
    yield made
    made.close()


def names(session: Session) -> list[str]:
    """The names of all entries."""
    return list(session.scalars(select(Entry.name).order_by(Entry.name)))


def enter_wrongly(session: Session, name: str) -> None:
    """Store an entry, and then one that the database refuses."""
    session.add(Entry(name=name, made_at=NOW))
    session.flush()
    session.execute(text("INSERT INTO entries (name) VALUES ('without the rest')"))


def sent(database: Database) -> list[str]:
    """The first word of every statement that is sent from now on, of the first one's first two."""
    words: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *details: words.append(details[2].split(" (")[0]))
    return words


def test_a_change_begins_with_its_first_statement_and_ends_with_one_commit(database: Database) -> None:
    words = sent(database)

    with database.change() as session:
        session.add(Entry(name="Ann", made_at=NOW))
        session.flush()
        session.add(Entry(name="Bea", made_at=NOW))

    assert words == ["BEGIN; EXECUTE s0", "EXECUTE s0", "COMMIT"]
    with database.read() as session:
        assert names(session) == ["Ann", "Bea"]


def test_a_change_that_fails_is_rolled_back_and_leaves_no_transaction_open(database: Database) -> None:
    with pytest.raises(IntegrityError), database.change() as session:
        enter_wrongly(session, "Ann")
    with pytest.raises(ZeroDivisionError), database.change() as session:
        session.execute(text("SELECT 1")).scalar_one() / 0

    with database.read() as session:
        assert names(session) == []
        assert session.scalar(text("SELECT now() = statement_timestamp()")), "a transaction is open"


def test_an_attempt_within_a_change_can_fail_by_itself(database: Database) -> None:
    with database.change() as session:
        session.add(Entry(name="Ann", made_at=NOW))
        with pytest.raises(IntegrityError), session.begin_nested():
            enter_wrongly(session, "Bea")

    with database.read() as session:
        assert names(session) == ["Ann"]


def test_a_statement_is_prepared_once_whatever_its_values(database: Database) -> None:
    for name in ("Ann", "Bea", "O'Neill", "100 %", "back\\slash", "%(name)s", "$1"):
        with database.change() as session:
            session.add(Entry(name=name, made_at=NOW))
        with database.read() as session:
            assert session.scalar(select(Entry.made_at).where(Entry.name == name)) == NOW

    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM pg_prepared_statements")) == 2


def test_no_more_statements_are_prepared_than_a_connection_may_keep(database: Database) -> None:
    with database.read() as session:
        for number in range(MOST_PREPARED + 10):
            found = session.scalar(text(f"SELECT {number} WHERE 1 = :one"), {"one": 1})
            assert found == number

        assert session.scalar(text("SELECT count(*) FROM pg_prepared_statements")) == MOST_PREPARED


def test_rows_are_inserted_together_in_one_statement(database: Database) -> None:
    words = sent(database)

    with database.change() as session:
        insert_together(
            session,
            Entry(name="Ann", made_at=NOW, version=1, times=0),
            Entry(name="Bea", made_at=NOW, version=2, times=3),
        )

    assert len(words) == 2, words
    with database.read() as session:
        assert session.execute(select(Entry.name, Entry.version, Entry.times).order_by(Entry.name)).all() == [
            ("Ann", 1, 0),
            ("Bea", 2, 3),
        ]


def test_of_rows_inserted_together_all_are_stored_or_none(database: Database) -> None:
    twice = [Entry(name="Ann", made_at=NOW, version=1, times=0) for _ in range(2)]

    with pytest.raises(IntegrityError), database.change() as session:
        insert_together(session, *twice)

    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Entry)) == 0
