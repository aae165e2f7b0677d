"""The action log: what is kept, and what changed after an action, reckoned by hand."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import sqrt
from statistics import mean, variance
from typing import Any

import pytest
from scipy.special import stdtrit

from analysis.actions import forget_action, load_actions, log_action
from analysis.before_after import Action, ActionEntry
from analysis.load_changes import load_change, load_changes
from analysis.read_measures import read_measures
from analysis.report import ActionVerdict
from analysis.valences import load_valences
from core.errors import Invalid, NotFound
from surveys.journeys import load_journey
from tests.analysis.action_examples import (
    ACTION,
    AFTER,
    BEFORE,
    DAY,
    DONE,
    HIGH,
    JOURNEY,
    LOW,
    OTHERS,
    PAGE,
    SETTINGS,
    STEADY,
    answer,
    change,
    faces,
    logged,
)
from tests.analysis.answers import contacts_of
from tests.factories import Hands, make_journey
from tests.people import People


@pytest.fixture(autouse=True)
async def contacts(people: People, hands: Hands) -> list[int]:
    await make_journey(people.acme, hands.now, JOURNEY)
    return await contacts_of(people.acme, 60)


# Before and after, by hand


class Welch:
    """The textbook's difference of two samples."""

    def __init__(self, before: Sequence[float], after: Sequence[float]) -> None:
        parts = [variance(side) / len(side) for side in (before, after)]
        self.value = mean(after) - mean(before)
        self.squared = sum(parts)
        self.freedom = self.squared**2 / sum(
            part**2 / (len(side) - 1) for part, side in zip(parts, (before, after), strict=True)
        )


