"""`spinout reporting`: what an operator does with the read models."""

from collections.abc import Iterable, Sequence
from contextlib import closing

import click
from sqlalchemy.exc import DBAPIError, OperationalError

from chassis.database import Database, is_worth_repeating
from chassis.errors import Invalid
from chassis.fields import instant
from chassis.work import Event
from services.reporting import store
from services.reporting.domain.fold import fold
from services.reporting.domain.folding import Change
from services.reporting.models import LoggedEvent
from services.reporting.schemas.heard import read

# Enquiries in one transaction: their rows are locked for as long as it takes, and events wait for them.
AT_ONCE = 100
TRIES = 5


@click.group()
def reporting() -> None:
    """Reporting: the read models behind the reports."""


@reporting.command()
@click.option(
    "--database-url", envvar="DATABASE_URL", required=True, help="Reporting's own database (or DATABASE_URL)."
)
def rebuild(database_url: str) -> None:
    """Make every read model again from the event log. Events may go on being heard meanwhile."""
    with closing(Database(database_url, connections=1)) as database:
        try:
            click.echo(f"Rebuilt {rebuild_all(database)} enquiries from the log.")
        except Invalid as error:
            wrong = ", ".join(fault.pointer for fault in error.errors)
            raise click.ClickException(f"An event in the log can no longer be read: {wrong}.") from error
        except OperationalError as error:
            raise click.ClickException("The database cannot be reached, or it has not been migrated.") from error


def rebuild_all(database: Database) -> int:
    """Make every row of every read model again; return of how many enquiries.

    Raises Invalid when the log holds an event that can no longer be read; enquiries before it are rebuilt then.
    """
    done, last = 0, ""
    while True:
        with database.read() as session:
            enquiries = store.enquiries_after(session, last, AT_ONCE)
        if not enquiries:
            break
        _rebuild_some(database, enquiries)
        done, last = done + len(enquiries), enquiries[-1]
    with database.change() as session:
        store.forget_unlogged(session)
    return done


def _rebuild_some(database: Database, enquiries: Sequence[str], tries: int = TRIES) -> None:
    """Rebuild in one transaction; again when events that were being handled stood in the way."""
    try:
        with database.change() as session:
            store.rebuild_enquiries(session, enquiries, _changes)
    except DBAPIError as error:
        if tries == 1 or not is_worth_repeating(error):
            raise
        _rebuild_some(database, enquiries, tries - 1)


def _changes(row: LoggedEvent) -> Iterable[Change]:
    event = Event(row.type, row.subject, row.sequence, row.data, id=row.id, source=row.source, time=instant(row.time))
    return fold(read(event))
