"""Reports as files."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.report_files import as_csv

_CELL = st.none() | st.integers(-(2**63), 2**63 - 1) | st.booleans() | st.text(st.characters(exclude_categories=["Cs"]))


def _read(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode(), newline="")))


def test_a_report_is_a_line_of_names_and_a_line_for_each_row() -> None:
    report = {"columns": ["sector", "share"], "rows": [{"sector": "fire, rescue", "share": 0.5}, {"sector": 'a "b"'}]}

    assert as_csv(report) == b'sector,share\r\n"fire, rescue",0.5\r\n"a ""b""",\r\n'


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-x", "@sum", "\tx", "\rx", "\n=x", "＝1"])
def test_a_text_that_a_spreadsheet_would_run_is_made_harmless(text: str) -> None:
    assert _read(as_csv({"columns": ["a"], "rows": [{"a": text}]}))[1] == [f"'{text}"]


@pytest.mark.parametrize(
    ("value", "written"), [("-12.50", "-12.50"), (-3, "-3"), (None, ""), (True, "true"), ({"low": 1}, '{"low":1}')]
)
def test_a_number_stays_a_number(value: object, written: str) -> None:
    assert _read(as_csv({"columns": ["a", "b"], "rows": [{"a": value, "b": "x"}]}))[1] == [written, "x"]


@given(st.lists(st.fixed_dictionaries({"a": _CELL, "b": _CELL}), max_size=5))
def test_no_cell_begins_a_formula_and_no_row_breaks(rows: list[dict[str, object]]) -> None:
    read = _read(as_csv({"columns": ["a", "b"], "rows": rows}))

    assert [len(row) for row in read] == [2] * (len(rows) + 1)
    for cell in (cell for row in read for cell in row):
        assert not cell.startswith(("=", "+", "@", "\t", "\r")), cell
