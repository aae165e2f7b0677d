"""The emotion curve from left to right: touchpoints as columns under their phases, for 900 px and more."""

from collections.abc import Sequence
from itertools import groupby, pairwise

from msgspec import Struct

from analysis.curve_legend import Lettering, add_evidence, add_foot, add_hatch, add_head
from analysis.curve_line import line_pieces
from analysis.curve_shapes import Area, Column, Ink, Marker, Picture, Role, Rule, Text
from analysis.curve_words import blind_reason, is_measured, point_lines, tip_of
from analysis.finding import FEELINGS, NO_BREAK, finding_of
from analysis.label_placing import Box, Segment, Wish, placed
from analysis.lettering import LINE, width_of, wrapped
from analysis.report import JourneyReport, ReportSettings, TouchpointFigure, Verdict

WIDTH, EDGE, AXIS = 1200.0, 22.0, 74.0  # the sheet, its margin, the words of the experience axis
NARROWEST, WIDEST = 84.0, 280.0  # a column; more touchpoints than fit make the sheet wider, few leave some of it free
SCALE, OVER, UNDER = 344.0, 42.0, 26.0  # from delighted to angry, and the room over and under them for labels
SIZES = Lettering(title=22, subtitle=13.5, foot=12)
PHASE, NAME, SMALLEST_NAME, LABEL, SMALL = 14.0, 13.0, 11.0, 12.0, 11.0
CAP = 4.0
INKS = {Verdict.BROKEN: Ink.BROKEN, Verdict.KEPT: Ink.KEPT, Verdict.OVER_DELIVERED: Ink.OVER_DELIVERED}


class Frame(Struct, frozen=True, kw_only=True):
    """The pixels of the plot inside the sheet."""

    left: float
    top: float
    column: float  # the width of one
    n: int  # columns

    @property
    def bottom(self) -> float:
        return self.top + OVER + SCALE + UNDER

    @property
    def right(self) -> float:
        return self.left + self.column * self.n

    def start(self, i: int) -> float:
        return self.left + self.column * i

    def middle(self, i: int) -> float:
        return self.left + self.column * (i + 0.5)

    def y_of(self, x: float) -> float:
        """Where an experience x in [-1, +1] stands."""
        return self.top + OVER + SCALE * (1 - x) / 2

    def column_box(self, i: int) -> Box:
        return Box(self.start(i), self.top, self.start(i + 1), self.bottom)


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


EVIDENCE_WIDTH = 16.0


def wide_picture(report: JourneyReport) -> Picture:
    """Every shape of the wide layout."""
    n = len(report.touchpoints)
    width = max(WIDTH, 2 * EDGE + AXIS + n * NARROWEST)
    picture = Picture(width=width, description=finding_of(report))
    y = add_head(picture, report, EDGE, width - EDGE, SIZES)
    if not n:
        picture.height = y + EDGE
        return picture
    phase_top = y + 14
    column = min(WIDEST, (width - 2 * EDGE - AXIS) / n)
    phases = _phase_lines(report.touchpoints, column)
    tallest = max(len(lines) for _, lines in phases)
    frame = Frame(left=EDGE + AXIS, top=phase_top + tallest * PHASE * LINE + 12, column=column, n=n)
    _add_ground(picture, frame)
    _add_phases(picture, frame, phases)
    for i, touchpoint in enumerate(report.touchpoints):
        _add_column(picture, frame, i, touchpoint, report.settings)
    points = [(frame.middle(i), frame.y_of(point.mean or 0)) for i, point in enumerate(report.touchpoints)]
    picture.paths += line_pieces(report.touchpoints, points)
    _add_labels(picture, frame, report)
    y = _add_names(picture, frame, report.touchpoints)
    picture.height = add_foot(picture, report, EDGE, width - EDGE, y + 12, SIZES.foot) + EDGE - 8
    return picture


def _phase_lines(touchpoints: Sequence[TouchpointFigure], column: float) -> list[tuple[int, tuple[str, ...]]]:
    """Neighbours of one phase together: how many columns, and the lines of its name."""
    phases = []
    for phase, group in groupby(touchpoints, key=lambda touchpoint: touchpoint.phase):
        n = len(list(group))
        phases.append((n, wrapped(phase, n * column - 10, PHASE, lines=3, bold=True)))
    return phases


def _add_ground(picture: Picture, frame: Frame) -> None:
    """The experience axis: five words, five quiet lines, neutral a little louder."""
    for x, feeling in FEELINGS:
        y = frame.y_of(x)
        words = Text(words=feeling, x=frame.left - 12, y=y, size=LABEL, role=Role.AXIS, ink=Ink.SOFT, align="right")
        picture.texts.append(words)
        weight = 1.6 if x == 0 else 1
        picture.rules.append(Rule(x=frame.left, y=y, x2=frame.right, y2=y, ink=Ink.GRID, width=weight))


def _add_phases(picture: Picture, frame: Frame, phases: Sequence[tuple[int, tuple[str, ...]]]) -> None:
    i = 0
    for n, lines in phases:
        start, end = frame.start(i), frame.start(i + n)
        if i:
            picture.rules.append(Rule(x=start, y=frame.top, x2=start, y2=frame.bottom, ink=Ink.GRID, width=1.6))
        bar = Rule(x=start + 4, y=frame.top - 4, x2=end - 4, y2=frame.top - 4, ink=Ink.SOFT, width=2, opacity=0.45)
        picture.rules.append(bar)
        for row, line in enumerate(reversed(lines)):
            y = frame.top - 12 - (row + 0.5) * PHASE * LINE
            middle = (start + end) / 2
            text = Text(words=line, x=middle, y=y, size=PHASE, role=Role.PHASE, align="center", bold=True)
            picture.texts.append(text)
        i += n


