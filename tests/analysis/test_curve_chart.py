"""The emotion curve: what its title says, what it draws, what it must never draw, and that its words are readable."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import combinations
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlparse

import altair as alt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.charts import VEGA_LITE, png, svg, vega_bundle
from analysis.curve_chart import Layout, Theme, curve_spec, picture_of
from analysis.curve_line import measured_runs
from analysis.curve_shapes import Ink, Picture, Role
from analysis.curve_words import is_measured
from analysis.finding import CLAIM_CHARACTERS, finding_of, shortened, subtitle_of, verdicts_of
from analysis.label_placing import Box
from analysis.report import (
    BlindSpot,
    Evidence,
    Interval,
    JourneyReport,
    PromiseFigure,
    ReportSettings,
    TouchpointFigure,
    Verdict,
)

LIVE = "Live in 30 days, all your data on board, one person at your side."
POLICY = "default-src 'self'; style-src 'self'; script-src 'self'"


def promise(level: float | None = 0.5, *, share: float | None = None, claim: str = "Kept on time") -> PromiseFigure:
    return PromiseFigure(
        claim=claim, source="Start page", owner="Sales", valid_from=date(2025, 1, 1), level=level, share=share
    )


def touchpoint(key: str, mean: float | None = None, verdict: Verdict = Verdict.BLIND, **more: Any) -> TouchpointFigure:
    figures: dict[str, Any] = {"name": key.title(), "stage": "s", "phase": "Purchase", "step": "", "period": "during"}
    if mean is not None:
        n = more.pop("n", 40)
        half = more.pop("half", 0.2)
        interval = Interval(max(-1.0, mean - half), min(1.0, mean + half))
        figures |= {"mean": mean, "interval": interval, "n_contacts": n, "n_responses": n, "instrument": "anchor"}
        figures["evidence"] = Evidence.FAIR
    else:
        figures |= {"n_contacts": 0, "n_responses": 0}
    figures |= {"channel": "web", "owner": "Ops", "verdict": verdict} | more
    return TouchpointFigure(key=key, **figures)


def report_of(*touchpoints: TouchpointFigure) -> JourneyReport:
    return JourneyReport(
        journey="crm",
        name="Buying a CRM",
        since=date(2026, 5, 1),
        until=date(2026, 7, 29),
        touchpoints=touchpoints,
        settings=ReportSettings(),
        method_version="1",
        data_hash="0",
    )


IMPLEMENTATION = touchpoint("implementation", -0.3, Verdict.BROKEN, promise=promise(0.75, claim=LIVE), gap=-1.05, n=45)
NEGOTIATION = touchpoint("negotiation", blind_spot=BlindSpot.NO_INVITATIONS, promise=promise())
JOURNEY = report_of(
    touchpoint("website", 0.4, Verdict.KEPT, phase="Orientation", promise=promise(0.25), gap=0.15),
    touchpoint(
        "quote", 0.1, Verdict.UNDETERMINED, phase="Consideration", instrument="nps", n_needed=120, promise=promise()
    ),
    NEGOTIATION,
    IMPLEMENTATION,
    touchpoint("tips", 0.6, Verdict.OVER_DELIVERED, phase="Usage", promise=promise(0.25), gap=0.35),
    touchpoint("case study", 0.7, Verdict.INDICATIVE, phase="Loyalty", n=7, half=0.6, promise=promise(), gap=0.2),
    touchpoint("renewal", blind_spot=BlindSpot.TOO_FEW, phase="Loyalty"),
)


def layers_of(report: JourneyReport, layout: Layout = Layout.WIDE) -> dict[str, list[dict[str, Any]]]:
    """The rows of each named layer of the specification."""
    spec = curve_spec(report, layout=layout, theme=Theme.LIGHT)
    return {layer["name"]: spec["datasets"][layer["data"]["name"]] for layer in spec["layer"]}


def words_of(picture: Picture) -> str:
    return " ".join(text.words for text in picture.texts)


class TestFinding:
    def test_the_worst_broken_promise_is_the_title(self) -> None:
        desk = touchpoint("desk", 0.05, Verdict.BROKEN, promise=promise(), gap=-0.45)
        title = finding_of(report_of(desk, IMPLEMENTATION))
        assert title == "Implementation breaks its promise: “Live in 30 days…” was promised, people felt unhappy"

    def test_a_gap_between_shares_is_compared_on_the_scale_of_experience(self) -> None:
        delivery = touchpoint("delivery", 0.4, Verdict.BROKEN, promise=promise(None, share=0.95), gap=-0.25)
        desk = touchpoint("desk", 0.05, Verdict.BROKEN, promise=promise(), gap=-0.45)
        assert finding_of(report_of(desk, delivery)).startswith("Delivery breaks its promise")
        assert finding_of(report_of(delivery)).endswith("70\xa0% got it")

    def test_a_mean_that_is_not_negative_is_not_called_worse_than_it_is(self) -> None:
        desk = touchpoint("desk", 0.3, Verdict.BROKEN, promise=promise(0.75), gap=-0.45)
        assert finding_of(report_of(desk)).endswith("people felt only pleased")

    @pytest.mark.parametrize(
        ("touchpoints", "title"),
        [
            ([], "This journey has no touchpoints yet"),
            ([touchpoint("a", blind_spot=BlindSpot.NO_ANSWERS)], "No answers yet"),
            ([NEGOTIATION, touchpoint("a", blind_spot=BlindSpot.TOO_FEW)], "Too few answers yet"),
            ([touchpoint("a", blind_spot=BlindSpot.STALE)], "No fresh answers"),
            (
                [touchpoint("a", 0.4, Verdict.NO_PROMISE), NEGOTIATION],
                "Experience is measured, but there is no",
            ),
            ([touchpoint("a", 0.4, Verdict.INDICATIVE, n=7)], "First impressions only"),
            ([touchpoint("a", 0.4, Verdict.UNDETERMINED)], "No verdict yet: the one tested promise is"),
            (
                [touchpoint("a", 0.4, Verdict.UNDETERMINED), touchpoint("b", 0.4, Verdict.KEPT)],
                "No promise is shown to be broken, 1 of 2 tested are still undetermined",
            ),
            ([touchpoint("a", 0.4, Verdict.KEPT)], "Every tested promise is kept"),
            ([touchpoint("a", 0.4, Verdict.OVER_DELIVERED)], "Every tested promise is kept, and A delivers more"),
        ],
    )
    def test_without_a_broken_promise_the_title_says_how_far_the_evidence_reaches(
        self, touchpoints: list[TouchpointFigure], title: str
    ) -> None:
        assert finding_of(report_of(*touchpoints)).startswith(title)

    def test_the_subtitle_counts_answers_days_and_verdicts(self) -> None:
        subtitle = subtitle_of(JOURNEY).replace("\xa0", " ")
        assert "172 answers, 1 May 2026 to 29 Jul 2026 (90 days). Bars: 95 % interval." in subtitle
        assert subtitle.endswith("Violet: what was promised.")
        assert verdicts_of(JOURNEY).replace("\xa0", " ").startswith("Of 7 touchpoints: 1 broken, 1 kept")

    @given(st.text(max_size=200))
    def test_a_claim_is_never_longer_than_its_room_and_only_cut_between_words(self, claim: str) -> None:
        short = shortened(claim)
        assert len(short) <= CLAIM_CHARACTERS
        whole = " ".join(claim.split())
        assert short == whole or short.endswith("…")
        start = short.removesuffix("…")
        if " " in start and short != whole:
            assert not whole[len(start)].isalnum() or not start[-1].isalnum()


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
            assert [path.is_dashed for path in picture.paths[:2]] == [True, False]
            assert "different instruments (five faces, NPS)" in words_of(picture)
            assert set(layers_of(JOURNEY, layout)) >= {"joins", "line"}

    def test_the_line_passes_through_every_point_and_never_overshoots_one(self) -> None:
        picture = picture_of(JOURNEY, Layout.WIDE)
        markers = [marker for marker in picture.markers if marker.key in ("implementation", "tips", "case study")]
        line = next(path for path in picture.paths if not path.is_dashed)
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
        marker = next(marker for marker in picture.markers if marker.key == "implementation")
        assert not rest
        assert (gap.x, gap.x2, gap.y2) == (column.left, column.right, marker.y)

    def test_an_interval_stands_only_at_its_point(self) -> None:
        picture = picture_of(JOURNEY, Layout.WIDE)
        middles = {marker.x for marker in picture.markers if marker.key}
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


NAMES = st.one_of(
    st.sampled_from(["Website", "Implementation", "Onboarding/Handover", "Renewal talk with account manager"]),
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=40),
)


@st.composite
def touchpoints(draw: st.DrawFn, key: str) -> TouchpointFigure:
    more: dict[str, Any] = {"name": draw(NAMES), "phase": draw(st.sampled_from(["Usage", "Loyalty/Retention", ""]))}
    level = draw(st.one_of(st.none(), st.floats(-1, 1)))
    share = draw(st.one_of(st.none(), st.floats(0, 1))) if level is None else None
    if level is not None or share is not None:
        more["promise"] = promise(level, share=share, claim=draw(st.text(max_size=80)))
    if draw(st.booleans()):
        return touchpoint(key, blind_spot=draw(st.sampled_from([None, *BlindSpot])), **more)
    verdict = draw(st.sampled_from([verdict for verdict in Verdict if verdict is not Verdict.BLIND]))
    more |= {"n": draw(st.integers(5, 10**6)), "half": draw(st.floats(0, 1)), "n_needed": draw(st.integers(1, 10**5))}
    more |= {"instrument": draw(st.sampled_from(["anchor", "nps", "ces"])), "gap": draw(st.floats(-2, 2))}
    return touchpoint(key, draw(st.floats(-1, 1)), verdict, **more)


@st.composite
def reports(draw: st.DrawFn) -> JourneyReport:
    return report_of(*(draw(touchpoints(f"t{i}")) for i in range(draw(st.integers(0, 20)))))


class TestReadability:
    @pytest.mark.parametrize("layout", list(Layout))
    @settings(max_examples=80, deadline=None)
    @given(report=reports())
    def test_no_words_ever_collide_or_leave_the_sheet(self, layout: Layout, report: JourneyReport) -> None:
        picture = picture_of(report, layout)
        sheet = Box(0, 0, picture.width, picture.height)
        assert [text.words for text in picture.texts if not sheet.holds(text.box)] == []
        crowded = [
            (one.words, other.words)
            for one, other in combinations(picture.texts, 2)
            if one.box.overlaps(other.box, -0.5)
        ]
        assert crowded == []

    @pytest.mark.parametrize("layout", list(Layout))
    @settings(max_examples=25, deadline=None)
    @given(report=reports())
    def test_every_touchpoint_has_its_name_and_every_point_its_verdict_and_n(
        self, layout: Layout, report: JourneyReport
    ) -> None:
        picture = picture_of(report, layout)
        figures = [text.words for text in picture.texts if text.role is Role.LABEL and text.words.startswith("n ")]
        assert len(figures) == sum(map(is_measured, report.touchpoints))
        assert [text.words for text in picture.texts if text.words == "blind"] == ["blind"] * sum(
            not is_measured(point) for point in report.touchpoints
        )

    def test_a_label_that_must_be_there_is_placed_though_everything_is_in_its_way(self) -> None:
        wide = [
            touchpoint(f"t{i}", 0.0, Verdict.UNDETERMINED, half=1.0, n_needed=50, promise=promise(0.0))
            for i in range(20)
        ]
        picture = picture_of(report_of(*wide), Layout.WIDE)
        assert sum(text.words == "undetermined" for text in picture.texts) == 20


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
