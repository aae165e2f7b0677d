"""The page of a report read back as blocks of words, so that what is put on paper is what the page says."""

import re
from enum import StrEnum
from html.parser import HTMLParser

from msgspec import Struct


class Words(Struct, frozen=True):
    """Words up to the next break of the page, in one style."""

    words: str
    is_small: bool = False  # a remark
    verdict: str = ""  # whose colour they have; empty when they have none


class Cell(Struct, frozen=True):
    parts: tuple[Words, ...]  # below each other
    is_head: bool = False
    is_figure: bool = False  # ends at the right of its column, and breaks only if nothing else helps


class Kind(StrEnum):
    HEAD = "head"
    GROUP = "group"  # one cell across the table, over the rows that belong to it
    BODY = "body"


class Row(Struct, frozen=True):
    cells: tuple[Cell, ...]
    kind: Kind = Kind.BODY


class Table(Struct, frozen=True):
    """`head` is None for a list of terms: its rows are a term and what is said about it."""

    head: Row | None
    rows: tuple[Row, ...]


class Heading(Struct, frozen=True):
    words: str
    level: int  # 1 or 2


class Paragraph(Struct, frozen=True):
    words: str
    is_soft: bool = False


class Drawing(Struct, frozen=True):
    """Where the curve stands."""


Block = Heading | Paragraph | Table | Drawing


class Page(Struct, frozen=True):
    title: str
    blocks: tuple[Block, ...]


def read_page(page: str) -> Page:
    """The title of the page and its blocks from top to bottom. Drawings are left out but for their place."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return Page(reader.title, tuple(reader.blocks))


class _Reader(HTMLParser):
    """Knows the elements of `report_file.html`: headings, paragraphs, tables, terms, and the card of the curve."""

    def __init__(self) -> None:
        super().__init__()
        self.title = ""
        self.blocks: list[Block] = []
        self._words = ""
        self._parts: list[Words] = []
        self._is_small = False
        self._verdict = ""
        self._opened: dict[str, str] = {}  # the attributes of the title, paragraph or cell that is open
        self._cells: list[Cell] = []
        self._kind = Kind.BODY
        self._head: Row | None = None
        self._rows: list[Row] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        match tag:
            case "title" | "h1" | "h2" | "p" | "th" | "td" | "dt" | "dd":
                self._words, self._parts, self._opened = "", [], found
            case "br" | "small" | "span":
                self._end_part()
                self._is_small = self._is_small or tag == "small"
                self._verdict = found.get("class", "").removeprefix("tag ") if tag == "span" else self._verdict
            case "table" | "dl":
                self._head, self._rows, self._kind = None, [], Kind.BODY
            case "thead":
                self._kind = Kind.HEAD
            case "tr" if found.get("class") == "phase":
                self._kind = Kind.GROUP
            case "section" if found.get("class") == "card":
                self.blocks.append(Drawing())

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "title":
                self.title = self._text()
            case "h1" | "h2":
                self.blocks.append(Heading(self._text(), int(tag[1])))
            case "p":
                self.blocks.append(Paragraph(self._text(), "soft" in self._opened.get("class", "")))
            case "small" | "span":
                self._end_part()
                self._is_small, self._verdict = self._is_small and tag != "small", ""
            case "th" | "td" | "dt" | "dd":
                self._end_part()
                is_figure = "n" in self._opened.get("class", "").split()
                self._cells.append(Cell(tuple(self._parts), tag == "th", is_figure))
                if tag == "dd":
                    self._end_row()
            case "tr":
                self._end_row()
            case "thead":
                self._head = self._rows.pop()
            case "table" | "dl":
                self.blocks.append(Table(self._head, tuple(self._rows)))

    def handle_data(self, data: str) -> None:
        self._words += data

    def _text(self) -> str:
        """The words since the element was opened, with blanks as a browser shows them: several are one."""
        return re.sub(r"[ \t\n\r\f]+", " ", self._words).strip(" ")

    def _end_part(self) -> None:
        words = self._text()
        if words:
            self._parts.append(Words(words, self._is_small, self._verdict))
        self._words = ""

    def _end_row(self) -> None:
        self._rows.append(Row(tuple(self._cells), self._kind))
        self._cells, self._kind = [], Kind.BODY
