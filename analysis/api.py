"""The API of curves and pain points: the same figures as the pages, from the same engine."""

from datetime import datetime

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from accounts.api_keys import ApiCaller, Scope
from analysis.asked import Asked
from analysis.csv_export import to_csv
from analysis.load_full_report import load_full_report
from analysis.load_report import last_days
from analysis.pains.load_pains import load_pains
from analysis.pains.pain_point import PainPoint
from analysis.report import JourneyReport


@get("/journeys/{journey:str}/report", opt={"scope": Scope.READ})
async def get_report(
    journey: FromPath[str],
    caller: NamedDependency[ApiCaller],
    asked: NamedDependency[Asked],
) -> JourneyReport:
    """Every figure of the curve. Without `until`, up to today; without `since`, the 90 days before that."""
    return await load_full_report(caller.workspace, journey, asked.period, where=asked.where)


@get("/journeys/{journey:str}/pain-points", opt={"scope": Scope.READ})
async def get_pains(
    journey: FromPath[str], caller: NamedDependency[ApiCaller], now: NamedDependency[datetime]
) -> list[PainPoint]:
    """The pain-point list over the last 90 days."""
    return await load_pains(caller.workspace, journey, last_days(now))


@get("/journeys/{journey:str}/pain-points.csv", opt={"scope": Scope.READ})
async def get_pains_csv(
    journey: FromPath[str], caller: NamedDependency[ApiCaller], now: NamedDependency[datetime]
) -> Response[bytes]:
    """The same as CSV."""
    return csv_response(await load_pains(caller.workspace, journey, last_days(now)), journey)


def csv_response(pains: list[PainPoint], journey: str) -> Response[bytes]:
    return Response(
        to_csv(pains, PainPoint).encode(),
        media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="pain-points-{journey}.csv"'},
    )


API = [get_report, get_pains, get_pains_csv]
