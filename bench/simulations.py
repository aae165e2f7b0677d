"""Whether the method's promises about itself hold: coverage, false discoveries, power, false improvements.

Run as `python -m bench.simulations`. The coverage of the interval is exact, by enumeration; the rest is drawn with a
fixed seed. Everything is computed in arrays, and a sample of it once more by the product itself, which must agree.
"""

import sys
from collections.abc import Callable, Iterator
from itertools import product
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from analysis.before_after import Sides, change_of, felt_of
from analysis.experience import Moments, estimate_of, moments_of_counts
from analysis.report import ActionVerdict, ReportSettings, Verdict
from analysis.verdicts import Standing, judge
from bench.figure import Figure

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SEED = 7
SETTINGS = ReportSettings()
CHECKED = 40  # draws done once more by the product
SIZES = (8, 10, 20, 50, 100)
FIVE_POINTS = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])

# Shares of the points of a scale, worst first. Every kind of answering seen at touchpoints, not only the friendly ones.
DISTRIBUTIONS: dict[str, tuple[float, ...]] = {
    "uniform": (0.2, 0.2, 0.2, 0.2, 0.2),
    "bell": (0.05, 0.2, 0.5, 0.2, 0.05),
    "leaning up": (0.03, 0.07, 0.2, 0.45, 0.25),
    "ceiling": (0.01, 0.01, 0.03, 0.15, 0.8),
    "hard ceiling": (0.0, 0.0, 0.02, 0.08, 0.9),
    "floor": (0.8, 0.15, 0.03, 0.01, 0.01),
    "polar": (0.4, 0.07, 0.06, 0.07, 0.4),
    "hard polar": (0.45, 0.03, 0.04, 0.03, 0.45),
    "lopsided polar": (0.15, 0.05, 0.05, 0.15, 0.6),
    "three points": (0.2, 0.3, 0.5),
    "seven points, polar": (0.3, 0.1, 0.05, 0.05, 0.05, 0.15, 0.3),
    "eleven points, ceiling": (0.02, 0.0, 0.01, 0.01, 0.01, 0.03, 0.04, 0.08, 0.15, 0.2, 0.45),
}
# Nearly two-valued: almost all at one point, a few far away, hardly anybody between. Here the interval is known to dip.
NEARLY_TWO_VALUED: dict[str, tuple[float, ...]] = {
    "a few furious": (0.05, 0.0, 0.0, 0.05, 0.9),
    "a few more furious": (0.08, 0.02, 0.01, 0.02, 0.87),
    "two camps": (0.11, 0.64, 0.01, 0.0, 0.24),
}

N_TOUCHPOINTS, N_BROKEN, GAP, N_CONTACTS = 12, 3, 0.35, 60
PROMISED = 0.5
LEANING = np.array(
    [0.05, 0.1, 0.2, 0.35, 0.3]
)  # tilted to any mean; standard deviation .51 at the promise, .63 where broken
REPORTS = 20_000
ACTIONS = 4_000


def main() -> int:
    for simulation in SIMULATIONS:
        started = perf_counter()
        for figure in simulation():
            print(figure, flush=True)
        print(f"# {simulation.__name__}: {perf_counter() - started:.1f} s", flush=True)
    return 0


def interval_coverage() -> tuple[Figure, ...]:
    """The least coverage of the 95 % plus-one interval over all distributions and sizes, exact."""
    return (
        Figure("interval_coverage_min", _least_coverage(DISTRIBUTIONS), "share"),
        Figure("interval_coverage_nearly_two_valued_min", _least_coverage(NEARLY_TWO_VALUED), "share"),
    )


