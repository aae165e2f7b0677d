"""A journey report as a file: JSON for programs, one HTML page for people, its curve as a picture."""

from functools import lru_cache

import msgspec
from jinja2 import Environment
from markupsafe import Markup
from msgspec import Struct

from analysis import charts
from analysis.curve_chart import Layout, Theme, curve_spec
from analysis.curve_words import blind_reason, reason_in_words
from analysis.finding import VERDICT_WORDS, finding_of, landmarks_in_words, subtitle_of, verdicts_of
from analysis.report import JourneyReport
from core.templating import template_environment

PIXELS_A_POINT = 2  # of a PNG, so that it is sharp on paper and on dense screens


class Drawing(Struct, frozen=True):
    """The curve in one layout and one theme, as an element that a page may hold."""

    layout: Layout
    theme: Theme
    svg: Markup


def report_json(report: JourneyReport) -> bytes:
    """The bytes that the API answers with."""
    return msgspec.json.encode(report)


def report_html(report: JourneyReport) -> bytes:
    """One page that needs nothing beside itself: no script, no font, no picture from anywhere."""
    drawings = [
        Drawing(layout, theme, Markup(curve_svg(report, layout, theme)))  # noqa: S704, the renderer escapes every text
        for layout in Layout
        for theme in Theme
    ]
    page = _templates().get_template("analysis/report_file.html")
    return page.render(
        report=report,
        drawings=drawings,
        finding=finding_of(report),
        subtitle=subtitle_of(report),
        verdicts=verdicts_of(report),
        landmarks=landmarks_in_words(report),
        verdict_words=VERDICT_WORDS,
        blind_reason=blind_reason,
        reason_in_words=reason_in_words,
    ).encode()


def curve_svg(report: JourneyReport, layout: Layout = Layout.WIDE, theme: Theme = Theme.LIGHT) -> str:
    return charts.svg(curve_spec(report, layout=layout, theme=theme))


def curve_png(report: JourneyReport) -> bytes:
    return charts.png(curve_spec(report, layout=Layout.WIDE, theme=Theme.LIGHT), scale=PIXELS_A_POINT)


def curve_pdf(report: JourneyReport) -> bytes:
    """The curve alone, on one page; the tables are in the HTML."""
    return charts.pdf(curve_svg(report))


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return template_environment()
