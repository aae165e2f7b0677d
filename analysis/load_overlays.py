"""What a curve is compared with: personas, channels, the period before, those who answered at every step."""

from collections.abc import Sequence
from datetime import timedelta

from analysis.chart_words import day_words
from analysis.load_drivers import load_drivers
from analysis.load_report import Period, load_report
from analysis.load_segments import load_segments
from analysis.overlay import Overlay, OverlayPoint
from analysis.read_answers import property_of
from analysis.report import JourneyReport
from analysis.same_contacts import same_contacts_points
from analysis.segment_figures import SegmentFigures
from analysis.tally import Split
from core.errors import Fault, Invalid
from surveys.journeys import load_journey

EARLIER = "earlier"
SAME = "same"  # those who answered at every step: METHOD, section 5


async def load_overlays(workspace: int, report: JourneyReport, against: Sequence[str]) -> tuple[Overlay, ...]:
    """`against` names them: "earlier", "same", "persona:retailer", "channel:mail". Raises Invalid for others."""
    found = []
    segments: dict[Split, SegmentFigures] = {}
    for wanted in dict.fromkeys(against):
        if wanted == EARLIER:
            found.append(await _earlier(workspace, report))
            continue
        if report.where is not None:
            raise Invalid(
                Fault("against", f"only {EARLIER} is known of a part; take `where` out to compare {wanted[:64]}")
            )
        if wanted == SAME:
            found.append(await _same_contacts(workspace, report))
            continue
        kind, _, key = wanted.partition(":")
        if kind not in (Split.PERSONA, Split.CHANNEL):
            raise Invalid(
                Fault("against", f"{wanted[:64]!r} is no comparison; say earlier, same, persona:KEY or channel:KEY")
            )
        split = Split(kind)
        if split not in segments:
            segments[split] = await load_segments(
                workspace, await load_journey(workspace, report.journey), report, split
            )
        found.append(_of_segment(segments[split], key))
    return tuple(found)


def period_before(report: JourneyReport) -> Period:
    """As many days, up to the day before."""
    days = timedelta(days=(report.until - report.since).days + 1)
    return Period(report.since - days, report.until - days)


async def load_earlier(workspace: int, report: JourneyReport) -> JourneyReport:
    """The same report of the period before."""
    where = property_of(report.where) if report.where else None
    return await load_report(workspace, report.journey, period_before(report), report.settings, where)


async def _earlier(workspace: int, report: JourneyReport) -> Overlay:
    period, earlier = period_before(report), await load_earlier(workspace, report)
    return Overlay(
        name=f"{day_words(period.since)} to {day_words(period.until)}", points=_comparable_points(earlier, report)
    )


async def _same_contacts(workspace: int, report: JourneyReport) -> Overlay:
    drivers = await load_drivers(workspace, report.journey, Period(report.since, report.until), report.settings)
    points = tuple(OverlayPoint(*point) for point in same_contacts_points(drivers.same))
    return Overlay(name="those who answered at every step", points=points)


def _comparable_points(earlier: JourneyReport, report: JourneyReport) -> tuple[OverlayPoint, ...]:
    """What the earlier report shows, but for touchpoints that were measured by another instrument then."""
    instruments = {figure.key: figure.instrument for figure in report.touchpoints if figure.n_contacts}
    return tuple(
        OverlayPoint(figure.key, figure.mean, figure.interval, figure.n_contacts)
        for figure in earlier.touchpoints
        if figure.mean is not None
        and figure.interval is not None
        and instruments.get(figure.key, figure.instrument) == figure.instrument
    )


def _of_segment(figures: SegmentFigures, key: str) -> Overlay:
    segment = next((segment for segment in figures.segments if segment.key == key), None)
    if segment is None:
        known = ", ".join(f"{figures.by}:{found.key}" for found in figures.segments) or "nobody answered"
        raise Invalid(
            Fault("against", f"nobody of {figures.by} {key[:64]!r} answered in this period; there are {known}")
        )
    return Overlay(
        name=segment.name,
        points=tuple(
            OverlayPoint(cell.touchpoint, cell.estimate.mean, cell.estimate.interval, cell.n)
            for cell in figures.cells
            if cell.segment == key and cell.estimate is not None
        ),
    )
