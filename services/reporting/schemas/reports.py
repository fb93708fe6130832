"""What is asked of a report, and what it answers."""

import re
from datetime import date
from typing import Any

from marshmallow import Schema, fields, validate

from chassis.fields import Instant

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.A)
_DAYS = validate.Range(date(2000, 1, 1), date(2099, 12, 31))


class Day(fields.Date):
    """A day as `2026-11-21`: no other of ISO 8601's forms, nothing that merely looks like it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> date:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return super()._deserialize(value, attr, data, **options)


def _day(name: str, meaning: str) -> Day:
    return Day(
        data_key=name,
        load_default=None,
        allow_none=True,
        validate=_DAYS,
        metadata={"description": meaning},
    )


class ReportQuery(Schema):
    """The days that a report covers, and by what it is broken down."""

    first = _day("from", "The first day, in London. A year before the last day when left out.")
    last = _day("to", "The last day, in London. Today when left out. At most five years after the first.")
    by = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 40),
        metadata={"description": "By what the figures are broken down. Each report has its own ways and a usual one."},
    )


class ReportAnswer(Schema):
    """A table of figures, each column with its definition."""

    name = fields.String(metadata={"description": "The report's name."})
    title = fields.String(metadata={"description": "What the report tells."})
    first = fields.Date(data_key="from", metadata={"description": "The first day that it covers, in London."})
    last = fields.Date(data_key="to", metadata={"description": "The last day that it covers, in London."})
    by = fields.String(metadata={"description": "By what the figures are broken down."})
    definitions = fields.Dict(
        fields.String(), fields.String(), metadata={"description": "What each column means, in plain English."}
    )
    columns = fields.List(fields.String(), metadata={"description": "The columns in their order, the key first."})
    rows = fields.List(
        fields.Dict(fields.String(), fields.Raw(allow_none=True)),
        metadata={"description": "A row for each key: the columns' values, numbers, text or null."},
    )
    generated_at = Instant(metadata={"description": "When the figures were counted."})
