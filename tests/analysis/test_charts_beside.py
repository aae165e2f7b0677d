"""Every chart beside the curve is drawn, has words that can be read, and says so where there is nothing to show."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from analysis import change_chart, distribution_chart, driver_chart, funnel_chart, quadrant_chart, trend_chart
from analysis.chart_sheet import NOTHING_YET, Sheet
from analysis.chart_words import signed
from analysis.charts import png, svg
from analysis.curve_shapes import Layout
from analysis.curve_theme import Theme
from analysis.drivers import Driver, DriverAnalysis, drivers_of
from analysis.funnel import Funnel, Group, NotAsked, Step
from analysis.importance import quadrants_of
from analysis.report import Interval, TouchpointFigure
from tests.analysis.chart_examples import (
    DERIVED,
    DRIVEN,
    FALLING,
    FUNNELS,
    JOURNEY,
    NAMES,
    NOWHERE,
    PLACED,
    RENEWAL,
    SETTINGS,
    assert_readable,
    effect,
    journey,
    measure,
    touchpoint,
    weekly,
)

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
    counts = {step.value: draw(COUNTS) for step in Step}
    reasons = tuple(
        NotAsked(draw(LONG_NAMES), draw(COUNTS), draw(st.sampled_from(Group))) for _ in range(draw(st.integers(0, 5)))
    )
    beside = {name: draw(COUNTS) for name in ("confirmed", "waiting", "held")}
    return Funnel(key=key, name=draw(LONG_NAMES), not_asked=reasons, **counts, **beside)


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
