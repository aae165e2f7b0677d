"""Importance against performance, with the interval of each: what to work on first."""

from collections.abc import Mapping
from enum import StrEnum
from math import ceil, floor
from typing import Any

from msgspec import Struct

from analysis.chart_sheet import (
    NOTHING_YET,
    Sheet,
    add_flat_interval,
    add_text,
    add_upright_interval,
    begun,
    ended,
    interval_entry,
    nothing_yet,
    sign_entry,
    step_between,
)
from analysis.chart_words import Table, level_words, percent, percent_span, signed, span
from analysis.curve_shapes import Align, Column, Ink, Layout, Role, Rule, Shape, Sign
from analysis.curve_theme import Theme
from analysis.drivers import LABEL
from analysis.finding import shortened
from analysis.importance import Crosshair, Measure, Placed, Quadrant, Quadrants
from analysis.label_placing import Box, Wish, placed
from analysis.lettering import LINE, width_of, wrapped
from analysis.report import Interval, ReportSettings

HEIGHTS = {Layout.WIDE: 420.0, Layout.PHONE: 300.0}
AXIS = {Layout.WIDE: 70.0, Layout.PHONE: 46.0}  # to the left of the plot, for the figures of importance
LABEL_SIZE, SMALL = 12.0, 11.0
MOST_TICKS = 7
AIR = 0.06  # of an axis, around the outermost interval
QUADRANT_WORDS = {
    Quadrant.CONCENTRATE_HERE: "work on this first",
    Quadrant.KEEP_UP: "keep this up",
    Quadrant.LOW_PRIORITY: "low priority",
    Quadrant.POSSIBLE_OVERKILL: "more than needed",
    Quadrant.UNCLEAR: "unclear",
}
SHAPES = {
    Quadrant.CONCENTRATE_HERE: (Shape.DOWN, Ink.BROKEN),
    Quadrant.KEEP_UP: (Shape.UP, Ink.KEPT),
    Quadrant.LOW_PRIORITY: (Shape.SQUARE, Ink.SOFT),
    Quadrant.POSSIBLE_OVERKILL: (Shape.DIAMOND, Ink.OVER_DELIVERED),
    Quadrant.UNCLEAR: (Shape.CIRCLE, Ink.SOFT),
}


class ImportanceKind(StrEnum):
    DERIVED = "derived"  # a part of the variation in the overall answer
    STATED = "stated"  # in x, as people say


IMPORTANCE_WORDS = {
    ImportanceKind.DERIVED: f"part of the variation in the overall answer ({LABEL})",
    ImportanceKind.STATED: "as people say, from −1 to +1",
}


class _Frame(Struct, frozen=True, kw_only=True):
    """The pixels of the plot and the values at its edges."""

    box: Box
    across: Interval
    up: Interval

    def x_of(self, performance: float) -> float:
        share = (performance - self.across.lo) / (self.across.hi - self.across.lo)
        return self.box.left + share * (self.box.right - self.box.left)

    def y_of(self, importance: float) -> float:
        share = (importance - self.up.lo) / (self.up.hi - self.up.lo)
        return self.box.bottom - share * (self.box.bottom - self.box.top)


def quadrant_spec(
    quadrants: Quadrants,
    names: Mapping[str, str],
    kind: ImportanceKind,
    settings: ReportSettings,
    *,
    layout: Layout,
    theme: Theme,
) -> dict[str, Any]:
    """A Vega-Lite specification with its data inside; `names` are those of the keys."""
    # Altair takes 0.2 s to import: only who draws pays for it.
    from analysis.sheet_drawing import drawn

    return drawn(sheet_of(quadrants, names, kind, settings, layout), theme)


def title_of(quadrants: Quadrants, names: Mapping[str, str]) -> str:
    """What is surely important and surely badly done, the most important first."""
    if not quadrants.placed:
        return f"{NOTHING_YET}: no touchpoint has both an importance and an experience to compare"
    first = [key for key, found in quadrants.placed.items() if found.quadrant is Quadrant.CONCENTRATE_HERE]
    first.sort(key=lambda key: -quadrants.placed[key].importance.value)
    if not first:
        return "Nothing is clearly both important and badly done"
    others = f" (and {len(first) - 1} more)" if len(first) > 1 else ""
    return f"Work on {shortened(names[first[0]], 40)} first{others}: important, and worse than the rest"


def table_of(quadrants: Quadrants, names: Mapping[str, str], kind: ImportanceKind, settings: ReportSettings) -> Table:
    """One row for each that is compared, with the number it has in the picture."""
    level = level_words(settings.confidence)
    headers = ("No.", "Name", "Importance", f"Importance, {level}", "Experience", f"Experience, {level}", "Quadrant")
    rows = enumerate(quadrants.placed.items(), start=1)
    return Table(headers, tuple((str(i), names[key], *_cells(found, kind)) for i, (key, found) in rows))


