"""The charts beside the curve: what their titles and tables say, what they must never show, and that they are read."""

import json
import random
from collections.abc import Callable
from datetime import date, timedelta
from itertools import combinations
from math import isfinite
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from analysis import change_chart, distribution_chart, driver_chart, funnel_chart, quadrant_chart, trend_chart
from analysis.before_after import Action, Sides, change_of
from analysis.change_chart import Effect
from analysis.chart_sheet import NOTHING_YET, Sheet
from analysis.chart_words import Table, signed
from analysis.charts import png, svg
from analysis.curve_shapes import Layout
from analysis.curve_theme import Theme
from analysis.drivers import Driver, DriverAnalysis, drivers_of
from analysis.experience import estimate_of, moments_of_counts
from analysis.funnel_chart import Funnel, NotAsked
from analysis.importance import Measure, Quadrants, quadrants_of
from analysis.label_placing import Box
from analysis.quadrant_chart import ImportanceKind
from analysis.report import BlindSpot, Interval, JourneyReport, ReportSettings, TouchpointFigure, Verdict
from analysis.trend import Trend, trend_of, weekly_moments

SETTINGS = ReportSettings()
MONDAY = date(2026, 1, 5)


def touchpoint(key: str, **more: Any) -> TouchpointFigure:
    """Measured where it has a mean, else blind."""
    n = sum(count for _, count in more.get("distribution", ()))
    verdict = Verdict.NO_PROMISE if "mean" in more else Verdict.BLIND
    figures = {"name": key, "stage": "", "phase": "Use", "step": "", "period": "", "channel": "web", "owner": "Ops"}
    return TouchpointFigure(key=key, n_contacts=n, n_responses=n, verdict=verdict, **figures, **more)


def journey(*touchpoints: TouchpointFigure) -> JourneyReport:
    days = {"since": date(2026, 1, 1), "until": date(2026, 3, 31)}
    return JourneyReport(
        journey="crm",
        name="CRM",
        touchpoints=touchpoints,
        settings=SETTINGS,
        method_version="1",
        data_hash="0",
        **days,
    )


WEBSITE = touchpoint("Website", mean=0.5, instrument="anchor", distribution=((2, 10), (3, 20), (4, 40), (5, 30)))
DESK = touchpoint("Help desk", mean=-0.3, instrument="anchor", distribution=((1, 20), (2, 10), (3, 10), (5, 10)))
QUOTE = touchpoint("Quote", mean=0.2, instrument="nps", distribution=((0, 30), (6, 30), (7, 20), (10, 20)))
# Blind, though figures came along.
RENEWAL = replace(
    touchpoint("Renewal", mean=-1.0, instrument="anchor", distribution=((1, 3),)),
    verdict=Verdict.BLIND,
    blind_spot=BlindSpot.TOO_FEW,
)
JOURNEY = journey(WEBSITE, DESK, QUOTE, RENEWAL, touchpoint("Tips", mean=0.1, instrument="emotion"))

FUNNELS = (
    Funnel(
        key="a",
        name="Website",
        passed=1000,
        eligible=900,
        asked=400,
        sent=390,
        opened=200,
        answered=100,
        not_asked=(NotAsked("has opted out", 100), NotAsked("asked here recently", 500)),
    ),
    Funnel(key="b", name="Help desk", passed=50, eligible=50, asked=50, sent=50, opened=20, answered=None),
    Funnel(key="c", name="Renewal", passed=0, eligible=0, asked=0, sent=0, opened=0, answered=0),
)


def weekly(means: list[float | None], n: int = 20) -> Trend:
    """Weeks of `n` contacts around each mean; None is a week of three contacts."""
    answers = []
    for week, mean in enumerate(means):
        for contact in range(3 if mean is None else n):
            x = (mean or 0.0) + (0.3 if contact % 2 else -0.3)
            answers.append((week * 1000 + contact, MONDAY + timedelta(weeks=week), max(-1.0, min(1.0, x))))
    return trend_of(weekly_moments(answers), SETTINGS)


