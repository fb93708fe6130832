"""Values that cross boundaries: references and ids, closed lists, fields, and the loading of what comes in."""

import re
import secrets
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

import orjson
import uuid_utils
from marshmallow import Schema, ValidationError, fields, validate

from chassis.errors import FieldError, Invalid

LISTS = Path(__file__).resolve().parent.parent / "contracts" / "lists"
# Control characters but tab, new line and return; lone surrogates; the characters that Unicode says are none.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_MONEY = re.compile(r"[0-9]{1,10}\.[0-9]{2}")
# Crockford's base 32: no I, L, O or U, so that nothing is misread over the telephone.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}


def _check_letter(payload: str) -> str:
    """A letter that shows every single wrong letter and every swap of two neighbours but that of 0 and Z.

    Luhn's method in base 32 (ISO/IEC 7812-1 Annex B, generalised to an even base), which in base ten misses 09 and 90.
    """
    total = 0
    for position, letter in enumerate(reversed(payload)):
        value = _VALUE[letter] * (2 if position % 2 == 0 else 1)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]


def new_reference(kind: str) -> str:
    """A random reference such as `ENQ-7K3M-9Q2D`: seven random letters (35 bits) and a check letter."""
    payload = "".join(secrets.choice(ALPHABET) for _ in range(7))
    whole = payload + _check_letter(payload)
    return f"{kind}-{whole[:4]}-{whole[4:]}"


def is_reference(kind: str, text: str) -> bool:
    """Whether the text is a well-formed reference of this kind with the right check letter."""
    prefix, _, rest = text.partition("-")
    whole = rest.replace("-", "")
    well_formed = prefix == kind and len(rest) == 9 and rest[4] == "-" and len(whole) == 8
    if not well_formed or any(letter not in _VALUE for letter in whole):
        return False
    return _check_letter(whole[:7]) == whole[7]


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562): unique, and sorted by the time it was made, which keeps indexes compact."""
    return uuid.UUID(bytes=uuid_utils.uuid7().bytes)


@cache
def labels(name: str) -> dict[str, str]:
    """A closed list from `contracts/lists`: its codes, each with its words, in the list's order."""
    document = orjson.loads((LISTS / f"{name}.v1.json").read_bytes())
    return {item["code"]: item["label"] for item in document["items"]}


def codes(name: str) -> tuple[str, ...]:
    """The codes of a closed list, in the list's order."""
    return tuple(labels(name))


class Words(fields.String):
    """Free words of a person: kept exactly as typed, refused when they hold control characters.

    `most` is the greatest length in characters, `least` the smallest.
    """

    default_error_messages = {"unwanted": "Must not contain control characters."}

    def __init__(self, most: int, *, least: int = 0, **options: Any) -> None:
        super().__init__(validate=validate.Length(min=least, max=most), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if _UNWANTED.search(text):
            raise self.make_error("unwanted")
        return str(text)


class Code(fields.String):
    """One code of a closed list."""

    def __init__(self, list_name: str, **options: Any) -> None:
        super().__init__(validate=validate.OneOf(codes(list_name)), **options)


class Money(fields.Field[Decimal]):
    """Pounds and pence: an exact decimal inside, a string such as `"125000.00"` outside. Never negative."""

    default_error_messages = {"money": 'Must be pounds and pence as a string, such as "125000.00".'}

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **options: Any) -> str | None:
        return None if value is None else f"{value:.2f}"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Decimal:
        if not isinstance(value, str) or not _MONEY.fullmatch(value):
            raise self.make_error("money")
        return Decimal(value)


class Instant(fields.AwareDateTime):
    """A moment: RFC 3339 with an offset coming in, UTC with `Z` going out."""

    default_error_messages = {"invalid": 'Must be a moment with an offset, such as "2026-11-21T09:04:00Z".'}

    def __init__(self, **options: Any) -> None:
        super().__init__(format="iso", default_timezone=None, **options)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **options: Any) -> str | None:
        return None if value is None else instant(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> datetime:
        if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        try:
            return super()._deserialize(value.upper(), attr, data, **options).astimezone(UTC)
        except OverflowError as error:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from error


def instant(moment: datetime) -> str:
    """A moment as RFC 3339 in UTC, such as `2026-11-21T09:04:00Z`."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def load_strictly(schema: type[Schema], payload: Any) -> dict[str, Any]:
    """Load what a caller sent. Raises Invalid with a pointer for every fault, up to a hundred, unknown fields too."""
    return _load(schema, payload, "raise")


def load_tolerantly(schema: type[Schema], payload: Any) -> dict[str, Any]:
    """Load what an event brought: read the fields we need, ignore the rest. Raises Invalid."""
    return _load(schema, payload, "exclude")


@cache
def instance_of(schema: type[Schema], unknown: Literal["raise", "exclude"] = "raise") -> Schema:
    """The one instance of a schema that the process needs; `unknown` says what loading does with unknown fields."""
    return schema(unknown=unknown)


def _load(schema: type[Schema], payload: Any, unknown: Literal["raise", "exclude"]) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = instance_of(schema, unknown).load(payload)
    except ValidationError as error:
        raise Invalid(list(_flatten(error.messages, ""))[:100]) from None  # nobody reads more, and it may be megabytes
    return loaded


def _flatten(messages: Any, pointer: str) -> Iterator[FieldError]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            step = "" if key == "_schema" else "/" + str(key).replace("~", "~0").replace("/", "~1")
            yield from _flatten(inner, pointer + step)
    elif isinstance(messages, list):
        for message in messages:
            yield from _flatten(message, pointer)
    else:
        # A name that came from outside may hold anything; what is kept or shown of it may not.
        yield FieldError(_UNWANTED.sub("�", pointer[:200]), _UNWANTED.sub("�", str(messages)[:300]))