def _add_column(picture: Picture, frame: Frame, i: int, touchpoint: TouchpointFigure, settings: ReportSettings) -> None:
    box = frame.column_box(i)
    tip = {"title": touchpoint.name, **tip_of(touchpoint, settings)}
    picture.columns.append(Column(key=touchpoint.key, box=box, tip=tip))
    level = _level(touchpoint)
    if not is_measured(touchpoint):
        add_hatch(picture, box.left, box.top, box.right, box.bottom)
    if touchpoint.mean is not None and touchpoint.verdict is Verdict.BROKEN and level is not None:
        y, y2 = sorted((frame.y_of(level), frame.y_of(touchpoint.mean)))
        picture.areas.append(Area(x=box.left, y=y, x2=box.right, y2=y2, ink=Ink.BROKEN, opacity=0.14))
    if level is not None:
        y = frame.y_of(level)
        picture.rules.append(Rule(x=box.left + 3, y=y, x2=box.right - 3, y2=y, ink=Ink.PROMISE, width=3))
    if is_measured(touchpoint):
        _add_point(picture, frame, i, touchpoint)


def _add_point(picture: Picture, frame: Frame, i: int, touchpoint: TouchpointFigure) -> None:
    x = frame.middle(i)
    ink = INKS.get(touchpoint.verdict, Ink.SOFT)
    if touchpoint.interval:
        top, bottom = frame.y_of(touchpoint.interval.hi), frame.y_of(touchpoint.interval.lo)
        picture.rules.append(Rule(x=x, y=top, x2=x, y2=bottom, ink=ink, width=1.8))
        for y in (top, bottom):
            picture.rules.append(Rule(x=x - CAP, y=y, x2=x + CAP, y2=y, ink=ink, width=1.8))
    y = frame.y_of(touchpoint.mean or 0)
    picture.markers.append(Marker(x=x, y=y, verdict=touchpoint.verdict, key=touchpoint.key))


def _level(touchpoint: TouchpointFigure) -> float | None:
    """The promise as a step on the experience axis; a promised share has none."""
    return touchpoint.promise.level if touchpoint.promise else None


def _add_names(picture: Picture, frame: Frame, touchpoints: Sequence[TouchpointFigure]) -> float:
    """The names under their columns, two lines each; returns the y under them."""
    width = frame.column - 3
    size = _name_size(touchpoints, width)
    names = [wrapped(touchpoint.name, width, size, lines=2) for touchpoint in touchpoints]
    for i, name in enumerate(names):
        for row, line in enumerate(name):
            y = frame.bottom + 10 + (row + 0.5) * size * LINE
            text = Text(words=line, x=frame.middle(i), y=y, size=size, role=Role.NAME, align="center")
            picture.texts.append(text)
    return frame.bottom + 10 + max(map(len, names)) * size * LINE


def _name_size(touchpoints: Sequence[TouchpointFigure], width: float) -> float:
    """The largest size in which no word has to be broken, down to the smallest that is still read with ease."""
    words = [word for touchpoint in touchpoints for word in touchpoint.name.split()]
    widest = max((width_of(word, 1) for word in words), default=1.0)
    return min(NAME, max(SMALLEST_NAME, width / widest))


def _add_labels(picture: Picture, frame: Frame, report: JourneyReport) -> None:
    labels = [
        label
        for i, touchpoint in enumerate(report.touchpoints)
        for label in _labels(frame, i, touchpoint, report.settings)
    ]
    room = Box(frame.left + 2, frame.top + 2, frame.right - 2, frame.bottom - 2)
    lines = [Segment(x, y, x2, y2) for path in picture.paths for (x, y), (x2, y2) in pairwise(path.points)]
    boxes = placed([_wish(frame, label) for label in labels], room, _things(frame, report.touchpoints), lines)
    for label, box in zip(labels, boxes, strict=True):
        if box:
            _add_label(picture, label, box, report.touchpoints[label.i])


def _things(frame: Frame, touchpoints: Sequence[TouchpointFigure]) -> list[Box]:
    """What labels keep off: markers, their intervals, the steps of the promise."""
    things = []
    for i, touchpoint in enumerate(touchpoints):
        x, level = frame.middle(i), _level(touchpoint)
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
    promise, level = touchpoint.promise, _level(touchpoint)
    if promise and promise.share is not None:
        words = wrapped(f"promised: {promise.share * 100:g}{NO_BREAK}%", frame.column - 4, SMALL, lines=2)
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
    ink = INKS.get(touchpoint.verdict, Ink.SOFT)
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


def _add_label(picture: Picture, label: _Label, box: Box, touchpoint: TouchpointFigure) -> None:
    y = box.top
    middle = (box.left + box.right) / 2
    # In a shaded gap a halo would look like a stain.
    has_halo = not any(area.ink is Ink.BROKEN and area.box.overlaps(box) for area in picture.areas)
    for row, line in enumerate(label.lines):
        height = line.size * LINE
        shift = 0.0
        if row == label.evidence_line:
            shift = EVIDENCE_WIDTH / 2
            add_evidence(picture, middle + _line_width(label, row) / 2 - 11, y + height / 2, touchpoint.evidence)
        text = Text(
            words=line.words,
            x=middle - shift,
            y=y + height / 2,
            size=line.size,
            role=line.role,
            ink=line.ink,
            align="center",
            bold=line.bold,
            italic=line.italic,
            has_halo=has_halo,
        )
        picture.texts.append(text)
        y += height
