"""A journey report as a file: JSON and CSV for programs, one HTML page or a PDF for people, its curve as a picture."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from math import ceil

import msgspec
from jinja2 import Environment
from markupsafe import Markup
from msgspec import Struct

from analysis import charts
from analysis.curve_chart import Layout, Theme, curve_spec
from analysis.curve_words import blind_reason, reason_in_words
from analysis.figures_csv import figures_csv
from analysis.finding import VERDICT_WORDS, finding_of, landmarks_in_words, subtitle_of, verdicts_of
from analysis.gap_words import gap_rows, q_in_words
from analysis.report import JourneyReport
from analysis.report_blocks import read_page
from analysis.report_pages import Curve, pages_of
from analysis.report_pdf import pdf_of
from analysis.report_sections import sections_of
from analysis.text_words import STATE_WORDS, text_rows, too_few_words
from core.templating import template_environment

LONGEST_PART = 40  # characters of whom a report is of, in the name of its file
PIXELS_A_POINT = 2  # of a PNG, so that it is sharp on paper and on dense screens
USUAL_ON_A_SHEET, MOST_ON_A_SHEET = 12, 16  # touchpoints: on A4, the words of more than 16 are under 6 points


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
    return page_of(report, drawings).encode()


def page_of(report: JourneyReport, drawings: Sequence[Drawing]) -> str:
    """The HTML page with these drawings of the curve in it."""
    page = _templates().get_template("analysis/report_file.html")
    return page.render(
        report=report,
        drawings=drawings,
        finding=finding_of(report),
        subtitle=subtitle_of(report),
        verdicts=verdicts_of(report),
        landmarks=landmarks_in_words(report),
        sections=sections_of(report),
        text_rows=text_rows,
        too_few_words=too_few_words,
        state_words=STATE_WORDS,
        verdict_words=VERDICT_WORDS,
        blind_reason=blind_reason,
        reason_in_words=reason_in_words,
        gap_rows=gap_rows,
        q_in_words=q_in_words,
    )


def report_pdf(report: JourneyReport) -> bytes:
    """The same page on paper, with the wide light curve; that of a long journey comes part by part as well."""
    page = read_page(page_of(report, []))
    return pdf_of(pages_of(page, _curves(report)), page.title)


def curve_svg(report: JourneyReport, layout: Layout = Layout.WIDE, theme: Theme = Theme.LIGHT) -> str:
    return charts.svg(curve_spec(report, layout=layout, theme=theme))


def curve_png(report: JourneyReport) -> bytes:
    return charts.png(curve_spec(report, layout=Layout.WIDE, theme=Theme.LIGHT), scale=PIXELS_A_POINT)


MAKERS: dict[str, Callable[[JourneyReport], bytes]] = {
    "pdf": report_pdf,
    "html": report_html,
    "json": report_json,
    "svg": lambda report: curve_svg(report).encode(),
    "png": curve_png,
    "csv": lambda report: figures_csv(report).encode(),
}


def file_name(report: JourneyReport, kind: str) -> str:
    """Such as "crm-purchase-2026-08-26-to-2026-11-23.pdf", in letters that no system and no header minds."""
    part = "" if report.where is None else f"-{report.where[:LONGEST_PART]}"
    safe = re.sub(r"[^A-Za-z0-9-]+", "-", f"{report.journey}{part}").strip("-")
    return f"{safe}-{report.since}-to-{report.until}.{kind}"


def _curves(report: JourneyReport) -> list[Curve]:
    """The whole curve, and its parts where the whole has too many touchpoints to be read on one sheet."""
    whole = Curve(curve_svg(report))
    n = len(report.touchpoints)
    if n <= MOST_ON_A_SHEET:
        return [whole]
    sheets = ceil(n / USUAL_ON_A_SHEET)
    ends = [n * sheet // sheets for sheet in range(sheets + 1)]
    return [whole, *(_part(report, start, end) for start, end in pairwise(ends))]


def _part(report: JourneyReport, start: int, end: int) -> Curve:
    part = msgspec.structs.replace(report, touchpoints=report.touchpoints[start:end])
    return Curve(curve_svg(part), f"Touchpoints {start + 1} to {end} of {len(report.touchpoints)}")


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return template_environment()