def sheet_of(
    quadrants: Quadrants, names: Mapping[str, str], kind: ImportanceKind, settings: ReportSettings, layout: Layout
) -> Sheet:
    """Every shape of the chart."""
    title, crosshair = title_of(quadrants, names), quadrants.crosshair
    if crosshair is None or not quadrants.placed:
        return nothing_yet(title, layout)
    sheet = begun(
        title, [f"Upwards: importance, {IMPORTANCE_WORDS[kind]}. To the right: experience, −1 to +1."], layout
    )
    frame = _frame(sheet, quadrants)
    _add_ground(sheet, frame, crosshair, kind)
    for i, (key, found) in enumerate(quadrants.placed.items(), start=1):
        _add_point(sheet, frame, found)
        _add_tip(sheet, frame, i, names[key], found, table_of(quadrants, names, kind, settings))
    _add_labels(sheet, frame, quadrants, names)
    sheet.height = frame.box.bottom + 64
    if not sheet.is_wide:
        _add_list(sheet, quadrants, names)
    entries = [interval_entry(level_words(settings.confidence))]
    found_quadrants = {found.quadrant for found in quadrants.placed.values()}
    entries += [sign_entry(SHAPES[q][0], QUADRANT_WORDS[q], SHAPES[q][1]) for q in Quadrant if q in found_quadrants]
    notes = ["The lines stand at the means. Unclear: an interval reaches over a line."]
    return ended(sheet, entries, notes)


def _cells(found: Placed, kind: ImportanceKind) -> tuple[str, ...]:
    importance = found.importance
    felt = (signed(found.performance.value), span(found.performance.interval))
    if kind is ImportanceKind.DERIVED:
        said = (percent(importance.value), percent_span(importance.interval))
    else:
        said = (signed(importance.value), span(importance.interval))
    return (*said, *felt, QUADRANT_WORDS[found.quadrant])


def _frame(sheet: Sheet, quadrants: Quadrants) -> _Frame:
    top = sheet.height + 40
    box = Box(sheet.left + AXIS[sheet.layout], top, sheet.right - 4, top + HEIGHTS[sheet.layout])
    found = quadrants.placed.values()
    return _Frame(
        box=box,
        across=_range([point.performance for point in found]),
        up=_range([point.importance for point in found]),
    )


def _range(measures: list[Measure]) -> Interval:
    """From the lowest to the highest end of an interval, with some air; never of no width."""
    lo = min(min(measure.value, measure.interval.lo) for measure in measures)
    hi = max(max(measure.value, measure.interval.hi) for measure in measures)
    air = max(AIR * (hi - lo), 0.015)
    return Interval(lo - air, hi + air)


def _add_ground(sheet: Sheet, frame: _Frame, crosshair: Crosshair, kind: ImportanceKind) -> None:
    box = frame.box
    for x in (box.left, box.right):
        sheet.rules.append(Rule(x=x, y=box.top, x2=x, y2=box.bottom, ink=Ink.GRID))
    for y in (box.top, box.bottom):
        sheet.rules.append(Rule(x=box.left, y=y, x2=box.right, y2=y, ink=Ink.GRID))
    x, y = frame.x_of(crosshair.performance), frame.y_of(crosshair.importance)
    sheet.rules.append(Rule(x=x, y=box.top, x2=x, y2=box.bottom, ink=Ink.SOFT, width=1.6))
    sheet.rules.append(Rule(x=box.left, y=y, x2=box.right, y2=y, ink=Ink.SOFT, width=1.6))
    _add_figures(sheet, frame, kind)
    _add_corners(sheet, box)


def _add_figures(sheet: Sheet, frame: _Frame, kind: ImportanceKind) -> None:
    """Round figures along each axis, none so near a corner that two meet there, and what they are of."""
    box = frame.box
    for performance in _ticks(frame.across):
        x, words = frame.x_of(performance), signed(performance)
        half = width_of(words, SMALL) / 2
        if not box.left + half <= x <= box.right - half:
            continue
        add_text(sheet, words, x, box.bottom + 12, size=SMALL, ink=Ink.SOFT, align="center", role=Role.AXIS)
        sheet.rules.append(Rule(x=x, y=box.bottom, x2=x, y2=box.bottom + 4, ink=Ink.SOFT))
    for importance in _ticks(frame.up):
        y = frame.y_of(importance)
        if not box.top <= y <= box.bottom - SMALL / 2:
            continue
        words = percent(importance) if kind is ImportanceKind.DERIVED else signed(importance)
        add_text(sheet, words, box.left - 8, y, size=SMALL, ink=Ink.SOFT, align="right", role=Role.AXIS)
        sheet.rules.append(Rule(x=box.left - 4, y=y, x2=box.left, y2=y, ink=Ink.SOFT))
    y, middle = box.top - 28, (box.left + box.right) / 2
    add_text(sheet, "↑ importance", sheet.left, y, size=SMALL, ink=Ink.SOFT, role=Role.AXIS, bold=True)
    y = box.bottom + 48
    add_text(sheet, "experience →", middle, y, size=SMALL, ink=Ink.SOFT, align="center", role=Role.AXIS, bold=True)


