"""The pages of a report on paper: A4 on its side, each an SVG document that needs nothing else."""

import re
from collections.abc import Sequence
from html import escape
from itertools import pairwise

from msgspec import Struct

from analysis.curve_shapes import Ink
from analysis.curve_theme import COLOURS, Theme
from analysis.curve_wide import EDGE
from analysis.lettering import FONT, LINE, without_unprintable, wrapped
from analysis.report_blocks import Block, Drawing, Heading, Kind, Page, Paragraph, Table
from analysis.report_table import BASELINE, MANY_LINES, SIDE, LaidRow, LaidTable, Line, Style, laid, parts_of

WIDTH, HEIGHT = 841.89, 595.28  # points
MARGIN, FOOT = 34.0, 20.0  # 12 mm on every side, and what the foot takes of the page above it
LEFT, RIGHT, TOP, BOTTOM = MARGIN, WIDTH - MARGIN, MARGIN, HEIGHT - MARGIN - FOOT
LOWEST_CURVE = 220.0  # a curve that would be lower gets a page of its own
HEADINGS = {1: Style(size=18, is_bold=True), 2: Style(size=13, is_bold=True)}
PROSE, QUIET = Style(size=9.5), Style(size=9.5, ink=Ink.SOFT)
FOOTNOTE = Style(size=7.5, ink=Ink.SOFT)
OVER_HEADING, UNDER_HEADING, UNDER_PROSE = 16.0, 4.0, 7.0
COLOUR = COLOURS[Theme.LIGHT]
_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


class Curve(Struct, frozen=True):
    """An SVG document, and the words over it; the first curve of a report has none."""

    svg: str
    caption: str = ""


def pages_of(page: Page, curves: Sequence[Curve]) -> list[str]:
    """The page on paper: first what stands before its first section, then a page for each further curve, then the rest.

    Tables repeat their head on every page, and a row stands on one page if it fits on one."""
    starts = [n for n, block in enumerate(page.blocks) if isinstance(block, Heading) and block.level > 1]
    ends = [*starts, len(page.blocks)]
    paper = _Paper()
    _add_front(paper, page.blocks[: ends[0]], curves[0])
    for curve in curves[1:]:
        paper.turn()
        paper.add_prose(curve.caption, HEADINGS[2], UNDER_HEADING)
        paper.add_curve(curve.svg, BOTTOM - paper.y)
    if starts:
        paper.turn()
    for start, end in pairwise(ends):
        _add_section(paper, page.blocks[start:end])
    return [_document(sheet, page.title, n, len(paper.sheets)) for n, sheet in enumerate(paper.sheets, 1)]


class _Paper:
    """Sheets that are filled from top to bottom; `y` is where the last one is free."""

    def __init__(self) -> None:
        self.sheets: list[list[str]] = [[]]
        self.y = TOP

    @property
    def room(self) -> float:
        return BOTTOM - self.y

    def turn(self) -> None:
        """To a new sheet."""
        self.sheets.append([])
        self.y = TOP

    def put(self, element: str) -> None:
        self.sheets[-1].append(element)

    def add_prose(self, words: str, style: Style, under: float) -> None:
        height = style.size * LINE
        for line in _prose_lines(words, style):
            if self.room < height:
                self.turn()
            self.put(_text(Line(words=line, x=LEFT, y=self.y + BASELINE * style.size, style=style)))
            self.y += height
        self.y += under

    def add_curve(self, svg: str, room: float) -> None:
        """The drawing as large as the width and `room` below the last line allow, its words in line with the others."""
        size = _SIZE.search(svg)
        if size is None:
            raise ValueError("a drawing says its size in a viewBox")
        scale = min((RIGHT - LEFT) / (float(size[1]) - 2 * EDGE), room / float(size[2]))
        self.put(f'<g transform="translate({LEFT - EDGE * scale:.2f} {self.y:.2f}) scale({scale:.5f})">{svg}</g>')
        self.y += scale * float(size[2])

    def add_table(self, table: LaidTable) -> None:
        if table.head:
            self._add_row(table.head, table.width)
        group: LaidRow | None = None
        for n, row in enumerate(table.rows):
            is_group = row.kind is Kind.GROUP
            below = table.rows[n + 1].height if is_group and n + 1 < len(table.rows) else 0
            group = row if is_group else group
            again = [head for head in (table.head, None if is_group else group) if head]
            page_room = BOTTOM - TOP - sum(head.height for head in again)
            for part in parts_of(row, page_room):
                if self.room < min(part.height + below, page_room):
                    self.turn()
                    for head in again:
                        self._add_row(head, table.width)
                self._add_row(part, table.width)

    def _add_row(self, row: LaidRow, width: float) -> None:
        if row.kind is Kind.GROUP:
            box = f'x="{LEFT:.2f}" y="{self.y:.2f}" width="{width:.2f}" height="{row.height:.2f}"'
            self.put(f'<rect {box} fill="{COLOUR[Ink.PROMISE]}" fill-opacity="0.08"/>')
        for line in row.lines:
            self.put(_text(line, LEFT, self.y))
        self.y += row.height
        ink = COLOUR[Ink.SOFT if row.kind is Kind.HEAD else Ink.GRID]
        across = f'x1="{LEFT:.2f}" x2="{LEFT + width:.2f}" y1="{self.y:.2f}" y2="{self.y:.2f}"'
        self.put(f'<line {across} stroke="{ink}" stroke-width="0.6"/>')


