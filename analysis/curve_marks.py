"""The marks of one touchpoint on the emotion curve: its point, shaped by the verdict, and its evidence."""

from analysis.chart_sheet import Sheet
from analysis.curve_shapes import Area, Ink, Shape, Sign
from analysis.curve_words import EVIDENCE_BARS, figures_of
from analysis.report import Evidence, TouchpointFigure, Verdict

POINTS = "points"  # the layer of all points of the journey's own curve
POINT_SIZE = 130.0
SHAPES = {
    Verdict.BROKEN: Shape.DOWN,
    Verdict.KEPT: Shape.CIRCLE,
    Verdict.OVER_DELIVERED: Shape.UP,
    Verdict.UNDETERMINED: Shape.DIAMOND,
    Verdict.INDICATIVE: Shape.CIRCLE,
    Verdict.NO_PROMISE: Shape.SQUARE,
}
INKS = {Verdict.BROKEN: Ink.BROKEN, Verdict.KEPT: Ink.KEPT, Verdict.OVER_DELIVERED: Ink.OVER_DELIVERED}


def ink_of(touchpoint: TouchpointFigure) -> Ink:
    """The colour of its verdict; grey where nothing was found."""
    return INKS.get(touchpoint.verdict, Ink.SOFT)


def add_point(sheet: Sheet, x: float, y: float, touchpoint: TouchpointFigure) -> None:
    """The sign of a measured touchpoint, hollow where it is too thin to be tested."""
    sign = Sign(
        x=x,
        y=y,
        shape=SHAPES[touchpoint.verdict],
        ink=ink_of(touchpoint),
        size=POINT_SIZE,
        is_hollow=touchpoint.verdict is Verdict.INDICATIVE,
        layer=POINTS,
        figures=figures_of(touchpoint),
    )
    sheet.signs.append(sign)


def add_evidence(sheet: Sheet, x: float, y: float, evidence: Evidence | None) -> None:
    """Three little bars like those of a phone's reception: solid, fair, weak. `x` is their left, `y` their middle."""
    strength = EVIDENCE_BARS[evidence] if evidence else 0
    for i in range(3):
        opacity = 0.9 if i < strength else 0.22
        bar = Area(x=x + 4 * i, y=y - 2 - 2 * i, x2=x + 4 * i + 3, y2=y + 4, ink=Ink.SOFT, opacity=opacity)
        sheet.bars.append(bar)
