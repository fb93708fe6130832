"""Reports as files."""

import csv
import io
import re
from http import HTTPStatus
from typing import Any

import orjson

from gateway.routes import Manner

# A spreadsheet takes a cell that begins so for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def as_csv(report: dict[str, Any]) -> bytes:
    """A report as comma-separated values (RFC 4180) in UTF-8: a line of column names, then one line a row."""
    columns = [str(column) for column in report["columns"]]
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([_cell(column) for column in columns])
    writer.writerows([_cell(row.get(column)) for column in columns] for row in report["rows"])
    return written.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) and not _NUMBER.fullmatch(value) else value
    return orjson.dumps(value).decode()


CSV = Manner(HTTPStatus.OK, media="text/csv; charset=utf-8", render=as_csv)
