"""The staff's pages of the curve, with its table."""

import asyncio
from collections.abc import Callable
from typing import Any

from litestar import Response, get
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from accounts.membership import Member
from analysis.asked import Asked
from analysis.chart_answers import picture, specification
from analysis.charts import vega_bundle
from analysis.compare_periods import compare
from analysis.curve_chart import Layout, Theme, curve_spec
from analysis.curve_words import blind_reason, reason_in_words
from analysis.finding import VERDICT_WORDS, finding_of, landmarks_in_words, subtitle_of
from analysis.gap_words import gap_rows, q_in_words
from analysis.load_full_report import load_full_report
from analysis.load_overlays import EARLIER, SAME, load_earlier, load_overlays
from analysis.load_report import load_report
from analysis.period_words import change_in_words, official_change_in_words
from analysis.report import JourneyReport
from analysis.text_words import STATE_WORDS, text_rows, too_few_words
from core.site import Site


@get("/journeys/{journey:str}", include_in_schema=False)
async def journey_page(
    journey: FromPath[str], member: NamedDependency[Member], asked: NamedDependency[Asked]
) -> Template:
    report = await load_full_report(member.workspace, journey, asked.period, where=asked.where)
    overlays = await load_overlays(member.workspace, report, asked.against)
    is_compared = EARLIER in asked.against
    context = {
        "report": report,
        "asked": asked,
        "comparisons": _comparisons(report),
        "file_kinds": {"pdf": "PDF", "html": "HTML", "json": "JSON", "svg": "SVG", "png": "PNG", "csv": "CSV"},
        "finding": finding_of(report),
        "subtitle": subtitle_of(report, [overlay.name for overlay in overlays]),
        "verdict_words": VERDICT_WORDS,
        "blind_reason": blind_reason,
        "reason_in_words": reason_in_words,
        "gap_rows": gap_rows,
        "q_in_words": q_in_words,
        "landmarks": landmarks_in_words(report),
        "changes_found": compare(report, await load_earlier(member.workspace, report)) if is_compared else (),
        "text_rows": text_rows,
        "too_few_words": too_few_words,
        "state_words": STATE_WORDS,
        "change_in_words": change_in_words,
        "official_change_in_words": official_change_in_words,
    }
    return Template("analysis/journey.html", context=context)


def _comparisons(report: JourneyReport) -> list[tuple[str, list[tuple[str, str]]]]:
    """What the curve can be compared with, as (key, name) under a heading; of a part only its own past is known."""
    past = (EARLIER, "the period before")
    if report.where is not None:
        return [("Compare with", [past])]
    groups = [("Compare with", [past, (SAME, "those who answered at every step")])]
    for heading, figures in (("Personas", report.by_persona), ("Channels", report.by_channel)):
        if figures and figures.segments:
            groups.append((heading, [(f"{figures.by}:{s.key}", s.name) for s in figures.segments]))
    return groups


@get("/journeys/{journey:str}/curve.json", include_in_schema=False)
async def curve_json(
    journey: FromPath[str],
    member: NamedDependency[Member],
    asked: NamedDependency[Asked],
    layout: FromQuery[Layout] = Layout.WIDE,
    theme: FromQuery[Theme] = Theme.LIGHT,
) -> dict[str, Any]:
    """The curve as a Vega-Lite specification."""
    return await specification(await _curve(member, journey, asked, layout, theme))


@get("/journeys/{journey:str}/curve.svg", include_in_schema=False)
async def curve_svg(
    journey: FromPath[str],
    member: NamedDependency[Member],
    asked: NamedDependency[Asked],
    layout: FromQuery[Layout] = Layout.WIDE,
    theme: FromQuery[Theme] = Theme.LIGHT,
) -> Response[bytes]:
    """The curve as a picture, for browsers without JavaScript, print and slides."""
    return await picture(await _curve(member, journey, asked, layout, theme))


async def _curve(
    member: Member, journey: str, asked: Asked, layout: Layout, theme: Theme
) -> Callable[[], dict[str, Any]]:
    report = await load_report(member.workspace, journey, asked.period, where=asked.where)
    overlays = await load_overlays(member.workspace, report, asked.against)
    return lambda: curve_spec(report, layout=layout, theme=theme, overlays=overlays)


@get("/charts.js", include_in_schema=False, cache_control=CacheControlHeader(max_age=86_400))
async def chart_script(site: NamedDependency[Site]) -> Response[str]:
    """Vega, Vega-Lite and Vega-Embed as vl-convert carries them, with the lines that draw our charts."""
    script = await asyncio.to_thread(vega_bundle, site.settings.data_folder / "cache")
    return Response(script, media_type="text/javascript")


STAFF = [journey_page, curve_json, curve_svg]
