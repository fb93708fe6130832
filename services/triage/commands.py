"""`spinout criteria`: load criteria documents into triage's database, beside what their authors need (`authoring`)."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import OperationalError

from chassis.database import Database
from chassis.work import Caller, Work, new_trace
from services.triage import agreeing, authoring, domain, store
from services.triage.errors import CriteriaChanged, CriteriaNotFound


@click.group()
def criteria() -> None:
    """Criteria of triage: check, try out, compare and export documents, and load them."""


for command in (authoring.check, authoring.score, authoring.diff, authoring.export):
    criteria.add_command(command)


@criteria.command()
@click.argument("file", type=authoring.FILE)
@click.option("--database-url", envvar="DATABASE_URL", required=True, help="Triage's own database (or DATABASE_URL).")
@click.option("--agreed-by", default="operator", show_default=True, help="Who agreed it: a role, not its author.")
def load(file: Path, database_url: str, agreed_by: str) -> None:
    """Load a criteria document and make it the active version.

    A version that is there already is left as it is, whatever its state: loading twice does nothing, and loading an
    old file does not bring an old version back. A file that changes an existing version is refused.
    """
    document = authoring.sound_document(file)
    if agreed_by == document["author"]:
        raise click.ClickException("A criteria version is agreed by somebody other than its author.")
    try:
        with closing(Database(database_url, connections=1)) as database, _work(database, agreed_by) as work:
            click.echo(load_document(work, document))
    except CriteriaChanged as error:
        raise click.ClickException(error.detail) from error
    except OperationalError as error:
        raise click.ClickException("The database cannot be reached, or it has not been migrated.") from error


def load_document(work: Work, document: dict[str, Any]) -> str:
    """Make a sound document the active version, agreed by the caller; return what was done, in words.

    Raises CriteriaChanged when its version exists with another content.
    """
    store.lock_criteria(work.session)
    version, sha256 = document["version"], domain.fingerprint(document)
    try:
        present = store.find_criteria(work.session, version)
    except CriteriaNotFound:
        agreeing.load(work, document)
        return f"Version {version} is loaded and active (sha256 {sha256})."
    if present.sha256 != sha256:
        raise CriteriaChanged(version)
    return f"Version {version} is there already and is {present.state} (sha256 {sha256}). Nothing was changed."


@contextmanager
def _work(database: Database, subject: str) -> Iterator[Work]:
    """A unit of work of the person at the command line."""
    with database.change() as session:
        work = Work(session, "triage", Caller(subject, "command"), datetime.now(UTC), new_trace(), "load_criteria")
        yield work
        work.record()
