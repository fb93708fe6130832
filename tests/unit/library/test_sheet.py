"""Sheets of resources: read strictly, written so that no spreadsheet takes a cell for a formula."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.library.domain import sheet
from services.library.domain.sheet import COLUMNS, read_sheet, write_sheet
from tests.unit.library.shelf import OTHERS, TEXTS, written

HEADER = "kind,title,summary,address,publisher\r\n"
ROW = "guide,Title,Summary,https://example.org,Office\r\n"


@given(st.lists(OTHERS, max_size=3))
def test_what_is_written_is_read_again(resources: list[dict[str, Any]]) -> None:
    reading = read_sheet(write_sheet(resources))

    assert reading.faults == []
    assert [(row.id, row.values) for row in reading.rows] == [(one["id"], written(one)) for one in resources]


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_no_cell_begins_like_a_formula(texts: list[str]) -> None:
    empty = {**dict.fromkeys(COLUMNS), "matters": [], "stages": [], "sectors": [], "regions": [], "audience": []}
    sheet_of_them = write_sheet({**empty, "title": text} for text in texts)

    for row in csv.reader(io.StringIO(sheet_of_them, newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in row)


def test_a_row_is_known_by_the_line_on_which_it_begins() -> None:
    text = HEADER + "\r\n" + ROW.replace("Summary", '"two\r\nlines"') + ROW + "too,few\r\n"

    reading = read_sheet("\ufeff" + text)

    assert [row.place for row in reading.rows] == ["line 3", "line 5"]
    assert [fault.place for fault in reading.faults] == ["line 6"]


def test_lists_have_semicolons_and_empty_cells_say_nothing() -> None:
    header = HEADER.replace("kind", "id,matters,stages,kind")

    [row] = read_sheet(header + ROW.replace("guide", ",pensions; vat_and_tax,,guide")).rows

    assert (row.id, row.values["matters"], "stages" in row.values) == (None, ["pensions", "vat_and_tax"], False)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ["“kind” is missing", "“title”", "“summary”", "“address”", "“publisher”"]),
        (HEADER.replace("kind", "kind,colour"), ["Unknown column “colour”"]),
        (HEADER.replace("kind", "kind,kind"), ["named twice"]),
        (HEADER + 'guide,"Title\r\n', ["no CSV"]),
        (HEADER + 'guide,"Ti"tle",x,y,z\r\n', ["no CSV"]),
        (HEADER + f"guide,{'x' * 200_000},x,y,z\r\n", ["no CSV"]),
        (HEADER + "guide,Title\r\n", ["2 cells where there are 5 columns"]),
    ],
)
def test_every_fault_is_said(text: str, says: list[str]) -> None:
    faults = [fault.message for fault in read_sheet(text).faults]

    assert len(faults) == len(says)
    assert all(words in message for words, message in zip(says, faults, strict=True))


def test_a_sheet_is_read_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MOST_ROWS", 2)

    reading = read_sheet(HEADER + ROW * 4)

    assert len(reading.rows) == 2
    assert [fault.place for fault in reading.faults] == ["line 4"]


@given(st.text(max_size=200))
def test_no_text_is_an_error(text: str) -> None:
    reading = read_sheet(text)

    assert reading.faults or reading.rows == []
