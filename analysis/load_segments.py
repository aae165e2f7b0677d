"""A journey by persona or by channel: the cells of the tally, and the curve at a fixed mix (METHOD, section 8)."""

from collections.abc import Mapping

from msgspec.structs import replace

from analysis.contact_sums import NOBODY
from analysis.experience import Moments, leaves_few
from analysis.interval import Estimate
from analysis.load_report import Period
from analysis.read_measures import WindowMeasures, read_segments
from analysis.report import JourneyReport, ReportSettings
from analysis.segment_figures import Mixed, MixedTouchpoint, Segment, SegmentFigures
from analysis.segments import Cells, cells_of, mixed, standard_mix
from analysis.tally import Split, Window
from analysis.valences import load_valences
from core.database import fetch
from surveys.journeys import JourneyView

NOBODY_SAID = "none"  # the key of those without a persona


async def load_segments(workspace: int, view: JourneyView, report: JourneyReport, split: Split) -> SegmentFigures:
    """Of the touchpoints that the report shows, by the instrument it plots."""
    shown = [
        (t.id, figure) for t, figure in zip(view.touchpoints, report.touchpoints, strict=True) if figure.n_contacts
    ]
    period = Period(report.since, report.until)
    windows = [Window(touchpoint, period.since, period.until) for touchpoint, _ in shown]
    found = await read_segments(windows, split, (await load_valences([workspace]))[workspace])
    named = await _names(workspace, split)
    cells: dict[str, dict[str, Moments]] = {figure.key: {} for _, figure in shown}
    for (window, segment), own in found.items():
        figure = shown[window][1]
        moments = _moments(own, figure.instrument)
        if moments.n > 0:
            cells[figure.key][named.get(segment, (segment, segment))[0]] = moments
    whole = {figure.key: figure.estimate for _, figure in shown}
    return _assembled(cells, whole, split, dict(named.values()), report.settings)


def _moments(own: WindowMeasures, instrument: str | None) -> Moments:
    measure = own.of(instrument)
    return (NOBODY if measure is None else measure.sums).x


def _assembled(
    cells: Cells, whole: Mapping[str, Estimate | None], split: Split, names: Mapping[str, str], settings: ReportSettings
) -> SegmentFigures:
    """`whole` is the report's own: one who answers by two channels is one contact there."""
    mix = standard_mix(cells)
    totals = {key: int(estimate.n) for key, estimate in whole.items() if estimate is not None}
    by_size = sorted(mix, key=lambda segment: (-mix[segment], segment))
    return SegmentFigures(
        by=split,
        segments=tuple(Segment(key, names.get(key, key.replace("_", " ")), mix[key]) for key in by_size),
        cells=cells_of(cells, settings, totals),
        touchpoints=tuple(MixedTouchpoint(key, _mixed(own, mix, whole[key], settings)) for key, own in cells.items()),
    )


def _mixed(
    own: Mapping[str, Moments], mix: Mapping[str, float], whole: Estimate | None, settings: ReportSettings
) -> Mixed:
    if whole is None or leaves_few(int(sum(moments.n for moments in own.values())), int(whole.n), settings.k):
        return Mixed(whole, None, 0.0)
    return replace(mixed(own, mix, settings.k, settings.confidence), crude=whole)


async def _names(workspace: int, split: Split) -> dict[str, tuple[str, str]]:
    """Key and name by the segment as the tally writes it. Channels are their own names."""
    if split is not Split.PERSONA:
        return {}
    rows = await fetch("SELECT id, key, name FROM persona WHERE workspace = $1", workspace)
    return {"": (NOBODY_SAID, "No persona"), **{str(row["id"]): (row["key"], row["name"]) for row in rows}}
