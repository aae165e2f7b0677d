"""The labels of the wide emotion curve: what is written beside points, promises, blind spots and overlays."""

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from analysis.chart_sheet import CAP, Sheet, add_text
from analysis.curve_frame import Frame
from analysis.curve_marks import add_evidence, ink_of
from analysis.curve_overlays import LaidOverlay
from analysis.curve_shapes import Ink, Role
from analysis.curve_words import blind_reason, is_measured, level_of, point_lines, promised_share
from analysis.finding import shortened
from analysis.label_placing import Box, Segment, Wish, placed, placed_once
from analysis.lettering import LINE, width_of, wrapped
from analysis.report import JourneyReport, ReportSettings, TouchpointFigure, Verdict

LABEL, SMALL = 12.0, 11.0
EVIDENCE_WIDTH = 16.0
OVERLAY_NAME = 130.0  # the widest line of an overlay's name beside its curve


class _Line(Struct, frozen=True):
    words: str
    size: float
    ink: Ink
    role: Role = Role.LABEL
    bold: bool = False
    italic: bool = False


class _Label(Struct, frozen=True, kw_only=True):
    """Lines that stand together near the span `top` to `bottom` of column `i`."""

    i: int
    top: float
    bottom: float
    lines: list[_Line]
    optional: bool = False
    evidence_line: int | None = None  # the line that carries the evidence bars


def add_labels(
    sheet: Sheet, frame: Frame, report: JourneyReport, overlays: Sequence[tuple[LaidOverlay, Sequence[Box]]]
) -> None:
    """What must be there first; then each overlay's name, once, where there is room beside its curve.

    With each overlay come the boxes of its points."""
    labels = [
        label
        for i, touchpoint in enumerate(report.touchpoints)
        for label in _labels(frame, i, touchpoint, report.settings)
    ]
    room = Box(frame.left + 2, frame.top + 2, frame.right - 2, frame.bottom - 2)
    lines = [Segment(x, y, x2, y2) for path in sheet.paths for (x, y), (x2, y2) in pairwise(path.points)]
    things = _things(frame, report.touchpoints) + [box for _, boxes in overlays for box in boxes]
    boxes = placed([_wish(frame, label) for label in labels], room, things, lines)
    for label, box in zip(labels, boxes, strict=True):
        if box:
            _add_label(sheet, label, box, report.touchpoints[label.i])
    taken = [box for box in boxes if box]
    blind = [frame.column_box(i) for i, point in enumerate(report.touchpoints) if not is_measured(point)]
    for overlay, points in overlays:
        box = _add_overlay_name(sheet, overlay, points, room, taken, things + blind, lines)
        taken += [box] if box else []


def _add_overlay_name(
    sheet: Sheet,
    overlay: LaidOverlay,
    points: Sequence[Box],
    room: Box,
    taken: Sequence[Box],
    things: Sequence[Box],
    lines: Sequence[Segment],
) -> Box | None:
    """At the last of its points that has room; nowhere if none has: the key names it too."""
    words = wrapped(shortened(overlay.name), OVERLAY_NAME, SMALL, lines=2, bold=True)
    width, height = max(width_of(line, SMALL, bold=True) for line in words), len(words) * SMALL * LINE
    wishes = [
        Wish(x=(p.left + p.right) / 2, top=p.top, bottom=p.bottom, width=width, height=height, optional=True)
        for p in reversed(points)
    ]
    box = placed_once(wishes, room, taken, things, lines)
    if box is None:
        return None
    for row, line in enumerate(words):
        x, y = (box.left + box.right) / 2, box.top + (row + 0.5) * SMALL * LINE
        add_text(sheet, line, x, y, size=SMALL, ink=overlay.look.ink, align="center", bold=True, has_halo=True)
    return box


def _things(frame: Frame, touchpoints: Sequence[TouchpointFigure]) -> list[Box]:
    """What labels keep off: markers, their intervals, the steps of the promise."""
    things = []
    for i, touchpoint in enumerate(touchpoints):
        x, level = frame.middle(i), level_of(touchpoint)
        if level is not None:
            y = frame.y_of(level)
            things.append(Box(frame.start(i) + 3, y - 2, frame.start(i + 1) - 3, y + 2))
        if is_measured(touchpoint):
            y = frame.y_of(touchpoint.mean or 0)
            things.append(Box(x - 7, y - 7, x + 7, y + 7))
            top, bottom = _span(frame, touchpoint)
            things.append(Box(x - CAP, top, x + CAP, bottom))
    return things


