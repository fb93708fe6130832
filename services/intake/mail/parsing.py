"""From bytes to parts: the standard library's parser, held within bounds of time and memory.

The parser takes a message line by line, and each line is held against the boundary of every multipart it is in; one
more frame of the stack belongs to each. So the number of lines, of parts and of parts in parts is bounded, and fields
are cut before they are taken apart, for that takes the square of their length.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email.headerregistry import BaseHeader
from email.message import EmailMessage
from email.parser import BytesFeedParser
from email.policy import EmailPolicy
from functools import partial
from typing import Any, TypeVar, cast

from services.intake.mail.charsets import unescaped
from services.intake.mail.message import Fault

# What providers let through is 25 MB of files at most, 35 MB once encoded.
LARGEST = 36 * 1024 * 1024
MOST_LINES = 500_000  # the largest message in base64
LONGEST_HEADER_BLOCK = 256 * 1024
MOST_FIELDS = 400
LONGEST_FIELD = 20_000
MOST_PARTS = 250
DEEPEST = 20
_LONGEST_MIME_FIELD = 1_200
_MOST_PARAMETERS = 50

_POLICY: "EmailPolicy[Any]" = EmailPolicy()
_MIME_FIELDS = ("content-type", "content-disposition", "content-transfer-encoding")
_END_OF_HEADER = re.compile(rb"\r?\n[ \t]*\r?\n|\r\r")
_BLANK_LINES = re.compile(rb"\A[\x00\s]*[\r\n]|\A[\x00\s]*\Z")
_WORD = re.compile(r"[A-Za-z0-9-]+")
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:|[ \t]|From ")
_KNOWN_FIELD = re.compile(
    rb"(?:from|to|cc|subject|date|message-id|mime-version|content-[a-z-]+|reply-to|references|in-reply-to):",
    re.IGNORECASE,
)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

T = TypeVar("T")


class _OutOfBounds(Exception):
    """The message is not taken apart any further."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(slots=True)
class _Tally:
    """What the parts of one message come to."""

    faults: set[Fault]
    parts: int = 0


class Part(EmailMessage):
    """A part of a message. Its MIME fields are taken apart once; all others stay as they came until asked for."""

    def __init__(self, tally: _Tally, policy: "EmailPolicy[Any]") -> None:
        super().__init__(policy)
        self._tally = tally
        self._depth = 0
        self._fields = 0
        tally.parts += 1
        if tally.parts > MOST_PARTS + 1:  # the parser makes one to see how
            raise _OutOfBounds(Fault.TOO_MANY_PARTS)

    @classmethod
    def empty(cls) -> "Part":
        """A part with nothing in it."""
        return cls(_Tally(set()), _POLICY)

    def attach(self, payload: "Part") -> None:  # type: ignore[override]
        """Take a part into this one. Raises when that goes too deep."""
        payload._depth = self._depth + 1
        if payload._depth > DEEPEST:
            raise _OutOfBounds(Fault.TOO_DEEP)
        super().attach(payload)

    def set_raw(self, name: str, value: str) -> None:
        """Keep a field, as the parser found it."""
        mime = name.lower() in _MIME_FIELDS
        longest = _LONGEST_MIME_FIELD if mime else LONGEST_FIELD
        self._fields += 1
        if len(value) > longest or self._fields > MOST_FIELDS:
            self._tally.faults.add(Fault.HEADER_CUT)
        if self._fields > MOST_FIELDS:
            return
        value = value[:longest]
        if mime:
            if value.count(";") > _MOST_PARAMETERS or value.count('"') > 2 * _MOST_PARAMETERS:
                self._tally.faults.add(Fault.HEADER_CUT)
                value = value.partition(";")[0]
            parsed = attempt(lambda: _mime_field(name.lower(), value))
            if parsed is None:
                self._tally.faults.add(Fault.HEADER_DAMAGED)
                return
            value = parsed
        super().set_raw(name, value)

    @property
    def stated_type(self) -> str:
        """The type that the sender states, such as `text/plain`."""
        return super().get_content_type()

    def get_content_type(self) -> str:
        """The type that the parser acts upon: a message within a message is a file, to be read by itself if at all."""
        stated = self.stated_type
        return "application/octet-stream" if stated.startswith("message/") else stated


