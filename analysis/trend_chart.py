"""The experience at a touchpoint week by week, with what is ordinary there and which weeks are not."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby, pairwise
from typing import Any

from msgspec import Struct

from analysis.chart_sheet import (
    CAP,
    GLYPH,
    NOTHING_YET,
    KeyEntry,
    Sheet,
    add_hatch,
    add_text,
    begun,
    ended,
    hatch_entry,
    interval_entry,
    nothing_yet,
    sign_entry,
)
from analysis.chart_words import NO_BREAK, NOT_SHOWN, Table, day_words, level_words, signed, span
from analysis.curve_shapes import Area, Column, Ink, Layout, Role, Rule, Shape, Sign
from analysis.curve_theme import Theme
from analysis.finding import FEELINGS, counted, shortened
from analysis.label_placing import Box
from analysis.lettering import width_of
from analysis.report import Interval, ReportSettings
from analysis.trend import LIMITS_FROM, RECENT_WEEKS, RUN
from analysis.trend_figures import Direction, Signal, Trend, Week

AXIS = {Layout.WIDE: 104.0, Layout.PHONE: 80.0}
RIGHT_AIR = {Layout.WIDE: 84.0, Layout.PHONE: 6.0}  # beside the plot, for the words of the centre line
HEIGHTS = {Layout.WIDE: 330.0, Layout.PHONE: 260.0}
SMALL = 11.0
SIGNAL_WORDS = {Signal.OUTSIDE: "outside the limits", Signal.RUN: f"{RUN} in a row on one side"}
SHAPES = {Signal.OUTSIDE: Shape.DIAMOND, Signal.RUN: Shape.SQUARE}


class _Frame(Struct, frozen=True):
    """The pixels of the plot."""

    left: float
    right: float
    top: float
    height: float
    n: int  # weeks

    @property
    def week(self) -> float:
        return (self.right - self.left) / self.n

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def start(self, i: int) -> float:
        return self.left + self.week * i

    def middle(self, i: int) -> float:
        return self.left + self.week * (i + 0.5)

    def y_of(self, x: float) -> float:
        return self.top + self.height * (1 - x) / 2


def trend_spec(name: str, trend: Trend, settings: ReportSettings, *, layout: Layout, theme: Theme) -> dict[str, Any]:
    """A Vega-Lite specification with its data inside; `name` is the touchpoint's."""
    # Altair takes 0.2 s to import: only who draws pays for it.
    from analysis.sheet_drawing import drawn

    return drawn(sheet_of(name, trend, settings, layout), theme)


def title_of(name: str, trend: Trend, settings: ReportSettings) -> str:
    """Where it goes, if its interval knows, and how many weeks are out of the ordinary."""
    name = shortened(name, 40)
    if not _shown(trend):
        return f"{NOTHING_YET}: no week at {name} has the {settings.k} people it takes to show one"
    signals = sum(week.signal is not None for week in trend.weeks)
    more = f"; {counted(signals, 'week')} out of the ordinary" if signals else ""
    return f"{_direction(name, trend)}{more}"


def table_of(trend: Trend, settings: ReportSettings) -> Table:
    """One row a week, holes included."""
    headers = ("Week from", "People (n)", "Experience", level_words(settings.confidence), "Control limits", "Signal")
    return Table(headers, tuple((day_words(week.monday), *_cells(week, settings)) for week in trend.weeks))


def sheet_of(name: str, trend: Trend, settings: ReportSettings, layout: Layout) -> Sheet:
    """Every shape of the chart."""
    title = title_of(name, trend, settings)
    if not _shown(trend):
        return nothing_yet(title, layout)
    sheet = begun(title, [_subtitle(trend, settings)], layout)
    left, right = sheet.left + AXIS[layout], sheet.right - RIGHT_AIR[layout]
    frame = _Frame(left, right, sheet.height + 18, HEIGHTS[layout], len(trend.weeks))
    _add_holes(sheet, frame, trend)
    _add_ground(sheet, frame)
    _add_limits(sheet, frame, trend)
    _add_weeks(sheet, frame, trend, settings)
    _add_dates(sheet, frame, trend)
    sheet.height = frame.bottom + 40
    return ended(sheet, _key(trend, settings))


def _shown(trend: Trend) -> list[Week]:
    return [week for week in trend.weeks if week.mean is not None]