FALLING = weekly([0.3, 0.2, 0.3, 0.2, None, 0.3, 0.2, 0.3, -0.9, 0.2, -0.2, -0.2, -0.3, -0.2])

LOW = ((-1.0, 20), (-0.5, 10), (0.0, 10), (0.5, 5))
HIGH = ((0.0, 10), (0.5, 20), (1.0, 15))


def effect(before: Any = LOW, after: Any = HIGH, *, is_interim: bool = False) -> Effect:
    return Effect(
        touchpoint="Help desk",
        action=Action("One named contact", date(2026, 2, 2)),
        before=estimate_of(moments_of_counts(before)),
        after=estimate_of(moments_of_counts(after)),
        change=change_of(Sides(before, after), (), SETTINGS, is_interim=is_interim),
    )


def driven(n: int = 150) -> DriverAnalysis:
    """The overall answer follows the first driver."""
    draw = random.Random(7)
    rows = [[draw.gauss(0, 1) for _ in range(3)] for _ in range(n)]
    return drivers_of(
        ["Help desk", "Website", "Invoices"], rows, [row[0] + 0.3 * row[1] + draw.gauss(0, 1) for row in rows]
    )


DRIVEN = driven()
NAMES = {"a": "Help desk", "b": "Website", "c": "Tips"}


def measure(value: float, half: float = 0.02) -> Measure:
    return Measure(value, Interval(value - half, value + half))


PLACED = quadrants_of(
    {"a": measure(0.4), "b": measure(0.35), "c": measure(0.05)},
    {"a": measure(-0.4), "b": measure(0.5), "c": measure(0.1, 0.5)},
)
NOWHERE = Quadrants(None, {})
DERIVED = ImportanceKind.DERIVED

SHEETS: dict[str, Callable[[Layout], Sheet]] = {
    "distribution": lambda layout: distribution_chart.sheet_of(JOURNEY, layout),
    "funnel": lambda layout: funnel_chart.sheet_of(FUNNELS, 5, layout),
    "trend": lambda layout: trend_chart.sheet_of("Help desk", FALLING, SETTINGS, layout),
    "change": lambda layout: change_chart.sheet_of(effect(), SETTINGS, layout),
    "driver": lambda layout: driver_chart.sheet_of(DRIVEN, SETTINGS, layout),
    "quadrant": lambda layout: quadrant_chart.sheet_of(PLACED, NAMES, DERIVED, SETTINGS, layout),
}
EMPTY: dict[str, Callable[[Layout], Sheet]] = {
    "distribution": lambda layout: distribution_chart.sheet_of(journey(), layout),
    "only suppressed": lambda layout: distribution_chart.sheet_of(journey(RENEWAL), layout),
    "funnel": lambda layout: funnel_chart.sheet_of((), 5, layout),
    "funnel of nobody": lambda layout: funnel_chart.sheet_of(FUNNELS[2:], 5, layout),
    "trend": lambda layout: trend_chart.sheet_of("Help desk", weekly([]), SETTINGS, layout),
    "trend of few": lambda layout: trend_chart.sheet_of("Help desk", weekly([None, None]), SETTINGS, layout),
    "change": lambda layout: change_chart.sheet_of(effect(after=()), SETTINGS, layout),
    "change of few": lambda layout: change_chart.sheet_of(effect(after=((1.0, 4),)), SETTINGS, layout),
    "driver": lambda layout: driver_chart.sheet_of(drivers_of([], [], []), SETTINGS, layout),
    "quadrant": lambda layout: quadrant_chart.sheet_of(NOWHERE, {}, DERIVED, SETTINGS, layout),
}
SPECS: dict[str, Callable[[Layout, Theme], dict[str, Any]]] = {
    "distribution": lambda layout, theme: distribution_chart.distribution_spec(JOURNEY, layout=layout, theme=theme),
    "funnel": lambda layout, theme: funnel_chart.funnel_spec(FUNNELS, 5, layout=layout, theme=theme),
    "trend": lambda layout, theme: trend_chart.trend_spec("Desk", FALLING, SETTINGS, layout=layout, theme=theme),
    "change": lambda layout, theme: change_chart.change_spec(effect(), SETTINGS, layout=layout, theme=theme),
    "driver": lambda layout, theme: driver_chart.driver_spec(DRIVEN, SETTINGS, layout=layout, theme=theme),
    "quadrant": lambda layout, theme: quadrant_chart.quadrant_spec(
        PLACED, NAMES, DERIVED, SETTINGS, layout=layout, theme=theme
    ),
}


