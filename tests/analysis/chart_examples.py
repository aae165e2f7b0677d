"""Figures for the charts beside the curve, and what a sheet and its table say."""

import random
from datetime import date, timedelta
from itertools import combinations
from math import isfinite
from typing import Any

from msgspec.structs import replace

from analysis.before_after import Action, ActionEntry, Compared, Sides, felt_of, figure_of, windows_of
from analysis.chart_sheet import Sheet
from analysis.chart_words import Table
from analysis.drivers import DriverAnalysis, drivers_of
from analysis.funnel import Funnel, Group, NotAsked
from analysis.importance import Measure, Quadrants, quadrants_of
from analysis.label_placing import Box
from analysis.quadrant_chart import ImportanceKind
from analysis.report import ActionFigure, BlindSpot, Interval, JourneyReport, ReportSettings, TouchpointFigure, Verdict
from analysis.trend import trend_of, weekly_moments
from analysis.trend_figures import Trend

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
        delivered=380,
        confirmed=300,
        waiting=6,
        held=4,
        opened=200,
        answered=100,
        not_asked=(NotAsked("has opted out", 100, Group.COULD_NOT), NotAsked("asked here recently", 500, Group.POLICY)),
    ),
    Funnel(
        key="b", name="Help desk", passed=50, eligible=50, asked=50, sent=50, delivered=50, opened=20, answered=None
    ),
    Funnel(key="c", name="Renewal", passed=0, eligible=0, asked=0, sent=0, delivered=0, opened=0, answered=0),
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


def effect(before: Any = LOW, after: Any = HIGH, *, is_interim: bool = False, **more: Any) -> ActionFigure:
    """What came of an action at the help desk, with nothing known of other touchpoints."""
    action = Action("One named contact", date(2026, 2, 2))
    windows = windows_of(action, date(2026, 2, 20) if is_interim else date(2026, 6, 1))
    entry = ActionEntry(1, "desk", "Help desk", action)
    compared = Compared(Sides(felt_of(before), felt_of(after)), "anchor")
    return replace(figure_of(entry, windows, compared, (), SETTINGS), **more)


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
