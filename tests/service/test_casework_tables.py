"""The tables of casework."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.casework.models import Base
from services.casework.service import CaseworkService
from tests.fixtures.stores import MakeDesk


def test_the_tables_are_those_that_the_migrations_make(desk: MakeDesk) -> None:
    with desk(CaseworkService).database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        differences = compare_metadata(context, Base.metadata)

    assert [one for one in differences if "alembic_version" not in str(one)] == []
