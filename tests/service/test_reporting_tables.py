"""The tables of reporting."""

from sqlalchemy import inspect

from services.reporting.domain.folding import event_of, sequence_of
from services.reporting.domain.readmodels import READ_MODELS
from services.reporting.models import Base
from services.reporting.service import ReportingService
from tests.fixtures.stores import MakeDesk


def test_a_table_has_the_columns_of_its_read_model_and_no_others() -> None:
    for model in READ_MODELS:
        groups = {name for group in model.latest for name in (sequence_of(group), event_of(group))}
        fields = {name for group in model.latest.values() for name in group}
        table = Base.metadata.tables[model.name]

        assert set(table.c.keys()) == {*model.key, *fields, *groups, *model.earliest}
        assert tuple(table.primary_key.columns.keys()) == model.key


def test_a_journey_keeps_room_for_its_changes(desk: MakeDesk) -> None:
    with desk(ReportingService).database.engine.connect() as connection:
        options = inspect(connection).get_table_options("journeys")

    assert options["postgresql_with"]["fillfactor"] == "70"
