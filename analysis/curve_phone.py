"""The emotion curve turned on its side: touchpoints as rows from top to bottom, for a phone."""

from collections.abc import Sequence
from itertools import groupby

from msgspec import Struct

from analysis.chart_sheet import Sheet, add_flat_interval, add_hatch, add_text, ended
from analysis.curve_lane import add_phone_bar, add_phone_lane_title
from analysis.curve_legend import begun_curve, ended_curve
from analysis.curve_line import line_pieces
from analysis.curve_marks import add_evidence, add_point, ink_of
from analysis.curve_overlays import LaidOverlay, add_overlay, overlay_tip
from analysis.curve_shapes import Area, Column, Ink, Layout, Path, Role, Rule
from analysis.curve_words import (
    blind_reason,
    has_arousal,
    is_measured,
    level_of,
    point_lines,
    promised_share,
    tip_of,
)
from analysis.finding import FEELINGS
from analysis.label_placing import Box
from analysis.lettering import LINE, width_of, wrapped
from analysis.report import JourneyReport, ReportSettings, TouchpointFigure, Verdict

WORDS = 116.0  # pixels for the words of a touchpoint, to the left of the plot
INSET = 12.0  # from the edges of the plot to angry and delighted
RIGHT_AIR = 4.0  # delighted is nearer to the edge
LANE, LANE_AIR = 36.0, 10.0  # the width of the lane of arousal, and what parts it from the plot
PHASE, NAME, LABEL, SMALL, AXIS = 13.0, 13.0, 11.5, 11.0, 10.0
LOWEST_ROW, ROW_AIR, PHASE_ROW = 52.0, 12.0, 28.0
ASIDE = 9.0  # pixels from one curve to the next


class _Frame(Struct, frozen=True, kw_only=True):
    """The pixels of a row: words from `edge`, the plot between `left` and `right`, then the lane, if there is one."""

    edge: float
    left: float
    right: float
    end: float
    has_lane: bool

    def x_of(self, x: float) -> float:
        """Where an experience in [-1, +1] stands."""
        left, right = self.left + INSET, self.right - INSET - RIGHT_AIR
        return left + (right - left) * (x + 1) / 2


class _Words(Struct, frozen=True):
    """One line to the left of the plot."""

    text: str
    size: float
    ink: Ink
    bold: bool = False
    italic: bool = False
    role: Role = Role.LABEL


class _Row(Struct, frozen=True, kw_only=True):
    """One touchpoint and the pixels of its row."""

    touchpoint: TouchpointFigure
    words: list[_Words]
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def phone_picture(report: JourneyReport, overlays: Sequence[LaidOverlay] = ()) -> Sheet:
    """Every shape of the phone layout."""
    sheet = begun_curve(report, Layout.PHONE, overlays)
    if not report.touchpoints:
        return ended(sheet)
    has_lane = has_arousal(report)
    right = sheet.right - (LANE + LANE_AIR if has_lane else 0)
    frame = _Frame(edge=sheet.left, left=sheet.left + WORDS, right=right, end=sheet.right, has_lane=has_lane)
    sheet.height += 10
    if has_lane:
        add_phone_lane_title(sheet, sheet.height + 6)
        sheet.height += 16
    _add_feelings(sheet, frame, sheet.height + 8)
    sheet.height += 18
    rows = _add_rows(sheet, frame, report)
    for i, row in enumerate(rows):
        _add_row(sheet, frame, row, report.settings, overlays, i)
    _add_curves(sheet, frame, rows, report, overlays)
    _add_feelings(sheet, frame, sheet.height + 10)
    sheet.height += 30
    return ended_curve(sheet, report, overlays)


def _add_feelings(sheet: Sheet, frame: _Frame, y: float) -> None:
    """Beside a lane there is no room for all five words: then only the ends and the middle."""
    for x, feeling in FEELINGS[:: 2 if frame.has_lane else 1]:
        add_text(sheet, feeling, frame.x_of(x), y, size=AXIS, role=Role.AXIS, ink=Ink.SOFT, align="center")


def _add_rows(sheet: Sheet, frame: _Frame, report: JourneyReport) -> list[_Row]:
    """The phases' headings and the rows under them, with the lines that part them."""
    rows: list[_Row] = []
    for phase, group in groupby(report.touchpoints, key=lambda touchpoint: touchpoint.phase):
        _add_phase(sheet, frame, phase)
        start = sheet.height
        for touchpoint in group:
            words = _words_of(touchpoint, report.settings)
            height = max(LOWEST_ROW, sum(line.size * LINE for line in words) + ROW_AIR)
            row = _Row(touchpoint=touchpoint, words=words, top=sheet.height, bottom=sheet.height + height)
            rows.append(row)
            sheet.height = row.bottom
            sheet.rules.append(Rule(x=frame.edge, y=row.bottom, x2=frame.end, y2=row.bottom, ink=Ink.GRID))
        for x, _ in FEELINGS:
            weight = 1.6 if x == 0 else 1
            line = Rule(x=frame.x_of(x), y=start, x2=frame.x_of(x), y2=sheet.height, ink=Ink.GRID, width=weight)
            sheet.rules.append(line)
    return rows


