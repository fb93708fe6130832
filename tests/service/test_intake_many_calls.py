"""The calls without a record are found among many that have one."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.intake.service import IntakeService
from services.intake.telephony.calls import list_calls
from tests.fixtures.desk import Desk
from tests.fixtures.stores import MakeDesk

# Of a thousand calls one is without a record, and one of ten of these goes on.
MANY = text("""
INSERT INTO calls (id, exchange_id, version, heard, status, users, began_at, created_at, written_up_at)
SELECT gen_random_uuid(), number, 1, '[]', CASE WHEN number % 10000 = 0 THEN 'ringing' ELSE 'ended' END, '[]', at, at,
    CASE WHEN number % 1000 <> 0 THEN at END
FROM (SELECT number, now() - number * interval '1 second' AS at FROM generate_series(1, 20000) AS number) AS every
""")
SCANS = text("SELECT pg_stat_get_xact_numscans('ix_calls_not_written_up'::regclass)")
PAGE = {"written_up": False, "limit": 5, "after": None}


@pytest.fixture
def intake(desk: MakeDesk) -> Desk:
    """Intake at work on a database with many calls."""
    made = desk(IntakeService)
    with made.session() as session:
        session.execute(MANY)
    with made.database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE calls")
    return made


def test_the_calls_without_a_record_are_found_by_an_index_of_their_own_on_every_page(intake: Desk) -> None:
    with intake.session() as session:
        pages = list(walk(session))

        assert [len(items) for items in pages] == [5, 5, 5, 4]
        assert session.scalar(SCANS) == len(pages)


def walk(session: Session) -> Any:
    """Every page of the list, as it is read in turn."""
    after = None
    while True:
        found = list_calls(session, {**PAGE, "after": after}, datetime.now(UTC))
        yield found.items
        if found.next is None:
            return
        after = found.next
