"""Load the report of drivers of a journey: a fixed number of queries, and the long computing once for the same data."""

import asyncio
from collections import OrderedDict

from analysis.assemble_drivers import assemble_drivers, instruments_of, state_hash_of
from analysis.assemble_report import assemble_report
from analysis.driver_report import DriverReport
from analysis.load_paths import PathStep, load_paths
from analysis.load_report import Period, check_period, measure
from analysis.report import ReportSettings
from surveys.journeys import JourneyView, load_journey

MOST_CONTACTS = 20_000  # the newest; more would tell little more, and memory has an end
MOST_REMEMBERED = 64

# A page and its charts ask for the same one after the other, and 20,000 contacts take seconds. The journey is part of
# the key, for its names are no data.
_remembered: OrderedDict[tuple[str, JourneyView], DriverReport] = OrderedDict()


async def load_drivers(
    workspace: int, journey: str, period: Period, settings: ReportSettings | None = None
) -> DriverReport:
    """Raises NotFound for an unknown journey, Invalid for a period that ends before it starts or is of another age."""
    check_period(period)
    settings = settings or ReportSettings()
    view = await load_journey(workspace, journey)
    measured = await measure(workspace, view, period, settings)
    instruments = instruments_of(view, measured, settings.k)
    paths = await load_paths(
        workspace,
        [PathStep(point.id, point.key, point.event, instruments[point.key]) for point in view.touchpoints],
        period,
        MOST_CONTACTS,
    )
    report = assemble_report(view, measured, period.since, period.until, settings)
    key = (await asyncio.to_thread(state_hash_of, view, report, paths), view)
    found = _remembered.get(key)
    if found is None:
        found = await asyncio.to_thread(assemble_drivers, view, measured, report, paths)
    _remembered[key] = found
    _remembered.move_to_end(key)
    while len(_remembered) > MOST_REMEMBERED:
        _remembered.popitem(last=False)
    return found
