"""How the answers divide, by touchpoint or by question: bars to the left and right of the middle of their scale."""

from collections import Counter
from collections.abc import Sequence
from math import ceil
from typing import Any

from msgspec import Struct

from analysis.chart_sheet import (
    GLYPH,
    NOTHING_YET,
    KeyEntry,
    Sheet,
    add_hatch,
    add_text,
    begun,
    ended,
    hatch_entry,
    nothing_yet,
)
from analysis.chart_words import NO_BREAK, NOT_SHOWN, Table, percent
from analysis.curve_shapes import Area, Column, Ink, Layout, Role, Rule
from analysis.curve_theme import Theme
from analysis.curve_words import INSTRUMENT_WORDS, blind_reason, is_measured
from analysis.finding import counted, shortened
from analysis.label_placing import Box
from analysis.lettering import LINE, width_of, wrapped
from analysis.report import JourneyReport, ReportSettings, TouchpointFigure
from analysis.scales import PASSIVE_FROM, PROMOTER_FROM, experience_of, is_two_valued
from surveys.instruments import SCALES, Instrument, label_of

NAME, LABEL, SMALL = 13.0, 12.0, 11.0
NAMES_WIDTH, FACTS_WIDTH = 230.0, 150.0  # beside the bars of the wide layout
BAR = 24.0
ROWS = {Layout.WIDE: 42.0, Layout.PHONE: 66.0}
TICK = 0.25  # of the answers
STRENGTHS = ((0.9, 1.0), (0.45, 0.6), (0.0, 0.35))  # from |x| on: how strong its colour is
TOUCHPOINT = "touchpoint"
HEADERS = ("Measured by", "Answers", "Unhappy side", "Middle", "Happy side", "Each answer")
NOTES = {
    Instrument.NPS: "NPS is divided as it is scored: detractors (0 to 6), passives (7 and 8), promoters (9 and 10).",
    Instrument.CES1: "CES 1.0 asks how much effort it took: the low numbers are on the happy side.",
}


class Part(Struct, frozen=True):
    """The answers of one colour: how they feel, from -1 to +1, and their share of all at the touchpoint."""

    x: float
    share: float


class Divided(Struct, frozen=True):
    """The answers of one touchpoint from the most unhappy to the happiest."""

    touchpoint: TouchpointFigure
    instrument: Instrument
    n: int
    parts: tuple[Part, ...]

    @property
    def unhappy(self) -> float:
        return sum(part.share for part in self.parts if part.x < 0)

    @property
    def middle(self) -> float:
        return sum(part.share for part in self.parts if part.x == 0)

    @property
    def happy(self) -> float:
        return sum(part.share for part in self.parts if part.x > 0)


class _Frame(Struct, frozen=True):
    """The pixels of the bars: between `left` and `right` fit the shares from -`under` to +`over`."""

    left: float
    right: float
    under: float
    over: float

    def x_of(self, share: float) -> float:
        return self.left + (share + self.under) / (self.under + self.over) * (self.right - self.left)


def distribution_spec(report: JourneyReport, *, layout: Layout, theme: Theme, by: str = TOUCHPOINT) -> dict[str, Any]:
    """A Vega-Lite specification with its data inside; `by` is what a row stands for, if not for a touchpoint."""
    # Altair takes 0.2 s to import: only who draws pays for it.
    from analysis.sheet_drawing import drawn

    return drawn(sheet_of(report, layout, by), theme)


def title_of(report: JourneyReport) -> str:
    """Where the unhappiest answers are, among touchpoints measured alike: shares of two scales aren't comparable."""
    found = _all_divided(report)
    alike = _alike(found)
    if not alike:
        return f"{NOTHING_YET}: no touchpoint has the {report.settings.k} people it takes to show their answers"
    worst = max(alike, key=lambda divided: divided.unhappy)
    name, share = shortened(worst.touchpoint.name, 40), percent(worst.unhappy)
    if not any(divided.unhappy for divided in found):
        return "No answer is on the unhappy side of its scale"
    if len(alike) == 1:
        return f"{name}: {share if worst.unhappy else 'none'} of the answers are on the unhappy side"
    if worst.unhappy == 0:
        return f"None of the answers measured by {INSTRUMENT_WORDS[worst.instrument]} is on the unhappy side"
    return f"{name} has the most unhappy answers: {share} are on that side of the scale"


def table_of(report: JourneyReport, by: str = TOUCHPOINT) -> Table:
    """One row a touchpoint, in journey order."""
    return Table((by.capitalize(), *HEADERS), tuple(_cells(point, report.settings) for point in report.touchpoints))


