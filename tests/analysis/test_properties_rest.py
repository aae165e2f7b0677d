"""What holds for every sample: peaks, drivers, gaps, asking, trend, actions, segments (METHOD, sections 3 to 8)."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from math import isfinite
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct, structs

from analysis.asking_weights import Askable, asking_worth, hajek_estimate
from analysis.before_after import (
    Action,
    Counts,
    Felt,
    Sides,
    change_of,
    felt_of,
    probability_of_superiority,
    windows_of,
)
from analysis.contrasts import Term, contrast, plain_term
from analysis.drivers import LABEL, drivers_of, relative_weights
from analysis.experience import Estimate, Moments, estimate_of, moments_of
from analysis.gaps import gaps_of
from analysis.importance import Measure, Quadrant, measure_of, opportunity, quadrants_of
from analysis.peaks import landmarks_of
from analysis.planner import contacts_per_group, detectable_difference
from analysis.promise_records import KeptReplies, PromiseRecords, team_belief
from analysis.promises import KeptAnswers, disconfirmation, paired_difference, welch_freedom
from analysis.report import ActionVerdict, Gap, GapName, Interval, ReportSettings, Verdict
from analysis.same_contacts import same_contacts
from analysis.scales import AROUSAL, VALENCES, arousal_of
from analysis.segments import cells_of, mixed, standard_mix
from analysis.summaries import Remembered, Summary, peak_end, predict_overall
from analysis.text.theme_terms import ctfidf
from analysis.trend import trend_of, weekly_moments
from analysis.trend_figures import Direction, Signal
from core.errors import Invalid
from feedback.deciding.lottery import LEAST_SHARE, asked_by_lot, asked_first_come, shared_out
from surveys.instruments import EMOTIONS

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

SETTINGS = ReportSettings()
MONDAY = date(2026, 1, 5)

points = st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0])
samples = st.one_of(st.lists(points, max_size=40), st.builds(lambda x, n: [x] * n, points, st.integers(0, 60)))
moments = samples.map(moments_of)
shares = st.floats(0, 1)


def estimated(values: list[float]) -> Estimate:
    estimate = estimate_of(moments_of(values))
    assert estimate is not None
    return estimate


def counted(values: list[float]) -> Counts:
    return [(x, values.count(x)) for x in sorted(set(values))]


def figures_in(result: Any) -> Iterator[float]:
    """Every number anywhere in a result."""
    if isinstance(result, Struct):
        yield from figures_in(structs.astuple(result))
    elif isinstance(result, dict):
        yield from figures_in(list(result.values()))
    elif isinstance(result, list | tuple):
        for part in result:
            yield from figures_in(part)
    elif isinstance(result, int | float):
        yield result


def assert_finite(result: Any) -> None:
    assert all(isfinite(figure) for figure in figures_in(result))


# Arousal


def test_every_emotion_has_an_arousal_between_asleep_and_beside_oneself() -> None:
    assert set(AROUSAL) == set(EMOTIONS) == set(VALENCES)
    assert all(0 <= arousal <= 1 for arousal in AROUSAL.values())


def test_arousal_is_a_lane_of_its_own() -> None:
    assert arousal_of([]) is None
    assert arousal_of(["angry", "disappointed"]) == pytest.approx(0.6)
    with pytest.raises(Invalid, match="blissful"):
        arousal_of(["blissful"])


# Contrasts


@given(moments, moments)
def test_a_difference_turns_with_its_order_and_is_never_nan(one: Moments, other: Moments) -> None:
    found = [
        contrast([a, b])
        for first, second in ((one, other), (other, one))
        if (a := plain_term(first)) is not None and (b := plain_term(second, -1.0)) is not None
    ]
    assert bool(found) == (min(one.n, other.n) > 0)
    if not found:
        return
    there, back = found
    assert_finite(there)
    assert there.value == -back.value
    assert there.p == back.p
    assert (there.interval is None) == (min(one.n, other.n) < 2)


@given(st.floats(1e-300, 10), st.integers(2, 100), st.floats(1e-300, 10), st.integers(2, 100))
def test_the_freedom_of_two_means_is_that_of_welch(se: float, n: int, other_se: float, other_n: int) -> None:
    found = contrast([Term(1.0, se, n - 1), Term(0.0, other_se, other_n - 1, -1.0)])
    assert found.freedom == pytest.approx(welch_freedom(se, n, other_se, other_n))


def test_what_has_no_error_can_not_be_tested() -> None:
    assert contrast([]).interval is None
    assert contrast([Term(0.5, 0.0, 9.0)]).p is None


def test_equal_answers_are_no_certainty() -> None:
    term = plain_term(moments_of([1.0] * 10))
    assert term is not None
    assert term.se == estimated([1.0] * 10).se


# Peaks


@given(st.lists(samples.filter(bool), max_size=4), st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_the_order_of_touchpoints_changes_no_landmark(groups: list[list[float]], random: Random) -> None:
    estimates = {f"step-{index}": estimated(values) for index, values in enumerate(groups)}
    shuffled = list(estimates.items())
    random.shuffle(shuffled)
    landmarks, again = landmarks_of(estimates), landmarks_of(dict(shuffled))
    assert_finite(landmarks)
    assert (landmarks.pit, landmarks.peak) == (again.pit, again.peak)
    worst = sum(extremity.p_worst for extremity in landmarks.extremities.values())
    assert worst == pytest.approx(1 if groups else 0)
    for key, extremity in landmarks.extremities.items():
        assert extremity.p_worst == again.extremities[key].p_worst
        assert extremity.p_best == again.extremities[key].p_best


def test_a_journey_of_equals_has_no_pit() -> None:
    landmarks = landmarks_of({key: estimated([0.0, 0.5, 1.0] * 10) for key in "abcdef"})
    assert (landmarks.pit, landmarks.peak) == (None, None)


def test_a_journey_of_one_or_none_has_neither_pit_nor_peak() -> None:
    for landmarks in (landmarks_of({}), landmarks_of({"only": estimated([-1.0] * 30)})):
        assert (landmarks.pit, landmarks.peak) == (None, None)


# Summaries


@given(st.lists(points, max_size=12))
def test_peak_and_end_are_steps_of_the_path(steps: list[float]) -> None:
    found = peak_end(steps)
    assert (found is None) == (not steps)
    if found is not None:
        assert found.extreme in steps
        assert found.end == steps[-1]
        assert found.minimum <= found.peak_end <= 1


def test_of_two_equally_far_from_the_mean_the_worse_is_the_peak() -> None:
    found = peak_end([0.9, 0.1])
    assert found is not None
    assert found.extreme == 0.1


def remembered(summary: Summary, n: int) -> list[Remembered]:
    """Contacts who remember exactly that summary of their steps, with a little noise."""
    random = Random(3)
    found = []
    for index in range(n):
        steps = tuple(random.choice([-1.0, -0.5, 0.0, 0.5, 1.0]) for _ in range(5))
        shape = peak_end(steps)
        assert shape is not None
        kept = {"mean": shape.mean, "minimum": shape.minimum, "peak_end": shape.peak_end, "last": shape.end}[summary]
        found.append(Remembered(f"contact-{index}", steps, kept + random.gauss(0, 0.1)))
    return found


@pytest.mark.parametrize("summary", Summary)
def test_the_summary_that_contacts_remember_wins(summary: Summary) -> None:
    told = remembered(summary, 200)
    prediction = predict_overall(told)
    assert prediction.winner is summary
    assert prediction.is_clear
    assert predict_overall(told[::-1]) == prediction


def test_no_summary_wins_where_nothing_is_remembered_or_too_few_tell() -> None:
    random = Random(5)
    noise = [
        Remembered(str(index), (random.uniform(-1, 1), random.uniform(-1, 1), 0.0), random.choice([-1.0, 1.0]))
        for index in range(400)
    ]
    assert not predict_overall(noise).is_clear
    assert predict_overall(noise[:20]).winner is None
    assert predict_overall([]).n == 0
    assert predict_overall([Remembered(str(index), (0.0, 0.5), 1.0) for index in range(60)]).winner is None


@given(st.lists(st.tuples(st.lists(points, max_size=4), points), min_size=50, max_size=70))
@settings(max_examples=25)
def test_a_prediction_is_finite(rows: list[tuple[list[float], float]]) -> None:
    assert_finite(predict_overall([Remembered(str(i), tuple(steps), y) for i, (steps, y) in enumerate(rows)]))


# Same contacts


paths = st.lists(st.dictionaries(st.sampled_from("abc"), st.none() | points), max_size=30)


@given(paths, st.integers(1, 6))
def test_the_curve_of_the_same_contacts_never_reveals_a_few(found: list[dict[str, float | None]], k: int) -> None:
    curve = same_contacts(found, "abc", k)
    assert_finite(curve)
    assert curve.n_same == 0 or curve.n_same >= k
    for step in curve.steps:
        n_all = sum(path.get(step.step) is not None for path in found)
        assert (step.mean is None) == (n_all < k)
        if step.mean_of_same is not None:
            assert n_all == curve.n_same or n_all - curve.n_same >= k


def test_those_who_leave_make_the_curve_of_all_rise() -> None:
    unhappy: dict[str, float | None] = {"a": -1.0}
    happy: dict[str, float | None] = {"a": 0.5, "b": 0.5}
    curve = same_contacts([unhappy] * 10 + [happy] * 10, ["a", "b"], k=5)
    first, last = curve.steps
    assert (first.mean, first.mean_of_same, first.drop_off) == (-0.25, 0.5, 0.5)
    assert (last.mean, last.mean_of_same, last.drop_off) == (0.5, 0.5, None)
    assert curve.is_misleading


def test_skipping_a_step_is_not_leaving() -> None:
    path: dict[str, float | None] = {"a": None, "c": None}
    assert [step.drop_off for step in same_contacts([path] * 8, ["a", "b", "c"], k=5).steps] == [0.0, None, None]


def test_an_empty_journey_has_no_curve() -> None:
    assert same_contacts([], [], k=5).steps == ()
    assert same_contacts([], ["a"], k=5).steps[0].mean is None


# Drivers


@given(st.lists(st.lists(st.floats(-1, 1), min_size=4, max_size=4), min_size=6, max_size=20))
def test_both_kinds_of_weights_add_up_to_r_squared(rows: list[list[float]]) -> None:
    import numpy as np

    table = np.array(rows) + 1e-3 * np.random.default_rng(1).standard_normal((len(rows), 4))
    correlations = np.array(np.corrcoef(table.T))
    weights = relative_weights(correlations[:3, :3].tolist(), correlations[:3, 3].tolist())
    assert weights.shapley is not None
    assert sum(weights.johnson) == pytest.approx(weights.r_squared)
    assert sum(weights.shapley) == pytest.approx(weights.r_squared, abs=1e-6)
    assert -1e-9 <= weights.r_squared <= 1 + 1e-9


def test_two_drivers_that_are_one_share_its_part() -> None:
    weights = relative_weights([[1.0, 1.0], [1.0, 1.0]], [0.6, 0.6])
    assert weights.johnson == pytest.approx([0.18, 0.18])
    assert weights.shapley == pytest.approx([0.18, 0.18])


def driven(n: int) -> tuple[list[list[float | None]], list[float | None]]:
    """The first driver does it all, the second nothing, the third never varies."""
    random = Random(11)
    rows: list[list[float | None]] = [[random.gauss(0, 1), random.gauss(0, 1), 0.5] for _ in range(n)]
    return rows, [(row[0] or 0.0) + random.gauss(0, 0.5) for row in rows]


def test_the_driver_that_drives_is_found_with_its_interval() -> None:
    rows, outcome = driven(150)
    analysis = drivers_of(["speed", "colour", "constant"], rows, outcome)
    speed, colour = analysis.drivers
    assert (speed.name, colour.name, analysis.unvaried, analysis.label) == ("speed", "colour", ("constant",), LABEL)
    assert speed.johnson_interval.lo <= speed.johnson <= speed.johnson_interval.hi
    assert speed.johnson_interval.lo > colour.johnson_interval.hi
    assert_finite(analysis)
    assert drivers_of(["speed", "colour", "constant"], rows[::-1], outcome[::-1]) == analysis


def test_too_few_contacts_or_holes_drive_nothing() -> None:
    rows, outcome = driven(120)
    assert drivers_of(["a", "b", "c"], rows[:99], outcome[:99]).drivers == ()
    assert drivers_of(["a", "b", "c"], [[None, *row[1:]] for row in rows], outcome).n == 0
    assert drivers_of(list("abc"), rows, [1.0] * 120).r_squared is None
    assert drivers_of([], [], []).drivers == ()
    assert drivers_of([f"d{index}" for index in range(13)], [], []).n_needed == 130


# Importance


def test_the_quadrants_have_their_names_and_are_unclear_on_the_line() -> None:
    def sure(value: float) -> Measure:
        return Measure(value, Interval(value - 0.01, value + 0.01))

    importance = {"a": sure(1.0), "b": sure(1.0), "c": sure(0.0), "d": sure(0.0), "e": Measure(0.9, Interval(0, 1))}
    performance = {"a": sure(-1.0), "b": sure(1.0), "c": sure(-1.0), "d": sure(1.0), "e": sure(1.0), "f": sure(0.0)}
    placed = quadrants_of(importance, performance).placed
    assert [placed[key].quadrant for key in "abcde"] == [
        Quadrant.CONCENTRATE_HERE,
        Quadrant.KEEP_UP,
        Quadrant.LOW_PRIORITY,
        Quadrant.POSSIBLE_OVERKILL,
        Quadrant.UNCLEAR,
    ]


def test_nothing_compared_has_no_crosshair_and_one_alone_is_unclear() -> None:
    assert quadrants_of({}, {}).crosshair is None
    alone = {"a": measure_of(estimated([0.5] * 10))}
    assert quadrants_of(alone, alone).placed["a"].quadrant is Quadrant.UNCLEAR


@given(shares, shares)
def test_an_opportunity_lies_between_nothing_and_twenty(importance: float, satisfaction: float) -> None:
    assert 0 <= opportunity(importance, satisfaction) <= 20


# Records and gaps


def test_the_belief_of_a_team_has_a_range_and_no_interval() -> None:
    belief = team_belief([0.0, 0.5, 1.0])
    assert belief is not None
    assert (belief.mean, belief.lo, belief.hi, belief.n) == (0.5, 0.0, 1.0, 3)
    assert team_belief([]) is None


def test_partly_kept_is_not_kept() -> None:
    assert KeptReplies(6, 10).share == 0.6
    assert KeptReplies(0, 0).share is None
    assert KeptReplies(0, 0).interval() == Interval(0.0, 1.0)


def named(found: tuple[Gap, ...]) -> dict[GapName, Gap]:
    assert [gap.name for gap in found] == list(GapName)
    return {gap.name: gap for gap in found}


def test_the_five_gaps_have_their_signs() -> None:
    records = PromiseRecords(
        brand_level=0.75,
        expectation=estimated([0.5, 0.0] * 20),
        disconfirmation=disconfirmation([9, 14, 12, 4, 1]),
        believed_expectation=team_belief([0.0]),
        believed_experience=team_belief([0.5]),
    )
    gaps = named(gaps_of(estimated([0.0, -0.5] * 20), records, SETTINGS))
    assert {name: gap.value for name, gap in gaps.items()} == pytest.approx(
        {
            GapName.KNOWLEDGE: -0.25,
            GapName.COMMUNICATION: -1.0,
            GapName.SERVICE: -0.5,
            GapName.INSIDE_OUT: 0.75,
            GapName.DISCONFIRMATION: -0.325,
        }
    )
    assert all(gap.p is not None and gap.p < 0.01 for gap in gaps.values())


def test_a_gap_without_both_sides_is_no_gap() -> None:
    assert all(gap.value is None and gap.p is None for gap in gaps_of(None, PromiseRecords(), SETTINGS))
    few = named(gaps_of(estimated([0.0] * 4), PromiseRecords(brand_level=0.5), SETTINGS))
    some = named(gaps_of(estimated([0.0] * 7), PromiseRecords(brand_level=0.5), SETTINGS))
    assert few[GapName.COMMUNICATION].value is None
    assert (some[GapName.COMMUNICATION].value, some[GapName.COMMUNICATION].p) == (-0.5, None)


def test_the_same_contacts_are_preferred_to_two_samples() -> None:
    records = PromiseRecords(expectation=estimated([1.0] * 30), paired=paired_difference([-0.5, 0.0] * 10))
    assert named(gaps_of(estimated([-1.0] * 30), records, SETTINGS))[GapName.SERVICE].value == -0.25


def test_a_promised_share_has_its_gap_in_shares() -> None:
    records = PromiseRecords(delivered=KeptAnswers(66, 80, 0.95))
    gap = named(gaps_of(None, records, SETTINGS))[GapName.COMMUNICATION]
    assert gap.is_share
    assert gap.value == pytest.approx(66 / 80 - 0.95)
    assert gap.p == pytest.approx(2 * 4.031e-05, abs=1e-8)


@given(samples, samples, st.none() | st.floats(-1, 1), st.lists(points, max_size=3))
def test_gaps_are_finite_or_none(
    actual: list[float], expected: list[float], level: float | None, guesses: list[float]
) -> None:
    records = PromiseRecords(
        brand_level=level,
        expectation=estimate_of(moments_of(expected)),
        paired=paired_difference([a - b for a, b in zip(actual, expected, strict=False)]),
        believed_expectation=team_belief(guesses),
        believed_experience=team_belief(guesses),
    )
    assert_finite(gaps_of(estimate_of(moments_of(actual)), records, SETTINGS))


# Asking


askables = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.builds(Askable, moments, st.sampled_from(list(Verdict)), st.floats(0, 1e6)),
)


def lottery_probabilities(touchpoints: dict[str, Askable], budget: float = 1.0) -> dict[str, float]:
    """As the worker tilts the lottery, and the next decision makes its odds."""
    return shared_out({key: asking_worth(askable) for key, askable in touchpoints.items()}, budget)


@given(askables, st.floats(0, 10))
def test_the_lottery_spends_its_budget_and_starves_nobody(touchpoints: dict[str, Askable], budget: float) -> None:
    probabilities = lottery_probabilities(touchpoints, budget)
    assert probabilities.keys() == touchpoints.keys()
    assert all(0 <= probability <= 1 + 1e-9 for probability in probabilities.values())
    assert sum(probabilities.values()) == pytest.approx(min(budget, len(touchpoints)))
    for probability in probabilities.values():
        assert probability >= min(1.0, LEAST_SHARE * budget / len(touchpoints)) - 1e-9


def test_the_unknown_and_the_much_visited_are_asked_more() -> None:
    known, unknown = moments_of([0.5, 0.0] * 50), moments_of([])
    few = moments_of([0.5, 0.0] * 5)
    probabilities = lottery_probabilities(
        {
            "known": Askable(known, Verdict.UNDETERMINED, 100),
            "unknown": Askable(unknown, Verdict.BLIND, 100),
            "few": Askable(few, Verdict.UNDETERMINED, 100),
            "settled": Askable(few, Verdict.BROKEN, 100),
            "busy": Askable(few, Verdict.UNDETERMINED, 400),
        }
    )
    assert probabilities["unknown"] > probabilities["few"] > probabilities["known"]
    assert probabilities["busy"] > probabilities["few"] > probabilities["settled"]


def test_a_budget_below_nothing_is_refused_and_no_journey_needs_none() -> None:
    assert lottery_probabilities({}) == {}
    with pytest.raises(Invalid):
        lottery_probabilities({}, -1)


@given(st.dictionaries(st.sampled_from("abcdefgh"), shares), st.floats(0, 1, exclude_max=True))
def test_nobody_is_asked_more_often_than_the_budget(probabilities: dict[str, float], number: float) -> None:
    assert len(asked_by_lot(probabilities, number)) <= sum(probabilities.values()) + 1


def test_every_step_is_asked_as_often_as_it_should_be() -> None:
    """The steps that first-come asking starves get their share."""
    probabilities = lottery_probabilities({str(s): Askable(moments_of([]), Verdict.BLIND, 100) for s in range(8)})
    draws = [asked_by_lot(probabilities, (index + 0.5) / 8_000) for index in range(8_000)]
    assert all(len(won) == 1 for won in draws)
    assert [sum(str(step) in won for won in draws) for step in range(8)] == [1_000] * 8


def test_weighting_back_recovers_the_mean_of_all() -> None:
    values, probabilities = [1.0] * 800 + [-1.0] * 50, [0.8] * 800 + [0.05] * 50  # of a thousand of each
    estimate = hajek_estimate(values, probabilities)
    assert estimate is not None
    assert estimate.mean == pytest.approx(0.0)
    assert hajek_estimate([], []) is None


def test_first_come_asks_everybody_where_nothing_is_quarantined() -> None:
    assert asked_first_come([0, 5, 10], 0) == [1, 2, 3]
    assert asked_first_come([], 30) == []


# Planner


@given(st.floats(0.01, 1))
def test_the_planned_number_finds_the_difference(difference: float) -> None:
    n = contacts_per_group(difference)
    found = detectable_difference(n)
    assert found is not None
    assert found <= difference + 1e-9


def test_what_can_not_be_planned() -> None:
    assert detectable_difference(1) is None
    for wrong in ({"difference": 0.0}, {"difference": 0.1, "power": 1.0}, {"difference": 0.1, "spread": -1.0}):
        with pytest.raises(Invalid):
            contacts_per_group(**wrong)


# Trend


def weeks_of(*samples_: list[float]) -> dict[date, Moments]:
    return {MONDAY + timedelta(weeks=index): moments_of(values) for index, values in enumerate(samples_)}


@given(st.lists(samples, max_size=16))
def test_a_trend_is_finite_and_holds_every_week(groups: list[list[float]]) -> None:
    trend = trend_of(weeks_of(*groups), SETTINGS)
    assert_finite(trend)
    assert len(trend.weeks) == len(groups)
    for week, values in zip(trend.weeks, groups, strict=True):
        assert (week.mean is None) == (week.n == 0)
        assert week.n in (0, len(values))
        assert week.mean is None or week.n >= SETTINGS.k
        assert week.signal is None or week.limits is not None


@given(st.lists(samples, max_size=16))
def test_the_hidden_weeks_of_a_trend_can_not_be_worked_out_of_their_total(groups: list[list[float]]) -> None:
    weeks = trend_of(weeks_of(*groups), SETTINGS).weeks
    hidden = [len(values) for week, values in zip(weeks, groups, strict=True) if week.n == 0 and values]
    is_any_small = any(0 < len(values) < SETTINGS.k for values in groups)
    assert bool(hidden) == is_any_small
    if any(week.n for week in weeks) and hidden:
        assert len(hidden) > 1
        assert sum(hidden) >= SETTINGS.k


def test_a_week_of_nobody_is_a_hole() -> None:
    weeks = weeks_of([0.0] * 6, [], [0.5] * 6)
    del weeks[MONDAY + timedelta(weeks=1)]
    assert [week.mean for week in trend_of(weeks, SETTINGS).weeks] == [0.0, None, 0.5]


def test_limits_are_wider_where_fewer_answered_and_need_eight_weeks() -> None:
    steady = [[0.0, 0.5, 1.0] * 10] * 7
    assert all(week.limits is None for week in trend_of(weeks_of(*steady), SETTINGS).weeks)
    *_, large, small = trend_of(weeks_of(*steady, [0.0, 0.5, 1.0] * 2), SETTINGS).weeks
    assert large.limits is not None
    assert small.limits is not None
    assert small.limits.hi - small.limits.lo > large.limits.hi - large.limits.lo


def test_a_week_beyond_its_limits_and_a_long_run_are_signals() -> None:
    steady = [[0.0, 0.5, 1.0] * 10] * 12
    assert {week.signal for week in trend_of(weeks_of(*steady), SETTINGS).weeks} == {None}
    shocked = trend_of(weeks_of(*steady, [-1.0] * 30), SETTINGS)
    assert shocked.weeks[-1].signal is Signal.OUTSIDE
    shifted = trend_of(weeks_of(*[[0.0, 0.5, 1.0] * 10] * 10, *[[0.0, 0.5, 0.5] * 10] * 10), SETTINGS)
    assert [week.signal for week in shifted.weeks].count(Signal.RUN) == 6


def test_a_direction_needs_an_interval() -> None:
    flat, down = [[0.0, 0.5, 1.0] * 10] * 8, [[-1.0, 0.0, 0.5] * 10] * 4
    assert trend_of(weeks_of(*flat), SETTINGS).direction is None
    assert trend_of(weeks_of(*flat, *down), SETTINGS).direction is Direction.DOWN
    assert trend_of(weeks_of(*down, *flat[:4]), SETTINGS).direction is Direction.UP
    assert trend_of(weeks_of(flat[0]), SETTINGS).change is None
    assert trend_of({}, SETTINGS).weeks == ()


def test_a_contact_is_one_voice_a_week() -> None:
    tuesday, sunday = MONDAY + timedelta(days=1), MONDAY + timedelta(days=6)
    answers = [(1, MONDAY, -1.0), (1, sunday, -1.0), (2, tuesday, 1.0), (1, MONDAY + timedelta(days=7), 0.5)]
    assert [(monday, week.n, week.mean) for monday, week in weekly_moments(answers).items()] == [
        (MONDAY, 2, 0),
        (MONDAY + timedelta(days=7), 1, 0.5),
    ]


# Before and after


def felt(values: list[float]) -> Felt:
    return felt_of(counted(values))


sides = st.builds(lambda before, after: Sides(felt(before), felt(after)), samples, samples)


@given(sides, st.lists(sides, max_size=5))
def test_a_change_is_finite_or_none(touched: Sides, others: list[Sides]) -> None:
    change = change_of(touched, others, SETTINGS)
    assert_finite(change)
    assert (change.net is None) == (min(change.n_before, change.n_after) == 0)
    if min(change.n_before, change.n_after) < SETTINGS.tested_from:
        assert change.verdict is ActionVerdict.NOT_SHOWN


@given(samples, samples)
def test_better_and_worse_add_up(before: list[float], after: list[float]) -> None:
    there = probability_of_superiority(counted(before), counted(after))
    back = probability_of_superiority(counted(after), counted(before))
    assert (there is None) == (back is None) == (not before or not after)
    if there is not None and back is not None:
        assert there + back == pytest.approx(1)


def test_a_season_that_lifts_all_is_no_improvement() -> None:
    low, high = [-0.5, 0.0, 0.5] * 20, [0.0, 0.5, 1.0] * 20
    lifted = Sides(felt(low), felt(high))
    assert change_of(lifted, [], SETTINGS).verdict is ActionVerdict.IMPROVED
    change = change_of(lifted, [lifted] * 5, SETTINGS)
    assert change.season is not None
    assert change.season.value == pytest.approx(0.5)
    assert change.verdict is ActionVerdict.NOT_SHOWN


def test_a_fall_is_worse_and_an_interim_look_has_no_verdict() -> None:
    fallen = Sides(felt([0.0, 0.5, 1.0] * 20), felt([-1.0, -0.5, 0.0] * 20))
    assert change_of(fallen, [], SETTINGS).verdict is ActionVerdict.WORSE
    interim = change_of(fallen, [], SETTINGS, is_interim=True)
    assert (interim.verdict, interim.is_interim) == (ActionVerdict.NOT_SHOWN, True)
    assert interim.net is not None


def test_the_windows_leave_the_washout_out() -> None:
    action = Action("Faster handover", on_day=date(2026, 3, 1), window_days=10, washout_days=5)
    windows = windows_of(action, today=date(2026, 4, 1))
    assert windows.after is not None
    assert (windows.before.since, windows.before.until) == (date(2026, 2, 19), date(2026, 2, 28))
    assert (windows.after.since, windows.after.until) == (date(2026, 3, 6), date(2026, 3, 15))
    assert not windows.is_interim


def test_one_who_answers_often_weighs_once_in_the_difference_and_often_in_the_odds() -> None:
    """Ten contacts at 0 before; after, nine at 0 and one whose nine answers average 1."""
    before, after = felt([0.0] * 10), Felt(Moments(10, 1, 1), ((0.0, 9), (1.0, 9)))
    change = change_of(Sides(before, after), [], SETTINGS)
    assert change.difference is not None
    assert change.difference.value == pytest.approx(0.1)
    assert change.p_after_better == pytest.approx(0.75)
    assert (change.n_before, change.n_after) == (10, 10)


def test_a_look_before_the_decision_is_interim() -> None:
    action = Action("Faster handover", on_day=date(2026, 3, 1), window_days=10, decision_day=date(2026, 3, 20))
    assert windows_of(action, today=date(2026, 3, 19)).is_interim
    assert not windows_of(action, today=date(2026, 3, 20)).is_interim
    assert windows_of(action, today=date(2026, 2, 1)).after is None
    early = windows_of(action, today=date(2026, 3, 4)).after
    assert early is not None
    assert early.until == date(2026, 3, 4)


def test_what_comes_after_the_decision_turns_no_verdict() -> None:
    action = Action("Faster handover", on_day=date(2026, 3, 1), window_days=28, decision_day=date(2026, 3, 20))
    for today in (date(2026, 3, 20), date(2026, 3, 25), date(2026, 6, 1)):
        after = windows_of(action, today).after
        assert after is not None
        assert after.until == date(2026, 3, 19)


# Segments


tables = st.dictionaries(st.sampled_from("abc"), st.dictionaries(st.sampled_from("xyz"), moments), max_size=3)


@given(tables)
def test_splitting_a_journey_never_reveals_a_suppressed_cell(table: dict[str, dict[str, Moments]]) -> None:
    cells = cells_of(table, SETTINGS)
    assert_finite(cells)
    assert [(cell.touchpoint, cell.segment) for cell in cells] == [(t, s) for t in table for s in table[t]]
    for touchpoint in table:
        total = sum(found.n for found in table[touchpoint].values())
        shown = sum(cell.n for cell in cells if cell.touchpoint == touchpoint)
        assert total == shown or total - shown >= SETTINGS.k or total < SETTINGS.k
    assert all(cell.n == 0 or cell.n >= SETTINGS.k for cell in cells)


def test_a_segment_that_differs_is_found_among_those_that_do_not() -> None:
    usual, low = moments_of([0.0, 0.5, 1.0] * 20), moments_of([-1.0, -0.5, 0.0] * 20)
    cells = cells_of(
        {"a": {"x": usual, "y": usual, "z": usual}, "b": {"x": usual, "y": low, "z": usual}, "c": {"x": usual}},
        SETTINGS,
    )
    found = {(cell.touchpoint, cell.segment): cell.is_different for cell in cells}
    assert found["b", "y"]
    assert not any(found["a", segment] for segment in "xyz")
    assert found["c", "x"] is None


@given(st.dictionaries(st.sampled_from("xyz"), moments), st.dictionaries(st.sampled_from("xyzw"), shares))
def test_the_mix_adjusted_mean_is_on_the_scale(by_segment: dict[str, Moments], mix: dict[str, float]) -> None:
    result = mixed(by_segment, mix, SETTINGS.k)
    assert_finite(result)
    assert 0 <= result.coverage <= 1 + 1e-9
    if result.adjusted is not None:
        assert -1 - 1e-9 <= result.adjusted.mean <= 1 + 1e-9


@given(st.dictionaries(st.sampled_from("xyz"), moments.filter(lambda found: found.n >= 5), min_size=1))
def test_at_its_own_mix_nothing_is_adjusted(by_segment: dict[str, Moments]) -> None:
    result = mixed(by_segment, standard_mix({"only": by_segment}), SETTINGS.k)
    assert result.crude is not None
    assert result.adjusted is not None
    assert result.adjusted.mean == pytest.approx(result.crude.mean)
    assert result.coverage == pytest.approx(1)


def test_small_segments_can_not_be_solved_for() -> None:
    """With few contacts in one of two, both are taken together, so that the adjusted mean is the crude one."""
    strata = {"x": moments_of([1.0] * 40), "y": moments_of([-1.0] * 3)}
    result = mixed(strata, {"x": 0.5, "y": 0.5}, SETTINGS.k)
    assert result.crude is not None
    assert result.adjusted is not None
    assert result.adjusted.mean == pytest.approx(result.crude.mean)
    assert mixed({"x": moments_of([1.0])}, {"x": 1.0}, SETTINGS.k).crude is None
    assert standard_mix({}) == {}


# Terms of themes


@given(st.dictionaries(st.text(max_size=2), st.dictionaries(st.sampled_from("uvw"), st.integers(0, 9)), max_size=4))
def test_terms_of_nothing_weigh_nothing(counts: dict[str, dict[str, int]]) -> None:
    weights = ctfidf(counts)
    assert weights.keys() == counts.keys()
    for name, term in product(counts, "uvw"):
        weight = weights[name].get(term, 0.0)
        assert isfinite(weight)
        assert (weight > 0) == (counts[name].get(term, 0) > 0)
