"""What holds for every sample: scales, intervals, suppression, verdicts (METHOD, section 11)."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations
from math import isfinite
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct, structs

from analysis.blind_spots import blind_spot_of, worst_case_bounds
from analysis.experience import (
    Disclosure,
    contact_means,
    disclosure_of,
    estimate_of,
    evidence_of,
    hajek_weights,
    hidden_parts,
    moments_of,
    moments_of_weighted,
    poststratification_weights,
    recency_weights,
    shrink,
    wilson,
)
from analysis.official import (
    NpsCounts,
    adjusted_wald_interval,
    newcombe,
    nps,
    official_figures,
    wald_interval,
)
from analysis.pains.loss import Loss, loss_per_month, ranks_by_loss
from analysis.promises import (
    Expectation,
    KeptAnswers,
    against_expectation,
    against_level,
    against_share,
    disconfirmation,
    gap,
    is_ceiling,
    kept_interval,
    paired_difference,
    promise_in_force,
)
from analysis.report import BlindSpot, Evidence, Interval, ReportSettings, Verdict
from analysis.scales import (
    VALENCES,
    calibrated_valence,
    experience_of,
    experience_on_points,
    net_emotional_value,
    official_nps_lens,
    picker_experience,
    value_at,
)
from analysis.verdicts import MOST_NEEDED, Judgement, Standing, benjamini_hochberg, contacts_needed, judge
from core.errors import Invalid
from surveys.instruments import DEFAULT_EMOTIONS, EXPERIENCE, SCALES, Instrument
from tests.analysis.answers import nps_difference, sums_of

# Examples are timed by default, and a busy machine then fails what is right.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

SETTINGS = ReportSettings()
FROM_WORST_TO_BEST = [Verdict.BROKEN, Verdict.UNDETERMINED, Verdict.KEPT, Verdict.OVER_DELIVERED]

x_values = st.one_of(
    st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), st.floats(-1, 1, allow_subnormal=False).map(lambda x: round(x, 6))
)
samples = st.one_of(
    st.lists(x_values, max_size=40),
    st.builds(lambda x, n: [x] * n, x_values, st.integers(0, 200)),
)
levels = st.floats(-1, 1)
tested_samples = st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), min_size=10, max_size=60)
counts = st.integers(0, 60)


class Made(Struct, frozen=True):
    """A promise as it is dated."""

    valid_from: date
    valid_to: date | None = None
    level: float | None = None


def standing_of(values: list[float], level: float | None = None, **more: Any) -> Standing:
    return Standing(n_contacts=len(values), moments=moments_of(values), level=level, **more)


def figures_in(result: Any) -> Iterator[float]:
    """Every number anywhere in a result."""
    if isinstance(result, Struct):
        yield from figures_in(structs.astuple(result))
    elif isinstance(result, list | tuple):
        for part in result:
            yield from figures_in(part)
    elif isinstance(result, int | float):
        yield result


# Scales


@given(st.integers(2, 100).flatmap(lambda points: st.tuples(st.integers(1, points), st.just(points))))
def test_reversing_a_scale_negates_x(rating_and_points: tuple[int, int]) -> None:
    rating, points = rating_and_points
    x = experience_on_points(rating, points)
    assert -1 <= x <= 1
    assert experience_on_points(points + 1 - rating, points) == -x
    assert experience_on_points(rating, points, is_reversed=True) == -x


@pytest.mark.parametrize("instrument", SCALES)
def test_the_ends_of_every_instrument_are_the_ends_of_x(instrument: Instrument) -> None:
    scale = SCALES[instrument]
    from_bad_to_good = scale.points[::-1] if scale.is_reversed else scale.points
    mapped = [experience_of(instrument, value) for value in from_bad_to_good]
    assert (mapped[0], mapped[-1]) == (-1, 1)
    assert mapped == sorted(mapped)
    assert mapped == [-x for x in reversed(mapped)]
    assert [value_at(instrument, x) for x in mapped] == pytest.approx(list(from_bad_to_good))


@pytest.mark.parametrize(
    ("instrument", "value"),
    [
        (Instrument.NPS, 11),
        (Instrument.NPS, -1),
        (Instrument.CSAT, 0),
        (Instrument.ANCHOR, 6),
        (Instrument.CES, 8),
        (Instrument.EMOTION, 1),
        (Instrument.COMMENT, 1),
        (Instrument.CSAT7, 8),
        (Instrument.CSAT10, 0),
        (Instrument.CES1, 6),
        (Instrument.THUMBS, 2),
        (Instrument.CHOICE, 1),
        (Instrument.CONSENT, 1),
    ],
)
def test_what_is_no_answer_has_no_experience(instrument: Instrument, value: int) -> None:
    with pytest.raises(Invalid):
        experience_of(instrument, value)


def test_a_neutral_answer_is_zero_and_never_minus_zero() -> None:
    assert str(experience_on_points(3, 5, is_reversed=True)) == "0.0"
    assert str(experience_of(Instrument.CES1, 3)) == "0.0"


def test_an_item_of_one_point_measures_nothing() -> None:
    with pytest.raises(Invalid):
        experience_on_points(1, 1)


def test_the_official_lens_has_three_values() -> None:
    assert [official_nps_lens(value) for value in range(11)] == [-1.0] * 7 + [0.0] * 2 + [1.0] * 2
    with pytest.raises(Invalid):
        official_nps_lens(11)


def test_thumbs_are_the_ends_of_the_scale() -> None:
    assert (experience_of(Instrument.THUMBS, 0), experience_of(Instrument.THUMBS, 1)) == (-1, 1)


def test_every_emotion_of_the_default_picker_has_a_valence() -> None:
    assert set(DEFAULT_EMOTIONS) <= set(VALENCES)


@given(st.lists(st.lists(st.sampled_from(sorted(VALENCES)), max_size=3)))
def test_emotions_stay_on_their_scales(pickers: list[list[str]]) -> None:
    assert all(x is None or -1 <= x <= 1 for x in map(picker_experience, pickers))
    value = net_emotional_value(pickers)
    assert (value is None) == (not any(pickers))
    assert value is None or -100 <= value <= 100


def test_an_emotion_nobody_knows_is_refused() -> None:
    with pytest.raises(Invalid, match="blissful"):
        picker_experience(["blissful"])


@given(st.floats(-1, 1), samples)
def test_calibration_stays_between_the_valence_and_its_ratings(valence: float, ratings: list[float]) -> None:
    assert min([valence, *ratings]) - 1e-9 <= calibrated_valence(valence, ratings) <= max([valence, *ratings]) + 1e-9
    assert calibrated_valence(valence, []) == pytest.approx(valence)


# Intervals


@given(samples, st.booleans())
def test_an_interval_is_on_the_scale_and_never_nan(values: list[float], is_two_valued: bool) -> None:
    estimate = estimate_of(moments_of(values, is_two_valued=is_two_valued))
    if not values:
        assert estimate is None
        return
    assert estimate is not None
    assert all(isfinite(figure) for figure in figures_in(estimate))
    assert estimate.se > 0
    assert -1 <= estimate.interval.lo < estimate.interval.hi <= 1
    assert estimate.interval.lo <= estimate.centre <= estimate.interval.hi


def test_one_answer_says_nothing_about_the_spread() -> None:
    estimate = estimate_of(moments_of([1.0]))
    assert estimate is not None
    assert (estimate.mean, estimate.interval) == (1.0, Interval(-1.0, 1.0))


def test_thumbs_take_the_interval_of_wilson() -> None:
    estimate = estimate_of(moments_of([1.0] * 42 + [-1.0] * 8, is_two_valued=True))
    share = wilson(42, 50)
    assert estimate is not None
    assert [estimate.interval.lo, estimate.interval.hi] == pytest.approx([2 * share.lo - 1, 2 * share.hi - 1])


@given(st.integers(0, 10**7), st.floats(0, 1))
def test_a_share_stays_between_none_and_all(n: int, share: float) -> None:
    successes = round(n * share)
    interval = wilson(successes, n)
    assert 0 <= interval.lo < interval.hi <= 1
    assert n == 0 or interval.lo - 1e-12 <= successes / n <= interval.hi + 1e-12


@given(
    st.lists(st.tuples(st.integers(1, 8), x_values), max_size=30).flatmap(
        lambda rows: st.tuples(st.just(rows), st.permutations(rows))
    )
)
def test_permuting_rows_changes_nothing(
    rows: tuple[list[tuple[int, float]], list[tuple[int, float]]],
) -> None:
    def everything(answers: list[tuple[int, float]]) -> Any:
        means = contact_means(answers)
        estimate = estimate_of(moments_of(means.values()))
        weighted = moments_of_weighted([x for _, x in answers], [float(contact) for contact, _ in answers])
        return sorted(means.items()), estimate, weighted

    assert everything(rows[0]) == everything(rows[1])


def test_one_who_answers_twelve_times_is_one_voice() -> None:
    means = contact_means([("anna", -1.0)] * 12 + [("ben", 1.0)])
    assert moments_of(means.values()).mean == 0


@given(st.lists(tested_samples, min_size=1, max_size=6), st.integers(1, 60))
def test_a_neutral_touchpoint_changes_no_other_raw_mean(others: list[list[float]], n: int) -> None:
    def gaps(samples_: list[list[float]]) -> list[float | None]:
        return [judgement.gap for judgement in judge([standing_of(values, 0.25) for values in samples_], SETTINGS)]

    assert gaps([*others, [0.0] * n])[: len(others)] == gaps(others)


@pytest.mark.parametrize(
    ("half_width", "badge"),
    [(0.15, Evidence.SOLID), (0.151, Evidence.FAIR), (0.3, Evidence.FAIR), (0.31, Evidence.WEAK)],
)
def test_the_badge_goes_by_the_half_width(half_width: float, badge: Evidence) -> None:
    assert evidence_of(Interval(-half_width, half_width)) is badge


# Weights


@given(st.lists(st.floats(1e-300, 1), min_size=1, max_size=30), st.floats(1e-3, 1e3))
def test_the_effective_n_knows_no_unit_and_is_at_most_n(weights: list[float], unit: float) -> None:
    values = [1.0] * len(weights)
    weighted = moments_of_weighted(values, weights)
    assert 1 - 1e-9 <= weighted.n <= len(weights) + 1e-9
    assert moments_of_weighted(values, [weight * unit for weight in weights]).n == pytest.approx(weighted.n)
    assert all(isfinite(figure) for figure in figures_in(estimate_of(weighted)))


def test_weights_of_nobody_or_of_nothing_have_no_mean() -> None:
    assert moments_of_weighted([], []).mean is None
    assert moments_of_weighted([1.0], [0.0]).mean is None


def test_post_stratification_is_trimmed() -> None:
    weights = poststratification_weights(["rare"] + ["common"] * 99, {"rare": 90, "common": 10})
    assert (min(weights), max(weights)) == (0.2, 5.0)


def test_post_stratification_needs_events() -> None:
    assert poststratification_weights(["shop", "phone"], {}) == [1.0, 1.0]
    assert poststratification_weights(["shop", "phone"], {"shop": 5, "phone": 5, "fax": 90}) == [1.0, 1.0]
    assert poststratification_weights([], {"shop": 5}) == []


def test_an_answer_of_one_half_life_weighs_half() -> None:
    assert recency_weights([0, 30, 60], 30) == [1.0, 0.5, 0.25]
    with pytest.raises(Invalid):
        recency_weights([1], 0)


@pytest.mark.parametrize("probability", [0.0, -0.5, 1.5])
def test_a_lot_that_can_not_be_drawn_has_no_weight(probability: float) -> None:
    with pytest.raises(Invalid):
        hajek_weights([probability])


# Suppression


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 30), max_size=8), st.integers(1, 12))
def test_splitting_never_reveals_a_suppressed_part(n_by_part: dict[str, int], k: int) -> None:
    hidden = hidden_parts(n_by_part, k)
    assert {part for part, n in n_by_part.items() if 0 < n < k} <= hidden.parts
    assert not any(n_by_part[part] == 0 for part in hidden.parts)
    if hidden.parts and hidden.is_total_shown:
        subtracted = sum(n_by_part.values()) - sum(n for part, n in n_by_part.items() if part not in hidden.parts)
        assert subtracted >= k
        assert len(hidden.parts) >= 2


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 30), max_size=8), st.integers(1, 12))
def test_nothing_is_hidden_without_need(n_by_part: dict[str, int], k: int) -> None:
    hidden = hidden_parts(n_by_part, k).parts
    assert len(hidden) <= 1 + sum(0 < n < k for n in n_by_part.values())
    if not any(0 < n < k for n in n_by_part.values()):
        assert not hidden


def test_the_smallest_of_the_others_is_hidden_with_a_small_part() -> None:
    assert hidden_parts({"a": 3, "b": 50, "c": 20, "d": 0}, 5).parts == {"a", "c"}
    assert hidden_parts({"a": 4, "b": 4, "c": 20}, 5).parts == {"a", "b"}
    assert hidden_parts({"a": 1, "b": 2, "c": 20}, 5).parts == {"a", "b", "c"}
    assert not hidden_parts({"a": 1, "b": 2}, 5).is_total_shown


@pytest.mark.parametrize(
    ("n_contacts", "n_effective", "disclosure"),
    [
        (0, None, Disclosure.SUPPRESSED),
        (4, None, Disclosure.SUPPRESSED),
        (5, None, Disclosure.INDICATIVE),
        (9, None, Disclosure.INDICATIVE),
        (10, None, Disclosure.TESTED),
        (50, 9.5, Disclosure.INDICATIVE),
        (9, 10.0, Disclosure.INDICATIVE),
        (4, 50.0, Disclosure.SUPPRESSED),
    ],
)
def test_the_rule_of_small_n(n_contacts: int, n_effective: float | None, disclosure: Disclosure) -> None:
    assert disclosure_of(n_contacts, SETTINGS, n_effective) is disclosure


def test_nobody_is_suppressed_even_where_anybody_may_be_shown() -> None:
    assert disclosure_of(0, ReportSettings(k=0)) is Disclosure.SUPPRESSED


# Empirical Bayes


@given(st.lists(samples, max_size=8))
def test_shrunk_means_lie_between_their_own_and_the_common_one(groups: list[list[float]]) -> None:
    moments = [moments_of(values) for values in groups]
    shrinkage = shrink(moments)
    assert all(isfinite(figure) for figure in figures_in(shrinkage))
    for group, mean in zip(moments, shrinkage.means, strict=True):
        assert (mean is None) == (group.mean is None)
        if mean is not None and group.mean is not None and shrinkage.centre is not None:
            low, high = sorted([group.mean, shrinkage.centre])
            assert low - 1e-9 <= mean <= high + 1e-9


# Official scores


@given(counts, counts, counts)
def test_nps_is_finite_and_on_its_scale(promoters: int, passives: int, detractors: int) -> None:
    of = NpsCounts(promoters, passives, detractors)
    score, adjusted = nps(of), adjusted_wald_interval(of.moments)
    assert (score is None) == (of.n == 0) == (adjusted is None)
    if adjusted is not None:
        assert -100 <= adjusted.interval.lo < adjusted.interval.hi <= 100
    everything = figures_in([score, adjusted, wald_interval(of), nps_difference(of, of)])
    assert all(isfinite(figure) for figure in everything)


@given(st.tuples(counts, counts, counts), st.tuples(counts, counts, counts))
def test_the_difference_of_nps_turns_with_its_order(a: tuple[int, int, int], b: tuple[int, int, int]) -> None:
    there, back = nps_difference(NpsCounts(*a), NpsCounts(*b)), nps_difference(NpsCounts(*b), NpsCounts(*a))
    assert (there is None) == (back is None)
    if there is not None and back is not None:
        assert there.points == -back.points
        assert there.p == back.p
        assert all(isfinite(figure) for figure in figures_in(there))


@given(counts, counts, counts, counts)
def test_the_difference_of_shares_is_within_its_interval(k1: int, more1: int, k2: int, more2: int) -> None:
    result = newcombe((k1, k1 + more1), (k2, k2 + more2))
    assert (result is None) == (k1 + more1 == 0 or k2 + more2 == 0)
    if result is not None:
        assert -1 <= result.interval.lo <= result.difference <= result.interval.hi <= 1


@given(st.sampled_from(list(Instrument)), st.lists(counts, min_size=11, max_size=11))
def test_official_figures_are_finite_or_none(instrument: Instrument, n_by_value: list[int]) -> None:
    scale = SCALES.get(instrument)
    distribution = list(zip(scale.points, n_by_value, strict=False)) if scale else []
    figures = official_figures(instrument, sums_of(instrument, distribution))
    is_felt = instrument in EXPERIENCE and instrument is not Instrument.ANCHOR
    assert bool(figures) == (is_felt and any(n for _, n in distribution))
    for figure in figures:
        assert figure.interval.lo <= figure.interval.hi
        assert figure.n == sum(n for _, n in distribution)
        assert all(isfinite(number) for number in figures_in(figure))


# Promises


def test_a_promise_is_in_force_from_its_first_to_its_last_day() -> None:
    promise = Made(date(2025, 3, 1), date(2025, 3, 31))
    in_force = [promise_in_force([promise], date(2025, 2, 28) + timedelta(days=n)) for n in range(33)]
    assert in_force == [None, *[promise] * 31, None]


def test_of_overlapping_promises_the_latest_counts() -> None:
    standing, spring = Made(date(2025, 1, 1)), Made(date(2025, 3, 1), date(2025, 3, 31))
    weekend = Made(date(2025, 3, 1), date(2025, 3, 2))
    for promises in ([standing, spring, weekend], [weekend, spring, standing]):
        days = [date(2025, 2, 28), date(2025, 3, 2), date(2025, 3, 3), date(2025, 4, 1)]
        assert [promise_in_force(promises, day) for day in days] == [standing, weekend, spring, standing]


def test_a_promise_above_the_ceiling_can_only_be_broken() -> None:
    assert [is_ceiling(level) for level in (None, 0.8, 0.81)] == [False, False, True]


def test_there_is_no_gap_without_both_sides() -> None:
    assert (gap(None, 0.5), gap(0.5, None), gap(0.25, 0.5)) == (None, None, -0.25)


@given(samples, levels, st.floats(0, 2), st.floats(0, 100))
def test_tests_are_probabilities_or_none(values: list[float], level: float, se: float, n: float) -> None:
    estimate = estimate_of(moments_of(values))
    results = [
        estimate and against_level(estimate, level, 0.1),
        estimate and against_expectation(estimate, Expectation(level, se, n), 0.1),
        against_share(KeptAnswers(sum(x > 0 for x in values), len(values), abs(level)), 0.1),
    ]
    assert all(0 <= figure <= 1 for figure in figures_in(results))
    assert results[0] is None or len(values) > 1


def test_an_expectation_that_is_certain_is_a_level() -> None:
    estimate = estimate_of(moments_of([0.5, 0.0, -0.5, 1.0] * 5))
    assert estimate is not None
    certain, level = against_expectation(estimate, Expectation(0.4, 0.0, 50), 0.1), against_level(estimate, 0.4, 0.1)
    assert list(figures_in(certain)) == pytest.approx(list(figures_in(level)))


def test_an_uncertain_expectation_makes_the_verdict_less_sure() -> None:
    estimate = estimate_of(moments_of([0.0, -0.5, 0.5] * 10))
    assert estimate is not None
    sure, unsure = (against_expectation(estimate, Expectation(0.5, se, 30), 0.1) for se in (0.01, 0.2))
    assert sure is not None
    assert unsure is not None
    assert sure.p_broken < unsure.p_broken < 0.5


@pytest.mark.parametrize("promised", [0.0, 0.5, 0.95, 1.0])
@pytest.mark.parametrize(("n_kept", "n"), [(0, 0), (0, 1), (1, 1), (0, 40), (40, 40), (20, 40)])
def test_share_promises_at_the_edges(n_kept: int, n: int, promised: float) -> None:
    answers = KeptAnswers(n_kept, n, promised)
    assert all(0 <= figure <= 1 for figure in figures_in([against_share(answers, 0.1), kept_interval(answers)]))
    assert (against_share(answers, 0.1) is None) == (n == 0)


def test_a_share_is_kept_as_surely_as_so_many_would_not_come_by_chance() -> None:
    all_of_them = against_share(KeptAnswers(80, 80, 0.95), 0.1)
    two_of_three = against_share(KeptAnswers(2, 3, 0.5), 0.1)
    assert all_of_them is not None
    assert two_of_three is not None
    assert [all_of_them.p_kept, all_of_them.p_over_delivered] == pytest.approx([0.95**80, 1.0])
    assert [two_of_three.p_broken, two_of_three.p_kept] == pytest.approx([7 / 8, 1 / 2])
    assert two_of_three.p_over_delivered == pytest.approx(3 * 0.55**2 * 0.45 + 0.55**3)


@given(st.lists(st.floats(-2, 2), max_size=20))
def test_paired_differences_are_finite_or_none(differences: list[float]) -> None:
    result = paired_difference(differences)
    assert (result is None) == (not differences)
    assert all(isfinite(figure) for figure in figures_in(result))


def test_equal_differences_allow_no_test() -> None:
    result = paired_difference([0.5] * 6)
    assert result is not None
    assert (result.mean, result.t, result.p, result.interval) == (0.5, None, None, Interval(0.5, 0.5))


@given(st.lists(counts, min_size=5, max_size=5))
def test_disconfirmation_is_finite_or_none(answers: list[int]) -> None:
    result = disconfirmation(answers)
    assert (result is None) == (sum(answers) == 0)
    assert all(isfinite(figure) for figure in figures_in(result))


def test_disconfirmation_has_five_answers() -> None:
    with pytest.raises(ValueError, match="5 answers"):
        disconfirmation([1, 2, 3])


# Verdicts


@given(
    tested_samples, st.lists(st.tuples(tested_samples, levels), max_size=5), st.lists(levels, min_size=2, max_size=8)
)
def test_a_higher_promise_never_makes_the_verdict_better(
    values: list[float], others: list[tuple[list[float], float]], promised: list[float]
) -> None:
    rest = [standing_of(*other) for other in others]
    verdicts = [judge([standing_of(values, level), *rest], SETTINGS)[0].verdict for level in sorted(promised)]
    places = [FROM_WORST_TO_BEST.index(verdict) for verdict in verdicts]
    assert places == sorted(places, reverse=True)


@given(st.integers(10, 80), st.data())
def test_a_higher_promised_share_never_makes_the_verdict_better(n: int, data: st.DataObject) -> None:
    n_kept = data.draw(st.integers(0, n))
    shares = sorted(data.draw(st.lists(st.floats(0, 1), min_size=2, max_size=6)))
    answered = [standing_of([0.0] * n, share=KeptAnswers(n_kept, n, share)) for share in shares]
    places = [FROM_WORST_TO_BEST.index(judge([standing], SETTINGS)[0].verdict) for standing in answered]
    assert places == sorted(places, reverse=True)


@given(st.lists(st.tuples(samples, st.none() | levels), max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_touchpoints_changes_no_judgement(
    touchpoints: list[tuple[list[float], float | None]], random: Any
) -> None:
    standings = [standing_of(*touchpoint) for touchpoint in touchpoints]
    order = list(range(len(standings)))
    random.shuffle(order)
    judged, shuffled = judge(standings, SETTINGS), judge([standings[index] for index in order], SETTINGS)
    assert [judged[index] for index in order] == list(shuffled)
    assert all(isfinite(figure) for figure in figures_in(judged))


@pytest.mark.parametrize(
    ("n", "level", "verdict"),
    [
        (0, 0.5, Verdict.BLIND),
        (4, 0.5, Verdict.BLIND),
        (5, 0.5, Verdict.INDICATIVE),
        (9, 0.5, Verdict.INDICATIVE),
        (10, 0.9, Verdict.BROKEN),
        (5, None, Verdict.NO_PROMISE),
        (50, None, Verdict.NO_PROMISE),
        (4, None, Verdict.BLIND),
    ],
)
def test_who_is_judged(n: int, level: float | None, verdict: Verdict) -> None:
    (judgement,) = judge([standing_of([-0.5] * n, level)], SETTINGS)
    assert judgement.verdict is verdict
    if verdict in (Verdict.BLIND, Verdict.NO_PROMISE):
        assert judgement == Judgement(verdict=verdict)


def test_a_single_contact_is_never_tested_even_where_it_may_be_shown() -> None:
    (judgement,) = judge([standing_of([1.0], 0.5)], ReportSettings(k=1, tested_from=1))
    assert judgement == Judgement(verdict=Verdict.INDICATIVE)


def test_too_few_who_said_whether_it_was_kept_are_not_shown() -> None:
    (judgement,) = judge([standing_of([1.0] * 30, share=KeptAnswers(4, 4, 0.9))], SETTINGS)
    assert judgement == Judgement(verdict=Verdict.INDICATIVE)


def test_beyond_the_promise_is_over_delivered() -> None:
    (judgement,) = judge([standing_of([1.0] * 40, 0.0)], SETTINGS)
    assert judgement.verdict is Verdict.OVER_DELIVERED


def test_thumbs_are_judged_by_their_own_interval() -> None:
    thumbs, faces = (
        judge(
            [Standing(n_contacts=12, moments=moments_of([1.0] * 12, is_two_valued=is_two_valued), level=0.7)], SETTINGS
        )[0]
        for is_two_valued in (True, False)
    )
    assert thumbs.p_kept != faces.p_kept


def test_undetermined_says_how_many_more_to_ask() -> None:
    values = [-1.0] * 3 + [-0.5] * 6 + [0.0] * 15 + [0.5] * 12 + [1.0] * 4
    (judgement,) = judge([standing_of(values, 0.25)], SETTINGS)
    assert judgement.verdict is Verdict.UNDETERMINED
    assert judgement.n_needed is not None
    moments = moments_of(values)

    def p_broken_at(n: int) -> float:
        estimate = estimate_of(moments.resized(n))
        assert estimate is not None
        test = against_level(estimate, 0.25, SETTINGS.margin)
        assert test is not None
        return test.p_broken

    enough = len(values) + judgement.n_needed
    assert p_broken_at(enough) <= SETTINGS.q < p_broken_at(enough - 1)


def test_what_is_needed_may_also_prove_a_promise_kept() -> None:
    standing = standing_of([-0.5, 0.0, 0.5, 1.0] * 5, 0.25)
    needed = contacts_needed(standing, SETTINGS)
    assert needed < MOST_NEEDED
    grown = Standing(n_contacts=20 + needed, moments=standing.moments.resized(20 + needed), level=0.25)
    assert judge([grown], SETTINGS)[0].verdict is Verdict.KEPT


def test_what_is_needed_of_a_promised_share_keeps_the_share() -> None:
    standing = standing_of([0.0] * 20, share=KeptAnswers(17, 20, 0.9))
    needed = contacts_needed(standing, SETTINGS)
    growth = (20 + needed) / 20
    test = against_share(KeptAnswers(17 * growth, 20 * growth, 0.9), SETTINGS.margin)
    assert test is not None
    assert test.p_broken <= SETTINGS.q
    assert 20 < needed < 200


def test_weighted_answers_need_as_many_more_contacts_as_the_weights_cost() -> None:
    values = [-1.0] * 3 + [-0.5] * 6 + [0.0] * 15 + [0.5] * 12 + [1.0] * 4
    full = moments_of(values)
    plain = contacts_needed(standing_of(values * 2, 0.25), SETTINGS)
    halved = contacts_needed(Standing(n_contacts=160, moments=full.resized(80), level=0.25), SETTINGS)
    assert halved == pytest.approx(2 * plain, abs=1)


def test_over_delivery_is_held_to_the_false_discovery_rate_too() -> None:
    standings = [standing_of([1.0] * 40, 0.0), *[standing_of([0.5, 1.0] * 10, 0.6)] * 3]
    p_values, q_values = zip(
        *((judgement.p_over_delivered, judgement.q_over_delivered) for judgement in judge(standings, SETTINGS)),
        strict=True,
    )
    assert list(q_values) == benjamini_hochberg([p for p in p_values if p is not None])
    assert q_values[0] > p_values[0]


def test_a_mean_exactly_on_the_margin_is_never_settled_by_asking() -> None:
    standing = standing_of([-0.5, 0.0, 0.5] * 10, 0.1)
    assert contacts_needed(standing, SETTINGS) == MOST_NEEDED


def test_a_verdict_held_back_by_the_others_needs_more_contacts_too() -> None:
    nearly = standing_of([-1.0] * 3 + [-0.5] * 8 + [0.0] * 15 + [0.5] * 10 + [1.0] * 4, 0.3)
    rest = [standing_of([-0.5, 0.0, 0.5] * 10, 0.1)] * 11
    alone, among = judge([nearly], SETTINGS)[0], judge([nearly, *rest], SETTINGS)[0]
    assert (alone.verdict, among.verdict) == (Verdict.BROKEN, Verdict.UNDETERMINED)
    assert among.n_needed is not None
    assert 1 < among.n_needed < MOST_NEEDED


@given(tested_samples, levels)
def test_what_is_needed_is_only_said_of_the_undetermined(values: list[float], level: float) -> None:
    (judgement,) = judge([standing_of(values, level)], SETTINGS)
    assert (judgement.n_needed is not None) == (judgement.verdict is Verdict.UNDETERMINED)
    assert judgement.n_needed is None or 1 <= judgement.n_needed <= MOST_NEEDED


@given(st.lists(st.floats(0, 1), max_size=20))
def test_q_values_are_never_below_their_p_and_keep_their_order(p_values: list[float]) -> None:
    q_values = benjamini_hochberg(p_values)
    assert all(p <= q <= 1 for p, q in zip(p_values, q_values, strict=True))
    for (p, q), (other_p, other_q) in combinations(zip(p_values, q_values, strict=True), 2):
        assert (p < other_p) <= (q <= other_q)


def test_the_lenses_of_nps_may_agree() -> None:
    answers = [9, 10] * 20
    linear = [experience_of(Instrument.NPS, value) for value in answers]
    official = moments_of(map(official_nps_lens, answers))
    (judgement,) = judge([standing_of(linear, 0.25, official_lens=official)], SETTINGS)
    assert judgement.lens_sensitive is False


def test_few_are_flagged_wrongly() -> None:
    """Twelve touchpoints, three of them broken: of all flags in 300 journeys, fewer than one in ten is wrong."""
    random = Random(20250301)
    right = wrong = 0
    faces = [-1.0, -0.5, 0.0, 0.5, 1.0]
    for _ in range(300):
        standings = [
            standing_of(random.choices(faces, [4, 3, 2, 2, 1] if is_broken else [1, 2, 4, 6, 3], k=40), 0.25)
            for is_broken in [True] * 3 + [False] * 9
        ]
        flagged = [judgement.verdict is Verdict.BROKEN for judgement in judge(standings, SETTINGS)]
        right, wrong = right + sum(flagged[:3]), wrong + sum(flagged[3:])
    assert right > 800
    assert wrong / (right + wrong) < 0.10


# Pain points and blind spots


@given(
    st.none() | st.integers(0, 10_000),
    st.integers(0, 200).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))),
    st.none() | levels,
    st.none() | levels,
)
def test_a_loss_is_finite_or_none(
    reach: int | None, n_and_mentions: tuple[int, int], mean_without: float | None, mean_with: float | None
) -> None:
    loss = loss_per_month(reach, *n_and_mentions, mean_without, mean_with)
    assert all(isfinite(figure) and figure >= 0 for figure in figures_in(loss))
    is_known = reach is not None and n_and_mentions[0] > 0 and mean_without is not None and mean_with is not None
    assert (loss.loss is not None) == is_known
    if loss.loss is not None and loss.loss_lo is not None and loss.loss_hi is not None:
        assert loss.loss_lo - 1e-9 <= loss.loss <= loss.loss_hi + 1e-9


def test_few_mentions_do_not_lead_the_list_and_unknown_reach_has_no_rank() -> None:
    def loss(reach: float | None, n: int, n_mentions: int) -> Loss:
        return loss_per_month(reach, n, n_mentions, 0.5, -0.5)

    losses = {"rare": loss(100, 5, 2), "common": loss(100, 200, 70), "unmeasured": loss(None, 200, 199)}
    assert ranks_by_loss(losses) == {"common": 1, "rare": 2}


@given(st.floats(0, 1), levels)
def test_the_worst_case_is_within_the_scale_and_holds_the_mean(response_rate: float, mean: float) -> None:
    worst = worst_case_bounds(response_rate, mean)
    assert -1 - 1e-9 <= worst.lo - 1e-12 <= mean <= worst.hi + 1e-9 <= 1 + 1e-8


@pytest.mark.parametrize(
    ("has_survey", "n_invitations", "n_contacts", "days_ago", "blind_spot"),
    [
        (False, 0, 0, None, BlindSpot.NO_SURVEY),
        (True, 0, 0, None, BlindSpot.NO_INVITATIONS),
        (True, 9, 0, None, BlindSpot.NO_ANSWERS),
        (True, 9, 4, 1, BlindSpot.TOO_FEW),
        (True, 9, 9, 91, BlindSpot.STALE),
        (True, 9, 9, 90, None),
        (False, 0, 9, 1, None),
    ],
)
def test_why_a_touchpoint_is_blind(
    has_survey: bool, n_invitations: int, n_contacts: int, days_ago: int | None, blind_spot: BlindSpot | None
) -> None:
    today = date(2025, 6, 1)
    found = blind_spot_of(
        has_survey=has_survey,
        n_invitations=n_invitations,
        n_contacts=n_contacts,
        last_answer=None if days_ago is None else today - timedelta(days=days_ago),
        today=today,
        settings=SETTINGS,
    )
    assert found is blind_spot
