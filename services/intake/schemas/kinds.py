"""Kinds of field that enquiries need, beside those that all services share."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from chassis.fields import Code, Words, codes
from services.intake.domain import identity
from services.intake.domain.facts import MOST_FACTS

_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_BREAKS = re.compile("[\n\r\t\u2028\u2029]")
_LONGEST_ADDRESS = 320

Metadata = Mapping[str, Any]


class Prose(Words):
    """Words that say something: text of any number of lines, kept exactly as typed, never blank."""

    default_error_messages = {"blank": "Must not be blank. Leave the field out instead."}
    shape: Metadata = {"pattern": r"\S"}

    def __init__(self, most: int, *, metadata: Metadata | None = None, **options: Any) -> None:
        super().__init__(most, least=1, metadata={**self.shape, **(metadata or {})}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if not text.strip():
            raise self.make_error("blank")
        return text


class Line(Prose):
    """Words on a single line: names and subjects, which end up in the headers of messages."""

    default_error_messages = {"broken": "Must be a single line."}
    shape: Metadata = {"pattern": r"^[^\n\r\t\u2028\u2029]*\S[^\n\r\t\u2028\u2029]*$"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if _BREAKS.search(text):
            raise self.make_error("broken")
        return text


class _Addressed(fields.Field[identity.Address]):
    """An address of some kind, loaded into what was typed and its canonical form."""

    shape: Metadata = {"type": "string", "minLength": 1, "maxLength": _LONGEST_ADDRESS}

    def __init__(
        self, read: Callable[[str], identity.Address], *, metadata: Metadata | None = None, **options: Any
    ) -> None:
        super().__init__(metadata={**self.shape, **(metadata or {})}, **options)
        self._line = Line(_LONGEST_ADDRESS)
        self._read = read

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> identity.Address:
        typed = self._line.deserialize(value, attr, data)
        try:
            return self._read(typed)
        except ValueError:
            raise self.make_error("unreadable") from None


class Email(_Addressed):
    """An e-mail address, without asking anybody whether it exists."""

    default_error_messages = {"unreadable": "Must be an e-mail address, such as name@example.org."}
    shape: Metadata = {**_Addressed.shape, "format": "idn-email"}

    def __init__(self, **options: Any) -> None:
        super().__init__(identity.email_address, **options)


class Phone(_Addressed):
    """A telephone number, British unless it begins with + or 00."""

    default_error_messages = {"unreadable": "Must be a telephone number, such as 020 7946 0000 or +44 20 7946 0000."}

    def __init__(self, **options: Any) -> None:
        super().__init__(identity.phone_number, **options)


class Flag(fields.Boolean):
    """True or false, and nothing that merely looks like it."""

    default_error_messages = {"invalid": "Must be true or false."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Answers(fields.Field[dict[str, Any]]):
    """Facts of one kind: a map of ids to answers, each one of those given. Booleans are not integers."""

    default_error_messages = {
        "map": "Must be an object of ids and answers.",
        "many": f"Must hold {MOST_FACTS} answers at most.",
        "ids": "Every id must be lower_snake_case of 1 to 40 characters.",
    }

    def __init__(self, *answers: Any, metadata: Metadata, **options: Any) -> None:
        shape = {"type": "object", "maxProperties": MOST_FACTS, "additionalProperties": {"enum": list(answers)}}
        super().__init__(metadata={**shape, **metadata}, **options)
        self.answers = answers
        self._types = {type(answer) for answer in answers}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.make_error("map")
        if len(value) > MOST_FACTS:
            raise self.make_error("many")
        if not all(_ID.fullmatch(id_) for id_ in value):
            raise self.make_error("ids")
        faults = {id_: [self._wanted()] for id_, answer in value.items() if not self._fits(answer)}
        if faults:
            raise ValidationError(faults)
        return dict(value)

    def _fits(self, answer: Any) -> bool:
        return type(answer) in self._types and answer in self.answers

    def _wanted(self) -> str:
        return f"Must be one of: {', '.join('null' if a is None else str(a) for a in self.answers)}."


class Codes(fields.List[str]):
    """Some codes of a closed list, each at most once."""

    default_error_messages = {"twice": "Must not name anything twice."}

    def __init__(self, list_name: str, **options: Any) -> None:
        super().__init__(Code(list_name), validate=validate.Length(max=len(codes(list_name))), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> list[str | None]:
        found = super()._deserialize(value, attr, data, **options)
        if len(set(found)) < len(found):
            raise self.make_error("twice")
        return found
