"""The tables that the migrations of each service make are those that its models describe."""

import importlib

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, create_engine, inspect
from sqlalchemy.pool import NullPool

from deploy.virtual_hosts import SERVICES
from tests.fixtures.stores import MakeDatabase


@pytest.mark.parametrize("service", SERVICES)
def test_the_migrated_tables_are_those_of_the_models(service: str, database: MakeDatabase) -> None:
    metadata = importlib.import_module(f"services.{service}.models").Base.metadata

    with create_engine(database(service), poolclass=NullPool).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        differences = compare_metadata(context, metadata)
        migrated = inspect(connection).get_multi_check_constraints()

    assert differences == []
    # Alembic compares no CHECKs: at least their names are held against each other.
    for table in metadata.tables.values():
        described = {str(one.name) for one in table.constraints if isinstance(one, CheckConstraint)}
        assert {check["name"] for check in migrated[None, table.name]} == described, table.name
