"""Before and after an action: what people felt, what would have come by itself, and the difference that is left."""

from math import ceil
from typing import Any

from msgspec import Struct

from analysis.chart_sheet import (
    NOTHING_YET,
    Sheet,
    add_flat_interval,
    add_text,
    begun,
    ended,
    interval_entry,
    nothing_yet,
)
from analysis.chart_words import NOT_SHOWN, Table, day_words, level_words, percent, signed, span
from analysis.curve_shapes import Column, Ink, Layout, Role, Rule, Shape, Sign
from analysis.curve_theme import Theme
from analysis.finding import FEELINGS, counted, shortened
from analysis.interval import Contrast
from analysis.label_placing import Box
from analysis.lettering import LINE, wrapped
from analysis.report import ActionFigure, ActionVerdict, Interval, ReportSettings

NAME, LABEL, SMALL = 13.0, 12.0, 11.0
NAMES_WIDTH, FACTS_WIDTH = 300.0, 240.0  # beside the plot of the wide layout
ROWS = {Layout.WIDE: 46.0, Layout.PHONE: 68.0}
HEADERS = ("Figure", "People (n)", "Value")
VERDICT_WORDS = {
    ActionVerdict.IMPROVED: "improved",
    ActionVerdict.NOT_SHOWN: "not shown, which is not the same as no effect",
    ActionVerdict.WORSE: "worse",
}
SHAPES = {
    ActionVerdict.IMPROVED: (Shape.UP, Ink.OVER_DELIVERED),
    ActionVerdict.NOT_SHOWN: (Shape.DIAMOND, Ink.SOFT),
    ActionVerdict.WORSE: (Shape.DOWN, Ink.BROKEN),
}


class _Row(Struct, frozen=True, kw_only=True):
    """One figure of the picture."""

    name: str
    n: int | None
    value: float
    interval: Interval | None
    shape: Shape = Shape.CIRCLE
    ink: Ink = Ink.INK
    is_hollow: bool = False

    @property
    def facts(self) -> str:
        return f"{signed(self.value)} ({span(self.interval)})" if self.interval else signed(self.value)


class _Scale(Struct, frozen=True):
    """The pixels of an axis from -`reach` to +`reach`."""

    left: float
    right: float
    reach: float

    def x_of(self, value: float) -> float:
        return self.left + (value + self.reach) / (2 * self.reach) * (self.right - self.left)


def change_spec(figure: ActionFigure, settings: ReportSettings, *, layout: Layout, theme: Theme) -> dict[str, Any]:
    """A Vega-Lite specification with its data inside."""
    # Altair takes 0.2 s to import: only who draws pays for it.
    from analysis.sheet_drawing import drawn

    return drawn(sheet_of(figure, settings, layout), theme)


def title_of(figure: ActionFigure, settings: ReportSettings) -> str:
    """The verdict in words; an interim look has none, and too few people aren't tested."""
    what, name, net = f"“{shortened(figure.what)}”", shortened(figure.touchpoint_name, 40), figure.net
    if figure.is_measured_otherwise:
        return f"{NOTHING_YET}: {name} was measured otherwise before {what} than after it, which can't be compared"
    if net is None:
        return f"{NOTHING_YET}: {name} needs {settings.k} people before {what} and {settings.k} after it"
    if figure.is_interim:
        day = day_words(figure.decision_day)
        return f"Interim look, no verdict before {day}: {name} is at {signed(net.value)} since {what}"
    if _n_least(figure) < settings.tested_from:
        return f"Too few people to test whether {what} changed {name}: {settings.tested_from} on each side are needed"
    if figure.verdict is ActionVerdict.NOT_SHOWN:
        return f"No change is shown at {name} after {what}: {signed(net.value)} may be chance"
    verb = "improved" if figure.verdict is ActionVerdict.IMPROVED else "got worse"
    return f"{name} {verb} after {what}: {signed(net.value)} beyond what was to be expected anyway"


def verdict_in_words(figure: ActionFigure, settings: ReportSettings) -> str:
    """Such as "improved", or why there is none."""
    if figure.is_measured_otherwise:
        return "none, measured otherwise before"
    if figure.is_interim:
        return f"interim look: no verdict before {day_words(figure.decision_day)}"
    if _n_least(figure) < settings.tested_from:
        return f"none, fewer than {settings.tested_from} people on a side"
    return VERDICT_WORDS[figure.verdict]


