"""Files of contacts as spreadsheets and programs write them: read as the same rows, or refused with the reason."""

import csv
import io
import struct
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from time import process_time
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from feedback.contacts import contact_file
from feedback.contacts.contact_columns import Column, Columns, column_faults, contact_of_row, guess_columns
from feedback.contacts.contact_file import Sheet, SheetRow, read_sheet
from feedback.intake.event import EventContact

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1")


def written(rows: Sequence[Sequence[str]], delimiter: str = ",", encoding: str = "utf-8", end: str = "\r\n") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue().encode(encoding)


def workbook(rows: Sequence[Sequence[Any]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def refusal(content: bytes, name: str = "file.csv") -> str:
    with pytest.raises(Invalid) as refused:
        read_sheet(content, name)
    [fault] = refused.value.faults
    assert fault.field == "file"
    return fault.message


LATIN = st.characters(min_codepoint=32, max_codepoint=255, blacklist_categories=("Cc", "Cf"))
CELLS = st.one_of(
    st.text(LATIN, max_size=12),
    st.sampled_from(
        ["", "a,b", "x;y", "t\tt", 'say "hi"', "two\nlines", "two\r\nlines", "=1+1", "Zoë", "Grüße", "1,5"]
    ),
)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(2, 6))
    body = draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=8))
    return [[f"column {at}" for at in range(width)], *body]


@given(tables(), st.sampled_from([",", ";", "\t"]), st.sampled_from(ENCODINGS), st.sampled_from(["\r\n", "\n"]))
def test_a_written_csv_gives_the_same_rows_in_every_encoding_and_with_every_delimiter(
    table: list[list[str]], delimiter: str, encoding: str, end: str
) -> None:
    sheet = read_sheet(written(table, delimiter, encoding, end), "any.csv")
    assert sheet.header == tuple(table[0])
    kept = [(number, tuple(row)) for number, row in enumerate(table[1:], start=2) if any(row)]
    assert [(row.number, row.cells) for row in sheet.rows] == kept


@given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.xlsx", "a"]))
def test_whatever_the_bytes_are_they_are_read_or_refused(content: bytes, name: str) -> None:
    for start in (b"", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf"):
        with suppress(Invalid):
            assert isinstance(read_sheet(start + content, name), Sheet)


def test_fifty_columns_and_empty_ones_at_the_end_are_read() -> None:
    header = [f"h{at}" for at in range(50)]
    sheet = read_sheet(written([[*header, "", ""], [*header, "", ""]], ";"), "wide.csv")
    assert (len(sheet.header), sheet.rows[0].cells) == (50, tuple(header))


def test_more_columns_than_anybody_means_are_refused() -> None:
    assert "101 columns" in refusal(written([[f"h{at}" for at in range(101)]]))


def test_a_row_of_another_width_is_a_fault_with_its_number_in_the_sheet() -> None:
    sheet = read_sheet(b'id,name\nc1,Kim\n\n"c2","two\nlines"\nc3,x,y\nc4\n', "ragged.csv")
    assert [(row.number, row.cells) for row in sheet.rows] == [
        (2, ("c1", "Kim")),
        (4, ("c2", "two\nlines")),
        (5, ()),
        (6, ()),
    ]
    assert sheet.rows[2].fault == "this row has 3 cells and the header 2; look for a missing quote or delimiter"


def test_the_separator_line_of_spreadsheets_is_no_row() -> None:
    assert read_sheet(b"sep=;\r\nid;name\r\nc1;a,b\r\n", "x.csv").rows == (SheetRow(2, ("c1", "a,b")),)


def test_a_quote_that_is_never_closed_is_refused_with_its_row() -> None:
    assert refusal(b'id,name\nc1,Kim\nc2,"Lee\nc3,Max\n').startswith("row 3 can't be read")


@pytest.mark.parametrize(("content", "words"), [(b"", "empty"), (b"\n\n", "empty"), (b"id,id\n1,2\n", "called id")])
def test_files_that_say_nothing_or_the_same_twice_are_refused(content: bytes, words: str) -> None:
    assert words in refusal(content)


def test_too_large_and_too_long_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "20 MB" in refusal(b"a" * (contact_file.LARGEST_FILE + 1))
    monkeypatch.setattr(contact_file, "MOST_ROWS", 2)
    assert "more than 2 rows" in refusal(b"id\n1\n2\n3\n")


def test_a_spreadsheet_gives_values_dates_as_iso_and_its_own_row_numbers() -> None:
    moment = datetime(2026, 3, 1, 9, 30)  # noqa: DTZ001
    rows: list[list[Any]] = [
        ["id", "seats", "share", "since", "at", "is vip", "note"],
        [1, 3.0, 0.5, date(2026, 3, 1), moment, True, "=HYPERLINK(1)"],
        [],
        ["c2", None, None, None, None, None, "x"],
    ]
    content = workbook(rows)
    sheet = read_sheet(content, "contacts.xlsx")
    assert sheet.header == tuple(rows[0])
    # A formula counts by its value, which nothing has worked out here.
    assert sheet.rows[0] == SheetRow(2, ("1", "3", "0.5", "2026-03-01", "2026-03-01T09:30:00", "true", ""))
    assert sheet.rows[1].number == 4
    assert read_sheet(content, "called.csv") == sheet


def test_macros_passwords_and_broken_spreadsheets_are_refused_with_the_remedy() -> None:
    assert "macros" in refusal(workbook([["id"]]), "contacts.xlsm")
    file = io.BytesIO(workbook([["id"]]))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    assert "macros" in refusal(file.getvalue(), "contacts.xlsx")
    assert "password" in refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "old.xls")
    assert "save it again" in refusal(workbook([["id"]])[:900], "cut.xlsx")
    assert "save it again" in refusal(b"PK\x03\x04" + b"\0" * 99, "none.xlsx")


