"""`spinout library`: the library in and out of files."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError, OperationalError

from chassis.database import Database, is_worth_repeating
from chassis.work import Caller, Work, new_trace
from services.library import importing, store
from services.library.domain.hsds import KINDS, read_hsds, write_hsds
from services.library.domain.rows import MOST_BYTES, Fault, Reading
from services.library.domain.sheet import read_sheet, write_sheet
from services.library.errors import ResourceBusy

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["hsds", "csv"]),
    required=True,
    help="hsds: organisations and services (Open Referral 3.0, JSON); csv: a sheet of resources.",
)
DATABASE = click.option(
    "--database-url", envvar="DATABASE_URL", required=True, help="The library's own database (or DATABASE_URL)."
)
AWAY = "The database cannot be reached."
TRIES = 3


@click.group()
def library() -> None:
    """The library of resources: bring files in, write them out."""


@library.command("import")
@click.argument("file", type=FILE)
@FORMAT
@DATABASE
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--new-only", is_flag=True, help="Leave alone what is there already, whatever has become of it.")
def import_(file: Path, form: str, database_url: str, dry_run: bool, new_only: bool) -> None:
    """Bring the library to what a file says, in one transaction: all of it, or with a fault in any row nothing.

    What is there and not in the file stays as it is, what was retired stays retired, and a second run changes nothing.
    """
    reading = _read(file, form)
    try:
        with closing(Database(database_url, connections=1)) as database:
            plan = _bring(database, reading, dry_run=dry_run, new_only=new_only)
    except ResourceBusy as error:
        raise click.ClickException(error.detail) from error
    except OperationalError as error:
        raise click.ClickException(AWAY) from error
    done = f"{len(plan.created)} created, {len(plan.changed)} changed, {len(plan.retired)} retired"
    click.echo(f"{'Nothing was done. It would be: ' if dry_run else ''}{done}, {plan.left} left as they were.")


@library.command()
@FORMAT
@DATABASE
def export(form: str, database_url: str) -> None:
    """Write what is in use: organisations and services as HSDS, or everything else as a sheet."""
    try:
        with closing(Database(database_url, connections=1)) as database, database.read() as session:
            found = [{"id": str(one.id), **store.values_of(one)} for one in store.resources_in_use(session)]
    except OperationalError as error:
        raise click.ClickException(AWAY) from error
    if form == "hsds":
        page = write_hsds([one for one in found if one["kind"] in KINDS])
        click.echo(json.dumps(page, ensure_ascii=False, indent=2))
    else:
        click.echo(write_sheet(one for one in found if one["kind"] not in KINDS).encode(), nl=False)


def _read(file: Path, form: str) -> Reading:
    """The rows of a file, and its faults. Ends the command when it cannot be read at all."""
    if file.stat().st_size > MOST_BYTES:
        _refuse([Fault(file.name, f"The file is larger than {MOST_BYTES} bytes.")])
    try:
        text = file.read_bytes().decode()
        return read_sheet(text) if form == "csv" else read_hsds(json.loads(text))
    except UnicodeDecodeError:
        fault = Fault(file.name, "It is not UTF-8.")
    except json.JSONDecodeError as error:
        fault = Fault(f"line {error.lineno}", f"{error.msg}.")
    except (RecursionError, ValueError):
        fault = Fault(file.name, "Nested too deeply, or a number is too long.")
    _refuse([fault])
    return Reading()


def _bring(
    database: Database, reading: Reading, *, dry_run: bool, new_only: bool, tries: int = TRIES
) -> importing.Plan:
    """Plan and carry out what was read, in one transaction; anew when somebody came between the two.

    Ends the command when there is a fault. Raises ResourceBusy.
    """
    try:
        with _work(database) as work:
            plan = importing.plan(work, reading.rows, only_new=new_only)
            _refuse([*reading.faults, *plan.faults])
            if not dry_run:
                importing.carry_out(work, plan)
            return plan
    except DBAPIError as error:
        if not is_worth_repeating(error):
            raise
        if tries == 1:
            raise ResourceBusy from error
    return _bring(database, reading, dry_run=dry_run, new_only=new_only, tries=tries - 1)


def _refuse(faults: Sequence[Fault]) -> None:
    """End the command with 1 after every fault was said, when there is one."""
    for fault in sorted(faults, key=_place_in_file):
        click.echo(f"{fault.place}: {fault.message}", err=True)
    if faults:
        click.echo("Nothing was changed.", err=True)
        raise click.exceptions.Exit(1)


def _place_in_file(fault: Fault) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", fault.place)]


@contextmanager
def _work(database: Database) -> Iterator[Work]:
    """A unit of work of the person at the command line."""
    with database.change() as session:
        work = Work(session, "library", Caller("operator", "command"), datetime.now(UTC), new_trace(), "import_library")
        yield work
        work.record()
