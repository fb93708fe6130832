"""Kinds of field that resources need, beside those that all services share."""

import re
from collections.abc import Mapping
from datetime import date
from itertools import repeat
from typing import Any

from marshmallow import fields, validate

from chassis.fields import Code, Words, codes
from services.library.domain.wording import MOST_WORDS

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_BREAKS = re.compile("[\n\r\t\u2028\u2029]")
_ADDRESS = r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?([/?#][!#-;=?-\[\]_a-z~]*)?$"
# A score, an id, and then up to three words for each word.
_SCORE, _ID = re.compile("-?[0-9]{1,18}"), re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MEANT = re.compile(r"(\w{1,40}( \w{1,40}){0,2})?")

Metadata = Mapping[str, Any]


class Prose(Words):
    """Words that say something: text of any number of lines, never blank."""

    default_error_messages = {"blank": "Must not be blank."}
    shape: Metadata = {"pattern": r"\S"}

    def __init__(self, most: int, *, metadata: Metadata | None = None, **options: Any) -> None:
        super().__init__(most, least=1, metadata={**self.shape, **(metadata or {})}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if not text.strip():
            raise self.make_error("blank")
        return text


class Line(Prose):
    """Words on a single line."""

    default_error_messages = {"broken": "Must be a single line."}
    shape: Metadata = {"pattern": r"^[^\n\r\t\u2028\u2029]*\S[^\n\r\t\u2028\u2029]*$"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if _BREAKS.search(text):
            raise self.make_error("broken")
        return text


class Address(Line):
    """Where something is on the web. Nothing is ever fetched from there; people follow it in their browsers."""

    default_error_messages = {
        "address": "Must be an address that begins with https:// or http://, in plain characters, without a name in it."
    }
    shape: Metadata = {"pattern": _ADDRESS}

    def __init__(self, **options: Any) -> None:
        super().__init__(2_000, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if not re.fullmatch(_ADDRESS, text):
            raise self.make_error("address")
        return text


class Day(fields.Date):
    """A day as `2026-11-21`, and in no other of ISO 8601's forms."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> date:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return super()._deserialize(value, attr, data, **options)


class Codes(fields.List[str]):
    """Some codes of a closed list, each at most once, kept in the list's order."""

    default_error_messages = {"twice": "Must not name anything twice."}

    def __init__(self, list_name: str, **options: Any) -> None:
        self._order = codes(list_name)
        super().__init__(Code(list_name), validate=validate.Length(max=len(self._order)), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> list[str | None]:
        found = super()._deserialize(value, attr, data, **options)
        if len(set(found)) < len(found):
            raise self.make_error("twice")
        return sorted(found, key=lambda code: self._order.index(str(code)))


class Place(fields.List[str]):
    """The place after which a page of resources begins: the score and the id of the last one before it.

    After them stands, for each word that is looked for nearly, what it was meant for when the first page was made.
    """

    default_error_messages = {"place": "Is no place in this list. Start the list again."}

    def __init__(self, **options: Any) -> None:
        lengths = validate.Length(2, 2 + MOST_WORDS)
        super().__init__(fields.String(validate=validate.Length(max=150)), validate=lengths, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> list[str | None]:
        found = super()._deserialize(value, attr, data, **options)
        shapes = (_SCORE, _ID, *repeat(_MEANT, len(found) - 2))
        if not all(shape.fullmatch(str(part)) for shape, part in zip(shapes, found, strict=False)):
            raise self.make_error("place")
        return found
