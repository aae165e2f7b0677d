"""What a report marks: pit and peak where the answers are sure, the end, and blind spots by what is at stake."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.blind_spots import ranked_blind_spots
from analysis.experience import estimate_of, moments_of
from analysis.finding import NO_BREAK, landmarks_in_words
from analysis.landmarks import end_of, mark
from analysis.report import (
    BlindSpot,
    JourneyReport,
    PromiseFigure,
    ReportSettings,
    TouchpointFigure,
    Verdict,
)

SETTINGS = ReportSettings()


def figure(key: str, xs: list[float] | None = None, **more: Any) -> TouchpointFigure:
    """A touchpoint with the figures that answers `xs` give; blind without."""
    estimate = estimate_of(moments_of(xs)) if xs else None
    shown: dict[str, Any] = {"blind_spot": BlindSpot.NO_ANSWERS}
    if xs and estimate:
        shown = {"mean": estimate.mean, "centre": estimate.centre, "se": estimate.se, "interval": estimate.interval}
    names = {"name": key.title(), "stage": "", "phase": "Use", "step": "", "period": "", "channel": "", "owner": ""}
    return TouchpointFigure(key=key, n_contacts=len(xs or []), n_responses=len(xs or []), **(names | shown | more))


def blind(key: str, reach: float | None, level: float | None = None, share: float | None = None) -> TouchpointFigure:
    promise = PromiseFigure(claim="", source="", owner="", valid_from=date(2026, 1, 1), level=level, share=share)
    return figure(key, reach_month=reach, promise=None if level is None and share is None else promise)


def report_of(*touchpoints: TouchpointFigure) -> JourneyReport:
    return JourneyReport(
        journey="use",
        name="Use",
        since=date(2026, 1, 1),
        until=date(2026, 1, 31),
        touchpoints=touchpoints,
        settings=SETTINGS,
        method_version="1",
        data_hash="",
        landmarks=mark(touchpoints, SETTINGS),
        end=end_of(touchpoints),
    )


LOW, MIDDLE, HIGH = [-1.0, -0.5] * 20, [0.0, 0.5] * 20, [0.5, 1.0] * 20


class TestLandmarks:
    def test_a_clear_pit_and_a_clear_peak_are_named_with_their_probability(self) -> None:
        report = report_of(figure("setup", LOW), figure("tips", HIGH), figure("desk", MIDDLE))
        pit, peak = report.landmarks.pit, report.landmarks.peak
        assert pit is not None
        assert peak is not None
        assert (pit.key, pit.mean, peak.key, report.landmarks.n_tested) == ("setup", -0.75, "tips", 3)
        assert min(pit.probability, peak.probability) > 0.99
        words = landmarks_in_words(report).replace(NO_BREAK, " ")
        assert words == "Pit: Setup (probability over 0.99). Peak: Tips (over 0.99). End: Desk (pleased)."

    def test_two_that_are_alike_low_leave_no_clear_pit(self) -> None:
        report = report_of(figure("setup", LOW), figure("desk", LOW), figure("tips", HIGH))
        assert report.landmarks.pit is None
        words = landmarks_in_words(report).replace(NO_BREAK, " ")
        assert words == "No clear pit. Peak: Tips (probability over 0.99). End: Tips (delighted)."

    def test_nine_contacts_have_no_say_and_ten_have_one_promised_or_not(self) -> None:
        others = [figure("desk", MIDDLE), figure("tips", HIGH, verdict=Verdict.NO_PROMISE)]
        nine = mark([figure("setup", [-1.0] * 9), *others], SETTINGS)
        assert (nine.pit and nine.pit.key, nine.n_tested) == ("desk", 2)
        ten = mark([figure("setup", [-1.0] * 10), *others], SETTINGS)
        assert (ten.pit and ten.pit.key, ten.peak and ten.peak.key) == ("setup", "tips")

    @pytest.mark.parametrize("touchpoints", [[], [figure("desk", MIDDLE)], [figure("desk"), figure("tips")]])
    def test_an_empty_a_single_and_a_blind_journey_have_no_clear_pit(self, touchpoints: list[TouchpointFigure]) -> None:
        report = report_of(*touchpoints)
        assert (report.landmarks.pit, report.landmarks.peak) == (None, None)
        assert landmarks_in_words(report).startswith("No clear pit. No clear peak.")

    def test_the_end_is_the_last_touchpoint_that_is_measured(self) -> None:
        end = end_of([figure("desk", MIDDLE), figure("tips", [1.0] * 6), figure("renewal")])
        assert end is not None
        assert (end.key, end.mean, end.n_contacts) == ("tips", 1.0, 6)
        assert end_of([figure("renewal")]) is None

    def test_all_answers_equal_mark_nothing(self) -> None:
        found = mark([figure("desk", [0.0] * 20), figure("tips", [0.0] * 20)], SETTINGS)
        assert (found.pit, found.peak) == (None, None)


class TestBlindSpots:
    def test_what_is_most_at_stake_comes_first_and_an_unknown_reach_last(self) -> None:
        spots = ranked_blind_spots(
            [
                figure("seen", MIDDLE, reach_month=900),
                blind("unknown, small promise", None, level=0.0),
                blind("no promise", 500.0),
                blind("unknown, large promise", None, share=0.95),
                blind("few, large promise", 20.0, level=0.75),
                blind("many, small promise", 100.0, level=-0.5),
                blind("share", 40.0, share=0.5),
            ]
        )
        assert [(spot.key, spot.promised, spot.at_stake) for spot in spots] == [
            ("many, small promise", 0.25, 25.0),
            ("share", 0.5, 20.0),
            ("few, large promise", 0.875, 17.5),
            ("no promise", None, None),
            ("unknown, large promise", 0.95, None),
            ("unknown, small promise", 0.5, None),
        ]
        assert {spot.reason for spot in spots} == {BlindSpot.NO_ANSWERS}

    def test_a_reach_of_nobody_puts_nothing_at_stake(self) -> None:
        spots = ranked_blind_spots([blind("nobody", 0.0, level=1.0), blind("few", 1.0, level=-0.9)])
        assert [spot.key for spot in spots] == ["few", "nobody"]

    @given(st.permutations([blind("a", 9.0, level=0.1), blind("b", None, level=0.9), blind("c", 5.0), figure("d")]))
    def test_the_order_of_the_touchpoints_changes_no_rank_but_that_of_equals(
        self, touchpoints: list[TouchpointFigure]
    ) -> None:
        assert [spot.key for spot in ranked_blind_spots(touchpoints)] == ["a", "c", "b", "d"]
