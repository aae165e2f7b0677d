"""A line through touchpoints: smooth through the points, and broken where nothing is known."""

from collections.abc import Sequence
from itertools import groupby, pairwise

from analysis.curve_shapes import DASHED, SOLID, Path
from analysis.curve_words import is_join_dashed, is_measured
from analysis.report import TouchpointFigure

PIECES = 14  # straight pieces from one point to the next: too many to be seen

Point = tuple[float, float]  # along the journey, across it


def measured_runs(touchpoints: Sequence[TouchpointFigure]) -> list[list[int]]:
    """The indices of neighbours with a point each; a touchpoint without one ends its run."""
    indexed = groupby(range(len(touchpoints)), key=lambda i: is_measured(touchpoints[i]))
    return [list(run) for measured, run in indexed if measured]


def line_pieces(touchpoints: Sequence[TouchpointFigure], points: Sequence[Point]) -> list[Path]:
    """The line through each run of `points` (one a touchpoint), cut wherever it turns dashed or solid again."""
    pieces = []
    for run in measured_runs(touchpoints):
        curve = smooth([points[i] for i in run])
        dashes = [is_join_dashed(touchpoints[i], touchpoints[j]) for i, j in pairwise(run)]
        for is_dashed, group in groupby(range(len(dashes)), key=dashes.__getitem__):
            joins = list(group)
            cut = curve[joins[0] * PIECES : (joins[-1] + 1) * PIECES + 1]
            pieces.append(Path(points=tuple(cut), stroke=DASHED if is_dashed else SOLID))
    return pieces


def smooth(points: Sequence[Point]) -> list[Point]:
    """A cubic through the points that never overshoots one (Fritsch and Butland 1984), in short straight pieces."""
    secants = [(y2 - y) / (x2 - x) for (x, y), (x2, y2) in pairwise(points)]
    if not secants:
        return list(points)
    slopes = [secants[0], *(_harmonic(one, other) for one, other in pairwise(secants)), secants[-1]]
    curve = [points[0]]
    for (start, end), (slope, slope2) in zip(pairwise(points), pairwise(slopes), strict=True):
        curve += [_hermite(start, end, slope, slope2, i / PIECES) for i in range(1, PIECES + 1)]
    return curve


def _harmonic(one: float, other: float) -> float:
    """The slope at a point between two secants; flat at a peak or a pit."""
    return 2 * one * other / (one + other) if one * other > 0 else 0.0


def _hermite(start: Point, end: Point, slope: float, slope2: float, t: float) -> Point:
    (x, y), (x2, y2) = start, end
    run = x2 - x
    across = (
        (2 * t**3 - 3 * t**2 + 1) * y
        + (t**3 - 2 * t**2 + t) * run * slope
        + (3 * t**2 - 2 * t**3) * y2
        + (t**3 - t**2) * run * slope2
    )
    return x + run * t, across
