"""The way to the one database that a service owns: connections, statements, pages of rows."""

import itertools
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from marshmallow import Schema, fields, validate
from psycopg2.extensions import TRANSACTION_STATUS_IDLE
from sqlalchemy import (
    Connection,
    Engine,
    Insert,
    Select,
    bindparam,
    create_engine,
    event,
    insert,
    inspect,
    make_url,
    text,
    tuple_,
)
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionInTime
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session

# Seconds. A statement or lock that takes longer is given up: whoever asked has gone by then.
STATEMENT_TIMEOUT = 10
LOCK_TIMEOUT = 4
CONNECT_TIMEOUT = 3
_DEADLOCK, _SERIALISATION, _UNIQUE = "40P01", "40001", "23505"
# So many different statements are prepared on a connection; lists with rare filters beyond that are sent as they are.
MOST_PREPARED = 100
_PREPARED, _CHANGES = "prepared", "changes"
# A place for a value. The type of an array goes along with the value, because an empty or a text one has no other.
_PLACE = re.compile(r"%(?:\(\w+\))?s((?:::\w+\[\])?)")
# Places whose type PostgreSQL knows before there is a value: compared with a column or assigned to it, or cast.
_TYPED = re.compile(r"(?:(?<!\))\w ?(?:=|<>|!=|<|>|<=|>=) ?|LIMIT |CAST\()%(?:\(\w+\))?s|%(?:\(\w+\))?s::")
_INSERTED = re.compile(r"(?<=[(, ])%(?:\(\w+\))?s(?=[,)])")


