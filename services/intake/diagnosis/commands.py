"""`spinout diagnosis`: check a script of the guided diagnosis, and import it into intake's database."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import OperationalError

from chassis.database import Database
from chassis.work import Caller, Work, new_trace
from services.intake.diagnosis import events, rows
from services.intake.diagnosis.documents import Unsound, read_script
from services.intake.domain.scripts import fingerprint
from services.intake.errors import ScriptChanged
from services.intake.models import DiagnosisScript

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def diagnosis() -> None:
    """The guided diagnosis: check and import its script, a JSON document or a GraphML drawing."""


@diagnosis.command()
@click.argument("file", type=_FILE)
def check(file: Path) -> None:
    """Say every fault of a script at once, each with its place. Ends with 1 when there is one."""
    document = _sound_document(file)
    number = len(document["nodes"])
    click.echo(f"{file}: no faults. Version {document['version']}, {number} nodes, sha256 {fingerprint(document)}.")


@diagnosis.command("import")
@click.argument("file", type=_FILE)
@click.option("--database-url", envvar="DATABASE_URL", required=True, help="Intake's own database (or DATABASE_URL).")
@click.option("--imported-by", default="operator", show_default=True, help="Who imports it: a role.")
def import_file(file: Path, database_url: str, imported_by: str) -> None:
    """Import a script: diagnoses that begin from now on go by it. Those under way keep theirs.

    A version that is there already is left as it is: importing twice does nothing, and importing an old file does not
    bring an old version back. A file that changes an existing version is refused.
    """
    document = _sound_document(file)
    try:
        with closing(Database(database_url, connections=1)) as database, _work(database, imported_by) as work:
            click.echo(import_document(work, document))
    except ScriptChanged as error:
        raise click.ClickException(error.detail) from error
    except OperationalError as error:
        raise click.ClickException("The database cannot be reached, or it has not been migrated.") from error


def import_document(work: Work, document: dict[str, Any]) -> str:
    """Bring a sound script into use; return what was done, in words.

    Raises ScriptChanged when its version exists with another content.
    """
    rows.lock_scripts(work.session)
    version, sha256 = document["version"], fingerprint(document)
    present = work.session.get(DiagnosisScript, version)
    if present is not None and present.sha256 != sha256:
        raise ScriptChanged(version)
    if present is not None:
        return f"Version {version} is there already (sha256 {sha256}). Nothing was changed."
    script = DiagnosisScript(
        version=version,
        sha256=sha256,
        title=document["title"],
        document=document,
        imported_by=work.caller.subject,
        imported_at=work.now,
    )
    work.session.add(script)
    work.tell(events.diagnosis_script_imported(script))
    return f"Version {version} is imported and in use (sha256 {sha256})."


def _sound_document(file: Path) -> dict[str, Any]:
    """The script in the file. Ends the command with 1 after saying every fault."""
    try:
        return read_script(file)
    except Unsound as error:
        for fault in error.faults:
            click.echo(_printable(f"{file} {fault.place or '/'}: {fault.message}"), err=True)
        raise click.exceptions.Exit(1) from error


def _printable(text: str) -> str:
    """Text without what could steer a terminal: names in a faulty file may hold anything."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


@contextmanager
def _work(database: Database, subject: str) -> Iterator[Work]:
    """A unit of work of the person at the command line."""
    with database.change() as session:
        caller = Caller(subject, "command")
        work = Work(session, "intake", caller, datetime.now(UTC), new_trace(), "import_diagnosis_script")
        yield work
        work.record()
