"""The command line: `spinout`.

A command is imported when it is used, or listed: with all of them and their libraries `spinout token` took a second.
"""

from importlib import import_module

import click

# Where each command is: module and name.
_PLACES = {
    "back-test": ("services.triage.commands", "back_test"),
    "calibrate": ("services.triage.commands", "calibrate"),
    "contracts": ("deploy.operating", "contracts"),
    "criteria": ("services.triage.commands", "criteria"),
    "demo": ("deploy.demo.player", "demo"),
    "diagnosis": ("services.intake.commands", "diagnosis"),
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


class _Commands(click.Group):
    """The commands of `_PLACES`."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(_PLACES)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in _PLACES:
            return None
        module, attribute = _PLACES[name]
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(cls=_Commands)
def spinout() -> None:
    """Run and operate Spinout."""


if __name__ == "__main__":
    spinout()
