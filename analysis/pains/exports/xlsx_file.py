"""The list as an XLSX workbook: numbers as numbers, dates as dates, and a sheet that says how they were made."""

import io
from datetime import date

from msgspec.structs import asdict
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from analysis.csv_export import FORMULA_STARTS
from analysis.pains.exports.address import Address
from analysis.pains.exports.columns import COLUMNS, Shown
from analysis.pains.pain_list import PainFilter, PainList
from analysis.pains.pain_point import PainPoint

LIST, METHOD = "Pain points", "Method"  # the names of the sheets
FORMATS = {
    Shown.COUNT: "#,##0",
    Shown.SHARE: "0.0%",
    Shown.X: "+0.00;-0.00;0.00",
    Shown.PROBABILITY: "0.00",
    Shown.AMOUNT: "#,##0.0",
    Shown.DATE: "yyyy-mm-dd",
}
WIDTHS = {Shown.TEXT: 18, Shown.LONG_TEXT: 44, Shown.DATE: 12}  # characters; figures take 11
FIGURE_WIDTH = 11
LONGEST_CELL = 32_767  # characters, as Excel allows
_TITLED, _TINTED = Font(bold=True), PatternFill("solid", fgColor="F0EBFB")
_ON_LINES = Alignment(wrap_text=True, vertical="top")
_AT_THE_TOP = Alignment(vertical="top")


def pains_xlsx(pains: PainList, address: Address) -> bytes:
    """The sheets "Pain points", with the columns of every export, and "Method"."""
    book = Workbook()
    sheet = book.active
    _fill_list(sheet, pains)
    _fill_method(book.create_sheet(METHOD), pains, address)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _fill_list(sheet: Worksheet, pains: PainList) -> None:
    sheet.title = LIST
    _put_header(sheet, 1, list(COLUMNS))
    for number, pain in enumerate(pains.rows, start=2):
        _put_pain(sheet, number, pain)
    for number, column in enumerate(COLUMNS.values(), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTHS.get(column.shown, FIGURE_WIDTH)
    sheet.freeze_panes = "C2"  # the header, and which pain point a row is of
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{len(pains.rows) + 1}"


def _put_pain(sheet: Worksheet, row: int, pain: PainPoint) -> None:
    for number, (name, column) in enumerate(COLUMNS.items(), start=1):
        cell = sheet.cell(row, number)
        _put(cell, getattr(pain, name))
        cell.alignment = _ON_LINES if column.shown is Shown.LONG_TEXT else _AT_THE_TOP
        if column.shown in FORMATS:
            cell.number_format = FORMATS[column.shown]


def _fill_method(sheet: Worksheet, pains: PainList, address: Address) -> None:
    facts: list[tuple[str, object]] = [
        ("Journey", pains.name),
        ("First day", pains.since),
        ("Last day", pains.until),
        ("Chosen", _chosen_words(pains.chosen)),
        ("Order", pains.order.value),
        ("Pain points shown", len(pains.rows)),
        ("Pain points in all", pains.n_all),
        ("Comments read", pains.n_comments),
        ("Report", pains.report_id),
        ("Method version", pains.method_version),
        ("Data hash", pains.data_hash),
        ("In Kept", address.of_list(pains)),
        *((f"Setting: {name}", value) for name, value in asdict(pains.settings).items()),
        ("Loss a month", "Contacts a month × share who mention it × drop in experience; the lower 80 % bound ranks."),
        *(("Note", note) for note in pains.notes),
    ]
    _put_header(sheet, 1, ["What", "Value"])
    for row, (what, value) in enumerate(facts, start=2):
        _put_line(sheet, row, what, value)
    start = len(facts) + 3
    _put_header(sheet, start, ["Column", "What it means"])
    for row, (name, column) in enumerate(COLUMNS.items(), start=start + 1):
        _put_line(sheet, row, name, column.meaning)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 90
    sheet.freeze_panes = "A2"


def _put_header(sheet: Worksheet, row: int, names: list[str]) -> None:
    for number, name in enumerate(names, start=1):
        cell = sheet.cell(row, number)
        _put(cell, name)
        cell.font, cell.fill = _TITLED, _TINTED


def _put_line(sheet: Worksheet, row: int, what: str, value: object) -> None:
    _put(sheet.cell(row, 1), what)
    cell = sheet.cell(row, 2)
    _put(cell, value)
    cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
    if isinstance(value, date):
        cell.number_format = FORMATS[Shown.DATE]


def _put(cell: Cell, value: object) -> None:
    """Words stay words: none becomes a formula, now or when somebody edits the cell; nothing stays an empty cell."""
    if not isinstance(value, str):
        cell.value = value
        return
    words = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_CELL]
    cell.value = words or None
    if words:
        cell.data_type = "s"
        cell.quotePrefix = words.startswith(FORMULA_STARTS)


def _chosen_words(chosen: PainFilter) -> str:
    """Such as "phase: Purchase; status: new"."""
    given = {name: value for name, value in asdict(chosen).items() if value is not None}
    return "; ".join(f"{name}: {value}" for name, value in given.items()) or "all but dismissed ones"