def expected_regressions(groups: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """METHOD, section 2: pooled within-variance, DerSimonian and Laird, shrunk minus raw."""
    n = {key: len(values) for key, values in groups.items()}
    raw = {key: mean(values) for key, values in groups.items()}
    within = sum(variance(v) * (len(v) - 1) for v in groups.values()) / sum(m - 1 for m in n.values())
    total = sum(n.values())
    grand = sum(n[key] * raw[key] for key in groups) / total
    q = sum(n[key] * (raw[key] - grand) ** 2 for key in groups) / within
    scale = (total - sum(m * m for m in n.values()) / total) / within
    tau = max(0.0, (q - (len(groups) - 1)) / scale)
    weights = {key: 1 / (tau + within / n[key]) for key in groups}
    centre = sum(weights[key] * raw[key] for key in groups) / sum(weights.values())
    shares = {key: tau / (tau + within / n[key]) for key in groups}
    return {key: shares[key] * raw[key] + (1 - shares[key]) * centre - raw[key] for key in groups}


async def test_the_figures_are_those_of_the_answers_reckoned_by_hand(
    people: People, hands: Hands, contacts: list[int]
) -> None:
    await answer(people, contacts[:12], BEFORE, "delivery", LOW)
    await answer(people, contacts[12:24], AFTER, "delivery", HIGH)
    # The first of them again: one voice, the mean of 3 and 5.
    await answer(people, [contacts[12]], AFTER + timedelta(days=3), "delivery", [5])
    # Washed out, too early and too late: in neither window.
    for day in (DAY, DAY + timedelta(days=3), date(2025, 12, 30), date(2026, 2, 13)):
        await answer(people, contacts[30:40], day, "delivery", [1] * 10)
    for key, (before, after) in STEADY.items():
        await answer(people, contacts[:12], BEFORE, key, before)
        await answer(people, contacts[12:24], AFTER, key, after)
    await answer(people, contacts[:12], BEFORE, "returns", LOW)
    await answer(people, contacts[12:24], AFTER, "returns", HIGH)
    entry = await logged(people, hands)
    await logged(people, hands, Action("Labels in the box", DAY + timedelta(days=5)), at="returns")  # so it's no season

    figure = await change(people, hands, entry)
    own = faces(LOW), [(0 + 1) / 2, *faces(HIGH)[1:]]
    difference = Welch(*own)
    groups = {"delivery": own[0], "returns": faces(LOW)} | {key: faces(sides[0]) for key, sides in STEADY.items()}
    regression = expected_regressions(groups)
    changes = {key: Welch(faces(before), faces(after)) for key, (before, after) in STEADY.items()}
    moved = [changes[key].value - regression[key] for key in STEADY]
    sampled, seen = sum(found.squared for found in changes.values()) / 9, variance(moved) / 3
    assert sampled > seen
    freedom = sampled**2 / sum((found.squared / 9) ** 2 / found.freedom for found in changes.values())
    net = difference.value - regression["delivery"] - mean(moved)
    squared = difference.squared + sampled
    net_freedom = squared**2 / (difference.squared**2 / difference.freedom + sampled**2 / freedom)
    half = stdtrit(net_freedom, 0.975) * sqrt(squared)

    assert (figure.instrument, figure.before.n_contacts, figure.before.mean) == (
        "anchor",
        12,
        pytest.approx(mean(own[0])),
    )
    assert figure.after is not None
    assert (figure.after.n_contacts, figure.after.mean) == (12, pytest.approx(mean(own[1])))
    assert figure.difference is not None
    assert figure.difference.value == pytest.approx(difference.value)
    assert (figure.difference.se, figure.difference.freedom) == pytest.approx(
        (sqrt(difference.squared), difference.freedom)
    )
    assert figure.expected_regression == pytest.approx(regression["delivery"])
    assert figure.season is not None
    assert (figure.season.value, figure.season.se) == pytest.approx((mean(moved), sqrt(sampled)))
    assert figure.net is not None
    assert figure.net.interval is not None
    assert (figure.net.value, figure.net.interval.lo, figure.net.interval.hi) == pytest.approx(
        (net, net - half, net + half)
    )
    assert figure.verdict is ActionVerdict.IMPROVED
    pairs = [(x, y) for x in faces(LOW) for y in [*faces(HIGH), 1.0]]
    assert figure.p_after_better == pytest.approx(sum((y > x) + (y == x) / 2 for x, y in pairs) / len(pairs))


async def test_before_the_decision_day_there_is_no_verdict_and_after_it_no_other(
    people: People, hands: Hands, contacts: list[int]
) -> None:
    await answer(people, contacts[:12], BEFORE, "delivery", LOW)
    await answer(people, contacts[12:24], AFTER, "delivery", HIGH)
    entry = await logged(people, hands)
    early = await change(people, hands, entry, DONE - timedelta(days=1))
    assert (early.is_interim, early.verdict, early.decision_day) == (True, ActionVerdict.NOT_SHOWN, DONE)
    assert early.net is not None
    decided = await change(people, hands, entry)
    assert (decided.is_interim, decided.verdict) == (False, ActionVerdict.IMPROVED)
    await answer(people, contacts[24:50], DONE, "delivery", [1] * 26)
    assert await change(people, hands, entry, date(2026, 6, 1)) == decided


async def test_a_window_that_is_not_open_has_no_side(people: People, hands: Hands, contacts: list[int]) -> None:
    await answer(people, contacts[:12], BEFORE, "delivery", LOW)
    figure = await change(people, hands, await logged(people, hands), DAY)
    assert (figure.before.n_contacts, figure.after, figure.net, figure.is_interim) == (12, None, None, True)


async def test_a_side_of_four_shows_nothing(people: People, hands: Hands, contacts: list[int]) -> None:
    await answer(people, contacts[:12], BEFORE, "delivery", LOW)
    await answer(people, contacts[12:16], AFTER, "delivery", [5, 5, 5, 5])
    figure = await change(people, hands, await logged(people, hands))
    assert figure.after is not None
    assert (figure.after.n_contacts, figure.after.mean, figure.after.interval) == (0, None, None)
    assert (figure.difference, figure.p_after_better, figure.expected_regression, figure.net) == (None,) * 4
    assert (figure.before.n_contacts, figure.verdict) == (12, ActionVerdict.NOT_SHOWN)


async def test_seven_on_a_side_are_shown_and_not_tested(people: People, hands: Hands, contacts: list[int]) -> None:
    await answer(people, contacts[:12], BEFORE, "delivery", [1] * 12)
    await answer(people, contacts[12:19], AFTER, "delivery", [5] * 7)
    figure = await change(people, hands, await logged(people, hands))
    assert figure.net is not None
    assert figure.net.excludes_zero
    assert figure.verdict is ActionVerdict.NOT_SHOWN


async def test_sides_measured_otherwise_are_not_compared(people: People, hands: Hands, contacts: list[int]) -> None:
    await answer(people, contacts[:12], BEFORE, "delivery", LOW)
    await answer(people, contacts[12:24], AFTER, "delivery", HIGH, instrument="csat")
    entry = await logged(people, hands)
    figure = await change(people, hands, entry)
    assert (figure.is_measured_otherwise, figure.difference, figure.net) == (True, None, None)
    page = (await people.bob.get(PAGE)).text
    assert "none, measured otherwise before" in page
    # As soon as enough gave one instrument on both sides, that one is compared.
    await answer(people, contacts[30:42], BEFORE, "delivery", LOW, instrument="csat")
    figure = await change(people, hands, entry)
    assert (figure.instrument, figure.is_measured_otherwise, figure.before.n_contacts) == ("csat", False, 12)


async def test_what_else_was_done_here_is_named(people: People, hands: Hands) -> None:
    entry = await logged(people, hands)
    await logged(people, hands, Action("A new app", DAY + timedelta(days=9)))
    await logged(people, hands, Action("Long before", DAY - timedelta(days=200)))
    assert (await change(people, hands, entry)).also == ("A new app",)


async def test_the_windows_of_all_actions_are_read_at_once(
    people: People, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    async def counting(windows: Sequence[Any], valences: Any) -> Any:
        read.append(len(windows))
        return await read_measures(windows, valences)

    monkeypatch.setattr("analysis.load_changes.read_measures", counting)
    for day in range(6):
        await logged(people, hands, Action(f"Step {day}", DAY + timedelta(days=day)), at=OTHERS[day % 4])
    view = await load_journey(people.acme, "buying")
    figures = await load_changes(people.acme, view, (await load_valences([people.acme]))[people.acme], DONE, SETTINGS)
    assert [figure.what for figure in figures] == [f"Step {day}" for day in reversed(range(6))]
    assert read == [6 * 2 * 5]


# The log


async def test_an_action_is_kept_as_it_was_given_and_can_be_removed(people: People, hands: Hands) -> None:
    entry = await logged(people, hands, Action("  Two drivers ", DAY, 30, 5, DAY + timedelta(days=20)))
    kept = Action("Two drivers", DAY, 30, 5, DAY + timedelta(days=20))
    assert await load_actions(people.acme, "buying") == [ActionEntry(entry.id, "delivery", "Delivery", kept)]
    assert await load_actions(people.other, "buying") == []
    with pytest.raises(NotFound):
        await forget_action(people.other, entry.id)
    assert await forget_action(people.acme, entry.id) == "buying"
    assert await load_actions(people.acme, "buying") == []
    with pytest.raises(NotFound):
        await load_change(people.acme, "buying", entry.id, DONE, SETTINGS)


@pytest.mark.parametrize(
    ("action", "field"),
    [
        (Action(" ", DAY), "what"),
        (Action("a" * 201, DAY), "what"),
        (Action("two\nlines", DAY), "what"),
        (Action("Late", date(1999, 12, 31)), "on_day"),
        (Action("Late", date(2100, 1, 2)), "on_day"),
        (Action("Short", DAY, window_days=0), "window_days"),
        (Action("Long", DAY, window_days=367), "window_days"),
        (Action("Early", DAY, washout_days=-1), "washout_days"),
        (Action("Long", DAY, washout_days=91), "washout_days"),
        (Action("Rash", DAY, washout_days=9, decision_day=DAY + timedelta(days=9)), "decision_day"),
    ],
)
async def test_a_fault_names_its_field(people: People, hands: Hands, action: Action, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await logged(people, hands, action)
    assert [fault.field for fault in refusal.value.faults] == [field]
    assert await load_actions(people.acme, "buying") == []


async def test_every_fault_is_told_at_once(people: People, hands: Hands) -> None:
    with pytest.raises(Invalid) as refusal:
        await log_action(people.acme, "buying", "chimney", Action("", DAY, 0, 91), hands.now)
    assert [fault.field for fault in refusal.value.faults] == ["touchpoint", "what", "window_days", "washout_days"]
    with pytest.raises(NotFound):
        await log_action(people.other, "buying", "delivery", ACTION, hands.now)
