"""The four tables that every service's database holds beside its own, and how a database gets its tables.

outbox       events told, each written in the transaction of the change that it tells of
inbox        events heard, one row for each event and handler: done, to be retried, or parked
idempotency  the first answer to each idempotency key
audit        who did what to which subject, and when
"""

import importlib
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    Text,
    Uuid,
    create_engine,
    func,
    make_url,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import NullPool

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

COLUMN_TYPES = {datetime: DateTime(timezone=True), dict[str, Any]: JSONB, str: Text}


class ChassisBase(DeclarativeBase):
    """Holds the chassis's own tables. They are copied into each service's metadata."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = COLUMN_TYPES


class Outbox(ChassisBase):
    """An event waiting to be published, or published lately.

    Rows are kept for a week after they were sent, so that a broker that lost its disk can be fed again.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_unsent", "position", postgresql_where=text("sent_at IS NULL")),
        Index("ix_outbox_sent_at", "sent_at"),
    )

    position: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    event_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    type: Mapped[str]
    envelope: Mapped[str]
    sent_at: Mapped[datetime | None]


class Inbox(ChassisBase):
    """One event as one handler met it. State `done`, `retry` or `parked`.

    The envelope is kept only while the event is not done; `error` names the exception's class and place,
    never its words, which may hold personal data.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        Index("ix_inbox_retry", "next_attempt_at", postgresql_where=text("state = 'retry'")),
        Index("ix_inbox_parked", "handled_at", postgresql_where=text("state = 'parked'")),
        Index("ix_inbox_done", "handled_at", postgresql_where=text("state = 'done'")),
    )

    event_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    handler: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    type: Mapped[str]
    subject: Mapped[str]
    correlation_id: Mapped[str]
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    handled_at: Mapped[datetime] = mapped_column(server_default=func.now())
    next_attempt_at: Mapped[datetime | None]
    error: Mapped[str | None]
    envelope: Mapped[str | None]


class Idempotency(ChassisBase):
    """The answer that the first request with a key was given. Kept for 72 hours."""

    __tablename__ = "idempotency"
    __table_args__ = (Index("ix_idempotency_created_at", "created_at"),)

    client: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    answer: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Audit(ChassisBase):
    """Who did what to which subject, when, and under which correlation id. Never updated, never deleted."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "subject", "position"),)

    position: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    client: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    sequence: Mapped[int]
    correlation_id: Mapped[str]


def service_base() -> type[DeclarativeBase]:
    """A declarative base for one service, whose metadata already holds the chassis's tables."""

    class ServiceBase(DeclarativeBase):
        metadata = MetaData(naming_convention=NAMING)
        type_annotation_map = COLUMN_TYPES

    for table in ChassisBase.metadata.tables.values():
        table.to_metadata(ServiceBase.metadata)
    return ServiceBase


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
