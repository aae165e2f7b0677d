"""What the overall answer goes with: the part of its variation that each driver accounts for."""

from collections.abc import Sequence
from math import ceil
from typing import Any

from msgspec import Struct

from analysis.chart_sheet import (
    GLYPH,
    NOTHING_YET,
    KeyEntry,
    Sheet,
    add_flat_interval,
    add_text,
    begun,
    ended,
    interval_entry,
    nothing_yet,
    step_between,
)
from analysis.chart_words import Table, level_words, percent, percent_span, signed
from analysis.curve_shapes import Area, Column, Ink, Layout, Role, Rule
from analysis.curve_theme import Theme
from analysis.drivers import Driver, DriverAnalysis
from analysis.finding import counted, shortened
from analysis.label_placing import Box
from analysis.lettering import LINE, width_of, wrapped
from analysis.report import ReportSettings

NAME, SMALL = 13.0, 11.0
NAMES_WIDTH, FACTS_WIDTH = 250.0, 190.0  # beside the bars of the wide layout
BAR = 20.0
ROWS = {Layout.WIDE: 40.0, Layout.PHONE: 60.0}
MOST_TICKS = 5
OPPOSITE_SIGN = "↓"
OPPOSITE = f"{OPPOSITE_SIGN} the better this, the worse the overall answer"


class _Scale(Struct, frozen=True):
    """The pixels of the bars, from nothing to `top` of the variation, with a tick each `step`."""

    left: float
    right: float
    top: float
    step: float

    def x_of(self, share: float) -> float:
        return self.left + min(share, self.top) / self.top * (self.right - self.left)


def driver_spec(analysis: DriverAnalysis, settings: ReportSettings, *, layout: Layout, theme: Theme) -> dict[str, Any]:
    """A Vega-Lite specification with its data inside."""
    # Altair takes 0.2 s to import: only who draws pays for it.
    from analysis.sheet_drawing import drawn

    return drawn(sheet_of(analysis, settings, layout), theme)


def title_of(analysis: DriverAnalysis) -> str:
    """The leading driver, and whether its lead is more than chance; always that this is no cause."""
    if not analysis.drivers:
        return f"{NOTHING_YET}: {_why_nothing(analysis)}"
    first, *others = _ordered(analysis)
    close = [other for other in others if other.johnson_interval.hi >= first.johnson_interval.lo]
    name = shortened(first.name, 40)
    if close:
        n = f"{len(close)} others are" if len(close) > 1 else f"{shortened(close[0].name, 40)} is"
        return f"The overall answer goes with {name} most, but {n} too close to call ({analysis.label})"
    return f"The overall answer goes with {name} most: {percent(first.johnson)} of its variation ({analysis.label})"


def table_of(analysis: DriverAnalysis, settings: ReportSettings) -> Table:
    """One row a driver, the strongest first; the parts add up to what all explain together."""
    level = level_words(settings.confidence)
    headers = ("Driver", "Part of variation", level, "Shapley", f"Shapley, {level}", "Correlation")
    return Table(headers, tuple((driver.name, *_cells(driver)) for driver in _ordered(analysis)))


def sheet_of(analysis: DriverAnalysis, settings: ReportSettings, layout: Layout) -> Sheet:
    """Every shape of the chart."""
    if not analysis.drivers:
        return nothing_yet(title_of(analysis), layout)
    sheet = begun(title_of(analysis), [_subtitle(analysis)], layout)
    drivers = _ordered(analysis)
    scale = _scale(sheet, drivers)
    _add_axis(sheet, scale)
    for driver in drivers:
        _add_row(sheet, scale, driver, settings)
    sheet.height += 8
    notes = []
    if analysis.unvaried:
        notes.append(f"Left out, because everybody answered the same there: {', '.join(analysis.unvaried)}.")
    entries = [_bar_entry("relative weight (Johnson)", Ink.OVER_DELIVERED)]
    if any(driver.correlation < 0 for driver in drivers):
        entries.append(_bar_entry(OPPOSITE, Ink.BROKEN))
    entries.append(interval_entry(level_words(settings.confidence)))
    return ended(sheet, entries, notes)


def _why_nothing(analysis: DriverAnalysis) -> str:
    if analysis.n < analysis.n_needed:
        answered = counted(analysis.n, "contact")
        return f"{answered} answered every question, {analysis.n_needed:,} are needed to compare drivers"
    return "the answers do not differ, so nothing can go with them"


def _subtitle(analysis: DriverAnalysis) -> str:
    together = f" All together explain {percent(analysis.r_squared)}." if analysis.r_squared is not None else ""
    contacts = counted(analysis.n, "contact")
    return f"Part of the variation in the overall answer that each driver accounts for. {contacts}.{together}"


