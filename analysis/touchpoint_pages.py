"""The figures of one touchpoint: its page with distribution and trend, their charts, and the same over the API."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from accounts.api_keys import ApiCaller, Scope
from accounts.membership import Member
from analysis import distribution_chart, trend_chart
from analysis.asked import Asked
from analysis.chart_answers import picture, specification
from analysis.curve_shapes import Layout
from analysis.curve_theme import Theme
from analysis.curve_words import INSTRUMENT_WORDS, blind_reason
from analysis.finding import VERDICT_WORDS
from analysis.load_text_lane import load_text_at
from analysis.load_touchpoint import TouchpointReport, load_touchpoint
from analysis.text_words import STATE_WORDS
from analysis.touchpoint_words import QUESTION, chosen, other_answers, question_report
from surveys.instruments import Instrument
from surveys.journeys import JourneyView, TouchpointView, load_journey


@get("/journeys/{journey:str}/touchpoints/{touchpoint:str}/figures", include_in_schema=False)
async def figures_page(
    journey: FromPath[str], touchpoint: FromPath[str], member: NamedDependency[Member], asked: NamedDependency[Asked]
) -> Template:
    found = await load_touchpoint(member.workspace, journey, touchpoint, asked.of_all())
    view = await load_journey(member.workspace, journey)
    place = next(own.id for own in view.touchpoints if own.key == touchpoint)
    before, after = neighbours(view, touchpoint)
    questions = question_report(found)
    has_trend = any(week.mean is not None for week in found.trend.weeks)
    context = {
        "found": found,
        "t": found.touchpoint,
        "before": before,
        "after": after,
        "reason": blind_reason(found.touchpoint, found.settings) if found.touchpoint.blind_spot else "",
        "verdict_words": VERDICT_WORDS,
        "asked": asked,
        "divided": distribution_chart.table_of(questions, QUESTION),
        "divided_finding": distribution_chart.title_of(questions),
        "others": other_answers(found),
        "chosen": chosen(found),
        "text": await load_text_at(member.workspace, place, found.touchpoint, asked.period, found.settings),
        "state_words": STATE_WORDS,
        "weeks": trend_chart.table_of(found.trend, found.settings) if has_trend else None,
        "trend_finding": trend_chart.title_of(found.touchpoint.name, found.trend, found.settings),
        "trend_instrument": INSTRUMENT_WORDS[Instrument(found.trend_instrument)] if found.trend_instrument else "",
    }
    return Template("analysis/touchpoint.html", context=context)


@get("/journeys/{journey:str}/touchpoints/{touchpoint:str}/distribution.json", include_in_schema=False)
async def distribution_json(
    journey: FromPath[str],
    touchpoint: FromPath[str],
    member: NamedDependency[Member],
    asked: NamedDependency[Asked],
    layout: FromQuery[Layout] = Layout.WIDE,
    theme: FromQuery[Theme] = Theme.LIGHT,
) -> dict[str, Any]:
    """How each question was answered, as a Vega-Lite specification."""
    found = await load_touchpoint(member.workspace, journey, touchpoint, asked.of_all())
    return await specification(lambda: _distribution_spec(found, layout, theme))


@get("/journeys/{journey:str}/touchpoints/{touchpoint:str}/distribution.svg", include_in_schema=False)
async def distribution_svg(
    journey: FromPath[str],
    touchpoint: FromPath[str],
    member: NamedDependency[Member],
    asked: NamedDependency[Asked],
    layout: FromQuery[Layout] = Layout.WIDE,
    theme: FromQuery[Theme] = Theme.LIGHT,
) -> Response[bytes]:
    """The same as a picture."""
    found = await load_touchpoint(member.workspace, journey, touchpoint, asked.of_all())
    return await picture(lambda: _distribution_spec(found, layout, theme))


@get("/journeys/{journey:str}/touchpoints/{touchpoint:str}/trend.json", include_in_schema=False)
async def trend_json(
    journey: FromPath[str],
    touchpoint: FromPath[str],
    member: NamedDependency[Member],
    asked: NamedDependency[Asked],
    layout: FromQuery[Layout] = Layout.WIDE,
    theme: FromQuery[Theme] = Theme.LIGHT,
) -> dict[str, Any]:
    """The weeks of a year, as a Vega-Lite specification."""
    found = await load_touchpoint(member.workspace, journey, touchpoint, asked.of_all())
    return await specification(lambda: _trend_spec(found, layout, theme))


@get("/journeys/{journey:str}/touchpoints/{touchpoint:str}/trend.svg", include_in_schema=False)
async def trend_svg(
    journey: FromPath[str],
    touchpoint: FromPath[str],
    member: NamedDependency[Member],
    asked: NamedDependency[Asked],
    layout: FromQuery[Layout] = Layout.WIDE,
    theme: FromQuery[Theme] = Theme.LIGHT,
) -> Response[bytes]:
    """The same as a picture."""
    found = await load_touchpoint(member.workspace, journey, touchpoint, asked.of_all())
    return await picture(lambda: _trend_spec(found, layout, theme))


@get("/journeys/{journey:str}/touchpoints/{touchpoint:str}/figures", opt={"scope": Scope.READ})
async def get_touchpoint_figures(
    journey: FromPath[str],
    touchpoint: FromPath[str],
    caller: NamedDependency[ApiCaller],
    asked: NamedDependency[Asked],
) -> TouchpointReport:
    """The touchpoint's figures of the report, how each instrument was answered, and the 52 whole weeks before `until`.

    Without `until`, up to today; without `since`, the 90 days before that."""
    return await load_touchpoint(caller.workspace, journey, touchpoint, asked.of_all())


def neighbours(journey: JourneyView, key: str) -> tuple[TouchpointView | None, TouchpointView | None]:
    """The touchpoints before and after one of the journey; None before the first and after the last."""
    row = (None, *journey.touchpoints, None)
    return next((one, other) for one, own, other in zip(row, row[1:], row[2:], strict=False) if own and own.key == key)


def _distribution_spec(found: TouchpointReport, layout: Layout, theme: Theme) -> dict[str, Any]:
    return distribution_chart.distribution_spec(question_report(found), layout=layout, theme=theme, by=QUESTION)


def _trend_spec(found: TouchpointReport, layout: Layout, theme: Theme) -> dict[str, Any]:
    return trend_chart.trend_spec(found.touchpoint.name, found.trend, found.settings, layout=layout, theme=theme)


STAFF = [figures_page, distribution_json, distribution_svg, trend_json, trend_svg]
API = [get_touchpoint_figures]
