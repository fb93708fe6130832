"""Resources as comma-separated values (RFC 4180): a line of column names, then one row for each resource.

A list is its codes with semicolons between them. A cell that a spreadsheet would take for a formula has an apostrophe
before it (OWASP, CSV injection), which is taken away again when it is read.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from services.library.domain.resource import FACETS, FIELDS
from services.library.domain.rows import MOST_ROWS, Reading, Row

COLUMNS = ("id", *FIELDS)
NEEDED = ("kind", "title", "summary", "address", "publisher")

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_GUARDED = re.compile(rf"'+[{re.escape(''.join(_FORMULA))}]")


def write_sheet(resources: Iterable[Mapping[str, Any]]) -> str:
    """The resources, each with its `id`, as a sheet."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_guarded(_cell(resource[name])) for name in COLUMNS] for resource in resources)
    return written.getvalue()


def read_sheet(text: str) -> Reading:
    """The rows of a sheet. Its columns may stand in any order; one that is left out is empty in every row."""
    reading = Reading()
    lines = _lines(text.removeprefix("\ufeff"), reading)
    place, header = next(lines, ("line 1", []))
    if not _is_header(header, place, reading):
        return reading
    for number, (place, cells) in enumerate(lines):
        if number == MOST_ROWS:
            reading.fault(place, f"A file holds {MOST_ROWS} resources at most.")
            break
        if len(cells) != len(header):
            reading.fault(place, f"{len(cells)} cells where there are {len(header)} columns.")
            continue
        values = {name: _value(name, cell) for name, cell in zip(header, cells, strict=True) if cell}
        reading.rows.append(Row(place, values.pop("id", None), values))
    return reading


def _lines(text: str, reading: Reading) -> Iterator[tuple[str, Sequence[str]]]:
    """Each line that is not blank, with the place where it begins. Ends at what is no CSV."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for cells in reader:
            if cells:
                yield f"line {begins}", cells
            begins = reader.line_num + 1
    except csv.Error:
        reading.fault(f"line {begins}", "This is no CSV: a quote is not closed, or a cell is too long.")


def _is_header(header: Sequence[str], place: str, reading: Reading) -> bool:
    unknown = [name for name in header if name not in COLUMNS]
    missing = [name for name in NEEDED if name not in header]
    for name in unknown:
        reading.fault(place, f"Unknown column “{name[:40]}”. There are: {', '.join(COLUMNS)}.")
    for name in missing:
        reading.fault(place, f"The column “{name}” is missing.")
    if len(set(header)) < len(header):
        reading.fault(place, "A column is named twice.")
    return not reading.faults


def _value(name: str, cell: str) -> Any:
    plain = cell[1:] if _GUARDED.match(cell) else cell
    return [code.strip() for code in plain.split(";")] if name in FACETS else plain


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ";".join(value)
    return "" if value is None else str(value)


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) or _GUARDED.match(cell) else cell
