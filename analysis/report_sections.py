"""The parts of a report beside the curve, as tables for its file: trends, funnels, segments, actions."""

from msgspec import Struct

from analysis import change_chart, funnel_chart
from analysis.chart_words import NOT_SHOWN, Table, day_words, level_words, percent, signed, span
from analysis.interval import Estimate
from analysis.report import ActionFigure, JourneyReport
from analysis.segment_figures import Cell, SegmentFigures
from analysis.trend_figures import Direction, Trend

DIRECTIONS = {Direction.UP: "better", Direction.DOWN: "worse", None: "no clear change"}


class Section(Struct, frozen=True):
    title: str
    lead: str
    table: Table


def sections_of(report: JourneyReport) -> tuple[Section, ...]:
    """Only those that have something to say."""
    found = (
        _trends(report),
        _segments(report, report.by_persona),
        _segments(report, report.by_channel),
        _funnels(report),
        *(_action(action, report) for action in report.actions),
    )
    return tuple(section for section in found if section is not None and section.table.rows)


def segment_cell(cell: Cell | None) -> str:
    """Such as "+0.42 (+0.22 to +0.59), n 34: lower"."""
    if cell is None:
        return "–"
    if cell.estimate is None:
        return NOT_SHOWN
    words = f"{_estimate(cell.estimate)}, n {cell.n}"
    if not cell.is_different or cell.against_rest is None:
        return words
    return f"{words}: {'lower' if cell.against_rest.value < 0 else 'higher'}"


def _trends(report: JourneyReport) -> Section:
    names = {figure.key: figure.name for figure in report.touchpoints}
    rows = [_trend_row(names[key], trend) for key, trend in report.trends.items() if trend.change]
    headers = (
        "Touchpoint",
        "Weeks shown",
        "Last four weeks against those before",
        level_words(report.settings.confidence),
        "",
    )
    lead = (
        f"The whole weeks of the year up to {day_words(report.until)}. A direction is named only where the interval of "
        "the change does not hold 0."
    )
    return Section("Trend", lead, Table(headers, tuple(rows)))


def _trend_row(name: str, trend: Trend) -> tuple[str, ...]:
    change = trend.change
    shown = sum(week.mean is not None for week in trend.weeks)
    if change is None:
        return (name, str(shown), "–", "–", "")
    return (name, str(shown), signed(change.value), span(change.interval) or "–", DIRECTIONS[trend.direction])


def _segments(report: JourneyReport, figures: SegmentFigures | None) -> Section | None:
    if figures is None:
        return None
    names = {figure.key: figure.name for figure in report.touchpoints}
    shares = [f"{segment.name} ({percent(segment.share)} of the mix)" for segment in figures.segments]
    rows = [
        (
            names[touchpoint.touchpoint],
            *(segment_cell(figures.cell(touchpoint.touchpoint, segment.key)) for segment in figures.segments),
            _estimate(touchpoint.mixed.crude),
            _estimate(touchpoint.mixed.adjusted),
        )
        for touchpoint in figures.touchpoints
    ]
    lead = (
        f"Cells of fewer than {report.settings.k} contacts are not shown, nor others from which they could be worked "
        "out. “At the same mix”: as if each touchpoint's contacts were made up as those of the whole journey are."
    )
    return Section(
        f"By {figures.by}", lead, Table(("Touchpoint", *shares, "All, as it is", "All, at the same mix"), tuple(rows))
    )


def _estimate(found: Estimate | None) -> str:
    return f"{signed(found.mean)} ({span(found.interval)})" if found else "–"


def _funnels(report: JourneyReport) -> Section:
    lead = "From the events that passed a touchpoint to the answers, and why the others were not asked."
    return Section("Funnel", lead, funnel_chart.table_of(report.funnels, report.settings.k))


def _action(action: ActionFigure, report: JourneyReport) -> Section:
    verdict = change_chart.verdict_in_words(action, report.settings)
    lead = f"{action.touchpoint_name}, {day_words(action.on_day)}: {verdict}"
    return Section(f"Action: {action.what}", lead, change_chart.table_of(action, report.settings))