def _add_front(paper: _Paper, blocks: Sequence[Block], curve: Curve) -> None:
    """The front page: the curve takes what its neighbours leave of it."""
    for n, block in enumerate(blocks):
        if isinstance(block, Drawing):
            room = paper.room - UNDER_PROSE - sum(_height(other) for other in blocks[n + 1 :])
            if room < LOWEST_CURVE:
                paper.turn()
                room = paper.room
            paper.add_curve(curve.svg, room)
            paper.y += UNDER_PROSE
        else:
            _add_block(paper, block)


def _add_section(paper: _Paper, blocks: Sequence[Block]) -> None:
    """A heading with what is below it; never a heading with nothing but prose at the end of a page."""
    tables = [laid(block, RIGHT - LEFT) for block in blocks if isinstance(block, Table)]
    least = sum(_height(block) for block in blocks if not isinstance(block, Table))
    for table in tables[:1]:
        first = table.rows[:2] if table.head else table.rows
        least += sum(row.height for row in (*first, *filter(None, [table.head])))
    if paper.y > TOP:
        if paper.room < OVER_HEADING + least:
            paper.turn()
        else:
            paper.y += OVER_HEADING
    for block in blocks:
        _add_block(paper, block)


def _add_block(paper: _Paper, block: Block) -> None:
    match block:
        case Heading():
            paper.add_prose(block.words, HEADINGS[block.level], UNDER_HEADING)
        case Paragraph():
            paper.add_prose(block.words, QUIET if block.is_soft else PROSE, UNDER_PROSE)
        case Table():
            paper.add_table(laid(block, RIGHT - LEFT))


def _height(block: Block) -> float:
    """The height of a heading or a paragraph."""
    match block:
        case Heading():
            return (
                len(_prose_lines(block.words, HEADINGS[block.level])) * HEADINGS[block.level].size * LINE
                + UNDER_HEADING
            )
        case Paragraph():
            return len(_prose_lines(block.words, PROSE)) * PROSE.size * LINE + UNDER_PROSE
    return 0


def _prose_lines(words: str, style: Style) -> tuple[str, ...]:
    return wrapped(words, RIGHT - LEFT, style.size, lines=MANY_LINES, bold=style.is_bold)


def _document(elements: Sequence[str], title: str, number: int, of: int) -> str:
    """A sheet as an SVG document, with its foot."""
    y = HEIGHT - MARGIN
    count = f"{number} of {of}"
    room = RIGHT - LEFT - FOOTNOTE.width_of(count) - 4 * SIDE
    lines = [
        Line(words="".join(wrapped(title, room, FOOTNOTE.size, lines=1)), x=LEFT, y=y, style=FOOTNOTE),
        Line(words=count, x=RIGHT, y=y, style=FOOTNOTE, ends=True),
    ]
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    start = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONT}">'
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{COLOUR[Ink.CARD]}"/>'
    whole = "\n".join([start, ground, *elements, *map(_text, lines), "</svg>\n"])
    return without_unprintable(whole)


def _text(line: Line, left: float = 0, top: float = 0) -> str:
    style = line.style
    place = f'x="{left + line.x:.2f}" y="{top + line.y:.2f}" font-size="{style.size:g}" fill="{COLOUR[style.ink]}"'
    weight = ' font-weight="700"' if style.is_bold else ""
    anchor = ' text-anchor="end"' if line.ends else ""
    return f"<text {place}{weight}{anchor}>{escape(line.words, quote=False)}</text>"
