"""Load the figures of one touchpoint: the report's, how every instrument was answered, and its weeks."""

from datetime import date

from msgspec import Struct

from analysis.data_hash import with_data_hash
from analysis.load_choices import ChoiceFigure, load_choices
from analysis.load_report import Period, load_report
from analysis.load_trends import load_trends, weeks_up_to
from analysis.measured import Measure, plotted_measure
from analysis.read_measures import WindowMeasures, read_measures
from analysis.report import BlindSpot, JourneyReport, ReportSettings, TouchpointFigure
from analysis.tally import Window
from analysis.trend_figures import Trend
from analysis.valences import Valences, load_valences
from analysis.weighted import WeightedFigure, load_weighted
from core.errors import NotFound
from surveys.instruments import Instrument
from surveys.journeys import load_journey


class InstrumentFigure(Struct, frozen=True, kw_only=True):
    """How one instrument was answered: how often each value, and by how many contacts."""

    instrument: Instrument
    n_contacts: int
    distribution: tuple[tuple[str, int], ...]  # (value, count), from the low end of the scale; picks as "angry+hurried"


class TouchpointReport(Struct, frozen=True, kw_only=True):
    """One touchpoint over the days `since` to `until`, and its whole weeks over the year up to then.

    Instruments that fewer than k contacts answered are left out, and all of them in a blind spot. Choices are no
    experience, so a blind spot may have some, unless it is a stale one.
    """

    journey: str
    name: str  # of the journey
    since: date
    until: date
    touchpoint: TouchpointFigure
    instruments: tuple[InstrumentFigure, ...]
    choices: tuple[ChoiceFigure, ...]
    trend: Trend
    trend_instrument: str | None
    weighted: WeightedFigure | None  # the plotted mean, of all who passed; None where all were asked alike
    settings: ReportSettings
    method_version: str
    data_hash: str


async def load_touchpoint(workspace: int, journey: str, touchpoint: str, period: Period) -> TouchpointReport:
    """Raises NotFound for what the workspace doesn't have, Invalid for a bad period."""
    report = await load_report(workspace, journey, period)
    view = await load_journey(workspace, journey)
    figure = next((found for found in report.touchpoints if found.key == touchpoint), None)
    if figure is None:
        raise NotFound("This journey has no such touchpoint.")
    year = Period(weeks_up_to(period.until).since, period.until)
    place = next(found.id for found in view.touchpoints if found.key == touchpoint)
    valences = (await load_valences([workspace]))[workspace]
    own, of_year = await _measures(place, valences, period, year)
    has_choices = own.is_chosen and figure.blind_spot is not BlindSpot.STALE
    # The report has no instrument for a blind spot, whose weeks may have had one.
    lately = plotted_measure(of_year.measures, report.settings.k)
    instrument = figure.instrument or (lately.instrument if lately else None)
    plotted = {} if instrument is None else {touchpoint: instrument}
    totals = {touchpoint: figure.n_contacts} if figure.n_contacts else {}
    trends = await load_trends(workspace, view, year, report.settings, plotted, beside=period, totals=totals)
    weighted = None
    if figure.mean is not None and figure.instrument is not None:
        weighted = await load_weighted(workspace, place, figure.instrument, period, report.settings, valences)
    found = TouchpointReport(
        journey=report.journey,
        name=report.name,
        since=report.since,
        until=report.until,
        touchpoint=figure,
        instruments=_instruments(own.measures, report) if figure.blind_spot is None else (),
        choices=await load_choices(place, period, report.settings) if has_choices else (),
        trend=trends[touchpoint],
        trend_instrument=instrument,
        weighted=weighted,
        settings=report.settings,
        method_version=report.method_version,
        data_hash="",
    )
    return with_data_hash(found)


async def _measures(touchpoint: int, valences: Valences, *periods: Period) -> list[WindowMeasures]:
    """What was measured at the touchpoint, by period."""
    windows = [Window(touchpoint, period.since, period.until) for period in periods]
    return await read_measures(windows, valences)


def _instruments(measures: tuple[Measure, ...], report: JourneyReport) -> tuple[InstrumentFigure, ...]:
    by_name = {measure.instrument: measure for measure in measures if measure.may_be_spread_out(report.settings.k)}
    return tuple(
        InstrumentFigure(
            instrument=instrument,
            n_contacts=by_name[instrument].sums.n,
            distribution=tuple(sorted(by_name[instrument].counts, key=_place)),
        )
        for instrument in Instrument
        if instrument in by_name
    )


def _place(count: tuple[str, int]) -> tuple[int, str]:
    """Numbers by their size; picked emotions by their names."""
    value, _ = count
    return (int(value) if value.isdigit() else 0, value)
