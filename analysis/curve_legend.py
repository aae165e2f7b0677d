"""The head and the foot of an emotion curve: its finding above; its key and its notes below."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from analysis.curve_shapes import Area, Ink, Marker, Path, Picture, Role, Rule, Text
from analysis.curve_words import EVIDENCE_BARS, is_measured, notes_of
from analysis.finding import NO_BREAK, finding_of, subtitle_of, verdicts_of
from analysis.lettering import LINE, balanced, width_of, wrapped
from analysis.report import Evidence, JourneyReport, Verdict

GLYPH = 26.0  # width of a sign in the key
ITEM_AIR = 22.0  # between two entries of the key
MANY_LINES = 8


class Lettering(Struct, frozen=True, kw_only=True):
    """The font sizes of a layout, in pixels."""

    title: float
    subtitle: float
    foot: float


class _Entry(Struct, frozen=True):
    """One sign of the key: what it draws at (x, y), and its words."""

    draw: Callable[[Picture, float, float], None]
    words: str


def add_head(picture: Picture, report: JourneyReport, left: float, right: float, sizes: Lettering) -> float:
    """Title and subtitle from the top of the picture down; returns the y under them."""
    y = left
    for line in balanced(finding_of(report), right - left, sizes.title, lines=MANY_LINES, bold=True):
        y = _add_line(picture, line, left, y, sizes.title, Role.TITLE, Ink.INK)
    y += 4
    for words in (subtitle_of(report), verdicts_of(report)):
        for line in wrapped(words, right - left, sizes.subtitle, lines=MANY_LINES):
            y = _add_line(picture, line, left, y, sizes.subtitle, Role.TITLE, Ink.SOFT)
    return y


def add_foot(picture: Picture, report: JourneyReport, left: float, right: float, top: float, size: float) -> float:
    """The key of the signs that occur, and the notes; returns the y under them."""
    y = _add_key(picture, _entries(report, bool(picture.paths)), left, right, top, size)
    for note in notes_of(report):
        for line in wrapped(note, right - left, size, lines=MANY_LINES):
            y = _add_line(picture, line, left, y, size, Role.NOTE, Ink.SOFT)
    return y


def add_evidence(picture: Picture, x: float, y: float, evidence: Evidence | None) -> None:
    """Three little bars like those of a phone's reception: solid, fair, weak. `x` is their left, `y` their middle."""
    strength = EVIDENCE_BARS[evidence] if evidence else 0
    for i in range(3):
        opacity = 0.9 if i < strength else 0.22
        bar = Area(x=x + 4 * i, y=y - 2 - 2 * i, x2=x + 4 * i + 3, y2=y + 4, ink=Ink.SOFT, opacity=opacity)
        picture.bars.append(bar)


def add_hatch(picture: Picture, x: float, y: float, x2: float, y2: float, step: float = 9) -> None:
    """Diagonal lines that fill a rectangle and end at its edges, on a pale ground."""
    picture.areas.append(Area(x=x, y=y, x2=x2, y2=y2, ink=Ink.HATCH, opacity=0.28))
    width, height = x2 - x, y2 - y
    offset = step
    while offset < width + height:
        start, end = max(0.0, offset - height), min(width, offset)
        line = Rule(x=x + start, y=y + offset - start, x2=x + end, y2=y + offset - end, ink=Ink.HATCH, width=1.2)
        picture.rules.append(line)
        offset += step


def _add_line(picture: Picture, words: str, x: float, top: float, size: float, role: Role, ink: Ink) -> float:
    height = size * LINE
    bold = role is Role.TITLE and ink is Ink.INK
    picture.texts.append(Text(words=words, x=x, y=top + height / 2, size=size, role=role, ink=ink, bold=bold))
    return top + height + 2


def _add_key(picture: Picture, entries: Sequence[_Entry], left: float, right: float, top: float, size: float) -> float:
    if not entries:
        return top
    x, y, height = left, top + size, size * LINE + 8
    for entry in entries:
        width = GLYPH + 7 + width_of(entry.words, size)
        if x > left and x + width > right:
            x, y = left, y + height
        entry.draw(picture, x, y)
        words = Text(words=entry.words, x=x + GLYPH + 7, y=y, size=size, role=Role.LEGEND, ink=Ink.SOFT)
        picture.texts.append(words)
        x += width + ITEM_AIR
    return y + size + 8


def _entries(report: JourneyReport, has_line: bool) -> list[_Entry]:
    """Only what the picture shows is explained."""
    points = [touchpoint for touchpoint in report.touchpoints if is_measured(touchpoint)]
    verdicts = {touchpoint.verdict for touchpoint in points}
    settings = report.settings
    entries = [_Entry(_draw_line, "mean experience")] if has_line else []
    if points:
        entries += [
            _Entry(_draw_interval, f"{settings.confidence * 100:g}{NO_BREAK}% interval"),
            _Entry(_draw_evidence, "evidence: three bars solid, two fair, one weak"),
        ]
    if any(touchpoint.promise for touchpoint in report.touchpoints):
        entries.append(_Entry(_draw_promise, "what was promised"))
    if Verdict.BROKEN in verdicts:
        entries.append(_Entry(_draw_gap, "gap of a broken promise"))
    if Verdict.INDICATIVE in verdicts:
        words = f"indicative: fewer than {settings.tested_from} people, not tested"
        entries.append(_Entry(_draw_hollow, words))
    if len(points) < len(report.touchpoints):
        entries.append(_Entry(_draw_blind, "blind spot"))
    return entries


def _draw_line(picture: Picture, x: float, y: float) -> None:
    picture.paths.append(Path(points=((x, y + 4), (x + GLYPH, y - 4))))


def _draw_interval(picture: Picture, x: float, y: float) -> None:
    middle = x + GLYPH / 2
    picture.rules.append(Rule(x=middle, y=y - 8, x2=middle, y2=y + 8, ink=Ink.SOFT, width=1.8))
    for end in (y - 8, y + 8):
        picture.rules.append(Rule(x=middle - 4, y=end, x2=middle + 4, y2=end, ink=Ink.SOFT, width=1.8))


def _draw_evidence(picture: Picture, x: float, y: float) -> None:
    add_evidence(picture, x + GLYPH / 2 - 5.5, y, Evidence.FAIR)


def _draw_promise(picture: Picture, x: float, y: float) -> None:
    picture.rules.append(Rule(x=x, y=y, x2=x + GLYPH, y2=y, ink=Ink.PROMISE, width=3))


def _draw_gap(picture: Picture, x: float, y: float) -> None:
    picture.areas.append(Area(x=x, y=y - 7, x2=x + GLYPH, y2=y + 7, ink=Ink.BROKEN, opacity=0.2))


def _draw_hollow(picture: Picture, x: float, y: float) -> None:
    picture.markers.append(Marker(x=x + GLYPH / 2, y=y, verdict=Verdict.INDICATIVE, size=90))


def _draw_blind(picture: Picture, x: float, y: float) -> None:
    add_hatch(picture, x, y - 7, x + GLYPH, y + 7, step=6)
