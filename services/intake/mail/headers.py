"""Fields of a header: words, mailboxes, identifiers, moments."""

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.headerregistry import HeaderRegistry
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any

from services.intake.mail.charsets import clean_line, decode, unescaped
from services.intake.mail.message import Fault, Mailbox
from services.intake.mail.parsing import LONGEST_FIELD, Part, attempt

# Taking an address field apart takes the square of its length: this is some 100 mailboxes, and half a second.
LONGEST_ADDRESS_FIELD = 5_000
LONGEST_NAME = 200
LONGEST_ADDRESS = 320
MOST_IDENTIFIERS = 50
LONGEST_SUBJECT = 300  # that of an enquiry

_ENCODED = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?([^?]*)\?=")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
_PART = r"[^\s<>()\",;:\[\]\\@]"
_ADDRESS = re.compile(rf"{_PART}{{1,64}}@{_PART}{{1,255}}")
_BRACKETED = re.compile(rf"([^<>,;]{{0,200}})<\s?({_ADDRESS.pattern})\s?>")
_IDENTIFIER = re.compile(r"<([^<>\s]{1,250})>")
_registry = HeaderRegistry()


class Header:
    """The fields of a message by their names, each cut to one line."""

    def __init__(self, part: Part) -> None:
        self._fields: dict[str, list[str]] = {}
        for name, value in part.raw_items():
            line = unescaped("".join(str(value).splitlines()))
            self._fields.setdefault(name.strip().lower(), []).append(line)

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def __bool__(self) -> bool:
        return bool(self._fields)

    def first(self, name: str) -> str:
        """The first field of this name, or nothing."""
        return self._fields.get(name, [""])[0]

    def code(self, name: str) -> str:
        """A field that holds a word for machines: that word, without its parameters and comments, in lower case."""
        return re.split(r"[;(\s]", self.first(name).strip().lower(), maxsplit=1)[0]


def words(value: str, faults: set[Fault]) -> str:
    """Words for people, with those decoded that came encoded (RFC 2047), on one line."""
    return clean_line("".join(text for text, _ in _pieces(value, faults)))


def mailboxes(value: str, faults: set[Fault]) -> tuple[Mailbox, ...]:
    """The mailboxes that a field names. An address that can only be found by searching is a fault."""
    if len(value) > LONGEST_ADDRESS_FIELD:
        faults.add(Fault.HEADER_CUT)
    value = value[:LONGEST_ADDRESS_FIELD]
    # Encoded words are encoded anew, each sound and in UTF-8: the library leaves those it dislikes as they are.
    sound = "".join(_encoded(text) if was_encoded else text for text, was_encoded in _pieces(value, faults))
    found = _joined(attempt(lambda: _taken_apart(sound)) or [])
    if not any(mailbox.address for mailbox in found):
        searched = _searched(clean_line(sound), faults)
        if searched or found:
            faults.add(Fault.ADDRESSES_DAMAGED)
        return searched or found
    if len(found) == 1 and found[0].name is None and "(" in sound:
        # An old way: jane@example.org (Jane Smith)
        name = words((attempt(lambda: parseaddr(sound)) or ("", ""))[0], faults)
        return (Mailbox(name[:LONGEST_NAME] or None, found[0].address),)
    return found


def identifiers(value: str) -> tuple[str, ...]:
    """Identifiers of messages, without their brackets. Of too many the first, which began it all, and the last ones."""
    found = _IDENTIFIER.findall(clean_line(value)) or [
        one for one in clean_line(value[:LONGEST_ADDRESS_FIELD]).split() if "@" in one and len(one) <= 250
    ]
    once = list(dict.fromkeys(found))
    return tuple(once if len(once) <= MOST_IDENTIFIERS else [once[0], *once[1 - MOST_IDENTIFIERS :]])


def moment(value: str) -> datetime | None:
    """A moment in UTC, or None where there is none to be read. Without a zone it is taken for UTC."""
    read = attempt(lambda: parsedate_to_datetime(value[:100]))
    if read is None:
        return None
    return attempt(lambda: (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC))


def _pieces(value: str, faults: set[Fault]) -> Iterator[tuple[str, bool]]:
    """The value in pieces, each with whether it came encoded.

    A letter may begin in one encoded word and end in the next, against the rules, so neighbours are joined first.
    """
    end, charset, content = 0, "", b""
    for word in _ENCODED.finditer(value):
        between = value[end : word.start()]
        follows = bool(content) and not between.strip()
        if not follows or word[1].lower() != charset:
            if content:
                yield decode(content, charset.partition("*")[0], LONGEST_FIELD, faults), True
            charset, content = word[1].lower(), b""
        if not follows:
            yield between, False
        content += _bytes_of(word[2], word[3])
        end = word.end()
    if content:
        yield decode(content, charset.partition("*")[0], LONGEST_FIELD, faults), True
    yield value[end:], False


def _bytes_of(encoding: str, text: str) -> bytes:
    if encoding in "qQ":
        return binascii.a2b_qp(text.encode("utf-8", "replace"), header=True)
    letters = _NOT_BASE64.sub("", text)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return base64.b64decode(letters + "=" * (-len(letters) % 4))


def _encoded(text: str) -> str:
    return f"=?utf-8?b?{base64.b64encode(text.encode()).decode()}?="


def _taken_apart(value: str) -> list[tuple[str, str]]:
    header: Any = _registry("to", value)
    found = [(address.display_name, address.addr_spec) for address in header.addresses]
    bracketed = [] if '"' in value else [address for _, address in _BRACKETED.findall(value)]
    if header.defects and not {address for _, address in found}.issuperset(bracketed):
        return []  # 'jane@example.org' <jane@example.org>: it stops at the first address, which is a name
    return found


def _searched(value: str, faults: set[Fault]) -> tuple[Mailbox, ...]:
    """The mailboxes in what cannot be taken apart: addresses between brackets, else whatever looks like an address."""
    bracketed = [
        Mailbox(words(name, faults).strip("\"' ")[:LONGEST_NAME] or None, address)
        for name, address in _BRACKETED.findall(value)
    ]
    return tuple(bracketed or (Mailbox(None, address.strip("'")) for address in _ADDRESS.findall(value)))


def _joined(parsed: list[tuple[str, str]]) -> tuple[Mailbox, ...]:
    """Mailboxes, with names put together that a bare comma cut apart: `Smith, Jane <jane@example.org>`."""
    found: list[Mailbox] = []
    waiting: list[str] = []
    for name, address in ((clean_line(name), clean_line(address)) for name, address in parsed):
        if not _ADDRESS.fullmatch(address) and not _is_quoted(address):
            waiting.extend(word for word in (name, address.strip('<>@"')) if word)
            continue
        whole = ", ".join([*waiting, name] if name else waiting)
        found.append(Mailbox(whole[:LONGEST_NAME] or None, address))
        waiting.clear()
    if waiting:
        found.append(Mailbox(", ".join(waiting)[:LONGEST_NAME], None))
    return tuple(found)


def _is_quoted(address: str) -> bool:
    """Whether the address is one of the rare kind `"jane doe"@example.org`."""
    return address.startswith('"') and '"@' in address and len(address) <= LONGEST_ADDRESS
