"""The release before goes on while the databases are brought up to date: its INSERTs name none of the new columns."""

import pytest
from sqlalchemy import Engine, create_engine, inspect, text

from chassis.tables import upgrade
from services.intake.service import IntakeService
from tests.fixtures.desk import Desk
from tests.fixtures.processes import MakeProbeDatabase
from tests.fixtures.stores import MakeDesk
from tests.service.parties_desk import party
from tests.service.test_chassis_migrating import Nothing
from tests.service.test_intake_duplicates import examine

# The last revision that was ever released, of each service whose tables have changed since.
RELEASED = {"intake": "0003", "casework": "0003", "referrals": "0001"}


@pytest.mark.parametrize("service", RELEASED)
def test_what_was_released_can_still_store_rows(probe_database: MakeProbeDatabase, service: str) -> None:
    url = probe_database(Nothing, service)
    upgrade(service, url, RELEASED[service])
    engine = create_engine(url)
    before = columns(engine)

    upgrade(service, url)

    after = columns(engine)
    engine.dispose()
    needed = {(table, name) for table in before for name in after[table].keys() - before[table] if after[table][name]}
    assert needed == set()


def columns(engine: Engine) -> dict[str, dict[str, bool]]:
    """The columns of each table, and whether whoever stores a row has to name them."""
    found = inspect(engine).get_multi_columns()
    return {
        table: {str(one["name"]): not one["nullable"] and one["default"] is None for one in described}
        for (_, table), described in found.items()
    }


def test_a_party_that_the_release_before_stored_is_found_by_name(desk: MakeDesk) -> None:
    intake = desk(IntakeService)
    sian = party(intake, name="Siân O’Neill", email="sian@example.org", organisation="The Aber Trust")
    with intake.session() as session:
        session.execute(text("UPDATE parties SET folded_name = NULL, organisation_key = NULL"))
    assert named(intake, "oneill") == []

    examine(intake)

    assert named(intake, "oneill") == [sian]
    with intake.session() as session:
        assert session.scalar(text("SELECT organisation_key FROM parties")) == "aber trust"


def named(intake: Desk, name: str) -> list[str]:
    """The parties that are found by a name."""
    return [one["id"] for one in intake.ask("list_parties", body={"q": name})["items"]]