def _direction(name: str, trend: Trend) -> str:
    change = trend.change
    if change is None or trend.direction is None:
        return f"{name}: no direction is shown"
    verb = "better" if trend.direction is Direction.UP else "worse"
    by = f"{abs(change.value):.2f} {'above' if change.value > 0 else 'below'}"
    return f"{name} is getting {verb}: the last {RECENT_WEEKS} weeks are {by} those before"


def _subtitle(trend: Trend, settings: ReportSettings) -> str:
    sentences = ["Experience by week, from −1 (angry) to +1 (delighted)."]
    change = trend.change
    if change is not None and change.interval is not None:
        level = level_words(settings.confidence)
        sentences.append(
            f"Last {RECENT_WEEKS} weeks minus those before: {signed(change.value)} ({level} {span(change.interval)})."
        )
    n = len(_shown(trend))
    if not any(week.limits for week in trend.weeks):
        sentences.append(f"Control limits need {LIMITS_FROM} weeks of {settings.k} people or more; there are {n}.")
    return " ".join(sentences)


def _cells(week: Week, settings: ReportSettings) -> tuple[str, ...]:
    if week.mean is None:
        return (f"fewer than {settings.k}", *[NOT_SHOWN] * 3, "")
    signal = SIGNAL_WORDS[week.signal] if week.signal else ""
    return (f"{week.n:,}", signed(week.mean), span(week.interval), span(week.limits), signal)


def _add_holes(sheet: Sheet, frame: _Frame, trend: Trend) -> None:
    for is_hole, group in groupby(range(frame.n), key=lambda i: trend.weeks[i].mean is None):
        hole = list(group)
        if is_hole:
            add_hatch(sheet, frame.start(hole[0]), frame.top, frame.start(hole[-1] + 1), frame.bottom)


def _add_ground(sheet: Sheet, frame: _Frame) -> None:
    """The experience axis in words and in x."""
    for x, feeling in FEELINGS:
        y = frame.y_of(x)
        weight = 1.6 if x == 0 else 1
        sheet.rules.append(Rule(x=frame.left, y=y, x2=frame.right, y2=y, ink=Ink.GRID, width=weight))
        words = f"{feeling} {f'{x:+g}' if x else '0'}".replace("-", "−")
        size = 12 if sheet.is_wide else SMALL
        add_text(sheet, words, frame.left - 8, y, size=size, ink=Ink.SOFT, align="right", role=Role.AXIS)


def _add_limits(sheet: Sheet, frame: _Frame, trend: Trend) -> None:
    """The band of what is ordinary, week by week, and the centre line."""
    for i, week in enumerate(trend.weeks):
        if week.limits:
            top, bottom = frame.y_of(week.limits.hi), frame.y_of(week.limits.lo)
            left, right = frame.start(i), frame.start(i + 1)
            sheet.areas.append(Area(x=left, y=top, x2=right, y2=bottom, ink=Ink.SOFT, opacity=0.13))
            for y in (top, bottom):
                sheet.rules.append(Rule(x=left, y=y, x2=right, y2=y, ink=Ink.SOFT, opacity=0.7))
    if trend.centre is not None:
        y = frame.y_of(trend.centre)
        sheet.rules.append(Rule(x=frame.left, y=y, x2=frame.right, y2=y, ink=Ink.SOFT, width=1.6))
        if sheet.is_wide:
            add_text(sheet, f"mean {signed(trend.centre)}", frame.right + 8, y, size=12, ink=Ink.SOFT)


def _add_weeks(sheet: Sheet, frame: _Frame, trend: Trend, settings: ReportSettings) -> None:
    for is_known, group in groupby(range(frame.n), key=lambda i: trend.weeks[i].mean is not None):
        points = [(frame.middle(i), frame.y_of(trend.weeks[i].mean or 0.0)) for i in group]
        if is_known:
            _add_line(sheet, frame, points)
    for i, week in enumerate(trend.weeks):
        if week.mean is not None:
            _add_point(sheet, frame, i, week, trend.centre)
        headers = table_of(Trend((), None, None, None), settings).headers
        tip = {"title": f"Week from {day_words(week.monday)}"} | dict(
            zip(headers[1:], _cells(week, settings), strict=True)
        )
        box = Box(frame.start(i), frame.top, frame.start(i + 1), frame.bottom)
        sheet.columns.append(Column(key=week.monday.isoformat(), box=box, tip=tip))


