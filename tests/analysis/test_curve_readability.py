"""The words of the emotion curve are readable whatever a report holds, overlays and the lane of arousal included."""

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.curve_chart import Layout, picture_of
from analysis.curve_shapes import Role
from analysis.curve_words import is_measured
from analysis.label_placing import Box
from analysis.lettering import balanced, width_of, wrapped
from analysis.overlay import Overlay, OverlayPoint
from analysis.report import BlindSpot, Interval, JourneyReport, TouchpointFigure, Verdict
from tests.analysis.curve_reports import promise, report_of, touchpoint

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
    more["arousal"] = draw(st.one_of(st.none(), st.floats(0, 1)))
    return touchpoint(key, draw(st.floats(-1, 1)), verdict, **more)


@st.composite
def reports(draw: st.DrawFn) -> JourneyReport:
    return report_of(*(draw(touchpoints(f"t{i}")) for i in range(draw(st.integers(0, 20)))))


@st.composite
def overlay_points(draw: st.DrawFn) -> OverlayPoint:
    mean, half = draw(st.floats(-1, 1)), draw(st.floats(0, 1))
    interval = Interval(max(-1.0, mean - half), min(1.0, mean + half))
    # The journey need not have the touchpoint, and three contacts may not be shown.
    return OverlayPoint(f"t{draw(st.integers(0, 21))}", mean, interval, draw(st.integers(3, 10**6)))


@st.composite
def compared(draw: st.DrawFn) -> list[Overlay]:
    return [
        Overlay(name=f"{i}{draw(NAMES)}", points=tuple(draw(st.lists(overlay_points(), max_size=20))))
        for i in range(draw(st.integers(0, 3)))
    ]


class TestReadability:
    @pytest.mark.parametrize("layout", list(Layout))
    @settings(max_examples=80, deadline=None)
    @given(report=reports(), overlays=compared())
    def test_no_words_ever_collide_or_leave_the_sheet(
        self, layout: Layout, report: JourneyReport, overlays: list[Overlay]
    ) -> None:
        picture = picture_of(report, layout, overlays)
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
    @given(report=reports(), overlays=compared())
    def test_every_touchpoint_has_its_name_and_every_point_its_verdict_and_n(
        self, layout: Layout, report: JourneyReport, overlays: list[Overlay]
    ) -> None:
        picture = picture_of(report, layout, overlays)
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

    @settings(deadline=None)
    @given(words=st.lists(st.text(alphabet="aeimnrst", min_size=1, max_size=12), min_size=1, max_size=14))
    def test_a_title_is_balanced_over_the_lines_it_needs(self, words: list[str]) -> None:
        title = " ".join(words)
        plain, even = (break_lines(title, 300, 18, lines=20) for break_lines in (wrapped, balanced))
        assert (len(even), " ".join(even)) == (len(plain), " ".join(plain))
        widest = [max(width_of(line, 18) for line in lines) for lines in (even, plain)]
        assert widest[0] <= widest[1]

    def test_no_word_is_left_alone_on_the_last_line_of_a_title(self) -> None:
        title = "Implementation breaks its promise: people felt unhappy"
        assert wrapped(title, 420, 18, lines=3)[-1] == "unhappy"
        assert len(balanced(title, 420, 18, lines=3)[-1].split()) > 2