def sheet_of(report: JourneyReport, layout: Layout, by: str = TOUCHPOINT) -> Sheet:
    """Every shape of the chart."""
    found = _all_divided(report)
    if not found:
        return nothing_yet(title_of(report), layout)
    answers = counted(sum(divided.n for divided in found), "answer")
    subtitle = f"{answers} by {by}, in % of the answers there. The middle of the scale stands on the line."
    sheet = begun(title_of(report), [subtitle], layout)
    frame = _frame(sheet, found)
    _add_axis(sheet, frame)
    by_key = {divided.touchpoint.key: divided for divided in found}
    for touchpoint in report.touchpoints:
        _add_row(sheet, frame, touchpoint, by_key.get(touchpoint.key), report.settings)
    sheet.height += 8
    notes = [note for instrument, note in NOTES.items() if any(divided.instrument is instrument for divided in found)]
    return ended(sheet, _key(len(found) < len(report.touchpoints)), notes)


def divided_answers(touchpoint: TouchpointFigure) -> Divided | None:
    """None where nothing may be shown, and for instruments without a scale, such as picked emotions."""
    n = sum(count for _, count in touchpoint.distribution)
    if not is_measured(touchpoint) or n == 0 or touchpoint.instrument is None:
        return None
    if touchpoint.instrument not in list(SCALES):
        return None
    instrument = Instrument(touchpoint.instrument)
    counts: Counter[float] = Counter()
    for value, count in touchpoint.distribution:
        counts[_feeling(instrument, value)] += count
    parts = tuple(Part(x, count / n) for x, count in sorted(counts.items()) if count)
    return Divided(touchpoint, instrument, n, parts)


def _all_divided(report: JourneyReport) -> list[Divided]:
    return [divided for point in report.touchpoints if (divided := divided_answers(point)) is not None]


def _alike(found: Sequence[Divided]) -> list[Divided]:
    """Those measured by the instrument that measures most of them."""
    instruments = Counter(divided.instrument for divided in found)
    return [divided for divided in found if divided.instrument is instruments.most_common(1)[0][0]]


def _feeling(instrument: Instrument, value: int) -> float:
    """x, but for NPS the three groups in which everybody knows it."""
    if instrument is Instrument.NPS:
        return float((value >= PROMOTER_FROM) - (value < PASSIVE_FROM))
    return experience_of(instrument, value)


def _cells(touchpoint: TouchpointFigure, settings: ReportSettings) -> tuple[str, ...]:
    divided = divided_answers(touchpoint)
    if divided is None:
        return (touchpoint.name, _missing(touchpoint, settings), *[NOT_SHOWN] * 5)
    each = ", ".join(
        f"{_point(divided.instrument, value)}: {n:,} ({percent(n / divided.n)})" for value, n in touchpoint.distribution
    )
    sides = (percent(divided.unhappy), percent(divided.middle), percent(divided.happy))
    return (touchpoint.name, INSTRUMENT_WORDS[divided.instrument], f"{divided.n:,}", *sides, each)


def _point(instrument: Instrument, value: int) -> str:
    """Numbers say where they stand on a scale of several points; of two they say nothing."""
    return label_of(instrument, value).lower() if is_two_valued(instrument) else str(value)


def _missing(touchpoint: TouchpointFigure, settings: ReportSettings) -> str:
    if not is_measured(touchpoint):
        return blind_reason(touchpoint, settings)
    words = {instrument.value: words for instrument, words in INSTRUMENT_WORDS.items()}
    return f"{words.get(touchpoint.instrument or '', 'answers')}: no scale to divide"


def _frame(sheet: Sheet, found: Sequence[Divided]) -> _Frame:
    """As wide as the widest sides need, in whole ticks."""
    under = max(divided.unhappy + divided.middle / 2 for divided in found)
    over = max(divided.happy + divided.middle / 2 for divided in found)
    sides = [TICK * max(1, ceil(side / TICK - 1e-9)) for side in (under, over)]
    if sheet.is_wide:
        return _Frame(sheet.left + NAMES_WIDTH, sheet.right - FACTS_WIDTH, *sides)
    return _Frame(sheet.left + 14, sheet.right - 14, *sides)


def _add_axis(sheet: Sheet, frame: _Frame) -> None:
    """Ticks over the bars, and what left and right mean."""
    y, zero = sheet.height + 18, frame.x_of(0)
    add_text(sheet, "← unhappy", zero - 10, y, size=LABEL, ink=Ink.BROKEN, align="right", role=Role.AXIS, bold=True)
    add_text(sheet, "happy →", zero + 10, y, size=LABEL, ink=Ink.OVER_DELIVERED, role=Role.AXIS, bold=True)
    for step in _ticks(frame):
        if step % (1 if sheet.is_wide else 2) == 0:
            words = percent(abs(step) * TICK) if step else "0"
            x = frame.x_of(step * TICK)
            add_text(sheet, words, x, y + 20, size=SMALL, ink=Ink.SOFT, align="center", role=Role.AXIS)
    sheet.height = y + 34


