"""`spinout mail`: see what is understood of messages. No service, mailbox or database is needed."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import click

from chassis.fields import instant
from services.intake.mail.message import Mailbox, Message
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


def as_data(message: Message) -> Mapping[str, Any]:
    """A reading as JSON has it: files without their bytes, and without the raw message."""
    flags, thread = message.flags, message.thread
    return {
        "from": _mailbox(message.sender) if message.sender else None,
        "reply_to": [_mailbox(one) for one in message.reply_to],
        "to": [_mailbox(one) for one in message.to],
        "cc": [_mailbox(one) for one in message.cc],
        "subject": message.subject,
        "date": instant(message.sent_at) if message.sent_at else None,
        "message_id": message.message_id,
        "thread": {
            "in_reply_to": list(thread.in_reply_to),
            "references": list(thread.references),
            "returned": list(thread.returned),
            "tokens": [{"reference": one.reference, "place": one.place, "check": one.check} for one in thread.tokens],
        },
        "text": message.text,
        "reply": message.reply,
        "attachments": [
            {"name": one.name, "type": one.type, "size": len(one.content), "inline": one.inline, "tnef": one.tnef}
            for one in message.attachments
        ],
        "flags": {
            "auto_reply": flags.auto_reply,
            "bounce": flags.bounce,
            "list": flags.list,
            "own": flags.own,
            "answers_unwanted": flags.answers_unwanted,
            "may_be_answered": message.may_be_answered,
        },
        "faults": list(message.faults),
    }


def _mailbox(mailbox: Mailbox) -> dict[str, str | None]:
    return {"name": mailbox.name, "address": mailbox.address}