def _ordered(analysis: DriverAnalysis) -> list[Driver]:
    return sorted(analysis.drivers, key=lambda driver: (-driver.johnson, driver.name))


def _cells(driver: Driver) -> tuple[str, ...]:
    shapley = percent(driver.shapley) if driver.shapley is not None else ""
    around = percent_span(driver.shapley_interval) if driver.shapley_interval else ""
    own = (percent(driver.johnson), percent_span(driver.johnson_interval))
    return (*own, shapley, around, signed(driver.correlation))


def _scale(sheet: Sheet, drivers: Sequence[Driver]) -> _Scale:
    largest = max(max(driver.johnson, driver.johnson_interval.hi) for driver in drivers)
    step = step_between(largest, MOST_TICKS)
    top = step * max(1, ceil(largest / step - 1e-9))
    left, right = (NAMES_WIDTH, FACTS_WIDTH) if sheet.is_wide else (14, 18)
    return _Scale(sheet.left + left, sheet.right - right, top, step)


def _add_axis(sheet: Sheet, scale: _Scale) -> None:
    y = sheet.height + 20
    words = "part of the variation in the overall answer"
    add_text(sheet, words, scale.left, y, size=SMALL, ink=Ink.SOFT, role=Role.AXIS, bold=True)
    for step in range(round(scale.top / scale.step) + 1):
        x, share = scale.x_of(step * scale.step), percent(step * scale.step)
        add_text(sheet, share, x, y + 18, size=SMALL, ink=Ink.SOFT, align="center", role=Role.AXIS)
    sheet.height = y + 30


def _add_row(sheet: Sheet, scale: _Scale, driver: Driver, settings: ReportSettings) -> None:
    top, height = sheet.height, ROWS[sheet.layout]
    bar = top + (height - BAR) / 2 if sheet.is_wide else top + height - BAR - 6
    middle = bar + BAR / 2
    for step in range(round(scale.top / scale.step) + 1):
        x = scale.x_of(step * scale.step)
        # Through a bar they would look like its ends.
        for y in (bar - 5, bar + BAR):
            sheet.rules.append(Rule(x=x, y=y, x2=x, y2=y + 5, ink=Ink.GRID))
    ink = Ink.BROKEN if driver.correlation < 0 else Ink.OVER_DELIVERED
    sheet.areas.append(Area(x=scale.left, y=bar, x2=scale.x_of(driver.johnson), y2=bar + BAR, ink=ink, opacity=0.6))
    interval = driver.johnson_interval
    add_flat_interval(sheet, scale.x_of(interval.lo), scale.x_of(interval.hi), middle)
    _add_words(sheet, driver, middle)
    headers = table_of(DriverAnalysis(0, 0, None, (), ()), settings).headers
    tip = {"title": driver.name} | dict(zip(headers[1:], _cells(driver), strict=True))
    sheet.columns.append(Column(key=driver.name, box=Box(sheet.left, top, sheet.right, top + height), tip=tip))
    sheet.height += height


def _add_words(sheet: Sheet, driver: Driver, middle: float) -> None:
    """Name and figures beside the bar on the wide layout, over it on the phone."""
    facts = f"{percent(driver.johnson)} ({percent_span(driver.johnson_interval)})"
    name = f"{OPPOSITE_SIGN} {driver.name}" if driver.correlation < 0 else driver.name
    if sheet.is_wide:
        lines = wrapped(name, NAMES_WIDTH - 16, NAME, lines=2)
        for row, line in enumerate(lines):
            y = middle + (row - (len(lines) - 1) / 2) * NAME * LINE
            add_text(sheet, line, sheet.left, y, size=NAME, role=Role.NAME)
        add_text(sheet, facts, sheet.right, middle, size=NAME, align="right")
        return
    y = middle - BAR / 2 - 15
    line = "".join(wrapped(name, sheet.right - sheet.left - width_of(facts, SMALL) - 10, NAME, lines=1))
    add_text(sheet, line, sheet.left, y, size=NAME, role=Role.NAME)
    add_text(sheet, facts, sheet.right, y, size=SMALL, ink=Ink.SOFT, align="right")


def _bar_entry(words: str, ink: Ink) -> KeyEntry:
    def draw(sheet: Sheet, x: float, y: float) -> None:
        sheet.areas.append(Area(x=x, y=y - 7, x2=x + GLYPH, y2=y + 7, ink=ink, opacity=0.6))

    return KeyEntry(draw, words)