def _ticks(frame: _Frame) -> range:
    return range(-round(frame.under / TICK), round(frame.over / TICK) + 1)


def _add_ticks(sheet: Sheet, frame: _Frame, bar: float) -> None:
    """Pieces of the grid over and under a bar: through it they would look like ends of its parts."""
    for step in _ticks(frame):
        x = frame.x_of(step * TICK)
        ink, width = (Ink.SOFT, 1.8) if step == 0 else (Ink.GRID, 1)
        for y in (bar - 5, bar + BAR):
            sheet.rules.append(Rule(x=x, y=y, x2=x, y2=y + 5, ink=ink, width=width))


def _add_row(
    sheet: Sheet, frame: _Frame, touchpoint: TouchpointFigure, divided: Divided | None, settings: ReportSettings
) -> None:
    top, height = sheet.height, ROWS[sheet.layout]
    bar = top + (height - BAR) / 2 if sheet.is_wide else top + height - BAR - 6
    facts = f"n{NO_BREAK}{divided.n:,}, {INSTRUMENT_WORDS[divided.instrument]}" if divided else ""
    _add_ticks(sheet, frame, bar)
    _add_name(sheet, touchpoint.name, facts, bar)
    if divided:
        _add_bar(sheet, frame, divided, bar)
    else:
        reason = _missing(touchpoint, settings)
        add_hatch(sheet, frame.left, bar, frame.right, bar + BAR)
        middle = (frame.left + frame.right) / 2
        add_text(sheet, reason, middle, bar + BAR / 2, size=SMALL, ink=Ink.SOFT, align="center", has_halo=True)
    cells = dict(zip(HEADERS, _cells(touchpoint, settings)[1:], strict=True))
    box = Box(sheet.left, top, sheet.right, top + height)
    sheet.columns.append(Column(key=touchpoint.key, box=box, tip={"title": touchpoint.name, **cells}))
    sheet.height += height


def _add_name(sheet: Sheet, name: str, facts: str, bar: float) -> None:
    """Beside the bar on the wide layout, over it on the phone."""
    if sheet.is_wide:
        lines = wrapped(name, NAMES_WIDTH - 16, NAME, lines=2)
        for row, line in enumerate(lines):
            y = bar + BAR / 2 + (row - (len(lines) - 1) / 2) * NAME * LINE
            add_text(sheet, line, sheet.left, y, size=NAME, role=Role.NAME)
        add_text(sheet, facts, sheet.right, bar + BAR / 2, size=SMALL, ink=Ink.SOFT, align="right")
        return
    room = sheet.right - sheet.left - width_of(facts, SMALL) - 10
    title = "".join(wrapped(name, room, NAME, lines=1, bold=True))
    add_text(sheet, title, sheet.left, bar - 13, size=NAME, role=Role.NAME, bold=True)
    add_text(sheet, facts, sheet.right, bar - 13, size=SMALL, ink=Ink.SOFT, align="right")


def _add_bar(sheet: Sheet, frame: _Frame, divided: Divided, top: float) -> None:
    share = -divided.unhappy - divided.middle / 2
    for part in divided.parts:
        left, right = frame.x_of(share), frame.x_of(share + part.share)
        share += part.share
        ink, strength = _colour(part.x)
        sheet.areas.append(Area(x=left, y=top, x2=max(left, right - 1), y2=top + BAR, ink=ink, opacity=strength))
        words = percent(part.share)
        if width_of(words, SMALL) + 6 <= right - left:
            letters = Ink.CARD if strength == 1 else Ink.INK
            add_text(sheet, words, (left + right) / 2, top + BAR / 2, size=SMALL, ink=letters, align="center")


def _colour(x: float) -> tuple[Ink, float]:
    """Which colour, and how strong."""
    if x == 0:
        return Ink.SOFT, 0.3
    strength = next(strength for least, strength in STRENGTHS if abs(x) >= least)
    return (Ink.BROKEN if x < 0 else Ink.OVER_DELIVERED), strength


def _key(has_holes: bool) -> list[KeyEntry]:
    entries = [
        _swatches((-1.0, -0.5), "unhappy side, the stronger the worse"),
        _swatches((0.0,), "middle of the scale"),
        _swatches((0.5, 1.0), "happy side, the stronger the better"),
    ]
    return [*entries, hatch_entry("nothing to show")] if has_holes else entries


def _swatches(feelings: Sequence[float], words: str) -> KeyEntry:
    def draw(sheet: Sheet, x: float, y: float) -> None:
        width = GLYPH / len(feelings)
        for i, feeling in enumerate(feelings):
            ink, strength = _colour(feeling)
            left = x + i * width
            sheet.areas.append(Area(x=left, y=y - 7, x2=left + width - 1, y2=y + 7, ink=ink, opacity=strength))

    return KeyEntry(draw, words)