def words_of(sheet: Sheet) -> str:
    return " ".join(text.words for text in sheet.texts).replace("\xa0", " ")


def plain(words: str) -> str:
    return words.replace("\xa0", " ")


def row_of(table: Table, name: str) -> dict[str, str]:
    row = next(row for row in table.rows if name in row)
    return {header: plain(cell) for header, cell in zip(table.headers, row, strict=True)}


def assert_readable(sheet: Sheet) -> None:
    """No words leave the sheet or stand on others, and every shape has a place."""
    room = Box(0, 0, sheet.width, sheet.height)
    assert [text.words for text in sheet.texts if not room.holds(text.box)] == []
    pairs = combinations(sheet.texts, 2)
    assert [(one.words, other.words) for one, other in pairs if one.box.overlaps(other.box, -0.5)] == []
    places = [place for rule in sheet.rules for place in (rule.x, rule.y, rule.x2, rule.y2)]
    assert all(isfinite(place) for place in places)


class TestEveryChart:
    @pytest.mark.parametrize("layout", list(Layout))
    @pytest.mark.parametrize("name", SHEETS)
    def test_its_words_stay_apart_and_on_the_sheet(self, name: str, layout: Layout) -> None:
        assert_readable(SHEETS[name](layout))

    @pytest.mark.parametrize("layout", list(Layout))
    @pytest.mark.parametrize("theme", list(Theme))
    @pytest.mark.parametrize("name", SPECS)
    def test_its_specification_is_drawn(self, name: str, layout: Layout, theme: Theme) -> None:
        spec = SPECS[name](layout, theme)
        text = json.dumps(spec, allow_nan=False)
        assert "NaN" not in text
        assert spec["width"] == (1200 if layout is Layout.WIDE else 344)
        assert "NaN" not in svg(spec)

    @pytest.mark.parametrize("name", SPECS)
    def test_the_same_figures_give_the_same_bytes(self, name: str) -> None:
        once, again = (json.dumps(SPECS[name](Layout.WIDE, Theme.LIGHT)) for _ in range(2))
        assert once == again

    @pytest.mark.parametrize("layout", list(Layout))
    @pytest.mark.parametrize("name", EMPTY)
    def test_without_figures_it_says_that_there_is_nothing_yet_and_why(self, name: str, layout: Layout) -> None:
        sheet = EMPTY[name](layout)
        assert sheet.description.startswith(f"{NOTHING_YET}: ")
        assert sheet.signs == []
        assert sheet.columns == []
        assert_readable(sheet)

    def test_the_picture_of_nothing_is_drawn(self) -> None:
        nothing = trend_chart.trend_spec("Desk", weekly([]), SETTINGS, layout=Layout.PHONE, theme=Theme.DARK)
        assert png(nothing, scale=1).startswith(b"\x89PNG")

    def test_nothing_is_minus_zero(self) -> None:
        assert [signed(x) for x in (-0.001, 0.0, -0.126)] == ["+0.00", "+0.00", "−0.13"]


LONG_NAMES = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=60)
COUNTS = st.integers(0, 10**6)


@st.composite
def funnels(draw: st.DrawFn, key: str) -> Funnel:
    counts = {step.value: draw(COUNTS) for step in funnel_chart.Step}
    reasons = tuple(NotAsked(draw(LONG_NAMES), draw(COUNTS)) for _ in range(draw(st.integers(0, 3))))
    return Funnel(key=key, name=draw(LONG_NAMES), not_asked=reasons, **counts)


@st.composite
def answered(draw: st.DrawFn, key: str) -> TouchpointFigure:
    scale = draw(st.sampled_from([("anchor", range(1, 6)), ("nps", range(11)), ("ces", range(1, 8))]))
    figure = touchpoint(
        key, mean=0.1, instrument=scale[0], distribution=tuple((value, draw(COUNTS)) for value in scale[1])
    )
    return replace(figure, name=draw(LONG_NAMES))


