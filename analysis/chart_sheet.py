"""The sheet of a chart: its head, key, notes and signs, laid out in pixels before anything is drawn.

`height` is the y under whatever the sheet holds so far; each part is added below it.
"""

from collections.abc import Callable, Sequence

from msgspec import Struct

from analysis.curve_shapes import Align, Area, Ink, Layout, Picture, Role, Rule, Shape, Sign, Text
from analysis.lettering import LINE, balanced, width_of, wrapped

GLYPH = 26.0  # width of a sign in the key
ITEM_AIR = 22.0  # between two entries of the key
MANY_LINES = 8
CAP = 4.0  # pixels from the middle of an interval's end to its tips
WIDTHS = {Layout.WIDE: 1200.0, Layout.PHONE: 344.0}
EDGES = {Layout.WIDE: 22.0, Layout.PHONE: 12.0}
EMPTY_HEIGHT = 120.0
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)  # between the ticks of an axis
NOTHING_YET = "Nothing to show"


class Lettering(Struct, frozen=True, kw_only=True):
    """The font sizes of a layout, in pixels."""

    title: float
    subtitle: float
    foot: float


SIZES = {
    Layout.WIDE: Lettering(title=22, subtitle=13.5, foot=12),
    Layout.PHONE: Lettering(title=18, subtitle=12.5, foot=11.5),
}


class Sheet(Picture, kw_only=True):
    """A picture in one of the layouts."""

    layout: Layout

    @property
    def is_wide(self) -> bool:
        return self.layout is Layout.WIDE

    @property
    def left(self) -> float:
        return EDGES[self.layout]

    @property
    def right(self) -> float:
        return self.width - EDGES[self.layout]

    @property
    def sizes(self) -> Lettering:
        return SIZES[self.layout]


class KeyEntry(Struct, frozen=True):
    """One sign of the key: what it draws in GLYPH pixels from (x, y), its left and its middle, and its words."""

    draw: Callable[[Sheet, float, float], None]
    words: str


def begun(title: str, subtitles: Sequence[str], layout: Layout, width: float = 0) -> Sheet:
    """A sheet with its title and the lines that say what it rests on; wider than its layout only if `width` is."""
    sheet = Sheet(width=max(WIDTHS[layout], width), layout=layout, description=title)
    sheet.height = EDGES[layout]
    room = sheet.right - sheet.left
    for line in balanced(title, room, sheet.sizes.title, lines=MANY_LINES, bold=True):
        _add_line(sheet, line, sheet.sizes.title, Role.TITLE, Ink.INK)
    sheet.height += 4
    for words in subtitles:
        for line in wrapped(words, room, sheet.sizes.subtitle, lines=MANY_LINES):
            _add_line(sheet, line, sheet.sizes.subtitle, Role.TITLE, Ink.SOFT)
    return sheet


def nothing_yet(title: str, layout: Layout) -> Sheet:
    """The picture of no figures: the title says why, and a hatched field says that this is no zero."""
    sheet = begun(title, (), layout)
    top = sheet.height + 12
    add_hatch(sheet, sheet.left, top, sheet.right, top + EMPTY_HEIGHT)
    middle = (sheet.left + sheet.right) / 2
    add_text(sheet, NOTHING_YET.lower(), middle, top + EMPTY_HEIGHT / 2, size=14, align="center", has_halo=True)
    sheet.height = top + EMPTY_HEIGHT
    return ended(sheet)


def ended(sheet: Sheet, key: Sequence[KeyEntry] = (), notes: Sequence[str] = ()) -> Sheet:
    """The sheet with its key and its notes under all the rest."""
    add_key(sheet, key)
    for note in notes:
        for line in wrapped(note, sheet.right - sheet.left, sheet.sizes.foot, lines=MANY_LINES):
            _add_line(sheet, line, sheet.sizes.foot, Role.NOTE, Ink.SOFT)
    sheet.height += EDGES[sheet.layout] - 6
    return sheet


