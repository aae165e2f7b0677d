"""The API of curves: the same figures as the pages, from the same engine."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from accounts.api_keys import ApiCaller, Scope
from analysis.asked import Asked
from analysis.load_full_report import load_full_report
from analysis.report import JourneyReport


@get("/journeys/{journey:str}/report", opt={"scope": Scope.READ})
async def get_report(
    journey: FromPath[str],
    caller: NamedDependency[ApiCaller],
    asked: NamedDependency[Asked],
) -> JourneyReport:
    """Every figure of the curve. Without `until`, up to today; without `since`, the 90 days before that."""
    return await load_full_report(caller.workspace, journey, asked.period, where=asked.where)


API = [get_report]