def discoveries() -> tuple[Figure, ...]:
    """Reports of twelve touchpoints, three broken by .35, 60 contacts each.

    The other nine are exactly as promised, or as bad as may still be called kept, which is harder: the rate is the
    worse of the two. `naive` flags every mean below its promise.
    """
    random = np.random.default_rng(SEED)
    shares, power, naive = [], [], []
    for gap_of_others in (0.0, -SETTINGS.margin):
        means = np.array([PROMISED - GAP] * N_BROKEN + [PROMISED + gap_of_others] * (N_TOUCHPOINTS - N_BROKEN))
        answers = random.multinomial(N_CONTACTS, _tilted(means), size=(REPORTS, N_TOUCHPOINTS))
        is_flagged = _broken_flags(answers)
        _check_verdicts(answers[:CHECKED], is_flagged[:CHECKED])
        shares.append(_false_share(is_flagged))
        power.append(float(is_flagged[:, :N_BROKEN].mean()))
        naive.append(_false_share((answers @ FIVE_POINTS) / N_CONTACTS < PROMISED))
    return (
        Figure("false_discovery_rate", max(shares), "share"),
        Figure("false_discovery_rate_as_promised", shares[0], "share"),
        Figure("false_discovery_rate_naive", naive[0], "share"),
        Figure("power_gap35_n60", min(power), "share"),
    )


def false_improvements() -> tuple[Figure, ...]:
    """The worst of twelve by its mean before, nothing done: how often "improved" is the verdict all the same.

    The worst of all combinations of spread between touchpoints, contacts, and a season that lifts all of them; `naive`
    is a plain Welch test, spared the season. How often a true effect of .5 is found stands beside it.
    """
    random = np.random.default_rng(SEED)
    settings = list(product((0.0, 0.1, 0.2, 0.4), ((20, 20), (60, 60), (200, 200), (20, 100), (100, 20))))
    false = [_improved(random, spread, n, season=0.0, effect=0.0) for spread, n in settings]
    false_in_season = [_improved(random, spread, n, season=0.2, effect=0.0) for spread, n in settings]
    found = [_improved(random, spread, (60, 60), 0.0, effect=0.5) for spread in (0.1, 0.2, 0.4)]
    return (
        Figure("false_improved_share", max(share for share, _ in false + false_in_season), "share"),
        Figure("false_improved_share_naive", max(naive for _, naive in false), "share"),
        Figure("improved_found_effect50_n60", min(share for share, _ in found), "share"),
    )


# Coverage


def _least_coverage(distributions: dict[str, tuple[float, ...]]) -> float:
    return min(
        _coverage(distribution, n, sums)
        for distribution in distributions.values()
        for n, sums in _sums_of(distribution)
        if n in SIZES
    )


def _sums_of(distribution: tuple[float, ...]) -> Iterator[tuple[int, Floats]]:
    """For n = 1, 2, ...: how probable each pair of sum (from its least on) and sum of squares is, in scale units.

    Units are half steps, so that scales of an even number of points have whole numbers too.
    """
    points = range(1 - len(distribution), len(distribution), 2)
    top = len(distribution) - 1
    sums = np.ones((1, 1))
    for n in range(1, max(SIZES) + 1):
        grown = np.zeros((2 * top * n + 1, top**2 * n + 1))
        for point, share in zip(points, distribution, strict=True):
            rows = slice(point + top, point + top + sums.shape[0])
            grown[rows, point**2 : point**2 + sums.shape[1]] += share * sums
        sums = grown
        yield n, sums


def _coverage(distribution: tuple[float, ...], n: int, sums: Floats) -> float:
    top = len(distribution) - 1
    reached = np.argwhere(sums > 0)
    x_sum, x_squares = (reached[:, 0] - top * n) / top, reached[:, 1] / top**2
    low, high = _plus_one(x_sum, x_squares, n)
    _check_intervals(x_sum, x_squares, n, low, high)
    mean = float(np.dot(distribution, np.linspace(-1, 1, len(distribution))))
    is_covered = (low <= mean + 1e-12) & (mean - 1e-12 <= high)
    return float(sums[reached[:, 0], reached[:, 1]][is_covered].sum())


def _centre_and_error(x_sum: Floats, x_squares: Floats, n: int) -> tuple[Floats, Floats]:
    centre = x_sum / (n + 1)
    variance = np.maximum((x_squares + 1) / (n + 1) - centre**2, 1 / (n + 1))
    return centre, np.sqrt(variance / (n + 1))


