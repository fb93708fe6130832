"""One role and one database for each service, on any PostgreSQL 15 or newer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import encrypt_password
from sqlalchemy.engine import make_url

from deploy.errors import CannotRun

OLDEST = 15


@contextmanager
def administrator(admin_url: str) -> Iterator[Any]:
    """A cursor of the administrator, outside any transaction. Raises CannotRun when the server cannot be used."""
    plain = make_url(admin_url).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        connection = psycopg2.connect(plain, connect_timeout=10)
    except psycopg2.OperationalError as error:
        shown = make_url(admin_url).render_as_string(hide_password=True)
        raise CannotRun(f"no connection to PostgreSQL at {shown}: {error}") from error
    try:
        connection.autocommit = True
        if connection.server_version < OLDEST * 10_000:
            raise CannotRun(f"PostgreSQL {OLDEST} or newer is needed; DATABASE_URL leads to an older one.")
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def ensure_role(cursor: Any, role: str, password: str) -> None:
    """Make the role, or give it this password. The server gets the SCRAM verifier, never the password."""
    verifier = encrypt_password(password, role, scope=cursor.connection, algorithm="scram-sha-256")
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
    verb = "ALTER" if cursor.fetchone() else "CREATE"
    cursor.execute(sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), sql.Literal(verifier)))
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    if not cursor.fetchone()[0]:
        # Only a member of a role may make it the owner of something.
        cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(role)))


def ensure_database(cursor: Any, name: str, owner: str) -> None:
    """Make the database where it is missing; let nobody but its owner connect."""
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
    if not cursor.fetchone():
        cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(owner)))
    cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))


def database_url(admin_url: str, role: str, password: str, name: str) -> str:
    """The URL with which the role reaches its database on the administrator's server."""
    url = make_url(admin_url).set(drivername="postgresql+psycopg2", username=role, password=password, database=name)
    return url.render_as_string(hide_password=False)
