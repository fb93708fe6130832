"""`spinout mail`: see what is understood of messages. No service, mailbox or database is needed."""

import json
import sys
from pathlib import Path
from typing import BinaryIO

import click

from services.intake.mail.data import as_data
from services.intake.mail.parsing import LARGEST
from services.intake.mail.reading import read_message
from services.intake.mail.threads import SHORTEST_KEY


@click.group()
def mail() -> None:
    """E-mail: see what is understood of messages."""


@mail.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--own", multiple=True, metavar="ADDRESS", help="An address of ours; may be given several times.")
@click.option("--key-file", "key_files", multiple=True, type=click.File("rb"), help="A key that signs our references.")
def read(files: tuple[str, ...], own: tuple[str, ...], key_files: tuple[BinaryIO, ...]) -> None:
    """Print what is understood of raw messages (.eml), a JSON object a line. Nothing is stored.

    `-` reads one from a pipe. A file that cannot be opened is told on stderr, the others go on, and the command ends
    with 1. What could not be read of a message stands in its `faults`, and is no failure.
    """
    keys = [_key(key_file) for key_file in key_files]
    failed = False
    for file in files:
        try:
            raw = _content(file)
        except OSError as error:
            click.echo(f"{file}: {error.strerror}", err=True)
            failed = True
        else:
            message = read_message(raw, own=own, keys=keys)
            click.echo(json.dumps({"file": file, **as_data(message)}, ensure_ascii=False))
    if failed:
        raise click.exceptions.Exit(1)


def _key(file: BinaryIO) -> bytes:
    key = file.read(1024).strip()
    if len(key) < SHORTEST_KEY:
        raise click.BadParameter(f"{file.name}: a key has {SHORTEST_KEY} bytes at least.", param_hint="--key-file")
    return key


def _content(file: str) -> bytes:
    """A file's bytes, and no more of them than it takes to see that they are too many."""
    if file == "-":
        return sys.stdin.buffer.read(LARGEST + 1)
    with Path(file).open("rb") as opened:
        return opened.read(LARGEST + 1)
