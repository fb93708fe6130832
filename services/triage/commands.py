"""`spinout criteria`, `spinout back-test` and `spinout calibrate`: what is done on triage's own database.

What authors of criteria need stands in `authoring`.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import OperationalError

from chassis.database import Database
from chassis.errors import Refused
from chassis.work import Caller, Work, new_trace
from services.triage import agreeing, authoring, domain, jobs, store
from services.triage.errors import CriteriaChanged, CriteriaNotFound
from services.triage.models import Job

# Seconds between two looks at a job that services are at.
_WHILE_OTHERS_WORK = 0.2


MOMENT = click.DateTime()


@click.group()
def criteria() -> None:
    """Criteria of triage: check, try out, compare and export documents, and load them."""


for command in (authoring.check, authoring.score, authoring.diff, authoring.export):
    criteria.add_command(command)


DATABASE = click.option(
    "--database-url", envvar="DATABASE_URL", required=True, help="Triage's own database (or DATABASE_URL)."
)
FIRST = click.option("--from", "first", type=MOMENT, required=True, help="The first day, in UTC: 2026-01-01.")
END = click.option("--to", "end", type=MOMENT, help="The end, in UTC. Now when left out.")


@criteria.command()
@click.argument("file", type=authoring.FILE)
@DATABASE
@click.option("--agreed-by", default="operator", show_default=True, help="Who agreed it: a role, not its author.")
def load(file: Path, database_url: str, agreed_by: str) -> None:
    """Load a criteria document and make it the active version.

    A version that is there already is left as it is, whatever its state: loading twice does nothing, and loading an
    old file does not bring an old version back. A file that changes an existing version is refused.
    """
    document = authoring.sound_document(file)
    if agreed_by == document["author"]:
        raise click.ClickException("A criteria version is agreed by somebody other than its author.")
    with _opened(database_url) as database, _work(database, agreed_by, "load_criteria") as work:
        click.echo(load_document(work, document))


@click.command("back-test")
@click.argument("version")
@FIRST
@END
@click.option("--against", help="The version to compare with. Left out: what was found at the time.")
@DATABASE
def back_test(version: str, first: datetime, end: datetime | None, against: str | None, database_url: str) -> None:
    """Try a criteria version on what was assessed in a period, and print the figures as JSON.

    It needs no service, and shares the work with those that run. Ctrl-C cancels it.
    """
    body = {**_period(first, end), "against": against}
    _see_through(database_url, jobs.back_tests.KIND, lambda work: jobs.back_tests.ask(work, version, body))


@click.command()
@FIRST
@END
@click.option("--share", type=click.FloatRange(0.01, 0.9), help="Set the threshold to refer this share of all.")
@click.option("--precision", type=click.FloatRange(0.1, 1), help="Set it so that so many of the referred are accepted.")
@click.option("--asked-by", default="operator", show_default=True, help="The draft's author, who may not agree it.")
@DATABASE
def calibrate(first: datetime, end: datetime | None, asked_by: str, database_url: str, **wishes: float | None) -> None:
    """Fit the weights of the version in force to what was decided, and print the report of the draft as JSON.

    Ends with 1, and says why, when there is too little to go by. Ctrl-C cancels it.
    """
    body = {**_period(first, end), **wishes}
    _see_through(database_url, jobs.calibrations.KIND, lambda work: jobs.calibrations.ask(work, body), asked_by)


def _period(first: datetime, end: datetime | None) -> dict[str, Any]:
    return {"period_from": first.replace(tzinfo=UTC), "period_to": end and end.replace(tzinfo=UTC)}


def _see_through(database_url: str, kind: str, ask: Callable[[Work], Job], subject: str = "operator") -> None:
    """Ask for a job and run its chunks, with progress on stderr; print the result."""
    with _opened(database_url) as database:
        with _work(database, subject, f"start_{kind}") as work:
            asked = ask(work)
            job_id, total = str(asked.id), asked.total
        try:
            state, result = _run(database, kind, job_id, total)
        except KeyboardInterrupt:
            with _work(database, subject, "cancel_job") as work:
                jobs.cancel(work, kind, job_id)
            raise
    click.echo(json.dumps(result, ensure_ascii=False, indent=2))
    if state != "done":
        raise click.exceptions.Exit(1)


def _run(database: Database, kind: str, job_id: str, total: int) -> tuple[str, dict[str, Any] | None]:
    """Run chunks until the job has ended, whoever runs them; its state and its result."""
    rules = store.RulesInProcess()
    with click.progressbar(length=total, label=kind.replace("_", "-"), file=sys.stderr) as bar:
        while True:
            with database.read() as session:
                job = store.find_job(session, kind, job_id)
                bar.update(job.seen - bar.pos)
                if job.state not in store.AT_WORK:
                    return job.state, job.result
            if not _has_run(database, rules):
                time.sleep(_WHILE_OTHERS_WORK)


def _has_run(database: Database, rules: store.RulesInProcess) -> bool:
    """Run a chunk of any job; one that fails is counted, and comes last."""
    try:
        return bool(jobs.run_chunk(lambda: _work(database, "schedule", "run_jobs"), rules))
    except jobs.ChunkFailed:
        return False


@contextmanager
def _opened(database_url: str) -> Iterator[Database]:
    """Triage's database. Ends the command, in words, when it is away or a request is refused."""
    try:
        with closing(Database(database_url, connections=1)) as database:
            yield database
    except Refused as error:
        faults = [f"{fault.pointer}: {fault.message}" for fault in error.errors]
        raise click.ClickException(" ".join([error.detail, *faults])) from error
    except OperationalError as error:
        raise click.ClickException("The database cannot be reached, is not migrated, or took too long.") from error


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
def _work(database: Database, subject: str, action: str) -> Iterator[Work]:
    """A unit of work of the person at the command line."""
    with database.change() as session:
        work = Work(session, "triage", Caller(subject, "command"), datetime.now(UTC), new_trace(), action)
        yield work
        work.record()