def _plus_one(x_sum: Floats, x_squares: Floats, n: int) -> tuple[Floats, Floats]:
    centre, error = _centre_and_error(x_sum, x_squares, n)
    half = stdtrit(n - 1, (1 + SETTINGS.confidence) / 2) * error
    return np.maximum(-1.0, centre - half), np.minimum(1.0, centre + half)


def _check_intervals(x_sum: Floats, x_squares: Floats, n: int, low: Floats, high: Floats) -> None:
    for index in np.linspace(0, len(x_sum) - 1, CHECKED, dtype=int):
        estimate = estimate_of(Moments(float(n), float(x_sum[index]), float(x_squares[index])), SETTINGS.confidence)
        assert estimate is not None
        assert abs(estimate.interval.lo - low[index]) + abs(estimate.interval.hi - high[index]) < 1e-9


# Verdicts


def _tilted(means: Floats) -> Floats:
    """Shares of the five points with each mean wanted: LEANING, tilted exponentially (by bisection)."""
    low, high = np.full(means.shape, -60.0), np.full(means.shape, 60.0)
    for _ in range(60):
        tilt = (low + high) / 2
        weights = LEANING * np.exp(tilt[..., None] * FIVE_POINTS)
        shares: Floats = weights / weights.sum(axis=-1, keepdims=True)
        is_short = shares @ FIVE_POINTS < means
        low, high = np.where(is_short, tilt, low), np.where(is_short, high, tilt)
    return shares


def _broken_flags(answers: NDArray[np.int64]) -> Bools:
    """From counts of shape (reports, touchpoints, points): which are broken, by Benjamini-Hochberg within a report."""
    centre, error = _centre_and_error(answers @ FIVE_POINTS, answers @ FIVE_POINTS**2, N_CONTACTS)
    p_values = np.sort(stdtr(N_CONTACTS - 1, (centre - (PROMISED - SETTINGS.margin)) / error), axis=1)
    ranks = np.arange(1, N_TOUCHPOINTS + 1)
    passed = p_values * (N_TOUCHPOINTS / ranks) <= SETTINGS.q
    last = np.where(passed, p_values, -1.0).max(axis=1)
    flags: Bools = stdtr(N_CONTACTS - 1, (centre - (PROMISED - SETTINGS.margin)) / error) <= last[:, None]
    return flags


def _false_share(is_flagged: Bools) -> float:
    """The mean share of wrong flags in a report; none where nothing is flagged."""
    wrong = is_flagged[:, N_BROKEN:].sum(axis=1)
    return float((wrong / np.maximum(1, is_flagged.sum(axis=1))).mean())


def _check_verdicts(answers: NDArray[np.int64], is_flagged: Bools) -> None:
    for report, flags in zip(answers, is_flagged, strict=True):
        moments = [moments_of_counts(_counts(touchpoint)) for touchpoint in report]
        standings = [Standing(n_contacts=N_CONTACTS, moments=found, level=PROMISED) for found in moments]
        judged = [judgement.verdict is Verdict.BROKEN for judgement in judge(standings, SETTINGS)]
        assert judged == flags.tolist()


def _counts(answers: NDArray[np.int64]) -> list[tuple[float, int]]:
    return [(float(x), int(n)) for x, n in zip(FIVE_POINTS, answers, strict=True)]


# Before and after


def _improved(
    random: np.random.Generator, spread: float, n: tuple[int, int], season: float, effect: float
) -> tuple[float, float]:
    """How often the worst touchpoint of a journey is called improved by the product, and by a plain Welch test."""
    truth = np.clip(0.2 + spread * random.standard_normal((ACTIONS, N_TOUCHPOINTS)), -0.9, 0.7)
    before = random.multinomial(n[0], _tilted(truth))
    worst = (before @ FIVE_POINTS).argmin(axis=1)
    is_touched = np.arange(N_TOUCHPOINTS) == worst[:, None]
    after = random.multinomial(n[1], _tilted(np.clip(truth + season + effect * is_touched, -0.95, 0.95)))
    is_improved, is_naive = _improved_flags(before, after, is_touched, n)
    _check_changes(before[:CHECKED], after[:CHECKED], worst[:CHECKED], is_improved[:CHECKED])
    return float(is_improved.mean()), float(is_naive.mean())


