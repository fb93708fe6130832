"""Sheets of the register: read strictly, written so that no spreadsheet takes a cell for a formula."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.domain.organisations import sheet as sheets
from services.intake.domain.organisations.names import normal_form
from services.intake.domain.organisations.register import Organisation
from services.intake.domain.organisations.sheet import NOT_UTF_8, read_sheet, write_sheet
from services.intake.organisations.importing import File, read_file

HEADER = "key,name,kind\r\n"
ROW = "a,Aberystwyth,nhs_trust\r\n"

# Single lines as a row may have them: no control characters, nothing that is cut off at either end.
LINES = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn")) | st.sampled_from("=+-@'＝\""),
    min_size=1,
    max_size=12,
).filter(lambda text: text == text.strip() and normal_form(text) != "")
NAMES = LINES.filter(lambda text: ";" not in text)
ORGANISATIONS = st.builds(
    Organisation,
    key=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,9}", fullmatch=True),
    name=LINES,
    kind=st.sampled_from(["nhs_trust", "police", "other"]),
    other_names=st.lists(NAMES, max_size=3, unique=True).map(tuple),
    region=st.sampled_from([None, "london", "wales"]),
    domains=st.sets(st.sampled_from(["a.gov.uk", "b.nhs.uk", "c.org"])).map(lambda found: tuple(sorted(found))),
    dissolved_on=st.none() | st.dates(),
    successor=st.sampled_from([None, "x"]),
)


def read(text: str) -> File:
    """A sheet, with its rows checked."""
    return read_file(text.encode())


@settings(max_examples=200)
@given(st.lists(ORGANISATIONS, max_size=3))
def test_what_is_written_is_read_again(organisations: list[Organisation]) -> None:
    file = read("".join(write_sheet(organisations)))

    assert file.faults == []
    assert [row.organisation for row in file.rows] == organisations


@settings(max_examples=200)
@given(st.lists(ORGANISATIONS, min_size=1, max_size=3))
def test_no_cell_begins_like_a_formula(organisations: list[Organisation]) -> None:
    written = "".join(write_sheet(organisations))

    for row in csv.reader(io.StringIO(written, newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in row)


@settings(max_examples=200)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_are_an_error(raw: bytes) -> None:
    file = read_file(raw)

    assert file.faults or file.rows == []


def test_a_row_is_known_by_the_line_on_which_it_begins_and_blank_ones_are_passed_over() -> None:
    text = HEADER + "\r\n, ,\r\n" + ROW.replace("Aber", '"Aber').replace("wyth", 'wyth"') + "b,B,poem\r\ntoo,few\r\n"

    file = read(text)

    assert [row.line for row in file.rows] == [4]
    assert [str(fault).partition(":")[0] for fault in sorted(file.faults, key=lambda fault: fault.line)] == [
        "line 5, column kind",
        "line 6",
    ]


def test_the_excel_of_an_old_office_is_read_with_a_word_of_warning() -> None:
    sheet = read_sheet((HEADER + "a,Môn – Siân’s,other\r\n").encode("cp1252"))

    assert sheet.rows[0].values["name"] == "Môn – Siân’s"
    assert sheet.note == NOT_UTF_8


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    sheet = read_sheet(b"\xef\xbb\xbf" + (HEADER + ROW).encode())

    assert (len(sheet.rows), sheet.faults, sheet.note) == (1, [], None)


@pytest.mark.parametrize("raw", [(HEADER + ROW).encode("utf-16"), HEADER.encode() + b"a,\x81,other\r\n"])
def test_another_encoding_is_refused_with_what_to_do(raw: bytes) -> None:
    [fault] = read_sheet(raw).faults

    assert "Save the sheet as “CSV UTF-8”" in str(fault)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ["“key” is missing", "“name”", "“kind”"]),
        (HEADER.replace("key", "key,colour,"), ["Unknown column “colour”", "Unknown column “”"]),
        (HEADER.replace("key", "key,key"), ["named twice"]),
        (HEADER + 'a,"Aber\r\n', ["no CSV"]),
        (HEADER + f"a,{'x' * 200_000},other\r\n", ["no CSV"]),
        (HEADER + "a,Aber\r\n", ["2 cells where there are 3 columns"]),
        (HEADER.replace("kind", "kind,domains") + "a,A,other,x.gov.uk;X.gov.uk\r\n", ["anything twice"]),
        (HEADER.replace("kind", "kind,dissolved_on") + "a,A,other,31/03/2013\r\n", ["such as 2013-03-31"]),
        (HEADER + "a b,-,\r\n", ["Missing data", "letters, digits", "a letter or a digit"]),
    ],
)
def test_every_fault_is_said(text: str, says: list[str]) -> None:
    faults = sorted(fault.message for fault in read(text).faults)

    assert len(faults) == len(says)
    assert all(any(words in message for message in faults) for words in says)


def test_a_sheet_is_read_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)

    sheet = read_sheet((HEADER + ROW * 4).encode())

    assert len(sheet.rows) == 2
    assert [fault.line for fault in sheet.faults] == [4]


def test_the_day_of_an_end_is_written_as_it_is_read() -> None:
    gone: dict[str, Any] = {"key": "a", "name": "A", "kind": "other", "dissolved_on": date(2013, 4, 1)}

    assert list(write_sheet([Organisation(**gone)]))[1] == "a,A,,other,,,2013-04-01,\r\n"
