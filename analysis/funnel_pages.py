"""The funnel of a journey: its page, its chart, and the same over the API."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from accounts.api_keys import ApiCaller, Scope
from accounts.membership import Member
from analysis.asked import Asked
from analysis.chart_answers import picture, specification
from analysis.curve_shapes import Layout
from analysis.curve_theme import Theme
from analysis.funnel import JourneyFunnel
from analysis.funnel_chart import funnel_spec, table_of, title_of
from analysis.load_funnel import load_funnel
from analysis.load_report import Period
from analysis.report import ReportSettings
from surveys.journeys import load_journey


@get("/journeys/{journey:str}/funnel", include_in_schema=False)
async def funnel_page(
    journey: FromPath[str], member: NamedDependency[Member], asked: NamedDependency[Asked]
) -> Template:
    found = await _load(member.workspace, journey, asked.of_all())
    context = {
        "funnel": found,
        "finding": title_of(found.touchpoints),
        "figures": table_of(found.touchpoints, found.k),
        "asked": asked,
    }
    return Template("analysis/funnel.html", context=context)


@get("/journeys/{journey:str}/funnel.json", include_in_schema=False)
async def funnel_json(
    journey: FromPath[str],
    member: NamedDependency[Member],
    asked: NamedDependency[Asked],
    layout: FromQuery[Layout] = Layout.WIDE,
    theme: FromQuery[Theme] = Theme.LIGHT,
) -> dict[str, Any]:
    """The chart as a Vega-Lite specification."""
    found = await _load(member.workspace, journey, asked.of_all())
    return await specification(lambda: funnel_spec(found.touchpoints, found.k, layout=layout, theme=theme))


@get("/journeys/{journey:str}/funnel.svg", include_in_schema=False)
async def funnel_svg(
    journey: FromPath[str],
    member: NamedDependency[Member],
    asked: NamedDependency[Asked],
    layout: FromQuery[Layout] = Layout.WIDE,
    theme: FromQuery[Theme] = Theme.LIGHT,
) -> Response[bytes]:
    """The chart as a picture."""
    found = await _load(member.workspace, journey, asked.of_all())
    return await picture(lambda: funnel_spec(found.touchpoints, found.k, layout=layout, theme=theme))


@get("/journeys/{journey:str}/funnel", opt={"scope": Scope.READ})
async def get_funnel(
    journey: FromPath[str],
    caller: NamedDependency[ApiCaller],
    asked: NamedDependency[Asked],
) -> JourneyFunnel:
    """Passed, eligible, asked, sent, delivered, opened and answered at each touchpoint, and why the others were not.

    Why is told in groups: `could_not` be asked, which are not eligible; the `policy` said no; `not_drawn`. Delivered is
    what was sent and has not come back, `confirmed` what the provider said of that. `waiting` and `held` are asked.
    `provisional` opened a score of the mail and confirmed nothing, of `rejected` only scanners did. Both, and
    `answered`, are null where they are not shown. Without `until`, up to today; without `since`, the 90 days before."""
    return await _load(caller.workspace, journey, asked.of_all())


async def _load(workspace: int, journey: str, period: Period) -> JourneyFunnel:
    settings = ReportSettings()
    view = await load_journey(workspace, journey)
    return JourneyFunnel(
        journey=view.key,
        name=view.name,
        since=period.since,
        until=period.until,
        k=settings.k,
        touchpoints=await load_funnel(workspace, view, period, settings),
    )


STAFF = [funnel_page, funnel_json, funnel_svg]
API = [get_funnel]
