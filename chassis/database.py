"""The way to the one database that a service owns: connections, pages of rows, migrations."""

import importlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from marshmallow import Schema, fields, validate
from sqlalchemy import Engine, MetaData, Select, create_engine, make_url, text, tuple_
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionInTime
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.pool import NullPool

from chassis.tables import ChassisBase

# Seconds. A statement or lock that takes longer is given up: whoever asked has gone by then.
STATEMENT_TIMEOUT = 10
LOCK_TIMEOUT = 4
CONNECT_TIMEOUT = 3
_DEADLOCK, _SERIALISATION, _UNIQUE = "40P01", "40001", "23505"


class Database:
    """A pool of connections to one database, and the two ways to use it: to change and to read."""

    def __init__(self, url: str, *, connections: int = 16) -> None:
        timeouts = f"-c statement_timeout={STATEMENT_TIMEOUT}s -c lock_timeout={LOCK_TIMEOUT}s"
        self.engine: Engine = create_engine(
            make_url(url).set(drivername="postgresql+psycopg2"),
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
        self._reading = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def change(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Reading only, each statement by itself: no BEGIN and no COMMIT to wait for."""
        with Session(self._reading, expire_on_commit=False, autoflush=False) as session:
            yield session

    def answers(self) -> bool:
        """Whether the database can be asked right now."""
        try:
            with self._reading.connect() as connection:
                connection.execute(text("SELECT 1"))
        except Exception:
            return False
        return True

    def close(self) -> None:
        """Close every idle connection."""
        self.engine.dispose()


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


def upgrade(service: str, url: str, revision: str = "head") -> None:
    """Bring the database of a service (`intake`, …) to a revision. Several processes may try at once."""
    # A service that only serves needs no Alembic, and starts a fifth sooner without it.
    from alembic import command
    from alembic.config import Config

    package = importlib.import_module(f"services.{service}")
    config = Config()
    config.set_main_option("script_location", str(Path(str(package.__file__)).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    command.upgrade(config, revision)


def run_migrations(metadata: MetaData) -> None:
    """What a service's `migrations/env.py` calls. One process migrates, the others wait for it."""
    from alembic import context

    url = make_url(context.config.attributes["url"]).set(drivername="postgresql+psycopg2")
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('migrations'))")
        context.configure(connection=connection, target_metadata=metadata, compare_server_default=True)
        context.run_migrations()


def create_chassis_tables(operations: Any) -> None:
    """The chassis's tables as they were in its first release, called by each service's first migration."""
    ChassisBase.metadata.create_all(operations.get_bind())
