"""Keeping an event in the log and folding it into the read models.

Every event of every service passes here, so each costs one statement: the log's INSERT and the upserts of the rows
that the event changes go together. Nothing is read first: an upsert does in SQL, on the locked row, what
`domain.folding.merge` says.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Dialect, Insert, bindparam, case, func, or_, tuple_
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from chassis.errors import Unacceptable
from services.reporting.domain.folding import Change, ReadModel, Row, Told, event_of, sequence_of
from services.reporting.domain.readmodels import READ_MODELS
from services.reporting.models import Base

LOG = Base.metadata.tables["event_log"]
_MODELS = {model.name: model for model in READ_MODELS}


def keep(session: Session, told: Told, data: dict[str, Any], changes: Sequence[Change]) -> None:
    """Append an event, with all of its data, to the log, and fold what it changes: at most one row of each model.

    Raises Unacceptable when the database cannot hold the data, such as text with a NUL in it.
    """
    logged = {
        "id": told.id,
        "source": told.source,
        "type": told.type,
        "subject": told.subject,
        "sequence": told.sequence,
        "time": told.time,
        "enquiry": told.data.get("enquiry"),
        "data": orjson.dumps(data).decode(),
    }
    values = _named(LOG.name, logged)
    for change in changes:
        values |= _named(change.model.name, change.row)
    shapes = tuple((change.model.name, tuple(change.row)) for change in changes)
    connection = session.connection()
    try:
        connection.exec_driver_sql(_statement(connection.dialect, shapes), values)
    except DataError:
        raise Unacceptable("an event whose data the database cannot hold") from None


def upsert(model: ReadModel, fields: Sequence[str]) -> postgresql.Insert:
    """An INSERT of rows with these fields, merged into the rows that are there. Its values are still to be given."""
    table = Base.metadata.tables[model.name]
    statement = postgresql.insert(table)
    told = statement.excluded
    groups = [group for group in model.latest if sequence_of(group) in fields]
    earliest = [name for name in model.earliest if name in fields]
    changed: list[ColumnElement[bool]] = []
    merged: dict[str, ColumnElement[Any]] = {}
    for group in groups:
        stamp = (sequence_of(group), event_of(group))
        is_newer = tuple_(*(told[name] for name in stamp)) > tuple_(*(table.c[name] for name in stamp))
        changed.append(is_newer)
        for name in (*model.latest[group], *stamp):
            merged[name] = case((is_newer, told[name]), else_=table.c[name])
    for name in earliest:
        changed.append(or_(table.c[name].is_(None), told[name] < table.c[name]))
        merged[name] = func.least(table.c[name], told[name])
    if len(changed) == 1:  # what the WHERE lets through is newer as a whole: most events, and half the planning
        merged = {name: told[name] for name in merged}
    return statement.on_conflict_do_update(index_elements=model.key, set_=merged, where=or_(*changed))


@lru_cache(maxsize=64)
def _statement(dialect: Dialect, shapes: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    """One statement for the log and for rows of these shapes. There are about twenty, each built once."""
    log: Insert = postgresql.insert(LOG).values(_parameters(LOG.name, LOG.c.keys())).on_conflict_do_nothing()
    for name, fields in shapes:
        log = log.add_cte(upsert(_MODELS[name], fields).values(_parameters(name, fields)).cte(f"folded_{name}"))
    return str(log.compile(dialect=dialect))


def _parameters(table: str, fields: Sequence[str]) -> dict[str, Any]:
    return {name: bindparam(f"{table}_{name}") for name in fields}


def _named(table: str, row: Row) -> Row:
    return {f"{table}_{name}": value for name, value in row.items()}