@dataclass(slots=True)
class Parsed:
    """A message taken apart; `whole` says that its body was, too."""

    root: Part
    whole: bool
    faults: set[Fault] = field(default_factory=set)


def parse(raw: bytes) -> Parsed:
    """Take a message apart. Never raises: where the parser fails, there is the header, or an empty one."""
    faults: set[Fault] = set()
    content = _mended(_without_marks(raw[:LARGEST]), faults)
    if not content:
        faults.add(Fault.EMPTY)
    refused = _too_much(raw)
    if refused is None:
        try:
            return Parsed(_feed(content, faults), whole=True, faults=faults)
        except _OutOfBounds as bound:
            refused = bound.fault
        except Exception:
            refused = Fault.UNREADABLE
    faults.add(refused)
    return Parsed(parse_header(content, faults), whole=False, faults=faults)


def parse_header(content: bytes, faults: set[Fault]) -> Part:
    """The header of a message alone. Never raises."""
    end = _END_OF_HEADER.search(content, 0, LONGEST_HEADER_BLOCK)
    block = content[: end.end() if end else LONGEST_HEADER_BLOCK]
    try:
        return _feed(block, faults)
    except Exception:
        faults.add(Fault.UNREADABLE)
        return Part.empty()


def attempt(reading: Callable[[], T]) -> T | None:
    """What the reading gives, or None when it fails, in whatever way.

    The library's parser of fields has raised nearly everything on broken input, up to UnboundLocalError.
    """
    try:
        return reading()
    except Exception:
        return None


def _feed(content: bytes, faults: set[Fault]) -> Part:
    tally = _Tally(faults)
    parser = BytesFeedParser(cast("type[Part]", partial(Part, tally)), policy=_POLICY)
    parser.feed(content)
    return cast("Part", parser.close())


def _too_much(raw: bytes) -> Fault | None:
    if len(raw) > LARGEST:
        return Fault.TOO_LARGE
    if max(raw.count(b"\n"), raw.count(b"\r")) > MOST_LINES:
        return Fault.TOO_MANY_LINES
    return None


def _without_marks(raw: bytes) -> bytes:
    """A message without what editors and gateways put before it; one saved as UTF-16 as UTF-8."""
    if raw.startswith(_MARKS[1:]):
        raw = raw.decode("utf-16", "replace").encode("utf-8", "replace")
    return _BLANK_LINES.sub(b"", raw.removeprefix(_MARKS[0]), count=1)


def _mended(content: bytes, faults: set[Fault]) -> bytes:
    """A message with the lines of its header joined that belong together, where a long field broke without a blank.

    The parser takes the first line that is no field for the beginning of the body, and all fields after it are lost.
    """
    end = _END_OF_HEADER.search(content, 0, LONGEST_HEADER_BLOCK)
    lines = content[: end.start()].splitlines(keepends=True) if end else []
    broken = [number for number, line in enumerate(lines) if not _FIELD.match(line)]
    known = [number for number, line in enumerate(lines) if _KNOWN_FIELD.match(line)]
    if end is None or not broken or broken[0] == 0 or not known or known[-1] < broken[0]:
        return content
    faults.add(Fault.HEADER_DAMAGED)
    for number in broken:
        if number < known[-1]:
            lines[number] = b" " + lines[number]
    return b"".join(lines) + content[end.start() :]


def _mime_field(name: str, value: str) -> BaseHeader:
    if name == "content-transfer-encoding":
        word = _WORD.search(value)  # `base64 (as always)`, `7bit, base64`, `"base64"`
        value = word[0] if word else "7bit"
    header: BaseHeader = _POLICY.header_factory(name, unescaped("".join(value.splitlines())))
    return header
