"""The emotion curve from left to right: touchpoints as columns under their phases, for 900 px and more."""

from collections.abc import Sequence
from itertools import groupby

from analysis.chart_sheet import EDGES, WIDTHS, Sheet, add_hatch, add_text, add_upright_interval, ended
from analysis.curve_frame import Frame
from analysis.curve_labels import LABEL, add_labels
from analysis.curve_lane import add_wide_lane
from analysis.curve_legend import begun_curve, ended_curve
from analysis.curve_line import line_pieces
from analysis.curve_marks import add_point, ink_of
from analysis.curve_overlays import LaidOverlay, add_overlay, overlay_tip
from analysis.curve_shapes import Area, Column, Ink, Layout, Role, Rule
from analysis.curve_words import has_arousal, is_measured, level_of, tip_of
from analysis.finding import FEELINGS
from analysis.lettering import LINE, width_of, wrapped
from analysis.report import JourneyReport, TouchpointFigure, Verdict

EDGE = EDGES[Layout.WIDE]  # the margin of the sheet
AXIS = 74.0  # for the words of the experience axis
NARROWEST, WIDEST = 84.0, 280.0  # a column; more touchpoints than fit make the sheet wider, few leave some of it free
PHASE, NAME, SMALLEST_NAME = 14.0, 13.0, 11.0
ASIDE = (9.0, 13.0)  # pixels from one curve to the next, in the narrowest and the widest columns


def wide_picture(report: JourneyReport, overlays: Sequence[LaidOverlay] = ()) -> Sheet:
    """Every shape of the wide layout."""
    n = len(report.touchpoints)
    width = max(WIDTHS[Layout.WIDE], 2 * EDGE + AXIS + n * NARROWEST)
    sheet = begun_curve(report, Layout.WIDE, overlays, width)
    if not n:
        return ended(sheet)
    column = min(WIDEST, (width - 2 * EDGE - AXIS) / n)
    phases = _phase_lines(report.touchpoints, column)
    tallest = max(len(lines) for _, lines in phases)
    top = sheet.height + 14 + tallest * PHASE * LINE + 12
    frame = Frame(left=sheet.left + AXIS, top=top, column=column, n=n, has_lane=has_arousal(report))
    _add_ground(sheet, frame)
    _add_phases(sheet, frame, phases)
    for i in range(n):
        _add_column(sheet, frame, i, report, overlays)
    _add_curves(sheet, frame, report, overlays)
    if frame.has_lane:
        add_wide_lane(sheet, frame, report.touchpoints)
    sheet.height = _add_names(sheet, frame, report.touchpoints) + 12
    return ended_curve(sheet, report, overlays)


def _phase_lines(touchpoints: Sequence[TouchpointFigure], column: float) -> list[tuple[int, tuple[str, ...]]]:
    """Neighbours of one phase together: how many columns, and the lines of its name."""
    phases = []
    for phase, group in groupby(touchpoints, key=lambda touchpoint: touchpoint.phase):
        n = len(list(group))
        phases.append((n, wrapped(phase, n * column - 10, PHASE, lines=3, bold=True)))
    return phases


def _add_ground(sheet: Sheet, frame: Frame) -> None:
    """The experience axis: five words, five quiet lines, neutral a little louder."""
    for x, feeling in FEELINGS:
        y = frame.y_of(x)
        add_text(sheet, feeling, frame.left - 12, y, size=LABEL, role=Role.AXIS, ink=Ink.SOFT, align="right")
        weight = 1.6 if x == 0 else 1
        sheet.rules.append(Rule(x=frame.left, y=y, x2=frame.right, y2=y, ink=Ink.GRID, width=weight))


def _add_phases(sheet: Sheet, frame: Frame, phases: Sequence[tuple[int, tuple[str, ...]]]) -> None:
    i = 0
    for n, lines in phases:
        start, end = frame.start(i), frame.start(i + n)
        if i:
            sheet.rules.append(Rule(x=start, y=frame.top, x2=start, y2=frame.lane_bottom, ink=Ink.GRID, width=1.6))
        bar = Rule(x=start + 4, y=frame.top - 4, x2=end - 4, y2=frame.top - 4, ink=Ink.SOFT, width=2, opacity=0.45)
        sheet.rules.append(bar)
        for row, line in enumerate(reversed(lines)):
            y = frame.top - 12 - (row + 0.5) * PHASE * LINE
            middle = (start + end) / 2
            add_text(sheet, line, middle, y, size=PHASE, role=Role.PHASE, align="center", bold=True)
        i += n


