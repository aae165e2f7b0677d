"""Load the weeks of a journey's touchpoints, each with what is ordinary there: two statements over the tallies."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

from analysis.experience import Moments
from analysis.load_report import EARLIEST, Period, check_period
from analysis.read_measures import read_weekly
from analysis.report import ReportSettings
from analysis.trend import trend_of
from analysis.trend_figures import Trend
from analysis.valences import load_valences
from surveys.journeys import JourneyView

WEEK = timedelta(weeks=1)
TREND_WEEKS = 52


async def load_trends(
    workspace: int,
    view: JourneyView,
    period: Period,
    settings: ReportSettings,
    plotted: Mapping[str, str],
    beside: Period,
    totals: Mapping[str, int] | None = None,
) -> dict[str, Trend]:
    """The trend of every touchpoint by its key, over the whole weeks within the period. Raises Invalid for a bad one.

    `plotted` names the instrument of each touchpoint by its key; `beside` are the days whose total stands beside the
    trends, and `totals` the contacts in it where it is shown. Where an instrument is left out, where no week is whole
    or nobody answered, the trend is empty.
    """
    check_period(period)
    weeks: defaultdict[str, dict[date, Moments]] = defaultdict(dict)
    keys = {touchpoint.id: touchpoint.key for touchpoint in view.touchpoints if touchpoint.key in plotted}
    whole = whole_weeks(period)
    if whole is not None and keys:
        valences = (await load_valences([workspace]))[workspace]
        found = await read_weekly(list(keys), whole.since, whole.until, valences)
        for (touchpoint, monday), own in found.items():
            measure = own.of(plotted[keys[touchpoint]])
            if measure is not None:
                weeks[keys[touchpoint]][monday] = measure.sums.x
    return {
        touchpoint.key: trend_of(
            weeks[touchpoint.key], settings, beside.since, beside.until, (totals or {}).get(touchpoint.key)
        )
        for touchpoint in view.touchpoints
    }


def whole_weeks(period: Period) -> Period | None:
    """From the first Monday to the last Sunday of the period; None if there is no week between them."""
    monday = period.since + timedelta(days=-period.since.weekday() % 7)
    sunday = period.until - timedelta(days=period.until.isoweekday() % 7)
    return Period(monday, sunday) if monday < sunday else None


def weeks_up_to(until: date) -> Period:
    """The last TREND_WEEKS weeks that are over on the evening of `until`."""
    sunday = until - timedelta(days=until.isoweekday() % 7)
    return Period(max(EARLIEST, sunday - TREND_WEEKS * WEEK + timedelta(days=1)), max(EARLIEST, sunday))
