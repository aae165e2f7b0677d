"""The staff's pages of what it means: the curve with its table, responses, pain points."""

import asyncio
from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from accounts.membership import Member
from analysis.api import csv_response
from analysis.charts import svg, vega_bundle
from analysis.curve_chart import Layout, Theme, curve_spec
from analysis.curve_words import blind_reason, reason_in_words
from analysis.finding import VERDICT_WORDS, finding_of, landmarks_in_words, subtitle_of
from analysis.load_pains import load_pains
from analysis.load_report import last_days, load_report
from analysis.responses import list_responses
from core.site import Site
from surveys.journeys import list_journeys


@get("/journeys/{journey:str}", include_in_schema=False)
async def journey_page(
    journey: FromPath[str], member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Template:
    report = await load_report(member.workspace, journey, last_days(now))
    context = {
        "report": report,
        "finding": finding_of(report),
        "subtitle": subtitle_of(report),
        "verdict_words": VERDICT_WORDS,
        "blind_reason": blind_reason,
        "reason_in_words": reason_in_words,
        "landmarks": landmarks_in_words(report),
    }
    return Template("analysis/journey.html", context=context)


@get("/journeys/{journey:str}/curve.json", include_in_schema=False)
async def curve_json(
    journey: FromPath[str],
    member: NamedDependency[Member],
    now: NamedDependency[datetime],
    layout: FromQuery[Layout] = Layout.WIDE,
    theme: FromQuery[Theme] = Theme.LIGHT,
) -> dict[str, Any]:
    """The curve as a Vega-Lite specification."""
    report = await load_report(member.workspace, journey, last_days(now))
    return await asyncio.to_thread(curve_spec, report, layout=layout, theme=theme)


@get("/journeys/{journey:str}/curve.svg", include_in_schema=False)
async def curve_svg(
    journey: FromPath[str],
    member: NamedDependency[Member],
    now: NamedDependency[datetime],
    layout: FromQuery[Layout] = Layout.WIDE,
    theme: FromQuery[Theme] = Theme.LIGHT,
) -> Response[bytes]:
    """The curve as a picture, for browsers without JavaScript, print and slides."""
    report = await load_report(member.workspace, journey, last_days(now))
    drawn = await asyncio.to_thread(lambda: svg(curve_spec(report, layout=layout, theme=theme)))
    # The picture carries its own styles, and nothing in it may run.
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return Response(drawn.encode(), media_type="image/svg+xml", headers={"Content-Security-Policy": policy})


@get("/responses", include_in_schema=False)
async def responses_page(
    member: NamedDependency[Member], before: FromQuery[int | None] = None, touchpoint: FromQuery[str | None] = None
) -> Template:
    responses = await list_responses(member.workspace, before, touchpoint)
    return Template("analysis/responses.html", context={"responses": responses, "touchpoint": touchpoint})


@get("/pain-points", include_in_schema=False)
async def pains_page(
    member: NamedDependency[Member], now: NamedDependency[datetime], journey: FromQuery[str | None] = None
) -> Template:
    journeys = await list_journeys(member.workspace)
    chosen = journey or (journeys[0].key if journeys else None)
    pains = await load_pains(member.workspace, chosen, last_days(now)) if chosen else []
    context = {"journeys": journeys, "chosen": chosen, "pains": pains, "verdict_words": VERDICT_WORDS}
    return Template("analysis/pains.html", context=context)


@get("/journeys/{journey:str}/pain-points.csv", include_in_schema=False)
async def pains_csv(
    journey: FromPath[str], member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Response[bytes]:
    return csv_response(await load_pains(member.workspace, journey, last_days(now)), journey)


@get("/charts.js", include_in_schema=False, cache_control=CacheControlHeader(max_age=86_400))
async def chart_script(site: NamedDependency[Site]) -> Response[str]:
    """Vega, Vega-Lite and Vega-Embed as vl-convert carries them, with the lines that draw our charts."""
    script = await asyncio.to_thread(vega_bundle, site.settings.data_folder / "cache")
    return Response(script, media_type="text/javascript; charset=utf-8")


STAFF = [journey_page, curve_json, curve_svg, responses_page, pains_page, pains_csv]
