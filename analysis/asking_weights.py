"""Whom to ask where, so that the answers can be weighted back: the lottery and its estimate (METHOD, section 7)."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from analysis.experience import CONFIDENCE, Estimate, Moments, estimate_of, hajek_weights, moments_of_weighted
from analysis.report import Verdict

SETTLED_TILT = 0.5  # a touchpoint with a verdict is worth half as much as one without
SPREAD_UNKNOWN = 0.6  # standard deviation of x that a touchpoint without answers is taken to have
_SETTLED = (Verdict.BROKEN, Verdict.KEPT, Verdict.OVER_DELIVERED)


class Askable(Struct, frozen=True):
    """A touchpoint in the lottery: what is known there, how it is judged, contacts a month through it (from events)."""

    moments: Moments
    verdict: Verdict
    reach_month: float


def hajek_estimate(
    values: Sequence[float],
    probabilities: Sequence[float],
    confidence: float = CONFIDENCE,
    *,
    is_two_valued: bool = False,
) -> Estimate | None:
    """The mean x of all who passed, from those asked with recorded probabilities (Hajek 1971); None over nobody."""
    moments = moments_of_weighted(values, hajek_weights(probabilities))
    return estimate_of(replace(moments, is_two_valued=is_two_valued), confidence)


def asking_worth(askable: Askable) -> float:
    """What one more answer is worth: what it takes off the standard error, times reach."""
    tilt = SETTLED_TILT if askable.verdict in _SETTLED else 1.0
    return tilt * max(0.0, askable.reach_month) * _expected_reduction(askable.moments)


def _expected_reduction(moments: Moments) -> float:
    """How much one more answer of the same kind takes off the plus-one standard error."""
    if moments.n <= 0:
        return 1.0 - _standard_error(Moments(1.0, 0.0, SPREAD_UNKNOWN**2))  # the two half responses alone have SE 1
    return max(0.0, _standard_error(moments) - _standard_error(moments.resized(moments.n + 1)))


def _standard_error(moments: Moments) -> float:
    estimate = estimate_of(moments)
    return 1.0 if estimate is None else estimate.se
