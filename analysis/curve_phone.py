"""The emotion curve turned on its side: touchpoints as rows from top to bottom, for a phone."""

from itertools import groupby

from msgspec import Struct

from analysis.curve_legend import Lettering, add_evidence, add_foot, add_hatch, add_head
from analysis.curve_line import line_pieces
from analysis.curve_shapes import Area, Column, Ink, Marker, Path, Picture, Role, Rule, Text
from analysis.curve_wide import INKS
from analysis.curve_words import blind_reason, is_measured, point_lines, tip_of
from analysis.finding import FEELINGS, NO_BREAK, finding_of
from analysis.label_placing import Box
from analysis.lettering import LINE, width_of, wrapped
from analysis.report import JourneyReport, ReportSettings, TouchpointFigure, Verdict

WIDTH, EDGE = 344.0, 12.0
LEFT, RIGHT = 140.0, 316.0  # angry and delighted; the words of a touchpoint stand to the left
PLOT_LEFT, PLOT_RIGHT = LEFT - 12, WIDTH - EDGE
SIZES = Lettering(title=18, subtitle=12.5, foot=11.5)
PHASE, NAME, LABEL, SMALL, AXIS = 13.0, 13.0, 11.5, 11.0, 10.0
LOWEST_ROW, ROW_AIR, PHASE_ROW = 52.0, 12.0, 28.0
CAP = 4.0


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


def phone_picture(report: JourneyReport) -> Picture:
    """Every shape of the phone layout."""
    picture = Picture(width=WIDTH, description=finding_of(report))
    y = add_head(picture, report, EDGE, WIDTH - EDGE, SIZES) + 10
    if not report.touchpoints:
        picture.height = y + EDGE
        return picture
    _add_feelings(picture, y + 8)
    top = y + 18
    rows, bottom = _add_rows(picture, report, top)
    for row in rows:
        _add_row(picture, row, report.settings)
    _add_feelings(picture, bottom + 10)
    points = [(row.middle, _x_of(row.touchpoint.mean or 0)) for row in rows]
    for piece in line_pieces(report.touchpoints, points):
        picture.paths.append(Path(points=tuple((x, y) for y, x in piece.points), is_dashed=piece.is_dashed))
    picture.height = add_foot(picture, report, EDGE, WIDTH - EDGE, bottom + 30, SIZES.foot) + EDGE
    return picture


def _x_of(x: float) -> float:
    """Where an experience in [-1, +1] stands."""
    return LEFT + (RIGHT - LEFT) * (x + 1) / 2


def _add_feelings(picture: Picture, y: float) -> None:
    for x, feeling in FEELINGS:
        text = Text(words=feeling, x=_x_of(x), y=y, size=AXIS, role=Role.AXIS, ink=Ink.SOFT, align="center")
        picture.texts.append(text)


def _add_rows(picture: Picture, report: JourneyReport, top: float) -> tuple[list[_Row], float]:
    """The phases' headings and the rows under them, with the lines that part them; also the y under the last."""
    rows: list[_Row] = []
    y = top
    for phase, group in groupby(report.touchpoints, key=lambda touchpoint: touchpoint.phase):
        y = _add_phase(picture, phase, y)
        start = y
        for touchpoint in group:
            words = _words_of(touchpoint, report.settings)
            height = max(LOWEST_ROW, sum(line.size * LINE for line in words) + ROW_AIR)
            rows.append(_Row(touchpoint=touchpoint, words=words, top=y, bottom=y + height))
            y += height
            picture.rules.append(Rule(x=EDGE, y=y, x2=PLOT_RIGHT, y2=y, ink=Ink.GRID))
        for x, _ in FEELINGS:
            weight = 1.6 if x == 0 else 1
            line = Rule(x=_x_of(x), y=start, x2=_x_of(x), y2=y, ink=Ink.GRID, width=weight)
            picture.rules.append(line)
    return rows, y