def _add_column(sheet: Sheet, frame: Frame, i: int, report: JourneyReport, overlays: Sequence[LaidOverlay]) -> None:
    """What stands behind the curves: the hatch of a blind spot, the promise, the gap; and the tooltip."""
    box, touchpoint = frame.column_box(i), report.touchpoints[i]
    tip = {"title": touchpoint.name, **tip_of(touchpoint, report.settings)}
    sheet.columns.append(Column(key=touchpoint.key, box=box, tip=overlay_tip(overlays, i, tip)))
    level = level_of(touchpoint)
    if not is_measured(touchpoint):
        add_hatch(sheet, box.left, box.top, box.right, frame.bottom)
    if touchpoint.mean is not None and touchpoint.verdict is Verdict.BROKEN and level is not None:
        y, y2 = sorted((frame.y_of(level), frame.y_of(touchpoint.mean)))
        sheet.areas.append(Area(x=box.left, y=y, x2=box.right, y2=y2, ink=Ink.BROKEN, opacity=0.14))
    if level is not None:
        y = frame.y_of(level)
        sheet.rules.append(Rule(x=box.left + 3, y=y, x2=box.right - 3, y2=y, ink=Ink.PROMISE, width=3))


def _add_curves(sheet: Sheet, frame: Frame, report: JourneyReport, overlays: Sequence[LaidOverlay]) -> None:
    """The overlays first: the journey's own curve lies over them. Then the labels, where they leave room."""
    aside = min(ASIDE[1], max(ASIDE[0], frame.column / 9))
    boxes = [
        add_overlay(
            sheet,
            overlay,
            [frame.middle(i) + overlay.side * aside for i in range(frame.n)],
            frame.y_of,
            report.settings,
        )
        for overlay in overlays
    ]
    for i, touchpoint in enumerate(report.touchpoints):
        if is_measured(touchpoint):
            _add_point(sheet, frame, i, touchpoint)
    points = [(frame.middle(i), frame.y_of(point.mean or 0)) for i, point in enumerate(report.touchpoints)]
    sheet.paths += line_pieces(report.touchpoints, points)
    add_labels(sheet, frame, report, list(zip(overlays, boxes, strict=True)))


def _add_point(sheet: Sheet, frame: Frame, i: int, touchpoint: TouchpointFigure) -> None:
    x, interval = frame.middle(i), touchpoint.interval
    if interval:
        add_upright_interval(sheet, x, frame.y_of(interval.hi), frame.y_of(interval.lo), ink_of(touchpoint))
    add_point(sheet, x, frame.y_of(touchpoint.mean or 0), touchpoint)


def _add_names(sheet: Sheet, frame: Frame, touchpoints: Sequence[TouchpointFigure]) -> float:
    """The names under their columns, two lines each; returns the y under them."""
    width, top = frame.column - 3, frame.lane_bottom + 10
    size = _name_size(touchpoints, width)
    names = [wrapped(touchpoint.name, width, size, lines=2) for touchpoint in touchpoints]
    for i, name in enumerate(names):
        for row, line in enumerate(name):
            y = top + (row + 0.5) * size * LINE
            add_text(sheet, line, frame.middle(i), y, size=size, role=Role.NAME, align="center")
    return top + max(map(len, names)) * size * LINE


def _name_size(touchpoints: Sequence[TouchpointFigure], width: float) -> float:
    """The largest size in which no word has to be broken, down to the smallest that is still read with ease."""
    words = [word for touchpoint in touchpoints for word in touchpoint.name.split()]
    widest = max((width_of(word, 1) for word in words), default=1.0)
    return min(NAME, max(SMALLEST_NAME, width / widest))
