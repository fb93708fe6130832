"""The one error of this package: something that the reader of the terminal can put right."""

import click


class CannotRun(click.ClickException):
    """What stops the local system, in words that say what to do. Shown without a traceback."""

    def show(self, file: object = None) -> None:
        """Print the words, and nothing of Python, to standard error."""
        click.echo(f"\nCannot run: {self.message}", err=True)