def table_of(figure: ActionFigure, settings: ReportSettings) -> Table:
    """One row a figure, the verdict last."""
    if figure.net is None:
        words = NOT_SHOWN if figure.is_measured_otherwise else f"{NOT_SHOWN} (fewer than {settings.k} contacts)"
        rows = [_cells(row) for row in _side_rows(figure)]
        return Table(
            HEADERS, (*rows, ("All differences", "", words), ("Verdict", "", verdict_in_words(figure, settings)))
        )
    rows = [_cells(row) for row in (*_felt_rows(figure), *_difference_rows(figure))]
    better = (("Better after, of two answers at random", "", percent(figure.p_after_better or 0.0)),)
    return Table(HEADERS, (*rows, *better, ("Verdict", "", verdict_in_words(figure, settings))))


def sheet_of(figure: ActionFigure, settings: ReportSettings, layout: Layout) -> Sheet:
    """Every shape of the chart."""
    title = title_of(figure, settings)
    if figure.net is None:
        return nothing_yet(title, layout)
    sheet = begun(title, [_subtitle(figure)], layout)
    sheet.height += 16
    margin = 40
    left = sheet.left + (NAMES_WIDTH if sheet.is_wide else margin)
    right = sheet.right - (FACTS_WIDTH if sheet.is_wide else margin)
    feelings = _Scale(left, right, 1.0)
    _add_axis(sheet, feelings, [(x, words) for x, words in FEELINGS], "experience")
    for row in _felt_rows(figure):
        _add_row(sheet, feelings, row)
    differences = _difference_rows(figure)
    scale = _Scale(left, right, _reach(differences))
    sheet.height += 14
    ticks = [(x, signed(x) if x else "0") for x in (-scale.reach, -scale.reach / 2, 0.0, scale.reach / 2, scale.reach)]
    _add_axis(sheet, scale, ticks, "difference in experience (after minus before)")
    for row in differences:
        _add_row(sheet, scale, row)
    sheet.height += 8
    return ended(sheet, [interval_entry(level_words(settings.confidence))], _notes(figure, settings))


def _n_least(figure: ActionFigure) -> int:
    return min(figure.before.n_contacts, figure.after.n_contacts if figure.after else 0)


def _subtitle(figure: ActionFigure) -> str:
    days = f"{counted(figure.window_days, 'day')} before and after {day_words(figure.on_day)}"
    washout = f" (the first {counted(figure.washout_days, 'day')} after it left out)" if figure.washout_days else ""
    after = figure.after.n_contacts if figure.after else 0
    people = f"{figure.before.n_contacts:,} people before, {after:,} after"
    return f"{people}: {days}{washout}. Experience from −1 (angry) to +1 (delighted)."


def _notes(figure: ActionFigure, settings: ReportSettings) -> list[str]:
    notes = [f"Verdict: {verdict_in_words(figure, settings)}."]
    if figure.p_after_better is not None:
        better = percent(figure.p_after_better)
        notes.append(f"Of two answers at random, the one after is the better in {better} (equal ones count half).")
    if figure.also:
        others = ", ".join(f"“{shortened(what)}”" for what in figure.also)
        notes.append(f"Also done here in these days: {others}. The change is that of all together.")
    return notes


def _cells(row: _Row) -> tuple[str, str, str]:
    return row.name, "" if row.n is None else f"{row.n:,}", row.facts


def _side_rows(figure: ActionFigure) -> list[_Row]:
    """Before and after, as far as either may be shown."""
    sides = (("Before", figure.before), ("After", figure.after))
    return [
        _Row(name=name, n=side.n_contacts, value=side.mean, interval=side.interval)
        for name, side in sides
        if side is not None and side.mean is not None
    ]


def _felt_rows(figure: ActionFigure) -> list[_Row]:
    sides = _side_rows(figure)
    season = figure.season.value if figure.season else 0.0
    # What chance takes back can't be more than the scale has room for.
    expected = min(1.0, max(-1.0, sides[0].value + (figure.expected_regression or 0.0) + season))
    words = "To be expected after, without the action"
    between = _Row(name=words, n=None, value=expected, interval=None, shape=Shape.DIAMOND, is_hollow=True)
    return [sides[0], between, sides[1]]


