"""Raw messages and their files, in pieces that fit the bus. Whoever begins to read one is written down."""

import uuid
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.orm import InstrumentedAttribute

from chassis.tables import Audit
from chassis.work import Work, correlation_of
from services.intake.errors import NoSuchFile, NoSuchMessage
from services.intake.messages.showing import id_of
from services.intake.models import IncomingMessage, MessageFile

# In base 64 a third more: well within what the bus takes (chassis.bus.LONGEST_MESSAGE).
PIECE = 1024 * 1024

Piece = dict[str, Any]


def of_raw(work: Work, message_id: str, after: int) -> Piece:
    """A piece of an e-mail as it came in. Raises NoSuchMessage."""
    wanted = id_of(message_id)
    statement = select(func.octet_length(IncomingMessage.raw), _encoded(IncomingMessage.raw, after))
    found = work.session.execute(statement.where(IncomingMessage.id == wanted)).one_or_none()
    if found is None:
        raise NoSuchMessage
    _note(work, "read_raw_message", wanted, after)
    return _piece(f"message-{wanted}.eml", found[1], after, found[0])


def of_file(work: Work, message_id: str, number: str, after: int) -> Piece:
    """A piece of a file that came with an e-mail. Raises NoSuchFile, also where there is no such message."""
    if not (number.isascii() and number.isdecimal() and len(number) < 9):
        raise NoSuchFile
    wanted, content = id_of(message_id), MessageFile.content
    statement = select(MessageFile.name, func.octet_length(content), _encoded(content, after)).where(
        MessageFile.message_id == wanted, MessageFile.number == int(number)
    )
    found = work.session.execute(statement).one_or_none()
    if found is None:
        raise NoSuchFile
    _note(work, "read_message_file", wanted, after)
    return _piece(_safe(found[0]) or f"file-{number}", found[2], after, found[1])


def _encoded(content: InstrumentedAttribute[bytes], after: int) -> ColumnElement[str]:
    """A piece of a column in base 64. The database writes it: bytes would come as hexadecimal first."""
    return func.encode(func.substring(content, after + 1, PIECE), "base64")


def _piece(name: str, content: str, after: int, size: int) -> Piece:
    end = after + PIECE
    return {"name": name, "content": content, "next": end if end < size else None}


def _safe(name: str | None) -> str:
    """A file's name that may stand in a header."""
    return "".join(letter for letter in name or "" if letter.isprintable()).strip()


def _note(work: Work, action: str, message_id: uuid.UUID, after: int) -> None:
    """Write down who reads, before anything is answered. A query's statements stand each by itself, this one too."""
    if after:
        return
    work.session.execute(
        insert(Audit).values(
            at=work.now,
            actor=work.caller.subject,
            client=work.caller.client,
            action=action,
            subject=str(message_id),
            sequence=0,
            correlation_id=correlation_of(work.traceparent),
        )
    )
