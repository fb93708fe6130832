"""`spinout migrate`, `topology`, `contracts` and `parked`: what prepares a system, and what operators do with it."""

import os
from typing import Any

import click
import orjson

from chassis.database import Database
from chassis.entrypoints import entrypoints_of, find_service
from chassis.errors import Refused
from chassis.operations import Operations
from chassis.rpc import Answering, Request
from chassis.tables import upgrade
from chassis.work import Caller
from deploy.topology import declare
from deploy.virtual_hosts import SERVICES


@click.command()
@click.argument("service", type=click.Choice(SERVICES))
@click.option("--database-url", envvar="DATABASE_URL", required=True, help="The service's own database.")
def migrate(service: str, database_url: str) -> None:
    """Bring a service's database up to date."""
    upgrade(service, database_url)
    click.echo(f"{service}: up to date")


@click.command()
@click.option("--broker-url", envvar="BROKER_URL", required=True, help="The broker, as a user who may declare.")
def topology(broker_url: str) -> None:
    """Declare every exchange and queue. Deploys do this before they start the services."""
    names = declare(broker_url, [entrypoints_of(find_service(name)) for name in SERVICES])
    click.echo(f"{len(names)} queues are there")


@click.command()
def contracts() -> None:
    """Write contracts/rpc from the services' schemas (needs the packages for developing)."""
    from deploy.contracts import write

    for path in write([find_service(name) for name in SERVICES]):
        click.echo(path.name)


@click.group()
@click.option("--database-url", envvar="DATABASE_URL", required=True, help="The database of the service to look at.")
@click.pass_context
def parked(context: click.Context, database_url: str) -> None:
    """Look at parked events of a service, try them again, or throw them away. All of it is audited."""
    context.obj = Answering(Operations(), Database(database_url, connections=1))


@parked.command("list")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 200))
@click.pass_obj
def list_parked(answering: Answering, limit: int) -> None:
    """List parked events, the last parked first."""
    for event in _operate(answering, "list_parked", body={"limit": limit})["items"]:
        click.echo("{parked_at}  {id}  {handler}  {type}  {subject}  {error}".format_map(event))


@parked.command()
@click.argument("event_id")
@click.argument("handler")
@click.pass_obj
def show(answering: Answering, event_id: str, handler: str) -> None:
    """Show one parked event, whole."""
    event = _operate(answering, "show_parked", event_id=event_id, handler=handler)
    click.echo(orjson.dumps(event, option=orjson.OPT_INDENT_2).decode())


@parked.command()
@click.argument("event_id")
@click.argument("handler")
@click.pass_obj
def retry(answering: Answering, event_id: str, handler: str) -> None:
    """Have a parked event tried again at once."""
    _operate(answering, "retry_parked", event_id=event_id, handler=handler, body={})
    click.echo("it will be tried again within a second")


@parked.command()
@click.argument("event_id")
@click.argument("handler")
@click.option("--reason", required=True, help="Why it may be thrown away.")
@click.pass_obj
def discard(answering: Answering, event_id: str, handler: str, reason: str) -> None:
    """Throw a parked event away for good."""
    _operate(answering, "discard_parked", event_id=event_id, handler=handler, body={"reason": reason})
    click.echo("discarded")


def _operate(answering: Answering, method: str, **arguments: Any) -> Any:
    """Do what the operations page does, as the person at the terminal."""
    person = Caller(os.environ.get("SUDO_USER") or os.environ.get("USER") or "operator", "spinout", frozenset({"ops"}))
    try:
        return orjson.loads(answering.answer(Request(method, arguments, person)).body)
    except Refused as refusal:
        raise click.ClickException(refusal.detail) from None
