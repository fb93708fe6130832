"""The tables that the migrations make are those that the models describe."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect

from services.referrals.models import Base
from services.referrals.service import ReferralsService
from tests.fixtures.stores import MakeDesk


def test_the_migrated_tables_are_those_of_the_models(desk: MakeDesk) -> None:
    with desk(ReferralsService).database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        there = {name: checks for (_, name), checks in inspect(connection).get_multi_check_constraints().items()}

        assert compare_metadata(context, Base.metadata) == []
        for table in Base.metadata.tables.values():
            described = {str(one.name) for one in table.constraints if isinstance(one, CheckConstraint)}
            assert {check["name"] for check in there[table.name]} == described