def _add_phase(picture: Picture, phase: str, top: float) -> float:
    """A heading as wide as the words at the left, so that the line beside it stays free."""
    lines = wrapped(phase, PLOT_LEFT - EDGE, PHASE, lines=3, bold=True)
    y = top + PHASE_ROW - PHASE * LINE - 2
    for line in lines:
        text = Text(words=line, x=EDGE, y=y + PHASE * LINE / 2, size=PHASE, role=Role.PHASE, bold=True)
        picture.texts.append(text)
        y += PHASE * LINE
    y += 2
    picture.rules.append(Rule(x=EDGE, y=y, x2=PLOT_RIGHT, y2=y, ink=Ink.SOFT, width=2, opacity=0.45))
    return y


def _words_of(touchpoint: TouchpointFigure, settings: ReportSettings) -> list[_Words]:
    width = PLOT_LEFT - EDGE - 4
    words = [_Words(line, NAME, Ink.INK, role=Role.NAME) for line in wrapped(touchpoint.name, width, NAME, lines=2)]
    if is_measured(touchpoint):
        verdict, *figures = point_lines(touchpoint)
        words.append(_Words(verdict, LABEL, INKS.get(touchpoint.verdict, Ink.SOFT), bold=True))
        words += [_Words(line, SMALL, Ink.SOFT) for line in figures]
    else:
        words.append(_Words("blind", LABEL, Ink.SOFT, bold=True))
        reason = wrapped(blind_reason(touchpoint, settings), width, SMALL, lines=2)
        words += [_Words(line, SMALL, Ink.SOFT, italic=True) for line in reason]
    if touchpoint.promise and touchpoint.promise.share is not None:
        words.append(
            _Words(f"promised: {touchpoint.promise.share * 100:g}{NO_BREAK}%", SMALL, Ink.PROMISE, role=Role.CLAIM)
        )
    return words


def _add_row(picture: Picture, row: _Row, settings: ReportSettings) -> None:
    touchpoint = row.touchpoint
    tip = {"title": touchpoint.name, **tip_of(touchpoint, settings)}
    picture.columns.append(Column(key=touchpoint.key, box=Box(EDGE, row.top, PLOT_RIGHT, row.bottom), tip=tip))
    _add_words(picture, row)
    level = touchpoint.promise.level if touchpoint.promise else None
    if not is_measured(touchpoint):
        add_hatch(picture, PLOT_LEFT, row.top + 1, PLOT_RIGHT, row.bottom - 1)
    if touchpoint.mean is not None and touchpoint.verdict is Verdict.BROKEN and level is not None:
        x, x2 = sorted((_x_of(level), _x_of(touchpoint.mean)))
        picture.areas.append(Area(x=x, y=row.top, x2=x2, y2=row.bottom, ink=Ink.BROKEN, opacity=0.14))
    if level is not None:
        x = _x_of(level)
        picture.rules.append(Rule(x=x, y=row.top + 3, x2=x, y2=row.bottom - 3, ink=Ink.PROMISE, width=3))
    if is_measured(touchpoint):
        _add_point(picture, row)


def _add_words(picture: Picture, row: _Row) -> None:
    y = row.middle - sum(line.size * LINE for line in row.words) / 2
    for line in row.words:
        middle = y + line.size * LINE / 2
        text = Text(
            words=line.text,
            x=EDGE,
            y=middle,
            size=line.size,
            role=line.role,
            ink=line.ink,
            bold=line.bold,
            italic=line.italic,
        )
        picture.texts.append(text)
        if line.text.startswith("n ") and row.touchpoint.evidence:
            add_evidence(picture, EDGE + width_of(line.text, line.size) + 5, middle, row.touchpoint.evidence)
        y += line.size * LINE


def _add_point(picture: Picture, row: _Row) -> None:
    touchpoint, y = row.touchpoint, row.middle
    ink = INKS.get(touchpoint.verdict, Ink.SOFT)
    if touchpoint.interval:
        x, x2 = _x_of(touchpoint.interval.lo), _x_of(touchpoint.interval.hi)
        picture.rules.append(Rule(x=x, y=y, x2=x2, y2=y, ink=ink, width=1.8))
        for end in (x, x2):
            picture.rules.append(Rule(x=end, y=y - CAP, x2=end, y2=y + CAP, ink=ink, width=1.8))
    x = _x_of(touchpoint.mean or 0)
    picture.markers.append(Marker(x=x, y=y, verdict=touchpoint.verdict, key=touchpoint.key))
