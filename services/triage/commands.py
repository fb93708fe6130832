"""`spinout criteria`: check criteria documents, and load them into triage's database."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import OperationalError

from chassis.database import Database
from chassis.work import Caller, Work, new_trace
from services.triage import agreeing, domain, store
from services.triage.documents import Unreadable, faults_in, read_document
from services.triage.errors import CriteriaChanged, CriteriaNotFound

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def criteria() -> None:
    """Criteria of triage: check documents and load them."""


@criteria.command()
@click.argument("file", type=FILE)
def check(file: Path) -> None:
    """Say every fault of a criteria document at once, each with its place. Ends with 1 when there is one."""
    document = _sound_document(file)
    click.echo(f"{file}: no faults. Version {document['version']}, sha256 {domain.fingerprint(document)}.")


@criteria.command()
@click.argument("file", type=FILE)
@click.option("--database-url", envvar="DATABASE_URL", required=True, help="Triage's own database (or DATABASE_URL).")
@click.option("--agreed-by", default="operator", show_default=True, help="Who agreed it: a role, not its author.")
def load(file: Path, database_url: str, agreed_by: str) -> None:
    """Load a criteria document and make it the active version.

    A version that is there already is left as it is, whatever its state: loading twice does nothing, and loading an
    old file does not bring an old version back. A file that changes an existing version is refused.
    """
    document = _sound_document(file)
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


def _sound_document(file: Path) -> dict[str, Any]:
    """The document in the file. Ends the command with 1 after saying every fault."""
    try:
        document: dict[str, Any] = read_document(file)
        faults = faults_in(document)
    except Unreadable as error:
        faults = [error.fault]
    for fault in faults:
        click.echo(f"{file} {fault.pointer or '/'}: {fault.message}", err=True)
    if faults:
        raise click.exceptions.Exit(1)
    return document
