"""`spinout criteria` for authors of criteria: check, score, diff and export. No service or database is needed."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO

import click
from sqlalchemy.exc import OperationalError

from chassis.database import Database
from chassis.errors import FieldError, Invalid
from chassis.fields import load_strictly
from services.triage import domain, schemas, store
from services.triage.documents import SHIPPED, Unreadable, faults_in, parse, read_document
from services.triage.domain.decision_model import decision_model
from services.triage.domain.differences import differences
from services.triage.errors import CriteriaNotFound

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


DATABASE = click.option(
    "--database-url", envvar="DATABASE_URL", help="Triage's database (or DATABASE_URL), for versions not shipped."
)


@click.command()
@click.argument("file", type=FILE)
def check(file: Path) -> None:
    """Say every fault of a criteria document at once, each with its place. Ends with 1 when there is one."""
    document = sound_document(file)
    click.echo(f"{file}: no faults. Version {document['version']}, sha256 {domain.fingerprint(document)}.")


@click.command()
@click.argument("criteria", metavar="VERSION_OR_FILE")
@click.argument("facts", type=click.File("rb"), metavar="FACTS.jsonl")
@DATABASE
def score(criteria: str, facts: BinaryIO, database_url: str | None) -> None:
    """Assess snapshots of facts, one JSON object a line, and write an assessment a line, with the line's number.

    A line has the form in which facts are tried out over HTTP: {"facts": {"gates": {...}, "criteria": {...}},
    "spin_out_stage": ...}; `-` reads them from a pipe. Blank lines are passed over. Every fault of a bad one is said
    with its number; the others go on, and the command ends with 1.
    """
    rules = domain.compile_rules(named_document(criteria, database_url))
    applied = {"criteria_version": rules.version, "criteria_sha256": rules.sha256}
    bad = 0
    for number, content in enumerate(map(bytes.strip, facts), start=1):
        if not content:
            continue
        try:
            assessment = domain.assess(rules, _snapshot(content, rules)).data()
        except Invalid as refused:
            bad += 1
            for fault in refused.errors:
                click.echo(f"Line {number} {fault.pointer or '/'}: {fault.message}", err=True)
        else:
            click.echo(json.dumps({"line": number, **assessment, **applied}, ensure_ascii=False))
    if bad:
        click.echo(f"{bad} {'line was' if bad == 1 else 'lines were'} not assessed.", err=True)
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@DATABASE
def diff(before: str, after: str, database_url: str | None) -> None:
    """Say in words what B says otherwise than A: weights, thresholds, gates, limits and wording.

    A and B are files, versions that are shipped, or versions in triage's database.
    """
    found = differences(named_document(before, database_url), named_document(after, database_url))
    for sentence in found or ["Both say the same."]:
        click.echo(sentence)


@click.command()
@click.argument("criteria", metavar="VERSION_OR_FILE")
@click.option("--format", "form", type=click.Choice(["jdm"]), required=True, help="jdm: a JSON Decision Model.")
@DATABASE
def export(criteria: str, form: str, database_url: str | None) -> None:
    """Write a criteria document in a form that rule engines of others evaluate."""
    models = {"jdm": decision_model}
    click.echo(json.dumps(models[form](named_document(criteria, database_url)), ensure_ascii=False, indent=2))


def named_document(name: str, database_url: str | None) -> dict[str, Any]:
    """The document in a file, of a shipped version, or of one in the database. Ends the command otherwise."""
    shipped = {path.stem: path for path in sorted(SHIPPED.glob("*.json"))}
    if Path(name).is_file() or name in shipped:
        return sound_document(Path(name) if Path(name).is_file() else shipped[name])
    if database_url is None:
        raise click.ClickException(
            f"{name} is neither a file nor a shipped version ({', '.join(shipped)}). "
            "With DATABASE_URL the versions of a running system are found too."
        )
    try:
        with closing(Database(database_url, connections=1)) as database, database.read() as session:
            return store.find_criteria(session, name).document
    except CriteriaNotFound as error:
        raise click.ClickException(f"{name} is neither a file nor a shipped or stored version.") from error
    except OperationalError as error:
        raise click.ClickException("The database cannot be reached, or it has not been migrated.") from error


def sound_document(file: Path) -> dict[str, Any]:
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


def _snapshot(content: bytes, rules: domain.Rules) -> domain.Facts:
    """The snapshot in a line. Raises Invalid with every fault; what the rules do not read is one."""
    try:
        body = load_strictly(schemas.WhatIf, parse(content))
    except Unreadable as error:
        message = error.fault.message.replace("Line 1, column", "Column", 1)  # the file's line is said before it
        raise Invalid([FieldError(error.fault.pointer, message)]) from error
    if body["criteria_version"] not in (None, rules.version):
        raise Invalid([FieldError("/criteria_version", f"These are the criteria of {rules.version}.")])
    schemas.refuse_unknown_facts(body["facts"], rules)
    facts = body["facts"]
    return domain.snapshot(facts["gates"], facts["criteria"], {"spin_out_stage": body["spin_out_stage"]})
