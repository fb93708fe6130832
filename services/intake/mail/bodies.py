"""The body of a message: which of its parts are its text, and which are files."""

import re
from dataclasses import dataclass, field
from email.errors import FirstHeaderLineIsContinuationDefect, MissingHeaderBodySeparatorDefect
from email.headerregistry import BaseHeader
from itertools import groupby

from services.intake.mail.charsets import clean_line, decode
from services.intake.mail.headers import words
from services.intake.mail.html_text import LONGEST_HTML, charset_of, text_of
from services.intake.mail.message import Attachment, Fault
from services.intake.mail.parsing import Part

LONGEST_TEXT = 100_000  # that of an enquiry's message
LONGEST_FILE_NAME = 150
_OF_HEADERS = (MissingHeaderBodySeparatorDefect, FirstHeaderLineIsContinuationDefect)
_SEALED = "-----BEGIN PGP MESSAGE-----"
_TNEF_SIGNATURE = b"\x78\x9f\x3e\x22"
_TNEF_TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")
# Characters by which a file's name would show as another one: those that turn the direction of text, or are not seen.
_DECEIVING = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_FOLDERS = re.compile(r".*[/\\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Words:
    """Some text of the body, HTML or plain."""

    text: str
    is_html: bool


@dataclass(slots=True)
class Body:
    """What a body holds."""

    faults: set[Fault]
    text: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    _room_for_html: int = LONGEST_HTML


def read_body(root: Part, faults: set[Fault]) -> Body:
    """The text and the files of a message that was taken apart."""
    body = Body(faults)
    found = _walk(root, body, is_root=True)
    texts = []
    for is_html, run in groupby(found, key=lambda piece: piece.is_html):
        joined = "\n".join(piece.text for piece in run)
        texts.append(text_of(joined, faults) if is_html else joined)
    text = "\n".join(one.strip("\n") for one in texts if one.strip())
    if len(text) > LONGEST_TEXT:
        faults.add(Fault.TEXT_CUT)
    if _SEALED in text:
        faults.add(Fault.ENCRYPTED)
    body.text = text[:LONGEST_TEXT]
    return body


def _walk(part: Part, body: Body, *, is_root: bool = False) -> list[_Words]:
    """The text in a part and all parts of it. Files are kept on the way."""
    if part.is_multipart():
        if part.stated_type == "multipart/encrypted":
            body.faults.add(Fault.ENCRYPTED)
        _note_defects(part, body.faults)
        inside = [_walk(inner, body) for inner in part.get_payload() if isinstance(inner, Part)]
        if part.stated_type == "multipart/alternative":
            return _best(inside)
        return [piece for pieces in inside for piece in pieces]
    content = _content(part, body)
    if not _is_text(part, is_root):
        body.attachments.append(_attachment(part, content, body.faults))
        return []
    charset = _parameter(part, "content-type", "charset")
    if part.stated_type != "text/html":
        return [_Words(decode(content, charset, LONGEST_TEXT, body.faults), is_html=False)]
    text = decode(content, charset or charset_of(content), body._room_for_html, body.faults)
    body._room_for_html -= len(text)
    return [_Words(text, is_html=True)]


def _best(alternatives: list[list[_Words]]) -> list[_Words]:
    """Of the same text in several forms the plain one, unless it is blank, as some programs send it."""
    said = [pieces for pieces in alternatives if any(piece.text.strip() for piece in pieces)]
    plain = [pieces for pieces in said if not any(piece.is_html for piece in pieces)]
    return next(iter(plain or said[::-1]), [])


def _is_text(part: Part, is_root: bool) -> bool:
    """Whether a part is something to read here, rather than a file."""
    if str(part.get("content-disposition", "")).strip().lower().startswith("attachment"):
        return False
    if part.stated_type.startswith("multipart/"):
        return True  # stated so, but its boundary is nowhere: what there is, is shown
    return part.stated_type in ("text/plain", "text/html") and (is_root or _file_name(part, set()) is None)


def _content(part: Part, body: Body) -> bytes:
    """The bytes in a part, its transfer encoding undone as far as it can be."""
    content = part.get_payload(decode=True)
    _note_defects(part, body.faults)
    return content if isinstance(content, bytes) else b""


def _note_defects(part: Part, faults: set[Fault]) -> None:
    for defect in part.defects:
        faults.add(Fault.HEADER_DAMAGED if isinstance(defect, _OF_HEADERS) else Fault.BODY_DAMAGED)


def _attachment(part: Part, content: bytes, faults: set[Fault]) -> Attachment:
    name, stated = _file_name(part, faults), part.stated_type
    if stated in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        faults.add(Fault.ENCRYPTED)
    disposition = str(part.get("content-disposition", "")).strip().lower()
    tnef = stated in _TNEF_TYPES or (name or "").lower() == "winmail.dat" or content.startswith(_TNEF_SIGNATURE)
    inline = disposition.startswith("inline") or (not disposition and "content-id" in part)
    return Attachment(name, clean_line(stated)[:100], content, inline, tnef)


def _file_name(part: Part, faults: set[Fault]) -> str | None:
    """The name of the file in a part, without folders and what deceives; None when it has none."""
    stated = _parameter(part, "content-disposition", "filename") or _parameter(part, "content-type", "name")
    if not stated:
        return None
    name = _FOLDERS.sub("", _DECEIVING.sub("", words(stated, faults))).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if len(name) > LONGEST_FILE_NAME and dot and len(ending) < 10:
        return stem[: LONGEST_FILE_NAME - len(ending) - 1] + dot + ending
    return name[:LONGEST_FILE_NAME] or None


def _parameter(part: Part, name: str, parameter: str) -> str | None:
    header = part.get(name)
    params = header.params if isinstance(header, BaseHeader) and hasattr(header, "params") else {}
    value = params.get(parameter)
    return None if value is None else str(value)
