"""The experience of a touchpoint that has only text, from the workspace's own rated comments (METHOD, section 1).

x = alpha + beta * s is fitted by least squares on contacts who both wrote and rated. Applied to contacts who only
wrote, every derived x has the spread of the residuals added: words say less than a rating does.
"""

from collections.abc import Sequence
from math import fsum

from msgspec import Struct

from analysis.experience import Disclosure, Estimate, Moments, disclosure_of, estimate_of
from analysis.report import ReportSettings

LEAST_RATED = 100  # rated comments; fewer don't show what words are worth
_CRUMBS = 1e-12  # of variance: rounding leaves that much where nothing varies


class TextModel(Struct, frozen=True, kw_only=True):
    """A line through (polarity, x) of `n` rated contacts. `spread` is the sum of squares of s around its mean."""

    alpha: float
    beta: float
    residual_variance: float  # over n - 2
    r_squared: float  # 0 where x doesn't vary
    n: int
    mean_polarity: float
    spread: float


def fit(pairs: Sequence[tuple[float, float]]) -> TextModel | None:
    """From (polarity, x) of each contact; None under LEAST_RATED of them or where all comments sound alike."""
    n = len(pairs)
    if n < LEAST_RATED:
        return None
    mean_s, mean_x = fsum(s for s, _ in pairs) / n, fsum(x for _, x in pairs) / n
    spread = fsum((s - mean_s) ** 2 for s, _ in pairs)
    if spread <= _CRUMBS * n:
        return None
    beta = fsum((s - mean_s) * (x - mean_x) for s, x in pairs) / spread
    total = fsum((x - mean_x) ** 2 for _, x in pairs)
    unexplained = fsum((x - mean_x - beta * (s - mean_s)) ** 2 for s, x in pairs)
    return TextModel(
        alpha=mean_x - beta * mean_s,
        beta=beta,
        residual_variance=unexplained / (n - 2),
        r_squared=max(0.0, 1 - unexplained / total) if total > _CRUMBS * n else 0.0,
        n=n,
        mean_polarity=mean_s,
        spread=spread,
    )


def text_derived_estimate(model: TextModel, polarities: Moments, settings: ReportSettings) -> Estimate | None:
    """The mean x derived from the polarities of a touchpoint's contacts; None over fewer than k of them.

    The plus-one interval over the derived x's, each with the residual variance added, widened by the doubt of the line:
    se^2 = (plus-one se)^2 + residual variance * (1/N + (mean s - mean of the line's s)^2 / spread).
    """
    mean_s, n = polarities.mean, polarities.n
    if mean_s is None or disclosure_of(int(n), settings) is Disclosure.SUPPRESSED:
        return None
    mean = max(-1.0, min(1.0, model.alpha + model.beta * mean_s))
    variance = model.beta**2 * polarities.squared_deviations / n + model.residual_variance
    doubt = model.residual_variance * (1 / model.n + (mean_s - model.mean_polarity) ** 2 / model.spread)
    # The plus-one se^2 is ((Q + 1) / (n + 1) - m1^2) / (n + 1): so much more of Q adds exactly the doubt to it.
    widened = n * (mean**2 + variance) + doubt * (n + 1) ** 2
    return estimate_of(Moments(n, n * mean, widened), settings.confidence)
