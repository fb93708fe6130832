"""The command line: `spinout`.

A command is imported when it is used, or listed: with all of them and their libraries `spinout token` took a second.
"""

import json
import sys
from importlib import import_module
from typing import Any

import click

# Where each command is: module and name.
_PLACES = {
    "back-test": ("services.triage.commands", "back_test"),
    "calibrate": ("services.triage.commands", "calibrate"),
    "contracts": ("deploy.operating", "contracts"),
    "criteria": ("services.triage.commands", "criteria"),
    "demo": ("deploy.demo.player", "demo"),
    "diagnosis": ("services.intake.diagnosis.commands", "diagnosis"),
    "library": ("services.library.commands", "library"),
    "mail": ("services.intake.mail.commands", "mail"),
    "migrate": ("deploy.operating", "migrate"),
    "organisations": ("services.intake.organisations.commands", "organisations"),
    "parked": ("deploy.operating", "parked"),
    "reporting": ("services.reporting.commands", "reporting"),
    "run": ("deploy.local", "run"),
    "token": ("deploy.tokens", "token"),
    "topology": ("deploy.operating", "topology"),
}
NOT_MIGRATED = (
    "This database lacks what the command needs. Either it is another service's, or it has not been migrated: "
    "`spinout migrate SERVICE` brings it up to date."
)
NOT_REACHED = "The database cannot be reached."
NO_DATABASE_URL = "DATABASE_URL is no address of a database, such as postgresql://user:password@host:5432/database."
# What PostgreSQL says of a table, and of a column, that is not there.
_NOT_THERE = ("42P01", "42703")


class _Commands(click.Group):
    """The commands of `_PLACES`."""

    def invoke(self, context: click.Context) -> Any:
        """Run a command. Ends it with a word where its database or tables are not there; what migrates makes these."""
        try:
            return super().invoke(context)
        except Exception as error:
            words = _words_for(error)
            if words is None or (words == NOT_MIGRATED and context.invoked_subcommand == "migrate"):
                raise
            raise click.ClickException(words) from error

    def list_commands(self, context: click.Context) -> list[str]:
        return list(_PLACES)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in _PLACES:
            return None
        module, attribute = _PLACES[name]
        command: click.Command = getattr(import_module(module), attribute)
        if module.startswith("services.") and (url := _local_database(module.split(".")[1])):
            context.default_map = {name: _defaults(command, url)}
        return command


def _defaults(command: click.Command, database_url: str) -> dict[str, Any]:
    """What lets a service's commands find its database beside `make run`, where nobody says which one."""
    if isinstance(command, click.Group):
        return {name: _defaults(inner, database_url) for name, inner in command.commands.items()}
    return {"database_url": database_url}


def _words_for(error: Exception) -> str | None:
    if "sqlalchemy" not in sys.modules:  # it takes half a second, and most commands need none of it
        return None
    from sqlalchemy.exc import ArgumentError, OperationalError

    if isinstance(error, ArgumentError):
        return NO_DATABASE_URL
    code = getattr(getattr(error, "orig", None), "pgcode", None)
    if isinstance(error, OperationalError) and code is None:
        return NOT_REACHED
    return NOT_MIGRATED if code in _NOT_THERE else None


def _local_database(service: str) -> str | None:
    """The service's database in the local system of this folder, None where there was never one."""
    from deploy.home import Home  # its libraries take half a second, and most commands need none of them

    try:
        settings = json.loads((Home.of_environment().path / "run" / "system.json").read_text())
        return str(settings[service]["DATABASE_URL"])
    except (OSError, ValueError, KeyError):
        return None


@click.group(cls=_Commands)
def spinout() -> None:
    """Run and operate Spinout."""


if __name__ == "__main__":
    spinout()
