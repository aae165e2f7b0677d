"""A table on paper: how wide its columns are, and where each line of its words stands."""

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from analysis.curve_shapes import Ink
from analysis.lettering import LINE, width_of, wrapped
from analysis.report_blocks import Cell, Kind, Row, Table, Words

BODY, SMALL = 8.0, 7.0  # points
SIDE, ABOVE = 4.0, 3.5  # the air in a cell, on either side and over and under its words
BASELINE, DESCENT = 0.95, 0.3  # of a line, from its top and below its words, in units of the font size
WIDEST_WORD, WIDEST = 96.0, 260.0  # what a column of words may ask for: longer words break, longer lines wrap
MANY_LINES = 100_000  # no words are left out
VERDICT_INKS = {"broken": Ink.BROKEN, "kept": Ink.KEPT, "over_delivered": Ink.OVER_DELIVERED}


class Style(Struct, frozen=True, kw_only=True):
    size: float
    is_bold: bool = False
    ink: Ink = Ink.INK

    def width_of(self, words: str) -> float:
        return width_of(words, self.size, bold=self.is_bold)


class Line(Struct, frozen=True, kw_only=True):
    """Words at `y`, their baseline; they start at `x`, or end there."""

    words: str
    x: float
    y: float
    style: Style
    ends: bool = False


class LaidRow(Struct, frozen=True, kw_only=True):
    """A row with its lines, counted from its own top left corner."""

    height: float
    lines: tuple[Line, ...]
    kind: Kind = Kind.BODY


class LaidTable(Struct, frozen=True):
    head: LaidRow | None
    rows: tuple[LaidRow, ...]
    width: float


def laid(table: Table, width: float) -> LaidTable:
    """The table in a room of `width` points."""
    widths = column_widths(table, width)
    head = _laid_row(table.head, widths) if table.head else None
    return LaidTable(head, tuple(_laid_row(row, widths) for row in table.rows), sum(widths))


def column_widths(table: Table, width: float) -> list[float]:
    """Every column its longest word at least; what is left goes where lines would wrap, then to all in proportion.

    A list of terms is only as wide as its words. `width` and the widths are in points."""
    rows = [row for row in (table.head, *table.rows) if row and row.kind is not Kind.GROUP]
    columns = list(zip(*([(row.kind, cell) for cell in row.cells] for row in rows), strict=True))
    least = [max(_least(kind, cell) for kind, cell in column) for column in columns]
    limit = WIDEST if table.head else width
    wishes = [max(min(_most(kind, cell), limit) for kind, cell in column) for column in columns]
    most = [max(pair) for pair in zip(least, wishes, strict=True)]
    if sum(most) <= width:
        stretch = width / sum(most) if table.head else 1
        return [wish * stretch for wish in most]
    if sum(least) >= width:
        return [need * width / sum(least) for need in least]
    return _lifted(least, most, width - sum(least))


def _lifted(least: Sequence[float], most: Sequence[float], left: float) -> list[float]:
    """`least` with what is `left` spread evenly: a column that wants little gets it, the rest is for the others."""
    widths = list(least)
    by_want = sorted(range(len(widths)), key=lambda column: most[column] - least[column])
    for n, column in enumerate(by_want):
        more = min(most[column] - least[column], left / (len(by_want) - n))
        widths[column] += more
        left -= more
    return widths


def parts_of(row: LaidRow, room: float) -> Iterator[LaidRow]:
    """The row whole. Only one that is taller than `room`, a page, is cut: what fits of it, and then the rest."""
    while row.height > room:
        fitting = tuple(line for line in row.lines if line.y + DESCENT * line.style.size <= room)
        rest = tuple(line for line in row.lines if line.y + DESCENT * line.style.size > room)
        if not fitting or not rest:
            break
        yield replace(row, height=room, lines=fitting)
        up = min(line.y - BASELINE * line.style.size for line in rest) - ABOVE
        row = replace(row, height=row.height - up, lines=tuple(replace(line, y=line.y - up) for line in rest))
    yield row


def _least(kind: Kind, cell: Cell) -> float:
    """The width below which a figure would break, or a word that is not unusually long."""
    is_whole = cell.is_figure and kind is Kind.BODY
    widest = 0.0
    for part in cell.parts:
        style = _style(kind, cell, part)
        if is_whole:
            widest = max(widest, style.width_of(part.words))
        else:
            words = (style.width_of(word) for word in part.words.split(" "))
            widest = max(widest, min(max(words, default=0), WIDEST_WORD))
    return widest + 2 * SIDE


def _most(kind: Kind, cell: Cell) -> float:
    """The width at which nothing wraps. A head wraps readily: the figures below it are short."""
    if kind is Kind.HEAD:
        return 0
    widths = (_style(kind, cell, part).width_of(part.words) for part in cell.parts)
    return max(widths, default=0) + 2 * SIDE


def _laid_row(row: Row, widths: Sequence[float]) -> LaidRow:
    spans = [sum(widths)] if row.kind is Kind.GROUP else widths
    lines: list[Line] = []
    height = left = 0.0
    for cell, width in zip(row.cells, spans, strict=True):
        y = ABOVE
        for part in cell.parts:
            style = _style(row.kind, cell, part)
            x = left + width - SIDE if cell.is_figure else left + SIDE
            for words in wrapped(part.words, width - 2 * SIDE, style.size, lines=MANY_LINES, bold=style.is_bold):
                lines.append(Line(words=words, x=x, y=y + BASELINE * style.size, style=style, ends=cell.is_figure))
                y += style.size * LINE
        height, left = max(height, y + ABOVE), left + width
    return LaidRow(height=height, lines=tuple(lines), kind=row.kind)


def _style(kind: Kind, cell: Cell, part: Words) -> Style:
    if kind is Kind.GROUP:
        return Style(size=SMALL, is_bold=True, ink=Ink.PROMISE)
    if kind is Kind.HEAD:
        return Style(size=SMALL, is_bold=True, ink=Ink.SOFT)
    if part.is_small:
        return Style(size=SMALL, ink=Ink.SOFT)
    if part.verdict:
        return Style(size=BODY, is_bold=True, ink=VERDICT_INKS.get(part.verdict, Ink.SOFT))
    return Style(size=BODY, is_bold=cell.is_head)
