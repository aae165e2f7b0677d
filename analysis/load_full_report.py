"""Load a journey report with all its parts: beside the curve, its trends, funnels, segments and actions."""

import hashlib

import msgspec

from analysis.load_changes import load_changes
from analysis.load_funnel import load_funnel
from analysis.load_report import Period, load_report
from analysis.load_segments import load_segments
from analysis.load_text_lane import load_text_lane
from analysis.load_trends import load_trends, weeks_up_to
from analysis.read_answers import Property
from analysis.report import JourneyReport, ReportSettings
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
    report = await load_report(workspace, journey, period, settings, where)
    if where is not None:
        return report
    view = await load_journey(workspace, journey)
    valences = (await load_valences([workspace]))[workspace]
    plotted = {figure.key: figure.instrument for figure in report.touchpoints if figure.instrument is not None}
    whole = msgspec.structs.replace(
        report,
        trends=await load_trends(workspace, view, weeks_up_to(period.until), report.settings, plotted),
        funnels=await load_funnel(workspace, view, period, report.settings),
        by_persona=await load_segments(workspace, view, report, Split.PERSONA),
        by_channel=await load_segments(workspace, view, report, Split.CHANNEL),
        text=await load_text_lane(workspace, view, report),
        actions=await load_changes(workspace, view, valences, period.until, report.settings),
    )
    return msgspec.structs.replace(whole, data_hash=_data_hash(whole))


def _data_hash(report: JourneyReport) -> str:
    """Of the curve's data, and of what the other parts show, which follows from more days than the curve's."""
    actions = [msgspec.structs.replace(action, id=0) for action in report.actions]  # numbers differ between databases
    parts = (
        report.data_hash,
        report.trends,
        report.funnels,
        report.by_persona,
        report.by_channel,
        actions,
        report.text,
    )
    return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()
