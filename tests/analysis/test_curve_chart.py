"""The emotion curve: what it draws, what it must never draw, and that it is drawn, in a browser too."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlparse

import altair as alt
import pytest

from analysis.charts import VEGA_LITE, png, svg, vega_bundle
from analysis.curve_chart import Layout, Theme, curve_spec, picture_of
from analysis.curve_line import measured_runs
from analysis.curve_marks import POINTS
from analysis.curve_shapes import Ink, Picture, Role, Sign
from analysis.report import BlindSpot, JourneyReport, Verdict
from tests.analysis.curve_reports import (
    IMPLEMENTATION,
    JOURNEY,
    LIVE,
    NEGOTIATION,
    layers_of,
    promise,
    report_of,
    touchpoint,
    words_of,
)

POLICY = "default-src 'self'; style-src 'self'; script-src 'self'"


def points_of(picture: Picture) -> list[Sign]:
    return [sign for sign in picture.signs if sign.layer == POINTS]


class TestDrawing:
    def test_a_blind_touchpoint_splits_the_line(self) -> None:
        assert measured_runs(JOURNEY.touchpoints) == [[0, 1], [3, 4, 5]]
        picture = picture_of(JOURNEY, Layout.WIDE)
        hole = next(column.box for column in picture.columns if column.key == "negotiation")
        on_the_plot = [path for path in picture.paths if path.points[0][1] < hole.bottom]
        assert on_the_plot
        assert not any(hole.left < x < hole.right for path in on_the_plot for x, _ in path.points)

    def test_neighbours_measured_by_different_instruments_are_joined_by_dashes_and_a_note_says_so(self) -> None:
        for layout in Layout:
            picture = picture_of(JOURNEY, layout)
            assert [bool(path.stroke.dash) for path in picture.paths[:2]] == [True, False]
            assert "different instruments (five faces, NPS)" in words_of(picture)
            assert set(layers_of(JOURNEY, layout)) >= {"joins", "line"}

    def test_the_line_passes_through_every_point_and_never_overshoots_one(self) -> None:
        picture = picture_of(JOURNEY, Layout.WIDE)
        markers = [
            sign for sign in points_of(picture) if sign.figures["key"] in ("implementation", "tips", "case study")
        ]
        line = next(path for path in picture.paths if not path.stroke.dash)
        for marker in markers:
            assert min(abs(x - marker.x) + abs(y - marker.y) for x, y in line.points) < 1e-6
        heights = [marker.y for marker in markers]
        assert all(min(heights) - 1e-6 <= y <= max(heights) + 1e-6 for _, y in line.points)

    def test_a_suppressed_touchpoint_has_no_point_no_interval_and_no_figure_anywhere(self) -> None:
        for layout in Layout:
            layers = layers_of(JOURNEY, layout)
            assert {row["key"] for row in layers["points"]} == {
                "website",
                "quote",
                "implementation",
                "tips",
                "case study",
            }
            renewal = json.dumps(next(row for row in layers["columns"] if row["tip0"] == "Renewal"))
            assert "fewer than 5 answers" in renewal

    def test_a_blind_verdict_hides_a_mean_that_came_along(self) -> None:
        stale = touchpoint("stale", 0.4, Verdict.BLIND, blind_spot=BlindSpot.STALE)
        assert "points" not in layers_of(report_of(stale))

    def test_the_points_carry_their_figures(self) -> None:
        row = next(row for row in layers_of(JOURNEY)["points"] if row["key"] == "implementation")
        assert (row["mean"], row["n"], row["promised"], row["verdict"]) == (-0.3, 45, 0.75, "broken")

    def test_only_a_broken_promise_is_shaded_from_the_promise_to_the_mean(self) -> None:
        picture = picture_of(JOURNEY, Layout.WIDE)
        column = next(column.box for column in picture.columns if column.key == "implementation")
        gap, *rest = [area for area in picture.areas if area.ink is Ink.BROKEN and area.y < column.bottom]
        marker = next(sign for sign in points_of(picture) if sign.figures["key"] == "implementation")
        assert not rest
        assert (gap.x, gap.x2, gap.y2) == (column.left, column.right, marker.y)

    def test_an_interval_stands_only_at_its_point(self) -> None:
        picture = picture_of(JOURNEY, Layout.WIDE)
        middles = {sign.x for sign in points_of(picture)}
        upright = [rule for rule in picture.rules if rule.x == rule.x2 and rule.width == 1.8]
        assert middles <= {rule.x for rule in upright}
        assert not [path for path in picture.paths if len(path.points) > 2 and path.points[0] == path.points[-1]]

    def test_a_verdict_differs_by_word_and_by_shape_and_an_indicative_one_is_hollow(self) -> None:
        rows = {row["verdict"]: row for row in layers_of(JOURNEY)["points"]}
        tested = [rows[verdict]["shape"] for verdict in ("broken", "kept", "over_delivered", "undetermined")]
        assert len(set(tested)) == 4
        assert rows["indicative"]["fill"] == "#ffffff"

    def test_touchpoints_stand_in_order_under_their_phases(self) -> None:
        picture = picture_of(JOURNEY, Layout.WIDE)
        assert [column.key for column in picture.columns] == [point.key for point in JOURNEY.touchpoints]
        headings = [text.words for text in picture.texts if text.role is Role.PHASE]
        assert headings == ["Orientation", "Consideration", "Purchase", "Usage", "Loyalty"]

    def test_a_promised_share_is_words_and_no_step(self) -> None:
        delivery = touchpoint("delivery", 0.4, Verdict.KEPT, promise=promise(None, share=0.95), gap=0.01)
        for layout in Layout:
            picture = picture_of(report_of(delivery), layout)
            assert "promised: 95\xa0%" in words_of(picture)
            column = picture.columns[0].box
            assert not [rule for rule in picture.rules if rule.ink is Ink.PROMISE and rule.y < column.bottom]


class TestRendering:
    def test_altair_writes_the_version_that_is_rendered(self) -> None:
        assert alt.SCHEMA_VERSION.startswith(f"v{VEGA_LITE}")

    @pytest.mark.parametrize("layout", list(Layout))
    @pytest.mark.parametrize("theme", list(Theme))
    def test_the_svg_contains_the_words(self, layout: Layout, theme: Theme) -> None:
        drawn = svg(curve_spec(JOURNEY, layout=layout, theme=theme))
        for words in (
            "Implementation",
            "over-delivered",
            "undetermined",
            "ask 120 more",
            "indicative",
            "delighted",
            "n 45",
        ):
            assert words in drawn

    @pytest.mark.parametrize("report", [report_of(), report_of(NEGOTIATION), report_of(IMPLEMENTATION)])
    @pytest.mark.parametrize("layout", list(Layout))
    def test_an_empty_a_blind_and_a_single_journey_are_drawn(self, report: JourneyReport, layout: Layout) -> None:
        assert png(curve_spec(report, layout=layout, theme=Theme.DARK), scale=1).startswith(b"\x89PNG")

    def test_the_same_report_gives_the_same_specification(self) -> None:
        once, again = (curve_spec(JOURNEY, layout=Layout.WIDE, theme=Theme.LIGHT) for _ in range(2))
        assert json.dumps(once) == json.dumps(again)

    def test_the_bundle_is_built_once(self, tmp_path: Path) -> None:
        built = vega_bundle(tmp_path)
        kept = next(tmp_path.iterdir())
        kept.write_text(built + "// kept")
        assert vega_bundle(tmp_path) == built + "// kept"


@contextmanager
def served(bundle: str) -> Iterator[str]:
    """A site of one page with the chart, under the policy of Kept's pages."""
    script = '<script type="module" src="/vega.js"></script>'
    page = f'<!doctype html><title>curve</title><div data-chart="/curve.json"></div>{script}'

    class Site(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            """Silent."""

        def do_GET(self) -> None:
            address = urlparse(self.path)
            kind, body = "text/html", page
            if address.path == "/curve.json":
                wanted = {name: values[0] for name, values in parse_qs(address.query).items()}
                spec = curve_spec(JOURNEY, layout=Layout(wanted["layout"]), theme=Theme(wanted["theme"]))
                kind, body = "application/json", json.dumps(spec)
            elif address.path == "/vega.js":
                kind, body = "text/javascript", bundle
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body.encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.mark.live
async def test_a_browser_draws_the_chart_and_its_tooltip_under_the_policy_of_the_pages(tmp_path: Path) -> None:
    from playwright.async_api import async_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "no Chromium on this machine: install the package chromium"
    said: list[str] = []
    asked: list[str] = []
    with served(vega_bundle(tmp_path)) as address:
        async with async_playwright() as playwright:
            flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
            browser = await playwright.chromium.launch(executable_path=chromium, args=flags)
            page = await browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="dark")
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            page.on("request", lambda request: asked.append(urlparse(request.url).query))
            await page.goto(address)
            await page.locator("[data-drawn] svg").wait_for()
            await page.locator(".mark-rect[class*=columns] path").nth(3).hover()
            tooltip = await page.locator("#vg-tooltip-element.visible").inner_text()
            styles = await page.locator("style").count()
            await page.set_viewport_size({"width": 390, "height": 800})
            await page.locator("svg[width='344']").wait_for()
            await browser.close()
    assert [words for words in said if "favicon" not in words and "404" not in words] == []
    assert LIVE in tooltip
    assert "−1.05" in tooltip
    assert "Still to ask" not in tooltip
    assert styles == 0
    assert [query for query in asked if query] == ["layout=wide&theme=dark", "layout=phone&theme=dark"]