def _improved_flags(
    before: NDArray[np.int64], after: NDArray[np.int64], is_touched: Bools, n: tuple[int, int]
) -> tuple[Bools, Bools]:
    earlier, spread_earlier = _mean_and_spread(before, n[0])
    later, spread_later = _mean_and_spread(after, n[1])
    shrunk = _shrunk(earlier, spread_earlier * (n[0] / (n[0] - 1)), n[0])
    own, other = _errors(before, spread_earlier, n[0]), _errors(after, spread_later, n[1])
    squared = own**2 + other**2
    freedom = squared**2 / (own**4 / (n[0] - 1) + other**4 / (n[1] - 1))
    changes = later - earlier - (shrunk - earlier)
    touched = changes[is_touched], squared[is_touched], freedom[is_touched]
    shape = (len(before), N_TOUCHPOINTS - 1)
    season = _season(changes[~is_touched].reshape(shape), squared[~is_touched].reshape(shape), freedom, is_touched)
    value, variance = touched[0] - season[0], touched[1] + season[1]
    net_freedom = variance**2 / (touched[1] ** 2 / touched[2] + season[1] ** 2 / season[2])
    tail = (1 + SETTINGS.confidence) / 2
    is_improved: Bools = value > stdtrit(net_freedom, tail) * np.sqrt(variance)
    plain = (later - earlier)[is_touched]
    is_naive: Bools = plain > stdtrit(touched[2], tail) * np.sqrt(touched[1])
    return is_improved, is_naive


def _mean_and_spread(answers: NDArray[np.int64], n: int) -> tuple[Floats, Floats]:
    """The mean x and the mean squared deviation from it."""
    mean = (answers @ FIVE_POINTS) / n
    return mean, np.maximum(0.0, (answers @ FIVE_POINTS**2) / n - mean**2)


def _errors(answers: NDArray[np.int64], spread: Floats, n: int) -> Floats:
    _, plus_one = _centre_and_error(answers @ FIVE_POINTS, answers @ FIVE_POINTS**2, n)
    return np.where(spread > 1e-12, np.sqrt(spread / (n - 1)), plus_one)


def _shrunk(means: Floats, variances: Floats, n: int) -> Floats:
    """Empirical Bayes over groups of equal size, by row."""
    within = variances.mean(axis=1, keepdims=True)
    centre = means.mean(axis=1, keepdims=True)
    between = np.maximum(0.0, means.var(axis=1, ddof=1, keepdims=True) - within / n)
    factor = between / (between + within / n)
    shrunk: Floats = factor * means + (1 - factor) * centre
    return shrunk


def _season(changes: Floats, squared: Floats, freedom: Floats, is_touched: Bools) -> tuple[Floats, Floats, Floats]:
    """Mean, squared error and freedom of what the untouched did; the error sampled or seen, whichever is larger."""
    k = changes.shape[1]
    sampled = squared.sum(axis=1) / k**2
    doubt = ((squared / k**2) ** 2 / freedom[~is_touched].reshape(squared.shape)).sum(axis=1)
    seen = changes.var(axis=1, ddof=1) / k
    is_seen = seen > sampled
    return changes.mean(axis=1), np.where(is_seen, seen, sampled), np.where(is_seen, k - 1.0, sampled**2 / doubt)


def _check_changes(
    before: NDArray[np.int64], after: NDArray[np.int64], worst: NDArray[np.int64], is_improved: Bools
) -> None:
    for was, became, index, flag in zip(before, after, worst, is_improved, strict=True):
        sides = [Sides(felt_of(_counts(a)), felt_of(_counts(b))) for a, b in zip(was, became, strict=True)]
        change = change_of(sides.pop(int(index)), sides, SETTINGS)
        assert (change.verdict is ActionVerdict.IMPROVED) == bool(flag)


SIMULATIONS: tuple[Callable[[], tuple[Figure, ...]], ...] = (interval_coverage, discoveries, false_improvements)

if __name__ == "__main__":
    sys.exit(main())
