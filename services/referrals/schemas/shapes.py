"""Limits and shapes that several schemas of this service share."""

from decimal import Decimal
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from services.referrals.domain.fund import TOTAL

# The greatest length of what one side writes to the other, in characters.
MESSAGE = 10_000

# A request or grant of nothing is none, and the fund holds no more than its total.
POUNDS = validate.Range(min=Decimal("0.01"), max=TOTAL, error="Must be from 0.01 to {max}.")


class Flag(fields.Boolean):
    """JSON's true or false, and nothing that merely looks like it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


def each_once(values: list[str]) -> None:
    """Raise ValidationError when a value is named twice."""
    if len(set(values)) < len(values):
        raise ValidationError("Must name each once.")


class Part(fields.Nested):
    """Some attributes of the object itself, grouped; null for as long as its attribute `once` is null."""

    def __init__(self, schema: type[Schema], *, once: str, **options: Any) -> None:
        super().__init__(schema, allow_none=True, **options)
        self._once = once

    def get_value(self, obj: Any, attr: str, accessor: Any = None, default: Any = None) -> Any:
        """The object, for the nested schema to dump."""
        return None if getattr(obj, self._once) is None else obj
