"""The promise: which one was in force, and how likely the answers would be under it (METHOD, sections 3 and 4).

Probabilities are one-sided p values, all on [0, 1]: a small `p_broken` speaks for broken, a small `p_kept` for kept.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from math import fsum, sqrt
from typing import Protocol, TypeVar

from msgspec import Struct
from scipy.special import betainc, stdtr

from analysis.experience import (
    CONFIDENCE,
    Estimate,
    estimate_of,
    moments_of_counts,
    two_sided_t,
    wilson,
)
from analysis.report import Interval
from analysis.scales import experience_on_points

CEILING = 0.8
DISCONFIRMATION_POINTS = 5  # from "much worse" to "much better" than promised


class DatedPromise(Protocol):
    """What it takes to be in force: days, both included; no end means until further notice."""

    @property
    def valid_from(self) -> date: ...

    @property
    def valid_to(self) -> date | None: ...


class LevelPromise(DatedPromise, Protocol):
    """A dated promise with its level in x; None for one that promises a share."""

    @property
    def level(self) -> float | None: ...


Dated = TypeVar("Dated", bound=DatedPromise)


class PromiseTest(Struct, frozen=True):
    """How probable answers like these are if the promise was kept, was broken, was no more than kept."""

    p_broken: float
    p_kept: float
    p_over_delivered: float


class KeptAnswers(Struct, frozen=True):
    """How many of `n` contacts said the promised thing happened, and the share on [0, 1] that was promised."""

    n_kept: float
    n: float
    promised: float

    @property
    def share(self) -> float | None:
        return self.n_kept / self.n if self.n > 0 else None


class Expectation(Struct, frozen=True):
    """What customers expected before, in x, from `n` contacts with a standard error."""

    mean: float
    se: float
    n: float


class PairedTest(Struct, frozen=True):
    """Actual minus expected of the same contacts; None where n or spread allow no test. `p` is two-sided."""

    n: int
    mean: float
    t: float | None
    p: float | None
    interval: Interval | None


class Disconfirmation(Struct, frozen=True):
    """ "Compared with what we promised" in x; `p_worse` is small where it was worse, None for a single contact."""

    estimate: Estimate
    p_worse: float | None


def promise_in_force(promises: Iterable[Dated], day: date) -> Dated | None:
    """The promise an experience of that day is judged by.

    Where several overlap, the one made last; of those made on one day, the one that ends first: it is the special one.
    """
    in_force = [promise for promise in promises if _is_in_force(promise, day)]
    return max(in_force, key=lambda made: (made.valid_from, -_last_day(made).toordinal()), default=None)


def is_ceiling(level: float | None) -> bool:
    """A promise so high that it can only be broken."""
    return level is not None and level > CEILING


def gap(actual: float | None, promised: float | None) -> float | None:
    """Below 0 where less was experienced than promised; both in x, or both shares."""
    return None if actual is None or promised is None else actual - promised


def against_level(estimate: Estimate, level: float, margin: float) -> PromiseTest | None:
    """One-sided t tests of the plus-one centre against the level minus and plus the margin; None for one contact."""
    return _student_test(estimate.centre - level, estimate.se, estimate.n - 1, margin)


def against_expectation(estimate: Estimate, expected: Expectation, margin: float) -> PromiseTest | None:
    """The same against a measured expectation, whose own error counts (Welch); None where either is one contact."""
    se = sqrt(estimate.se**2 + expected.se**2)
    freedom = welch_freedom(estimate.se, estimate.n, expected.se, expected.n)
    if freedom is None:
        return None
    return _student_test(estimate.centre - expected.mean, se, freedom, margin)


def against_share(answers: KeptAnswers, margin: float) -> PromiseTest | None:
    """Exact binomial tests. A share is promised to the letter: broken below it, kept above it, without a margin.

    Over-delivered means beyond the share by `margin` of x, which is half as much in shares; nothing is beyond 100 %.
    Fractional counts are taken between their neighbours, for planning. None over nobody.
    """
    if answers.n <= 0:
        return None
    beyond = min(1.0, answers.promised + margin / 2)
    return PromiseTest(
        p_broken=_binomial_at_most(answers.n_kept, answers.n, answers.promised),
        p_kept=_binomial_at_least(answers.n_kept, answers.n, answers.promised),
        p_over_delivered=_binomial_at_least(answers.n_kept, answers.n, beyond),
    )


def kept_interval(answers: KeptAnswers, confidence: float = CONFIDENCE) -> Interval:
    return wilson(answers.n_kept, answers.n, confidence)


def paired_difference(differences: Sequence[float], confidence: float = CONFIDENCE) -> PairedTest | None:
    """One-sample t on actual minus expected; differences reach from -2 to +2, so no plus-one. None over nobody."""
    n = len(differences)
    if n == 0:
        return None
    mean = fsum(differences) / n
    variance = fsum((difference - mean) ** 2 for difference in differences) / (n - 1) if n > 1 else None
    return paired_test(n, mean, variance, confidence)


def paired_test(n: int, mean: float, variance: float | None, confidence: float = CONFIDENCE) -> PairedTest:
    """The same from the mean and the variance (over n - 1) of the differences; no variance for a single contact."""
    if variance is None:
        return PairedTest(n, mean, None, None, None)
    se = sqrt(variance / n)
    half = two_sided_t(n - 1, confidence) * se
    interval = Interval(mean - half, mean + half)
    if se == 0:
        return PairedTest(n, mean, None, None, interval)
    return PairedTest(n, mean, mean / se, 2 * float(stdtr(n - 1, -abs(mean / se))), interval)


def disconfirmation(counts: Sequence[int], confidence: float = CONFIDENCE) -> Disconfirmation | None:
    """From the counts of the five answers, "much worse" first; None over nobody."""
    if len(counts) != DISCONFIRMATION_POINTS:
        raise ValueError(f"disconfirmation has {DISCONFIRMATION_POINTS} answers, not {len(counts)}")
    pairs = ((experience_on_points(rating, DISCONFIRMATION_POINTS), n) for rating, n in enumerate(counts, start=1))
    estimate = estimate_of(moments_of_counts(pairs), confidence)
    return None if estimate is None else disconfirmation_of(estimate)


def disconfirmation_of(estimate: Estimate) -> Disconfirmation:
    """From what was said on average, over contacts."""
    test = against_level(estimate, level=0.0, margin=0.0)
    return Disconfirmation(estimate, test.p_broken if test else None)


def welch_freedom(se: float, n: float, other_se: float, other_n: float) -> float | None:
    """Welch and Satterthwaite's degrees of freedom; None where a group has one contact, or neither has any spread."""
    if n <= 1 or other_n <= 1 or (se == 0 and other_se == 0):
        return None
    largest = max(se, other_se)  # scaled, so that no tiny error underflows at its fourth power
    own, other = (se / largest) ** 2, (other_se / largest) ** 2
    return (own + other) ** 2 / (own**2 / (n - 1) + other**2 / (other_n - 1))


def _student_test(difference: float, se: float, freedom: float, margin: float) -> PromiseTest | None:
    if freedom <= 0 or se <= 0:
        return None
    from_below = (difference + margin) / se
    return PromiseTest(
        p_broken=float(stdtr(freedom, from_below)),
        p_kept=float(stdtr(freedom, -from_below)),
        p_over_delivered=float(stdtr(freedom, (margin - difference) / se)),
    )


def _is_in_force(promise: DatedPromise, day: date) -> bool:
    return promise.valid_from <= day <= _last_day(promise)


def _last_day(promise: DatedPromise) -> date:
    return promise.valid_to or date.max


def _binomial_at_most(successes: float, n: float, share: float) -> float:
    return 1.0 if successes >= n else float(betainc(n - successes, successes + 1, 1 - share))


def _binomial_at_least(successes: float, n: float, share: float) -> float:
    return 1.0 if successes <= 0 else float(betainc(successes, n - successes + 1, share))
