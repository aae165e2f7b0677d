"""A report as a file: it needs nothing beside itself, runs nothing, and is the same when it is asked for again."""

import re
from datetime import date

import msgspec
import pytest

from analysis.curve_chart import Layout, Theme
from analysis.report import (
    BlindSpot,
    BlindSpotFigure,
    EndFigure,
    Evidence,
    Interval,
    JourneyReport,
    Landmark,
    LandmarkFigures,
    OfficialFigure,
    PromiseFigure,
    ReportSettings,
    TouchpointFigure,
    Verdict,
)
from analysis.report_file import curve_png, curve_svg, report_html, report_json, report_pdf

HOSTILE = "</svg></style><script>alert(1)</script>\" onload='x' {{ 7 * 7 }} & Söhne"
PROMISE = PromiseFigure(claim=HOSTILE, source=HOSTILE, owner="", valid_from=date(2026, 1, 1), level=0.5)


def touchpoint(key: str, name: str, **more: object) -> TouchpointFigure:
    places = {"stage": "Use", "phase": "Usage", "step": "", "period": "during", "channel": "web", "owner": ""}
    return msgspec.convert(
        {"key": key, "name": name, "n_contacts": 0, "n_responses": 0, **places, **more}, TouchpointFigure
    )


def report_of(name: str = "Using a CRM", place: str = "Service desk") -> JourneyReport:
    seen = touchpoint(
        "desk",
        place,
        n_contacts=40,
        n_responses=41,
        instrument="nps",
        mean=-0.3,
        centre=-0.29,
        se=0.1,
        interval=Interval(-0.5, -0.1),
        evidence=Evidence.FAIR,
        gap=-0.8,
        verdict=Verdict.BROKEN,
        promise=PROMISE,
        official=[OfficialFigure(name="NPS", value=-4.4, interval=Interval(-20, 11), unit="points", n=40)],
    )
    blind = touchpoint("renewal", "Renewal", blind_spot=BlindSpot.NO_SURVEY, reach_month=1234.4)
    pit = Landmark(key="desk", name=place, mean=-0.3, probability=0.913)
    return JourneyReport(
        journey="crm",
        name=name,
        since=date(2026, 5, 1),
        until=date(2026, 7, 29),
        touchpoints=(seen, blind),
        settings=ReportSettings(margin=0.125),
        method_version="1",
        data_hash="f00d" * 16,
        landmarks=LandmarkFigures(pit=pit, n_tested=1),
        end=EndFigure(key="desk", name=place, mean=-0.3, n_contacts=40),
        blind_spots=(
            BlindSpotFigure(
                key="renewal", name="Renewal", phase="Usage", reason=BlindSpot.NO_SURVEY, reach_month=1234.4
            ),
        ),
    )


EMPTY = msgspec.structs.replace(report_of(), touchpoints=(), landmarks=LandmarkFigures(), end=None, blind_spots=())


def page_of(report: JourneyReport) -> str:
    return report_html(report).decode().replace("\xa0", " ")


@pytest.mark.parametrize("report", [report_of(), EMPTY, report_of(HOSTILE, HOSTILE)], ids=["usual", "empty", "hostile"])
def test_a_page_loads_nothing_and_runs_nothing(report: JourneyReport) -> None:
    page = page_of(report)
    assert "<script" not in page
    assert not re.search(
        r"<[^>]*\s(on\w+|src|srcset|href|xlink:href|action)\s*=\s*[\"']", re.sub(r'"[^"]*"', '""', page)
    )
    assert not re.search(r"@import|url\(|javascript:|<(link|img|iframe|object|embed|base|form)\b", page)
    addresses = set(re.findall(r"https?://[^\s\"'<]+", page))
    assert addresses == {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}  # the names of SVG, never loaded
    assert page.count("<svg") == page.count("</svg>") == len(Layout) * len(Theme)
    assert "default-src 'none'" in page


def test_names_and_claims_are_words_and_never_markup() -> None:
    page = page_of(report_of(HOSTILE, HOSTILE))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7 * 7 }}" in page
    assert "&amp; Söhne" in page


def test_a_page_says_what_was_found_and_how() -> None:
    page = page_of(report_of())
    for words in (
        "<h1>Using a CRM</h1>",
        "2026-05-01 to 2026-07-29",
        "Pit: Service desk (probability 0.91). No clear peak. End: Service desk (unhappy).",
        "−0.50 to −0.10",
        "NPS: −4.4 (−20.0 to 11.0)",
        "no survey yet",
        "1,234",
        "<dd>0.125</dd>",
        "<dd>95 %</dd>",
        "fewer than 10 contacts",
        "f00d" * 16,
    ):
        assert words in page


def test_an_empty_journey_is_a_page_too() -> None:
    page = page_of(EMPTY)
    assert "This journey has no touchpoints yet" in page
    assert "Blind spots" not in page
    assert "No clear pit. No clear peak." in page


def test_the_same_report_has_the_same_bytes_in_every_kind() -> None:
    for make in (report_json, report_html, report_pdf, curve_png, lambda report: curve_svg(report).encode()):
        assert make(report_of()) == make(report_of())


def test_json_reads_back_as_the_report() -> None:
    assert msgspec.json.decode(report_json(report_of()), type=JourneyReport) == report_of()


def test_pictures_are_of_their_kind() -> None:
    assert curve_svg(report_of()).startswith("<svg")
    assert curve_png(report_of()).startswith(b"\x89PNG\r\n")
    pdf = report_pdf(report_of())
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
