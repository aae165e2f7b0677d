"""Rows as CSV that a spreadsheet can open without being told what to do by a comment."""

import csv
import io
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import astuple

# What a spreadsheet may take for the start of a formula; the wide ones too, where Excel reads them.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def to_csv(rows: Sequence[Struct], kind: type[Struct]) -> str:
    """The fields of `kind` as columns."""
    return written(kind.__struct_fields__, [astuple(row) for row in rows])


def written(columns: Sequence[str], rows: Iterable[Sequence[object]], *, with_mark: bool = True) -> str:
    """A cell of each row under each column, for UTF-8; with a mark at the start Excel reads every script."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return ("\ufeff" if with_mark else "") + text.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        # A leading apostrophe makes a spreadsheet show the text and not run it; numbers of ours may begin with a minus.
        safe = f"'{value}" if value.startswith(FORMULA_STARTS) else value
        return safe.replace("\0", "")
    return repr(value) if isinstance(value, float) else str(value)