def _ticks(axis: Interval) -> list[float]:
    step = step_between(axis.hi - axis.lo, MOST_TICKS)
    return [i * step for i in range(ceil(axis.lo / step - 1e-9), floor(axis.hi / step + 1e-9) + 1)]


def _add_corners(sheet: Sheet, box: Box) -> None:
    """The names of the four quadrants at their corners, outside the plot: inside they would take the points' room."""
    corners: tuple[tuple[Quadrant, float, float, Align], ...] = (
        (Quadrant.CONCENTRATE_HERE, box.left, box.top - 10, "left"),
        (Quadrant.KEEP_UP, box.right, box.top - 10, "right"),
        (Quadrant.LOW_PRIORITY, box.left, box.bottom + 31, "left"),
        (Quadrant.POSSIBLE_OVERKILL, box.right, box.bottom + 31, "right"),
    )
    for quadrant, x, y, align in corners:
        ink, words = SHAPES[quadrant][1], QUADRANT_WORDS[quadrant]
        add_text(sheet, words, x, y, size=SMALL, ink=ink, align=align, role=Role.PHASE, bold=True)


def _add_point(sheet: Sheet, frame: _Frame, found: Placed) -> None:
    x, y = frame.x_of(found.performance.value), frame.y_of(found.importance.value)
    shape, ink = SHAPES[found.quadrant]
    across, up = found.performance.interval, found.importance.interval
    add_flat_interval(sheet, frame.x_of(across.lo), frame.x_of(across.hi), y, ink, 1.3)
    add_upright_interval(sheet, x, frame.y_of(up.hi), frame.y_of(up.lo), ink, 1.3)
    sheet.signs.append(Sign(x=x, y=y, shape=shape, ink=ink, size=130))


def _add_tip(sheet: Sheet, frame: _Frame, i: int, name: str, found: Placed, table: Table) -> None:
    x, y = frame.x_of(found.performance.value), frame.y_of(found.importance.value)
    cells = dict(zip(table.headers[2:], table.rows[i - 1][2:], strict=True))
    sheet.columns.append(Column(key=str(i), box=Box(x - 12, y - 12, x + 12, y + 12), tip={"title": name, **cells}))


def _add_labels(sheet: Sheet, frame: _Frame, quadrants: Quadrants, names: Mapping[str, str]) -> None:
    """Names where there is room for them, numbers on a phone; none on another, nor on a point."""
    points = [(frame.x_of(p.performance.value), frame.y_of(p.importance.value)) for p in quadrants.placed.values()]
    numbered = enumerate(quadrants.placed, start=1)
    words = [f"{i} {shortened(names[key], 28)}" if sheet.is_wide else str(i) for i, key in numbered]
    wishes = [
        Wish(x=x, top=y - 8, bottom=y + 8, width=width_of(label, LABEL_SIZE, bold=True), height=LABEL_SIZE * LINE)
        for label, (x, y) in zip(words, points, strict=True)
    ]
    things = [Box(x - 8, y - 8, x + 8, y + 8) for x, y in points]
    things += [Box(min(r.x, r.x2) - 1, min(r.y, r.y2) - 1, max(r.x, r.x2) + 1, max(r.y, r.y2) + 1) for r in sheet.rules]
    for label, box in zip(words, placed(wishes, frame.box, things, []), strict=True):
        if box:
            x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
            add_text(sheet, label, x, y, size=LABEL_SIZE, align="center", bold=True, has_halo=True)


def _add_list(sheet: Sheet, quadrants: Quadrants, names: Mapping[str, str]) -> None:
    """The names of the numbers."""
    for i, (key, found) in enumerate(quadrants.placed.items(), start=1):
        words = f"{i}  {names[key]}: {QUADRANT_WORDS[found.quadrant]}"
        for line in wrapped(words, sheet.right - sheet.left, LABEL_SIZE, lines=2):
            add_text(sheet, line, sheet.left, sheet.height, size=LABEL_SIZE, role=Role.NAME)
            sheet.height += LABEL_SIZE * LINE + 3
    sheet.height += 4
