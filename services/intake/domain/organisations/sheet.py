"""The register as comma-separated values (RFC 4180): a line of column names, then one row for each body.

A list has semicolons between its parts. A cell that a spreadsheet would take for a formula has an apostrophe before it
(OWASP, CSV injection), which is taken away again when it is read.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.intake.domain.organisations.register import FIELDS, Fault, Organisation

COLUMNS = ("key", *FIELDS)
NEEDED = ("key", "name", "kind")
LISTS = ("other_names", "domains")
# All public bodies of the country, schools among them, with room to spare; and what they take up in a sheet.
MOST_ROWS, MOST_BYTES = 100_000, 32 * 1024 * 1024

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_GUARDED = re.compile(rf"'+[{re.escape(''.join(_FORMULA))}]")
_WIDE = (b"\xff\xfe", b"\xfe\xff")
NOT_UTF_8 = "It is not UTF-8, so it was read as Windows-1252, which Excel writes. Look whether accents are right."


@dataclass(frozen=True, slots=True)
class Cells:
    """One row as its cells say, those that are empty left out; nothing in it is checked yet."""

    line: int
    values: dict[str, Any]


@dataclass(slots=True)
class Sheet:
    """What was read of a sheet: its rows, every fault at once, and what people should know of how it was read."""

    rows: list[Cells] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    note: str | None = None


def read_sheet(raw: bytes) -> Sheet:
    """The rows of a sheet. Its columns may stand in any order; one that is left out is empty in every row."""
    text, note = _decoded(raw)
    sheet = Sheet(note=note)
    if text is None:
        sheet.faults.append(Fault(1, None, "The text cannot be read. Save the sheet as “CSV UTF-8”."))
        return sheet
    lines = _lines(text, sheet.faults)
    place, header = next(lines, (1, []))
    names = [name.strip() for name in header]
    sheet.faults += _faults_of_header(place, names)
    if not sheet.faults:
        _read_rows(lines, names, sheet)
    return sheet


def write_sheet(organisations: Iterable[Organisation]) -> Iterator[str]:
    """The lines of a sheet of these bodies."""
    yield _line(COLUMNS)
    for organisation in organisations:
        yield _line([_guarded(_cell(getattr(organisation, name))) for name in COLUMNS])


def _decoded(raw: bytes) -> tuple[str | None, str | None]:
    """The text, and what to say of it; None where there is none."""
    if raw.startswith(_WIDE):
        return None, None
    try:
        return raw.decode("utf-8-sig"), None
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("cp1252"), NOT_UTF_8
    except UnicodeDecodeError:
        return None, None


def _lines(text: str, faults: list[Fault]) -> Iterator[tuple[int, Sequence[str]]]:
    """Each line that is not blank, with the number of the line where it begins. Ends at what is no CSV."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error:
        faults.append(Fault(begins, None, "This is no CSV: a quote is not closed, or a cell is too long."))


def _faults_of_header(line: int, names: Sequence[str]) -> Iterator[Fault]:
    for name in names:
        if name not in COLUMNS:
            yield Fault(line, None, f"Unknown column “{name[:40]}”. There are: {', '.join(COLUMNS)}.")
    for name in NEEDED:
        if name not in names:
            yield Fault(line, None, f"The column “{name}” is missing.")
    if len(set(names)) < len(names):
        yield Fault(line, None, "A column is named twice.")


def _read_rows(lines: Iterable[tuple[int, Sequence[str]]], names: Sequence[str], sheet: Sheet) -> None:
    for number, (line, cells) in enumerate(lines):
        if number == MOST_ROWS:
            sheet.faults.append(Fault(line, None, f"A file holds {MOST_ROWS} bodies at most."))
            return
        if len(cells) != len(names):
            sheet.faults.append(Fault(line, None, f"{len(cells)} cells where there are {len(names)} columns."))
            continue
        values = {name: _value(name, cell.strip()) for name, cell in zip(names, cells, strict=True) if cell.strip()}
        sheet.rows.append(Cells(line, values))


def _value(name: str, cell: str) -> Any:
    plain = cell[1:] if _GUARDED.match(cell) else cell
    return [part.strip() for part in plain.split(";")] if name in LISTS else plain


def _cell(value: Any) -> str:
    if isinstance(value, tuple):
        return ";".join(value)
    return value.isoformat() if isinstance(value, date) else value or ""


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) or _GUARDED.match(cell) else cell


def _line(cells: Sequence[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(cells)
    return written.getvalue()
