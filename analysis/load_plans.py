"""How long an action at each touchpoint of a journey has to be watched, at the present pace of answers."""

from analysis.experience import Moments
from analysis.load_report import Period
from analysis.measured import plotted_measure
from analysis.planner import Plan, plan_of
from analysis.read_measures import read_measures
from analysis.report import ReportSettings
from analysis.tally import Window
from analysis.valences import Valences
from surveys.journeys import JourneyView

NOBODY = Moments(0, 0, 0)


async def load_plans(view: JourneyView, valences: Valences, period: Period, settings: ReportSettings) -> list[Plan]:
    """In the order of the journey, from what was plotted over the period."""
    windows = [Window(touchpoint.id, period.since, period.until) for touchpoint in view.touchpoints]
    plans = []
    for touchpoint, found in zip(view.touchpoints, await read_measures(windows, valences), strict=True):
        plotted = plotted_measure(found.measures, settings.k)
        moments = plotted.sums.x if plotted else NOBODY
        plans.append(plan_of(touchpoint.key, touchpoint.name, moments, period.days, settings))
    return plans