def add_key(sheet: Sheet, entries: Sequence[KeyEntry]) -> None:
    """The signs with their words beside them, as many in a row as fit."""
    if not entries:
        return
    size = sheet.sizes.foot
    x, y = sheet.left, sheet.height + size
    for entry in entries:
        lines = wrapped(entry.words, sheet.right - sheet.left - GLYPH - 7, size, lines=3)
        width = GLYPH + 7 + max(width_of(line, size) for line in lines)
        if x > sheet.left and x + width > sheet.right:
            x, y = sheet.left, y + size * LINE + 8
        entry.draw(sheet, x, y)
        for line in lines:
            add_text(sheet, line, x + GLYPH + 7, y, size=size, ink=Ink.SOFT, role=Role.LEGEND)
            y += size * LINE
        y -= size * LINE
        x += width + ITEM_AIR
    sheet.height = y + size + 8


def step_between(width: float, most: int) -> float:
    """The smallest step that divides an axis of this width into at most so many parts; the largest for any wider."""
    return next((step for step in STEPS if width <= step * most), STEPS[-1])


def add_text(
    sheet: Sheet,
    words: str,
    x: float,
    y: float,
    *,
    size: float,
    ink: Ink = Ink.INK,
    align: Align = "left",
    role: Role = Role.LABEL,
    bold: bool = False,
    italic: bool = False,
    has_halo: bool = False,
) -> None:
    """One line of words whose middle is at `y`."""
    text = Text(
        words=words,
        x=x,
        y=y,
        size=size,
        ink=ink,
        align=align,
        role=role,
        bold=bold,
        italic=italic,
        has_halo=has_halo,
    )
    sheet.texts.append(text)


def add_flat_interval(
    sheet: Sheet, x: float, x2: float, y: float, ink: Ink = Ink.INK, width: float = 1.8, cap: float = CAP
) -> None:
    """From left to right, with its ends."""
    sheet.rules.append(Rule(x=x, y=y, x2=x2, y2=y, ink=ink, width=width))
    for end in (x, x2):
        sheet.rules.append(Rule(x=end, y=y - cap, x2=end, y2=y + cap, ink=ink, width=width))


def add_upright_interval(
    sheet: Sheet, x: float, y: float, y2: float, ink: Ink = Ink.INK, width: float = 1.8, cap: float = CAP
) -> None:
    """From top to bottom, with its ends."""
    sheet.rules.append(Rule(x=x, y=y, x2=x, y2=y2, ink=ink, width=width))
    for end in (y, y2):
        sheet.rules.append(Rule(x=x - cap, y=end, x2=x + cap, y2=end, ink=ink, width=width))


def add_hatch(sheet: Sheet, x: float, y: float, x2: float, y2: float, step: float = 9) -> None:
    """Diagonal lines that fill a rectangle and end at its edges, on a pale ground."""
    sheet.areas.append(Area(x=x, y=y, x2=x2, y2=y2, ink=Ink.HATCH, opacity=0.28))
    width, height = x2 - x, y2 - y
    offset = step
    while offset < width + height:
        start, end = max(0.0, offset - height), min(width, offset)
        line = Rule(x=x + start, y=y + offset - start, x2=x + end, y2=y + offset - end, ink=Ink.HATCH, width=1.2)
        sheet.rules.append(line)
        offset += step


def sign_entry(shape: Shape, words: str, ink: Ink = Ink.INK, *, is_hollow: bool = False) -> KeyEntry:
    def draw(sheet: Sheet, x: float, y: float) -> None:
        sheet.signs.append(Sign(x=x + GLYPH / 2, y=y, shape=shape, ink=ink, is_hollow=is_hollow))

    return KeyEntry(draw, words)


def interval_entry(words: str) -> KeyEntry:
    def draw(sheet: Sheet, x: float, y: float) -> None:
        add_flat_interval(sheet, x + 3, x + GLYPH - 3, y, Ink.SOFT)

    return KeyEntry(draw, words)


def hatch_entry(words: str) -> KeyEntry:
    def draw(sheet: Sheet, x: float, y: float) -> None:
        add_hatch(sheet, x, y - 7, x + GLYPH, y + 7, step=6)

    return KeyEntry(draw, words)


def _add_line(sheet: Sheet, words: str, size: float, role: Role, ink: Ink) -> None:
    bold = role is Role.TITLE and ink is Ink.INK
    add_text(sheet, words, sheet.left, sheet.height + size * LINE / 2, size=size, ink=ink, role=role, bold=bold)
    sheet.height += size * LINE + 2