def _add_line(sheet: Sheet, frame: _Frame, points: Sequence[tuple[float, float]]) -> None:
    """As thick as the weeks allow: a hundred of them on a phone would become a blot."""
    width = min(2.4, max(0.8, frame.week / 4))
    for (x, y), (x2, y2) in pairwise(points):
        sheet.rules.append(Rule(x=x, y=y, x2=x2, y2=y2, ink=Ink.INK, width=width))


def _add_point(sheet: Sheet, frame: _Frame, i: int, week: Week, centre: float | None) -> None:
    x, y = frame.middle(i), frame.y_of(week.mean or 0.0)
    if week.interval:
        _add_upright(sheet, frame, x, week.interval)
    # Many weeks on a phone: no point is wider than two weeks.
    plain = min(70.0, max(9.0, (2 * frame.week) ** 2))
    if week.signal is None:
        sheet.signs.append(Sign(x=x, y=y, size=plain))
        return
    ink = Ink.BROKEN if centre is not None and (week.mean or 0.0) < centre else Ink.OVER_DELIVERED
    sheet.signs.append(Sign(x=x, y=y, shape=SHAPES[week.signal], ink=ink, size=max(60.0, plain * 1.8)))


def _add_upright(sheet: Sheet, frame: _Frame, x: float, interval: Interval) -> None:
    top, bottom = frame.y_of(interval.hi), frame.y_of(interval.lo)
    sheet.rules.append(Rule(x=x, y=top, x2=x, y2=bottom, ink=Ink.INK, width=1.2, opacity=0.55))
    if frame.week > 3 * CAP:
        for y in (top, bottom):
            sheet.rules.append(Rule(x=x - CAP, y=y, x2=x + CAP, y2=y, ink=Ink.INK, width=1.2, opacity=0.55))


def _add_dates(sheet: Sheet, frame: _Frame, trend: Trend) -> None:
    """The first Monday of each month where its name has room, with the year where it is new."""
    free, year, month = frame.left - 20, 0, None
    for i, week in enumerate(trend.weeks):
        if (week.monday.year, week.monday.month) == month:
            continue
        month = (week.monday.year, week.monday.month)
        x, words = frame.middle(i), _date_words(week.monday, week.monday.year != year)
        half = width_of(words, SMALL) / 2
        centre = min(x, sheet.right - half)
        if centre - half < free:
            continue
        sheet.rules.append(Rule(x=x, y=frame.bottom, x2=x, y2=frame.bottom + 5, ink=Ink.SOFT))
        add_text(sheet, words, centre, frame.bottom + 15, size=SMALL, ink=Ink.SOFT, align="center", role=Role.AXIS)
        free, year = centre + half + 10, week.monday.year
    middle = (frame.left + frame.right) / 2
    add_text(
        sheet, "week from Monday", middle, frame.bottom + 32, size=SMALL, ink=Ink.SOFT, align="center", role=Role.AXIS
    )


def _date_words(monday: date, has_year: bool) -> str:
    words = f"{monday.day}{NO_BREAK}{monday:%b}"
    return f"{words}{NO_BREAK}{monday.year}" if has_year else words


def _key(trend: Trend, settings: ReportSettings) -> list[KeyEntry]:
    """Only what the picture shows is explained."""
    entries = [
        sign_entry(Shape.CIRCLE, "mean of a week's people"),
        interval_entry(level_words(settings.confidence)),
    ]
    if any(week.limits for week in trend.weeks):
        entries.append(KeyEntry(_draw_band, "control limits: three standard errors around the mean of all weeks"))
    signals = {week.signal for week in trend.weeks}
    entries += [
        sign_entry(SHAPES[signal], f"signal: {SIGNAL_WORDS[signal]} (orange under, blue over the mean)", Ink.SOFT)
        for signal in Signal
        if signal in signals
    ]
    if any(week.mean is None for week in trend.weeks):
        entries.append(hatch_entry(f"fewer than {settings.k} people: not shown"))
    return entries


def _draw_band(sheet: Sheet, x: float, y: float) -> None:
    sheet.areas.append(Area(x=x, y=y - 7, x2=x + GLYPH, y2=y + 7, ink=Ink.SOFT, opacity=0.13))
    for edge in (y - 7, y + 7):
        sheet.rules.append(Rule(x=x, y=edge, x2=x + GLYPH, y2=edge, ink=Ink.SOFT, opacity=0.7))