def test_a_spreadsheet_that_unpacks_to_more_than_a_machine_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_file, "LARGEST_UNPACKED", 1_000_000)
    file = io.BytesIO(workbook([["id"]]))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings2.xml", b" " * 2_000_000)
    assert len(file.getvalue()) < 20_000
    assert "unpacked" in refusal(file.getvalue(), "bomb.xlsx")


def test_a_zip_that_lies_about_its_sizes_is_read_no_further_than_it_says() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<" * 3_000_000)
    content = bytearray(file.getvalue())
    at = content.index(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 10)
    assert "can't be read" in refusal(bytes(content), "liar.xlsx")


def test_columns_are_known_by_the_names_that_programs_give_them() -> None:
    header = ("Customer ID", "E-Mail", "First Name", "surname", "Company", "Opt-in", "Time_Zone", "Plan", "", "e mail")
    assert guess_columns(header) == (
        Column.ID,
        Column.EMAIL,
        Column.FIRST_NAME,
        Column.LAST_NAME,
        Column.ACCOUNT_NAME,
        Column.CONSENT,
        Column.TIME_ZONE,
        Column.ATTRIBUTE,
        Column.IGNORED,
        Column.ATTRIBUTE,
    )


def read(header: Sequence[str], cells: Sequence[str], source: str = "") -> Any:
    return contact_of_row(Columns(tuple(header), guess_columns(header), source), cells)


def test_a_row_is_a_contact_and_formulas_are_text() -> None:
    header = ("id", "email", "first name", "last name", "kind", "company", "consent", "consent date", "Plan", "=cmd")
    found = read(
        header,
        ("c1", "kim@example.com", "Kim", "Lee", "Former customer", "Acme", "Yes", "2026-02-01", "=1+1", ""),
        "form",
    )
    assert isinstance(found, EventContact)
    assert (found.id, found.name, found.kind, found.attributes) == (
        "c1",
        "Kim Lee",
        "former_customer",
        {"Plan": "=1+1"},
    )
    assert found.account
    assert (found.account.id, found.account.name) == ("Acme", "Acme")
    assert found.consent
    assert (found.consent.state, found.consent.source) == ("given", "form")
    assert str(found.consent.at) == "2026-02-01 00:00:00+00:00"


def test_without_an_id_the_address_is_the_id_and_an_empty_cell_says_nothing() -> None:
    found = read(("email", "name"), (" Kim@Example.com ", ""))
    assert isinstance(found, EventContact)
    assert (found.id, found.email, found.__struct_fields__[2]) == ("kim@example.com", "Kim@Example.com", "name")
    assert not found.name


@pytest.mark.parametrize(
    ("header", "cells", "field"),
    [
        (("id", "kind"), ("c1", "friend"), "kind"),
        (("id", "name"), ("", "Kim"), "id"),
        (("id", "name"), ("c1", "x" * 10_000), "name"),
        (("id", "consent"), ("c1", "perhaps"), "consent"),
        (("id", "consent"), ("c1", "yes"), "consent_source"),
        (("id", "consent", "consent source", "consent date"), ("c1", "no", "desk", "31.2."), "consent_at"),
        (("id", "locale"), ("c1", "Deutsch!"), "locale"),
    ],
)
def test_a_row_at_fault_says_in_which_field(header: Sequence[str], cells: Sequence[str], field: str) -> None:
    found = read(header, cells)
    assert isinstance(found, list)
    assert [fault.field for fault in found] == [field]


def test_columns_must_name_somebody_no_meaning_twice_and_consent_its_source() -> None:
    columns = Columns(("a", "b", "c"), (Column.NAME, Column.NAME, Column.CONSENT))
    assert [fault.field for fault in column_faults(columns)] == ["columns", "columns", "consent_source"]
    assert column_faults(Columns(("a", "b"), (Column.EMAIL, Column.ATTRIBUTE))) == []


def test_cells_far_out_of_a_sheet_cost_nothing() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for at in range(1, 2_001):
        sheet.cell(at, 1, "id" if at == 1 else at)
        sheet.cell(at, 16_000).number_format = "0.00"  # nothing is in it, and the row is as wide
    file = io.BytesIO()
    book.save(file)
    began = process_time()
    assert len(read_sheet(file.getvalue(), "wide.xlsx").rows) == 1_999
    assert process_time() - began < 1