def _difference_rows(figure: ActionFigure) -> list[_Row]:
    """The raw difference, what is taken off it, and what is left, which alone decides."""
    shape, ink = SHAPES[figure.verdict]
    rows = []
    if figure.difference is not None:
        rows.append(_difference_row("After minus before", figure.difference))
    if figure.expected_regression is not None:
        words = "Taken off: regression to the mean"
        rows.append(_Row(name=words, n=None, value=figure.expected_regression, interval=None, is_hollow=True))
    if figure.season is not None:
        rows.append(_difference_row("Taken off: change of untouched touchpoints", figure.season, is_hollow=True))
    if figure.net is not None:
        rows.append(_difference_row("Net difference", figure.net, shape, ink))
    return rows


def _difference_row(
    name: str, found: Contrast, shape: Shape = Shape.CIRCLE, ink: Ink = Ink.INK, *, is_hollow: bool = False
) -> _Row:
    return _Row(
        name=name, n=None, value=found.value, interval=found.interval, shape=shape, ink=ink, is_hollow=is_hollow
    )


def _reach(rows: list[_Row]) -> float:
    """Half the width of the axis of differences, in steps of a fifth."""
    ends = [abs(row.value) for row in rows]
    ends += [abs(end) for row in rows if row.interval for end in (row.interval.lo, row.interval.hi)]
    return max(0.2, ceil(5 * max(ends, default=0.0) - 1e-9) / 5)


def _add_axis(sheet: Sheet, scale: _Scale, ticks: list[tuple[float, str]], unit: str) -> None:
    add_text(sheet, unit, sheet.left, sheet.height + 8, size=LABEL, ink=Ink.SOFT, role=Role.AXIS, bold=True)
    sheet.height += 30
    for value, words in ticks:
        x = scale.x_of(value)
        add_text(sheet, words, x, sheet.height, size=SMALL, ink=Ink.SOFT, align="center", role=Role.AXIS)
    sheet.height += 12


def _add_row(sheet: Sheet, scale: _Scale, row: _Row) -> None:
    """Its name and figures beside the plot on the wide layout, over it on the phone."""
    top, height = sheet.height, ROWS[sheet.layout]
    y = top + height / 2 if sheet.is_wide else top + height - 16
    for tick in (-1.0, -0.5, 0.0, 0.5, 1.0):
        x = scale.x_of(tick * scale.reach)
        ink, width = (Ink.SOFT, 1.4) if tick == 0 else (Ink.GRID, 1)
        piece = height if sheet.is_wide else 26
        sheet.rules.append(Rule(x=x, y=y - piece / 2, x2=x, y2=y + piece / 2, ink=ink, width=width))
    if row.interval:
        lo, hi = (min(scale.reach, max(-scale.reach, end)) for end in (row.interval.lo, row.interval.hi))
        add_flat_interval(sheet, scale.x_of(lo), scale.x_of(hi), y, row.ink)
    sheet.signs.append(
        Sign(x=scale.x_of(row.value), y=y, shape=row.shape, ink=row.ink, size=140, is_hollow=row.is_hollow)
    )
    _add_words(sheet, row, top, y)
    box = Box(sheet.left, top, sheet.right, top + height)
    people = "" if row.n is None else f"{row.n:,}"
    tip = {"title": row.name, "People (n)": people, "Value": row.facts}
    sheet.columns.append(Column(key=row.name, box=box, tip=tip))
    sheet.height += height


def _add_words(sheet: Sheet, row: _Row, top: float, y: float) -> None:
    people = "" if row.n is None else f", n {row.n:,}"
    if sheet.is_wide:
        lines = wrapped(row.name + people, NAMES_WIDTH - 50, NAME, lines=2)
        for i, line in enumerate(lines):
            add_text(sheet, line, sheet.left, y + (i - (len(lines) - 1) / 2) * NAME * LINE, size=NAME, role=Role.NAME)
        add_text(sheet, row.facts, sheet.right, y, size=NAME, align="right")
        return
    add_text(sheet, row.name + people, sheet.left, top + 11, size=LABEL, role=Role.NAME, bold=True)
    add_text(sheet, row.facts, sheet.left, top + 27, size=SMALL, ink=Ink.SOFT)