class Database:
    """A pool of connections to one database, and the two ways to use it: to change and to read.

    A connection is in no transaction but while it changes. It keeps prepared what it was asked before (`_shorten`).
    """

    def __init__(self, url: str, *, connections: int = 16) -> None:
        timeouts = f"-c statement_timeout={STATEMENT_TIMEOUT}s -c lock_timeout={LOCK_TIMEOUT}s"
        self.engine: Engine = create_engine(
            make_url(url).set(drivername="postgresql+psycopg2"),
            isolation_level="AUTOCOMMIT",
            json_serializer=lambda document: orjson.dumps(document).decode(),
            json_deserializer=orjson.loads,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=CONNECT_TIMEOUT,
            pool_use_lifo=True,
            hide_parameters=True,
            connect_args={
                "connect_timeout": CONNECT_TIMEOUT,
                "options": f"{timeouts} -c idle_in_transaction_session_timeout=30s -c timezone=UTC",
                "keepalives_idle": 10,
                "keepalives_interval": 3,
                "keepalives_count": 3,
                "tcp_user_timeout": 10_000,
            },
        )
        self._changing = self.engine.execution_options(**{_CHANGES: True})
        event.listen(self.engine, "before_cursor_execute", _shorten, retval=True)
        event.listen(self.engine, "commit", _commit)
        event.listen(self.engine, "reset", _roll_back)

    @contextmanager
    def change(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        with Session(self._changing, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Reading only, each statement by itself: no BEGIN and no COMMIT to wait for."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    def answers(self) -> bool:
        """Whether the database can be asked right now."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except Exception:
            return False
        return True

    def close(self) -> None:
        """Close every idle connection."""
        self.engine.dispose()


def _shorten(connection: Connection, cursor: Any, statement: str, parameters: Any, *_: Any) -> tuple[str, Any]:
    """What is sent in place of a statement, to spare work and ways: BEGIN goes along with a change's first."""
    sent = _prepared(connection.info.setdefault(_PREPARED, {}), cursor, statement)
    begins = connection.get_execution_options().get(_CHANGES) and _is_idle(cursor.connection)
    return f"BEGIN; {sent}" if begins else sent, parameters


def _prepared(known: dict[str, str], cursor: Any, statement: str) -> str:
    """The EXECUTE of a statement, which is parsed and planned once for each connection: half of a short one's cost.

    psycopg2 writes the values into the text that it sends, so their places stay in it.
    """
    if statement not in known:
        text, places = _as_prepared(statement)
        if not places or len(known) >= MOST_PREPARED:
            return statement
        name = f"s{len(known)}"
        cursor.execute(f"PREPARE {name} AS {text}")
        known[statement] = f"EXECUTE {name} ({places})"
    return known[statement]


def _as_prepared(statement: str) -> tuple[str, str]:
    """A statement with numbered places for its values, and those places as psycopg2 fills them.

    Both are empty for a statement without places, and for one with a place whose type PostgreSQL would have to guess:
    it might guess text, and sort 10 before 9.
    """
    untyped = _TYPED.sub("", statement)
    if "INSERT INTO" in statement:
        untyped = _INSERTED.sub("", untyped)
    if _PLACE.search(untyped):
        return "", ""
    numbers = itertools.count(1)
    text = _PLACE.sub(lambda place: f"${next(numbers)}{place[1]}", statement)
    return text.replace("%%", "%"), ", ".join(place[0] for place in _PLACE.finditer(statement))


def _commit(connection: Connection) -> None:
    connection.exec_driver_sql("COMMIT")


def _roll_back(connection: Any, *_: Any) -> None:
    """Leave no transaction open on a connection that goes back to the pool."""
    if not _is_idle(connection):
        connection.cursor().execute("ROLLBACK")


def _is_idle(connection: Any) -> bool:
    return bool(connection.get_transaction_status() == TRANSACTION_STATUS_IDLE)


def is_outage(error: BaseException) -> bool:
    """Whether the error says that the database is away, rather than that the statement was wrong."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, NoConnectionInTime)
    if error.connection_invalidated:
        return True
    code = _sqlstate(error)
    # 57P01-03: shutting down or starting up; 53300: too many connections; 08: connection exceptions.
    return isinstance(error, OperationalError) and (code is None or code[:2] in ("08", "53") or code[:3] == "57P")


def is_worth_repeating(error: BaseException) -> bool:
    """Whether the same transaction may well pass if it is run again at once: it lost a race."""
    return isinstance(error, DBAPIError) and _sqlstate(error) in (_DEADLOCK, _SERIALISATION, _UNIQUE)


def _sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "pgcode", None)


class PageQuery(Schema):
    """What every list takes beside its filters: how many items, and after which one."""

    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, 200),
        metadata={"description": "The greatest number of items on the page."},
    )
    after = fields.List(
        fields.String(validate=validate.Length(max=100)),
        load_default=None,
        allow_none=True,
        validate=validate.Length(equal=2),
        metadata={"description": "The place after which the page begins, taken from an earlier page's cursor."},
    )


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and the place after which the next page begins (None on the last page)."""

    items: Sequence[Any]
    next: list[str] | None


def page(
    session: Session,
    statement: Select[Any],
    order: tuple[InstrumentedAttribute[Any], InstrumentedAttribute[Any]],
    query: dict[str, Any],
) -> Page:
    """One page of the statement's entities, the newest first.

    `order` is a pair of columns that never change and together are unique, such as (received_at, id): rows that
    are added while somebody walks the list then make nothing be skipped or repeated. `query` is a loaded PageQuery.
    Raises DataError when `after` was not made by this function; the gateway signs it, so nobody else can.
    """
    if query["after"] is not None:
        statement = statement.where(tuple_(*order) < tuple_(*query["after"]))
    rows = session.scalars(statement.order_by(*(column.desc() for column in order)).limit(query["limit"] + 1)).all()
    items = rows[: query["limit"]]
    if len(rows) <= query["limit"]:
        return Page(items, None)
    place = [getattr(items[-1], column.key) for column in order]
    return Page(items, [value.isoformat() if hasattr(value, "isoformat") else str(value) for value in place])


def insert_together(session: Session, *rows: DeclarativeBase) -> None:
    """Insert new rows of any tables in one statement, where the unit of work would take one for each.

    All their columns must be set, foreign keys too: relationships are not followed, the session does not keep the rows.
    """
    statement, places = _insertion(*(type(row) for row in rows))
    session.connection().execute(
        statement, {f"{number}_{name}": getattr(rows[number], key) for number, name, key in places}
    )


@cache
def _insertion(*models: type[DeclarativeBase]) -> tuple[Insert, list[tuple[int, str, str]]]:
    """The statement for one row of each model, and its values: number of the row, column and attribute."""
    columns = [(number, *pair) for number, model in enumerate(models) for pair in inspect(model).columns.items()]
    places: list[dict[str, Any]] = [{} for _ in models]
    for number, _, column in columns:
        places[number][column.name] = bindparam(f"{number}_{column.name}", type_=column.type)
    *others, last = (
        insert(model.metadata.tables[model.__tablename__]).values(values)
        for model, values in zip(models, places, strict=True)
    )
    together = last.add_cte(*(other.cte(f"row_{number}") for number, other in enumerate(others)))
    return together, [(number, column.name, key) for number, key, column in columns]
