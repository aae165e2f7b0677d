"""A file of contacts as rows of text: CSV in the encodings and with the delimiters that programs write, and XLSX."""

import codecs
import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from pathlib import PurePath
from typing import Any

import openpyxl
from msgspec import Struct

from core.errors import Fault, Invalid

LARGEST_FILE = 20 * 1024 * 1024  # bytes
MOST_ROWS = 200_000
MOST_COLUMNS = 100
LARGEST_UNPACKED = 256 * 1024 * 1024  # bytes: an XLSX is a ZIP, and may promise more than any machine holds
SHEET_ROWS = 1_048_576  # that a spreadsheet has; a file may claim more
WIDEST = 500  # columns of a sheet that are looked at: each row is filled up to its last, and may claim 18,278
DELIMITERS = (",", ";", "\t")
SAMPLE = 50  # rows by which a delimiter is judged

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SEPARATOR_LINE = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)  # for spreadsheet programs; they don't show it


class SheetRow(Struct, frozen=True, array_like=True):
    """A row with its number as the spreadsheet program shows it; `fault` says why it can't be read."""

    number: int
    cells: tuple[str, ...]
    fault: str = ""


class Sheet(Struct, frozen=True):
    """The header and all rows that are not empty; cells without a fault are as many as the header has."""

    header: tuple[str, ...]
    rows: tuple[SheetRow, ...]


def read_sheet(content: bytes, name: str) -> Sheet:
    """The rows in the file called `name`. Raises Invalid where it can't be read as a whole, with the remedy."""
    if len(content) > LARGEST_FILE:
        raise _unreadable(f"the file is larger than {LARGEST_FILE // 1024**2} MB; cut it in two")
    if PurePath(name).suffix.lower() in (".xlsm", ".xltm", ".xlam"):
        raise _unreadable("files with macros are not taken; save it as .xlsx")
    if content.startswith(_OLD_OFFICE):
        raise _unreadable("this is an old or a protected spreadsheet; save it as .xlsx without a password, or as CSV")
    rows = _xlsx_rows(content) if content.startswith(_ZIP) else _csv_rows(content)
    return _sheet(rows)


def _unreadable(words: str) -> Invalid:
    return Invalid(Fault("file", words))


def _sheet(rows: Iterable[Sequence[str]]) -> Sheet:
    """The first row that is not empty is the header."""
    header: tuple[str, ...] = ()
    found: list[SheetRow] = []
    for number, cells in enumerate(rows, start=1):
        if number > SHEET_ROWS:
            raise _unreadable(f"the sheet has more than {SHEET_ROWS:,} rows; take out the empty ones at its end")
        if not any(cells):
            continue
        if not header:
            header = _header(cells)
            continue
        if len(found) == MOST_ROWS:
            raise _unreadable(f"the file has more than {MOST_ROWS:,} rows; cut it in two")
        found.append(_row(number, cells, len(header)))
    if not header:
        raise _unreadable("the file is empty; its first row names the columns")
    return Sheet(header, tuple(found))


def _header(cells: Sequence[str]) -> tuple[str, ...]:
    names = [" ".join(cell.split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    if len(names) > MOST_COLUMNS:
        raise _unreadable(f"the file has {len(names)} columns; keep at most {MOST_COLUMNS}")
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise _unreadable(f"several columns are called {twice[0][:100]}; give each a name of its own")
    return tuple(names)


def _row(number: int, cells: Sequence[str], width: int) -> SheetRow:
    rest = any(cells[width:])
    if rest or len(cells) < width:
        words = f"this row has {len(cells)} cells and the header {width}; look for a missing quote or delimiter"
        return SheetRow(number, (), words)
    return SheetRow(number, tuple(cells[:width]))


def _csv_rows(content: bytes) -> Iterator[list[str]]:
    text = _text_of(content)
    told = _SEPARATOR_LINE.match(text)
    text = text[told.end() :] if told else text
    delimiter = told[1] if told else _delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for row in reader:
            number += 1
            yield row
    except csv.Error as fault:
        raise _unreadable(f"row {number + 1} can't be read: {fault}; look for a quote that is not closed") from fault


def _text_of(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _decoded(content, encoding)
    zeros = content[:4_000].count(0)
    if zeros > len(content[:4_000]) // 4:  # UTF-16 without its mark: every other byte of Latin text is zero
        return _decoded(content, "utf-16-be" if content[:1] == b"\0" else "utf-16-le")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:  # five bytes stand for nothing in it
        return content.decode("latin-1")


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as fault:
        raise _unreadable("the file is damaged: it says that it is Unicode and is not; save it as UTF-8") from fault


def _delimiter_of(text: str) -> str:
    """The one that cuts the header, and then as many rows as possible into as many cells as the header."""
    return max(DELIMITERS, key=lambda delimiter: _fit(text, delimiter))


def _fit(text: str, delimiter: str) -> tuple[bool, float, int]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            rows += [row] if any(row) else []
            if len(rows) > SAMPLE:
                break
    except csv.Error:
        pass  # what stands before the fault tells enough, and whoever reads the file is told of it
    if not rows:
        return False, 0.0, 0
    width = len(rows[0])
    return width > 1, sum(len(row) == width for row in rows) / len(rows), width


def _xlsx_rows(content: bytes) -> Iterator[list[str]]:
    try:
        _refuse_dangerous(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and the like that the library does not keep
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            sheet = next((one for one in book.worksheets if one.sheet_state == "visible"), None)
            if sheet is None:
                raise _unreadable("the file has no sheet; save it again from the spreadsheet program")
            sheet.reset_dimensions()  # what the file says of its own size may be wrong
            for row in sheet.iter_rows(max_col=WIDEST, values_only=True):
                yield _filled(row)
    except Invalid:
        raise
    except Exception as fault:  # a broken file makes the library stumble in many ways, none of them ours
        raise _unreadable("this spreadsheet can't be read; save it again as .xlsx, or as CSV") from fault


def _refuse_dangerous(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if any("vbaproject" in part.filename.lower() or "macrosheets/" in part.filename.lower() for part in parts):
            raise _unreadable("files with macros are not taken; save it as .xlsx")
        if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
            raise _unreadable("the spreadsheet is too large once it is unpacked; save it as CSV, or cut it in two")


def _filled(row: Sequence[Any]) -> list[str]:
    """A row of cells as text, up to the last that is filled and at least as wide as any header; the rest is empty."""
    cells = [_as_text(value) for value in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells + [""] * (MOST_COLUMNS - len(cells))


def _as_text(value: Any) -> str:
    """As a CSV would hold it: dates as ISO 8601 writes them, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return str(value)
