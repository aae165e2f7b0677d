"""Load a journey report with all its parts: beside the curve, its trends, funnels, segments and actions."""

import msgspec

from analysis.data_hash import with_data_hash
from analysis.experience import leaves_few
from analysis.load_changes import load_changes
from analysis.load_funnel import load_funnel
from analysis.load_report import Period, check_period, report_of
from analysis.load_segments import load_segments
from analysis.load_text_lane import load_text_lane
from analysis.load_trends import load_trends, weeks_up_to
from analysis.read_answers import Property
from analysis.report import ActionFigure, JourneyReport, ReportSettings
from analysis.tally import Split
from analysis.valences import load_valences
from surveys.journeys import load_journey


async def load_full_report(
    workspace: int,
    journey: str,
    period: Period,
    settings: ReportSettings | None = None,
    where: Property | None = None,
) -> JourneyReport:
    """As load_report. Of a part of all contacts only the curve is known: the tallies can't tell the rest apart."""
    check_period(period)
    view = await load_journey(workspace, journey)
    report = await report_of(workspace, view, period, settings or ReportSettings(), where)
    if where is not None:
        return report
    valences = (await load_valences([workspace]))[workspace]
    plotted = {figure.key: figure.instrument for figure in report.touchpoints if figure.instrument is not None}
    totals = {figure.key: figure.n_contacts for figure in report.touchpoints if figure.n_contacts}
    weeks = weeks_up_to(period.until)
    actions = await load_changes(workspace, view, valences, period.until, report.settings)
    whole = msgspec.structs.replace(
        report,
        trends=await load_trends(workspace, view, weeks, report.settings, plotted, beside=period, totals=totals),
        funnels=await load_funnel(workspace, view, period, report.settings),
        by_persona=await load_segments(workspace, view, report, Split.PERSONA),
        by_channel=await load_segments(workspace, view, report, Split.CHANNEL),
        actions=tuple(action for action in actions if _may_stand_beside(action, report)),
        text=await load_text_lane(workspace, view, report),
    )
    # Numbers of actions differ between databases.
    return with_data_hash(whole, actions=tuple(msgspec.structs.replace(action, id=0) for action in whole.actions))


def _may_stand_beside(action: ActionFigure, report: JourneyReport) -> bool:
    """Of the days up to the end. Where its sides within the report's days leave few of its contacts, or where few are
    on both sides, what these answered could be worked out."""
    n_whole = sum(figure.n_contacts for figure in report.touchpoints if figure.key == action.touchpoint)
    sides = [side for side in (action.before, action.after) if side is not None]
    n_sides = sum(side.n_contacts for side in sides if report.since <= side.since and side.until <= report.until)
    few = n_sides > 0 and leaves_few(abs(n_whole - n_sides), 0, report.settings.k)
    return action.on_day <= report.until and not few