def _add_phase(sheet: Sheet, frame: _Frame, phase: str) -> None:
    """A heading as wide as the words at the left, so that the line beside it stays free."""
    y = sheet.height + PHASE_ROW - PHASE * LINE - 2
    for line in wrapped(phase, WORDS, PHASE, lines=3, bold=True):
        add_text(sheet, line, frame.edge, y + PHASE * LINE / 2, size=PHASE, role=Role.PHASE, bold=True)
        y += PHASE * LINE
    y += 2
    sheet.rules.append(Rule(x=frame.edge, y=y, x2=frame.end, y2=y, ink=Ink.SOFT, width=2, opacity=0.45))
    sheet.height = y


def _words_of(touchpoint: TouchpointFigure, settings: ReportSettings) -> list[_Words]:
    width = WORDS - 4
    words = [_Words(line, NAME, Ink.INK, role=Role.NAME) for line in wrapped(touchpoint.name, width, NAME, lines=2)]
    if is_measured(touchpoint):
        verdict, *figures = point_lines(touchpoint)
        words.append(_Words(verdict, LABEL, ink_of(touchpoint), bold=True))
        words += [_Words(line, SMALL, Ink.SOFT) for line in figures]
    else:
        words.append(_Words("blind", LABEL, Ink.SOFT, bold=True))
        reason = wrapped(blind_reason(touchpoint, settings), width, SMALL, lines=2)
        words += [_Words(line, SMALL, Ink.SOFT, italic=True) for line in reason]
    if touchpoint.promise and touchpoint.promise.share is not None:
        words.append(_Words(promised_share(touchpoint.promise.share), SMALL, Ink.PROMISE, role=Role.CLAIM))
    return words


def _add_row(
    sheet: Sheet, frame: _Frame, row: _Row, settings: ReportSettings, overlays: Sequence[LaidOverlay], i: int
) -> None:
    """What stands behind the curves: words, the hatch of a blind spot, the promise, the gap; and the tooltip."""
    touchpoint = row.touchpoint
    tip = {"title": touchpoint.name, **tip_of(touchpoint, settings)}
    box = Box(frame.edge, row.top, frame.end, row.bottom)
    sheet.columns.append(Column(key=touchpoint.key, box=box, tip=overlay_tip(overlays, i, tip)))
    _add_words(sheet, frame, row)
    level = level_of(touchpoint)
    if not is_measured(touchpoint):
        add_hatch(sheet, frame.left, row.top + 1, frame.right, row.bottom - 1)
    if touchpoint.mean is not None and touchpoint.verdict is Verdict.BROKEN and level is not None:
        x, x2 = sorted((frame.x_of(level), frame.x_of(touchpoint.mean)))
        sheet.areas.append(Area(x=x, y=row.top, x2=x2, y2=row.bottom, ink=Ink.BROKEN, opacity=0.14))
    if level is not None:
        x = frame.x_of(level)
        sheet.rules.append(Rule(x=x, y=row.top + 3, x2=x, y2=row.bottom - 3, ink=Ink.PROMISE, width=3))
    if frame.has_lane:
        add_phone_bar(sheet, touchpoint, frame.end - LANE, frame.end, row.middle)


def _add_words(sheet: Sheet, frame: _Frame, row: _Row) -> None:
    y = row.middle - sum(line.size * LINE for line in row.words) / 2
    for line in row.words:
        middle = y + line.size * LINE / 2
        add_text(
            sheet,
            line.text,
            frame.edge,
            middle,
            size=line.size,
            role=line.role,
            ink=line.ink,
            bold=line.bold,
            italic=line.italic,
        )
        if line.text.startswith("n ") and row.touchpoint.evidence:
            add_evidence(sheet, frame.edge + width_of(line.text, line.size) + 5, middle, row.touchpoint.evidence)
        y += line.size * LINE


def _add_curves(
    sheet: Sheet, frame: _Frame, rows: Sequence[_Row], report: JourneyReport, overlays: Sequence[LaidOverlay]
) -> None:
    """The overlays first: the journey's own curve lies over them."""
    for overlay in overlays:
        along = [row.middle + overlay.side * ASIDE for row in rows]
        add_overlay(sheet, overlay, along, frame.x_of, report.settings)
    for row in rows:
        if is_measured(row.touchpoint):
            _add_point(sheet, frame, row)
    points = [(row.middle, frame.x_of(row.touchpoint.mean or 0)) for row in rows]
    for piece in line_pieces(report.touchpoints, points):
        sheet.paths.append(Path(points=tuple((x, y) for y, x in piece.points), stroke=piece.stroke))


def _add_point(sheet: Sheet, frame: _Frame, row: _Row) -> None:
    touchpoint, interval = row.touchpoint, row.touchpoint.interval
    if interval:
        add_flat_interval(sheet, frame.x_of(interval.lo), frame.x_of(interval.hi), row.middle, ink_of(touchpoint))
    add_point(sheet, frame.x_of(touchpoint.mean or 0), row.middle, touchpoint)
