"""Which errors say that the database is away, and which that the same transaction may pass if it is run again."""

import pytest
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InvalidRequestError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as NoConnectionInTime

from chassis.database import Database, is_outage, is_worth_repeating

NOWHERE = "postgresql://nobody:secret@127.0.0.1:1/nothing"


class Said(Exception):
    """What the driver raises; `pgcode` is PostgreSQL's code, None when it did not come to that."""

    def __init__(self, pgcode: str | None) -> None:
        super().__init__("words")
        self.pgcode = pgcode


def error(kind: type[DBAPIError], pgcode: str | None = None, *, cut: bool = False) -> DBAPIError:
    """An error as SQLAlchemy hands it on."""
    return kind("SELECT 1", {}, Said(pgcode), connection_invalidated=cut)


@pytest.mark.parametrize(
    ("seen", "away"),
    [
        (error(OperationalError), True),
        (error(OperationalError, "57P01"), True),
        (error(OperationalError, "57P03"), True),
        (error(OperationalError, "53300"), True),
        (error(OperationalError, "08006"), True),
        (error(ProgrammingError, cut=True), True),
        (NoConnectionInTime(), True),
        (TimeoutError(), False),
        (error(OperationalError, "57014"), False),
        (error(OperationalError, "55P03"), False),
        (error(OperationalError, "40P01"), False),
        (error(IntegrityError, "23505"), False),
        (error(ProgrammingError), False),
        (InvalidRequestError(), False),
        (OSError(), False),
        (ValueError(), False),
    ],
    ids=repr,
)
def test_an_outage_is_told_from_a_statement_that_was_wrong(seen: Exception, away: bool) -> None:
    assert is_outage(seen) is away


@pytest.mark.parametrize(
    ("seen", "worth"),
    [
        (error(OperationalError, "40P01"), True),
        (error(OperationalError, "40001"), True),
        (error(IntegrityError, "23505"), True),
        (error(IntegrityError, "23503"), False),
        (error(DataError, "22001"), False),
        (error(OperationalError), False),
        (ValueError(), False),
    ],
    ids=repr,
)
def test_what_lost_a_race_is_worth_repeating_and_nothing_else(seen: Exception, worth: bool) -> None:
    assert is_worth_repeating(seen) is worth


def test_a_database_that_is_away_does_not_answer() -> None:
    assert not Database(NOWHERE).answers()


def test_neither_a_password_nor_what_is_stored_is_ever_shown() -> None:
    database = Database(NOWHERE)

    assert "secret" not in repr(database.engine)
    assert database.engine.hide_parameters
    assert database.engine.url.drivername == "postgresql+psycopg2", "whatever driver the URL names"
