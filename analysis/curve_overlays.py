"""Lays curves of personas or earlier periods over a journey's own: thinner, a little aside, never over a blind spot."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

from msgspec import Struct

from analysis.chart_sheet import GLYPH, KeyEntry, Sheet, add_flat_interval, add_upright_interval
from analysis.curve_line import smooth
from analysis.curve_shapes import Ink, Path, Shape, Sign, Stroke
from analysis.curve_words import is_measured, overlay_words
from analysis.finding import shortened
from analysis.label_placing import Box
from analysis.overlay import Overlay, OverlayPoint
from analysis.report import JourneyReport, ReportSettings

SIZE, HALF = 105.0, 7.0  # of a sign: its area, and half its side
WHISKER, CAP = 1.2, 2.5
WIDTH = 1.7
SIDES = (1, -1, 2)  # how many steps aside of the journey's own curve each overlay stands
LAYER = "overlays"


class Look(Struct, frozen=True):
    """What tells an overlay from the others: its colour, its sign and the dashes of its line."""

    ink: Ink
    shape: Shape
    dash: tuple[float, ...]

    @property
    def stroke(self) -> Stroke:
        return Stroke(layer=f"line-{self.ink.value}", ink=self.ink, width=WIDTH, dash=self.dash)


LOOKS = (
    Look(Ink.OVERLAY_1, Shape.CROSS, (2, 3)),
    Look(Ink.OVERLAY_2, Shape.RIGHT, (9, 3, 2, 3)),
    Look(Ink.OVERLAY_3, Shape.STAR, (12, 4)),
)


class LaidOverlay(Struct, frozen=True, kw_only=True):
    """An overlay on a journey: its points by the number of their touchpoint, and its place beside the main curve."""

    name: str
    points: Mapping[int, OverlayPoint]
    look: Look
    side: int

    @property
    def runs(self) -> list[list[int]]:
        """Neighbours with a point each: only these are joined."""
        indexed = groupby(range(max(self.points, default=-1) + 1), key=self.points.__contains__)
        return [list(run) for is_there, run in indexed if is_there]


def laid(report: JourneyReport, overlays: Sequence[Overlay]) -> list[LaidOverlay]:
    """The points that may be drawn: of touchpoints that the journey has and that aren't blind, over k contacts."""
    found = []
    for overlay, look, side in zip(overlays, LOOKS, SIDES, strict=False):
        by_key = {point.key: point for point in overlay.points if point.n_contacts >= report.settings.k}
        points = {
            i: by_key[touchpoint.key]
            for i, touchpoint in enumerate(report.touchpoints)
            if touchpoint.key in by_key and is_measured(touchpoint)
        }
        found.append(LaidOverlay(name=" ".join(overlay.name.split()), points=points, look=look, side=side))
    return found


def add_overlay(
    sheet: Sheet,
    overlay: LaidOverlay,
    along: Sequence[float],
    across: Callable[[float], float],
    settings: ReportSettings,
) -> list[Box]:
    """Its line, signs and whiskers; the boxes of the last two, by touchpoint, are what labels keep off.

    `along` are the pixels of its touchpoints along the journey, `across` turns an x into pixels across it."""
    places = {i: (along[i], across(point.mean)) for i, point in overlay.points.items()}
    for run in overlay.runs:
        curve = smooth([places[i] for i in run])
        points = tuple(curve) if sheet.is_wide else tuple((x, y) for y, x in curve)
        if len(run) > 1:
            sheet.paths.append(Path(points=points, stroke=overlay.look.stroke))
    boxes = []
    for i, point in overlay.points.items():
        ends = (across(point.interval.hi), across(point.interval.lo))
        boxes.append(_add_point(sheet, overlay, point, places[i], ends, settings))
    return boxes


def _add_point(
    sheet: Sheet,
    overlay: LaidOverlay,
    point: OverlayPoint,
    place: tuple[float, float],
    ends: tuple[float, float],
    settings: ReportSettings,
) -> Box:
    along, across = place
    look, (low, high) = overlay.look, sorted((*ends, across))[::2]
    if sheet.is_wide:
        x, y = along, across
        box = Box(x - HALF, min(low, y - HALF), x + HALF, max(high, y + HALF))
        add_upright_interval(sheet, x, *ends, look.ink, WHISKER, CAP)
    else:
        x, y = across, along
        box = Box(min(low, x - HALF), y - HALF, max(high, x + HALF), y + HALF)
        add_flat_interval(sheet, *ends, y, look.ink, WHISKER, CAP)
    figures = {
        "overlay": overlay.name,
        "key": point.key,
        "mean": point.mean,
        "lo": point.interval.lo,
        "hi": point.interval.hi,
        "n": point.n_contacts,
    }
    is_hollow = point.n_contacts < settings.tested_from
    sign = Sign(x=x, y=y, shape=look.shape, ink=look.ink, size=SIZE, is_hollow=is_hollow, layer=LAYER, figures=figures)
    sheet.signs.append(sign)
    return box


def overlay_tip(overlays: Sequence[LaidOverlay], i: int, tip: Mapping[str, str]) -> dict[str, str]:
    """The tooltip of touchpoint `i` with a line for each overlay, "not shown" where it has no figure to show."""
    longer = dict(tip)
    for overlay in overlays:
        label = f"{overlay.name} (compared)" if overlay.name in longer else overlay.name
        longer[label] = overlay_words(overlay.points[i]) if i in overlay.points else "not shown"
    return longer


def overlay_entry(overlay: LaidOverlay) -> KeyEntry:
    look = overlay.look

    def draw(sheet: Sheet, x: float, y: float) -> None:
        sheet.paths.append(Path(points=((x, y), (x + GLYPH, y)), stroke=look.stroke))
        sheet.signs.append(Sign(x=x + GLYPH / 2, y=y, shape=look.shape, ink=look.ink, size=SIZE))

    return KeyEntry(draw, shortened(overlay.name))


def overlay_notes(overlays: Sequence[LaidOverlay], settings: ReportSettings) -> list[str]:
    """Which overlays have nothing to draw."""
    empty = [shortened(overlay.name) for overlay in overlays if not overlay.points]
    return [f"{name}: no touchpoint has the {settings.k} people it takes to show one." for name in empty]