@pytest.mark.parametrize("layout", list(Layout))
class TestAnyFigures:
    """Long names, many rows, one-sided counts: never a collision, never a NaN."""

    @settings(max_examples=25, deadline=None, derandomize=True)
    @given(data=st.data())
    def test_any_distribution(self, layout: Layout, data: st.DataObject) -> None:
        points = [data.draw(answered(f"t{i}")) for i in range(data.draw(st.integers(1, 12)))]
        assert_readable(distribution_chart.sheet_of(journey(*points), layout))

    @settings(max_examples=25, deadline=None, derandomize=True)
    @given(data=st.data())
    def test_any_funnel(self, layout: Layout, data: st.DataObject) -> None:
        found = [data.draw(funnels(f"t{i}")) for i in range(data.draw(st.integers(1, 6)))]
        assert_readable(funnel_chart.sheet_of(found, 5, layout))

    @settings(max_examples=25, deadline=None, derandomize=True)
    @given(names=st.lists(LONG_NAMES, min_size=1, max_size=12, unique=True), weight=st.floats(0, 1))
    def test_any_drivers(self, layout: Layout, names: list[str], weight: float) -> None:
        around = Interval(weight / 2, min(1.0, weight * 2))
        drivers = tuple(Driver(name, weight - 0.5, weight, around, None, None) for name in names)
        assert_readable(
            driver_chart.sheet_of(DriverAnalysis(200, 100, weight, drivers, tuple(names[:2])), SETTINGS, layout)
        )

    @settings(max_examples=25, deadline=None, derandomize=True)
    @given(data=st.data())
    def test_any_quadrants(self, layout: Layout, data: st.DataObject) -> None:
        keys = [f"t{i}" for i in range(data.draw(st.integers(1, 12)))]
        halves, shares, means = st.floats(0, 0.3), st.floats(0, 1), st.floats(-1, 1)
        importance = {key: measure(data.draw(shares), data.draw(halves)) for key in keys}
        performance = {key: measure(data.draw(means), data.draw(halves)) for key in keys}
        names = {key: data.draw(LONG_NAMES) for key in keys}
        assert_readable(
            quadrant_chart.sheet_of(quadrants_of(importance, performance), names, DERIVED, SETTINGS, layout)
        )

    @settings(max_examples=25, deadline=None, derandomize=True)
    @given(before=st.lists(COUNTS, min_size=5, max_size=5), after=st.lists(COUNTS, min_size=5, max_size=5))
    def test_any_change(self, layout: Layout, before: list[int], after: list[int]) -> None:
        feelings = (-1.0, -0.5, 0.0, 0.5, 1.0)
        found = effect(*(tuple(zip(feelings, side, strict=True)) for side in (before, after)))
        assert_readable(change_chart.sheet_of(found, SETTINGS, layout))


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
        assert row["Not asked because"] == "asked here recently: 500, has opted out: 100"

    def test_few_answers_are_not_counted_out(self) -> None:
        assert row_of(funnel_chart.table_of(FUNNELS, 5), "Help desk")["Answered"] == "fewer than 5"

    def test_answers_without_events_have_no_share(self) -> None:
        imported = Funnel(key="i", name="Import", passed=0, eligible=0, asked=0, sent=0, opened=0, answered=40)
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
        assert change_chart.title_of(look, SETTINGS).startswith("Interim look, no verdict yet")
        assert change_chart.table_of(look, SETTINGS).rows[-1][2] == "none yet, an interim look"

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
            "Verdict",
        ]
        words = words_of(change_chart.sheet_of(effect(), SETTINGS, Layout.PHONE))
        assert all(plain(row[2]) in words for row in table.rows)

    def test_fewer_than_may_be_shown_leave_no_figure(self) -> None:
        table = change_chart.table_of(effect(after=((1.0, 4),)), SETTINGS)
        assert table.rows == (("All figures", "fewer than 5", "not shown"),)


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
