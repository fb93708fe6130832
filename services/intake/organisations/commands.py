"""`spinout organisations`: the register of public bodies in and out of files."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.exc import OperationalError

from chassis.database import Database
from chassis.work import Caller, Work, new_trace
from services.intake.domain.organisations.register import Fault, Organisation, Plan
from services.intake.domain.organisations.sheet import MOST_BYTES, write_sheet
from services.intake.errors import ImportUnderWay
from services.intake.organisations import store
from services.intake.organisations.importing import CHUNK, Faulty, File, carry_out, plan, read_file

MOST_SHOWN = 200
AWAY = "The database cannot be reached."

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DATABASE = click.option(
    "--database-url", envvar="DATABASE_URL", required=True, help="Intake's own database (or DATABASE_URL)."
)


@click.group()
def organisations() -> None:
    """The register of public bodies: bring a sheet in, write one out."""


@organisations.command("import")
@click.argument("file", type=_FILE)
@_DATABASE
@click.option("--dry-run", is_flag=True, help="Say what would be done to whom, and do nothing.")
@click.option(
    "--new-only", is_flag=True, help="Leave alone who is registered already, whatever the sheet says of them."
)
def import_(file: Path, database_url: str, dry_run: bool, new_only: bool) -> None:
    """Bring the register to what a sheet says, in one transaction: all of it, or with a fault in any row nothing.

    Who is registered and not in the sheet stays as they are, and a second run changes nothing.
    """
    read = _read(file)
    try:
        with _reached(database_url) as database, _work(database) as work:
            wanted = plan(work, read, only_new=new_only)
            if not dry_run:
                with _bar("keeping", len(wanted.added) + len(wanted.changed)) as bar:
                    carry_out(work, read, wanted, bar.update)
    except Faulty as refused:
        _refuse(refused.faults)
    except ImportUnderWay as error:
        raise click.ClickException(error.detail) from error
    if dry_run:
        _show(wanted)
    counts = f"{len(wanted.added)} added, {len(wanted.changed)} changed, {wanted.unchanged} unchanged."
    click.echo(f"Nothing was done. It would be: {counts}" if dry_run else counts)


@organisations.command()
@_DATABASE
def export(database_url: str) -> None:
    """Write the register to standard output as a sheet, so that importing it again changes nothing."""
    with _reached(database_url) as database:
        for line in write_sheet(_every(database)):
            click.echo(line.encode(), nl=False)


def _read(file: Path) -> File:
    """What a file says. Ends the command when it is too large."""
    if file.stat().st_size > MOST_BYTES:
        _refuse([Fault(1, None, f"The file is larger than {MOST_BYTES} bytes.")])
    raw = file.read_bytes()
    with _bar("checking", raw.count(b"\n")) as bar:
        read = read_file(raw, bar.update)
    if read.note:
        click.echo(f"{file.name}: {read.note}", err=True)
    return read


def _show(wanted: Plan) -> None:
    """Say what would be done to whom; of very many, to the first."""
    said = [f"added {one.key}: {one.name}" for one in wanted.added]
    said += [f"changed {one.key}: {', '.join(names)}" for one, names in wanted.changed]
    for line in said[:MOST_SHOWN]:
        click.echo(_printable(line))
    if len(said) > MOST_SHOWN:
        click.echo(f"… and {len(said) - MOST_SHOWN} more")


def _refuse(faults: Sequence[Fault]) -> None:
    """End the command with 1 after every fault was said."""
    for fault in faults:
        click.echo(_printable(str(fault)), err=True)
    click.echo("Nothing was changed.", err=True)
    raise click.exceptions.Exit(1)


def _printable(text: str) -> str:
    """Text without what could steer a terminal: cells of a file may hold anything."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


def _every(database: Database) -> Iterator[Organisation]:
    after = ""
    with database.read() as session:
        while found := store.every(session, after, CHUNK):
            yield from found
            session.expunge_all()  # or the whole register would be held
            after = found[-1].key


def _bar(label: str, length: int) -> "click._termui_impl.ProgressBar[int]":
    """Progress on stderr, where that is a terminal."""
    return click.progressbar(length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())


@contextmanager
def _reached(url: str) -> Iterator[Database]:
    """The database of this address. Ends the command with a word when it is away."""
    try:
        with closing(Database(url, connections=1)) as database:
            yield database
    except OperationalError as error:
        raise click.ClickException(AWAY) from error


@contextmanager
def _work(database: Database) -> Iterator[Work]:
    """A unit of work of the person at the command line."""
    with database.change() as session:
        caller = Caller("operator", "command")
        work = Work(session, "intake", caller, datetime.now(UTC), new_trace(), "import_organisations")
        yield work
        work.record()