def _span(frame: Frame, touchpoint: TouchpointFigure) -> tuple[float, float]:
    """The top and bottom of a point with its interval."""
    y = frame.y_of(touchpoint.mean or 0)
    interval = touchpoint.interval
    if interval is None:
        return y - 7, y + 7
    return min(y - 7, frame.y_of(interval.hi)), max(y + 7, frame.y_of(interval.lo))


def _labels(frame: Frame, i: int, touchpoint: TouchpointFigure, settings: ReportSettings) -> list[_Label]:
    labels = (
        [_point_label(frame, i, touchpoint)]
        if is_measured(touchpoint)
        else [_blind_label(frame, i, touchpoint, settings)]
    )
    promise, level = touchpoint.promise, level_of(touchpoint)
    if promise and promise.share is not None:
        words = wrapped(promised_share(promise.share), frame.column - 4, SMALL, lines=2)
        lines = [_Line(line, SMALL, Ink.PROMISE, Role.CLAIM) for line in words]
        labels.append(_Label(i=i, top=frame.top, bottom=frame.top, lines=lines))
    elif promise and level is not None and touchpoint.verdict is Verdict.BROKEN:
        words = wrapped(f"“{promise.claim}”", frame.column - 6, SMALL, lines=3)
        lines = [_Line(line, SMALL, Ink.PROMISE, Role.CLAIM, italic=True) for line in words]
        y = frame.y_of(level)
        labels.append(_Label(i=i, top=y - 2, bottom=y + 2, lines=lines, optional=True))
    return labels


def _point_label(frame: Frame, i: int, touchpoint: TouchpointFigure) -> _Label:
    verdict, *figures = point_lines(touchpoint)
    ink = ink_of(touchpoint)
    lines = [_Line(verdict, LABEL, ink, bold=True), *(_Line(words, SMALL, Ink.SOFT) for words in figures)]
    top, bottom = _span(frame, touchpoint)
    return _Label(i=i, top=top, bottom=bottom, lines=lines, evidence_line=1 if touchpoint.evidence else None)


def _blind_label(frame: Frame, i: int, touchpoint: TouchpointFigure, settings: ReportSettings) -> _Label:
    reason = wrapped(blind_reason(touchpoint, settings), frame.column - 10, SMALL, lines=4)
    lines = [
        _Line("blind", LABEL, Ink.SOFT, bold=True),
        *(_Line(words, SMALL, Ink.SOFT, italic=True) for words in reason),
    ]
    middle = frame.y_of(0)
    return _Label(i=i, top=middle, bottom=middle, lines=lines)


def _wish(frame: Frame, label: _Label) -> Wish:
    width = max(_line_width(label, row) for row in range(len(label.lines)))
    height = sum(line.size * LINE for line in label.lines)
    return Wish(
        x=frame.middle(label.i),
        top=label.top,
        bottom=label.bottom,
        width=width,
        height=height,
        optional=label.optional,
    )


def _line_width(label: _Label, row: int) -> float:
    line = label.lines[row]
    return width_of(line.words, line.size, bold=line.bold) + (EVIDENCE_WIDTH if row == label.evidence_line else 0)


def _add_label(sheet: Sheet, label: _Label, box: Box, touchpoint: TouchpointFigure) -> None:
    y = box.top
    middle = (box.left + box.right) / 2
    # In a shaded gap a halo would look like a stain.
    has_halo = not any(area.ink is Ink.BROKEN and area.box.overlaps(box) for area in sheet.areas)
    for row, line in enumerate(label.lines):
        height = line.size * LINE
        shift = 0.0
        if row == label.evidence_line:
            shift = EVIDENCE_WIDTH / 2
            add_evidence(sheet, middle + _line_width(label, row) / 2 - 11, y + height / 2, touchpoint.evidence)
        add_text(
            sheet,
            line.words,
            middle - shift,
            y + height / 2,
            size=line.size,
            role=line.role,
            ink=line.ink,
            align="center",
            bold=line.bold,
            italic=line.italic,
            has_halo=has_halo,
        )
        y += height
