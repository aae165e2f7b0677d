"""The charts beside the curve one by one: what their titles and tables say, and what they must never show."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from analysis import change_chart, distribution_chart, driver_chart, funnel_chart, quadrant_chart, trend_chart
from analysis.curve_shapes import Layout
from analysis.drivers import DriverAnalysis
from analysis.funnel import Funnel
from analysis.importance import quadrants_of
from analysis.quadrant_chart import ImportanceKind
from tests.analysis.chart_examples import (
    DERIVED,
    DRIVEN,
    FALLING,
    FUNNELS,
    HIGH,
    JOURNEY,
    LOW,
    NAMES,
    PLACED,
    QUOTE,
    RENEWAL,
    SETTINGS,
    WEBSITE,
    assert_readable,
    driven,
    effect,
    journey,
    measure,
    plain,
    row_of,
    touchpoint,
    weekly,
    words_of,
)


class TestDistribution:
    def test_the_title_names_the_touchpoint_with_the_most_unhappy_answers(self) -> None:
        title = plain(distribution_chart.title_of(JOURNEY))
        assert title == "Help desk has the most unhappy answers: 60 % are on that side of the scale"

    def test_shares_of_different_instruments_are_not_compared(self) -> None:
        """60 % of the quote's answers are detractors, but they were given on another scale than the website's."""
        calm = journey(WEBSITE, touchpoint("Tips", mean=0.1, instrument="anchor", distribution=((3, 9),)), QUOTE)
        assert plain(distribution_chart.title_of(calm)).startswith("Website has the most unhappy answers: 10 %")

    def test_the_table_has_the_three_sides_and_every_answer(self) -> None:
        row = row_of(distribution_chart.table_of(JOURNEY), "Website")
        sides = (row["Unhappy side"], row["Middle"], row["Happy side"])
        assert (row["Measured by"], row["Answers"], sides) == ("five faces", "100", ("10 %", "20 %", "70 %"))
        assert row["Each answer"] == "2: 10 (10 %), 3: 20 (20 %), 4: 40 (40 %), 5: 30 (30 %)"

    def test_nps_is_divided_as_it_is_scored(self) -> None:
        row = row_of(distribution_chart.table_of(JOURNEY), "Quote")
        assert (row["Unhappy side"], row["Middle"], row["Happy side"]) == ("60 %", "20 %", "20 %")
        assert "detractors (0 to 6)" in words_of(distribution_chart.sheet_of(JOURNEY, Layout.WIDE))

    def test_a_suppressed_touchpoint_says_so_and_shows_nothing_that_came_along(self) -> None:
        row = row_of(distribution_chart.table_of(JOURNEY), "Renewal")
        assert list(row.values()) == ["Renewal", "fewer than 5 answers", *["not shown"] * 5]
        assert "fewer than 5 answers" in words_of(distribution_chart.sheet_of(JOURNEY, Layout.PHONE))
        assert distribution_chart.divided_answers(RENEWAL) is None

    def test_picked_emotions_have_no_scale_to_divide(self) -> None:
        assert row_of(distribution_chart.table_of(JOURNEY), "Tips")["Measured by"].startswith("emotion picker: no")

    def test_happy_answers_only(self) -> None:
        best = journey(touchpoint("Tips", mean=1.0, instrument="ces", distribution=((7, 30),)))
        assert distribution_chart.title_of(best) == "No answer is on the unhappy side of its scale"
        assert_readable(distribution_chart.sheet_of(best, Layout.PHONE))


class TestFunnel:
    def test_the_title_says_how_many_answered_and_where_most_are_lost(self) -> None:
        title = plain(funnel_chart.title_of(FUNNELS))
        assert title == "10 % of 1,000 passages were answered; most are lost because they were not asked (500)"

    def test_the_table_has_every_step_and_every_reason_the_most_frequent_first(self) -> None:
        row = row_of(funnel_chart.table_of(FUNNELS, 5), "Website")
        assert (row["Passed"], row["Sent"], row["Answered"]) == ("1,000", "390 (39 %)", "100 (10 %)")
        assert (row["Delivered"], row["Arrival confirmed"]) == ("380 (38 %)", "300 (30 %)")
        assert (row["Deferred, still waiting"], row["Held"]) == ("6 (1 %)", "4 (0 %)")
        assert row["Could not be asked"] == "has opted out: 100"
        assert row["The policy said no"] == "asked here recently: 500"
        assert row["Not drawn"] == ""

    def test_few_answers_are_not_counted_out(self) -> None:
        assert row_of(funnel_chart.table_of(FUNNELS, 5), "Help desk")["Answered"] == "fewer than 5"

    def test_answers_without_events_have_no_share(self) -> None:
        imported = Funnel(
            key="i", name="Import", passed=0, eligible=0, asked=0, sent=0, delivered=0, opened=0, answered=40
        )
        assert row_of(funnel_chart.table_of([imported], 5), "Import")["Answered"] == "40"
        assert "too little is known for shares" in funnel_chart.title_of([imported])
        assert_readable(funnel_chart.sheet_of([imported], 5, Layout.WIDE))


class TestTrend:
    def test_the_title_has_a_direction_only_where_the_interval_has_one(self) -> None:
        assert "Help desk is getting worse: the last 4 weeks" in trend_chart.title_of("Help desk", FALLING, SETTINGS)
        steady = weekly([0.2, 0.3] * 5)
        assert trend_chart.title_of("Help desk", steady, SETTINGS) == "Help desk: no direction is shown"

    def test_a_week_of_too_few_is_a_hole_in_picture_and_table(self) -> None:
        row = row_of(trend_chart.table_of(FALLING, SETTINGS), "2\xa0Feb\xa02026")
        assert (row["People (n)"], row["Experience"], row["Control limits"]) == (
            "fewer than 5",
            "not shown",
            "not shown",
        )
        key_signs = 3
        sheet = trend_chart.sheet_of("Help desk", FALLING, SETTINGS, Layout.WIDE)
        assert len(sheet.signs) <= 13 + key_signs
        hole = sheet.columns[4].box
        assert not [sign for sign in sheet.signs if hole.left < sign.x < hole.right and sign.y < hole.bottom]
        lines = [rule for rule in sheet.rules if rule.x < hole.left and rule.x2 > hole.right and rule.width == 2.4]
        assert lines == []

    def test_a_signal_is_told_by_word_and_by_shape(self) -> None:
        assert row_of(trend_chart.table_of(FALLING, SETTINGS), "2\xa0Mar\xa02026")["Signal"] == "outside the limits"
        assert "week out of the ordinary" in plain(trend_chart.title_of("Desk", FALLING, SETTINGS))
        assert "signal: outside the limits" in words_of(trend_chart.sheet_of("Desk", FALLING, SETTINGS, Layout.WIDE))

    def test_few_weeks_have_no_limits_and_the_picture_says_why(self) -> None:
        assert "Control limits need 8 weeks" in words_of(
            trend_chart.sheet_of("Desk", weekly([0.1, 0.2]), SETTINGS, Layout.WIDE)
        )

    @pytest.mark.parametrize("layout", list(Layout))
    @settings(max_examples=30, deadline=None, derandomize=True)
    @given(means=st.lists(st.one_of(st.none(), st.floats(-1, 1)), max_size=110))
    def test_any_weeks_are_readable(self, layout: Layout, means: list[float | None]) -> None:
        assert_readable(trend_chart.sheet_of("Help desk", weekly(means, 6), SETTINGS, layout))


class TestChange:
    def test_the_title_is_the_verdict_in_words(self) -> None:
        title = change_chart.title_of(effect(), SETTINGS)
        assert title.startswith("Help desk improved after “One named contact”: +")
        assert "got worse" in change_chart.title_of(effect(HIGH, LOW), SETTINGS)
        assert change_chart.title_of(effect(LOW, LOW), SETTINGS).startswith("No change is shown at Help desk")

    def test_an_interim_look_has_no_verdict(self) -> None:
        look = effect(is_interim=True)
        assert change_chart.title_of(look, SETTINGS).startswith("Interim look, no verdict before 2\xa0Mar\xa02026")
        verdict = change_chart.table_of(look, SETTINGS).rows[-1][2]
        assert plain(verdict) == "interim look: no verdict before 2 Mar 2026"

    def test_few_people_are_shown_but_not_tested(self) -> None:
        few = effect(after=((1.0, 7),))
        assert change_chart.title_of(few, SETTINGS).startswith("Too few people to test")

    def test_the_table_has_each_figure_of_the_picture(self) -> None:
        table = change_chart.table_of(effect(), SETTINGS)
        assert [row[0] for row in table.rows] == [
            "Before",
            "To be expected after, without the action",
            "After",
            "After minus before",
            "Taken off: regression to the mean",
            "Net difference",
            "Better after, of two answers at random",
            "Verdict",
        ]
        words = words_of(change_chart.sheet_of(effect(), SETTINGS, Layout.PHONE))
        assert all(plain(row[2]) in words for row in table.rows)

    def test_fewer_than_may_be_shown_leave_no_figure(self) -> None:
        table = change_chart.table_of(effect(after=((1.0, 4),)), SETTINGS)
        assert [row[0] for row in table.rows] == ["Before", "All differences", "Verdict"]
        assert table.rows[1][2] == "not shown (fewer than 5 contacts)"
        assert change_chart.table_of(effect(((1.0, 4),), ((1.0, 4),)), SETTINGS).rows[0][0] == "All differences"

    def test_sides_measured_otherwise_are_not_compared(self) -> None:
        otherwise = effect(after=(), is_measured_otherwise=True)
        assert "measured otherwise before" in change_chart.title_of(otherwise, SETTINGS)
        assert change_chart.verdict_in_words(otherwise, SETTINGS) == "none, measured otherwise before"

    def test_what_else_was_done_is_named(self) -> None:
        words = words_of(change_chart.sheet_of(effect(also=("New chairs",)), SETTINGS, Layout.PHONE))
        assert "Also done here in these days: “New chairs”." in words


class TestDrivers:
    def test_the_title_names_the_leader_and_that_it_is_no_cause(self) -> None:
        title = driver_chart.title_of(DRIVEN)
        assert title.startswith("The overall answer goes with Help desk most: ")
        assert title.endswith("(association, not cause)")

    def test_a_lead_that_may_be_chance_is_called_that(self) -> None:
        first, second, *_ = DRIVEN.drivers
        near = DriverAnalysis(150, 100, 0.5, (first, replace(first, name=second.name)), ())
        assert "too close to call" in driver_chart.title_of(near)

    def test_the_table_has_the_strongest_first(self) -> None:
        table = driver_chart.table_of(DRIVEN, SETTINGS)
        assert [row[0] for row in table.rows][:2] == ["Help desk", "Website"]
        assert all(cell for cell in table.rows[0])

    def test_a_driver_that_goes_the_other_way_is_marked_by_sign_and_words(self) -> None:
        turned = replace(DRIVEN, drivers=tuple(replace(driver, correlation=-0.3) for driver in DRIVEN.drivers))
        words = words_of(driver_chart.sheet_of(turned, SETTINGS, Layout.PHONE))
        assert "↓ Help desk" in words
        assert "↓ the better this, the worse the overall answer" in words

    def test_too_few_contacts_are_counted(self) -> None:
        assert "20 contacts answered every question, 100 are needed" in plain(driver_chart.title_of(driven(20)))


class TestQuadrants:
    def test_the_title_names_what_is_surely_important_and_surely_bad(self) -> None:
        title = quadrant_chart.title_of(PLACED, NAMES)
        assert title == "Work on Help desk first: important, and worse than the rest"

    def test_without_such_the_title_says_so(self) -> None:
        unsure = quadrants_of({"a": measure(0.4, 0.4), "b": measure(0.3)}, {"a": measure(-0.4), "b": measure(0.3)})
        assert quadrant_chart.title_of(unsure, NAMES) == "Nothing is clearly both important and badly done"

    def test_the_table_carries_the_numbers_of_the_picture(self) -> None:
        row = row_of(quadrant_chart.table_of(PLACED, NAMES, DERIVED, SETTINGS), "Tips")
        assert (row["No."], row["Importance"], row["Quadrant"]) == ("3", "5 %", "unclear")
        stated = row_of(quadrant_chart.table_of(PLACED, NAMES, ImportanceKind.STATED, SETTINGS), "Tips")
        assert stated["Importance"] == "+0.05"

    def test_one_alone_is_drawn(self) -> None:
        alone = quadrants_of({"a": measure(0.4, 0.0)}, {"a": measure(0.4, 0.0)})
        for layout in Layout:
            assert_readable(quadrant_chart.sheet_of(alone, NAMES, DERIVED, SETTINGS, layout))
