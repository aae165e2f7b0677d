"""A weighted sum of independent means, such as a difference, with its interval and test.

Whoever compares means uses this: before and after, segments, gaps, a pit against its journey. The freedom is that of
Welch 1947 and Satterthwaite 1946.
"""

from collections.abc import Iterable
from math import fsum, inf, sqrt

from msgspec import Struct
from scipy.special import stdtr

from analysis.experience import CONFIDENCE, Estimate, Moments, estimate_of, two_sided_t
from analysis.interval import Contrast, Interval


class Term(Struct, frozen=True):
    """A mean with its standard error, times a weight. A level nobody measured has se 0 and endless freedom."""

    mean: float
    se: float
    freedom: float
    weight: float = 1.0


def contrast(terms: Iterable[Term], confidence: float = CONFIDENCE) -> Contrast:
    """Satterthwaite's freedom; for two terms of weights 1 and -1 it is Welch's."""
    summed = list(terms)
    value = fsum(term.weight * term.mean for term in summed)
    errors = [(abs(term.weight) * term.se, term.freedom) for term in summed if term.weight * term.se != 0]
    largest = max((error for error, _ in errors), default=0.0)
    if largest == 0 or any(freedom <= 0 for _, freedom in errors):
        return Contrast(value, largest)
    # Scaled by the largest, so that no tiny error underflows at its fourth power.
    squares = [((error / largest) ** 2, freedom) for error, freedom in errors]
    se = largest * sqrt(fsum(square for square, _ in squares))
    doubt = fsum(square**2 / freedom for square, freedom in squares)
    freedom = fsum(square for square, _ in squares) ** 2 / doubt if doubt > 0 else inf
    return student_contrast(value, se, freedom, confidence)


def student_contrast(value: float, se: float, freedom: float, confidence: float) -> Contrast:
    """A value with a known standard error above 0, tested against 0 on Student's t."""
    half = two_sided_t(freedom, confidence) * se
    p = 2 * float(stdtr(freedom, -abs(value / se)))
    return Contrast(value, se, freedom, value / se, p, Interval(value - half, value + half))


def plain_term(moments: Moments, weight: float = 1.0) -> Term | None:
    """The raw mean and its textbook error; None over nobody.

    Where all answer alike that error is 0 and would make any difference certain: there the plus-one error stands in.
    """
    estimate = estimate_of(moments)
    if estimate is None:
        return None
    spread = moments.squared_deviations
    # Rounding leaves crumbs of spread where there is none.
    is_varied = moments.n > 1 and spread > 1e-12 * moments.n
    se = sqrt(spread / (moments.n - 1) / moments.n) if is_varied else estimate.se
    return Term(estimate.mean, se, moments.n - 1, weight)


def plus_one_term(estimate: Estimate, weight: float = 1.0) -> Term:
    """The centre and error of the interval shown, as verdicts use them: plus-one, and of thumbs Wilson's."""
    return Term(estimate.centre, estimate.se, estimate.n - 1, weight)
