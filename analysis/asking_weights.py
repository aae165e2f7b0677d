"""Whom to ask where, so that the answers can be weighted back: the lottery and its estimate (METHOD, section 7)."""

from collections.abc import Mapping, Sequence
from math import floor, fsum

from msgspec import Struct

from analysis.experience import CONFIDENCE, Estimate, Moments, estimate_of, hajek_weights, moments_of_weighted
from analysis.report import Verdict
from core.errors import Fault, Invalid

LEAST_SHARE = 0.25  # of an even share: no touchpoint is starved, and no answer weighs too much
SETTLED_TILT = 0.5  # a touchpoint with a verdict is worth half as much as one without
SPREAD_UNKNOWN = 0.6  # standard deviation of x that a touchpoint without answers is taken to have
_SETTLED = (Verdict.BROKEN, Verdict.KEPT, Verdict.OVER_DELIVERED)


class Askable(Struct, frozen=True):
    """A touchpoint in the lottery: what is known there, how it is judged, contacts a month through it (from events)."""

    moments: Moments
    verdict: Verdict
    reach_month: float


def hajek_estimate(
    values: Sequence[float], probabilities: Sequence[float], confidence: float = CONFIDENCE
) -> Estimate | None:
    """The mean x of all who passed, from those asked with recorded probabilities (Hajek 1971); None over nobody."""
    return estimate_of(moments_of_weighted(values, hajek_weights(probabilities)), confidence)


def lottery_probabilities(touchpoints: Mapping[str, Askable], budget: float = 1.0) -> dict[str, float]:
    """The probability of being asked at each touchpoint, for a contact who may be asked `budget` times in a period.

    In proportion to what one more answer takes off the standard error, times reach, with a floor; they add up to the
    budget, or to 1 each where the budget is larger than the journey.
    """
    if budget < 0:
        raise Invalid(Fault("budget", "a budget is not below 0"))
    if not touchpoints:
        return {}
    wanted = {key: _worth(askable) for key, askable in touchpoints.items()}
    total = fsum(wanted.values())
    even = 1 / len(touchpoints)
    shares = {key: worth / total if total > 0 else even for key, worth in wanted.items()}
    floored = {key: LEAST_SHARE * even + (1 - LEAST_SHARE) * share for key, share in shares.items()}
    return _capped(floored, min(budget, len(touchpoints)))


def asked_by_lot(probabilities: Mapping[str, float], number: float) -> tuple[str, ...]:
    """Where the contact who drew `number` on [0, 1) for the period is asked, should the contact get there.

    Systematic sampling (Madow 1949): the probabilities lie end to end on a line, and number, number + 1, ... hit those
    that win. One draw decides the whole period, so each probability holds exactly, whatever steps a contact passes, and
    nobody is asked more often than the budget rounded up.
    """
    won: list[str] = []
    end = 0.0
    for key, probability in probabilities.items():
        start, end = end, end + probability
        if floor(end - number) > floor(start - number):
            won.append(key)
    return tuple(won)


def asked_first_come(days: Sequence[int], quarantine_days: int) -> list[int]:
    """The steps, from 1, that are asked when whoever is free is asked at once; `days` says when each step is reached.

    It shows why the lottery is the default: the steps in the shadow of an earlier one are never asked.
    """
    asked: list[int] = []
    free_from: int | None = None
    for step, day in enumerate(days, start=1):
        if free_from is None or day >= free_from:
            asked.append(step)
            free_from = day + quarantine_days
    return asked


def _worth(askable: Askable) -> float:
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


def _capped(shares: Mapping[str, float], budget: float) -> dict[str, float]:
    """Shares of the budget, none above 1; what is cut off goes to the others in proportion."""
    certain: set[str] = set()
    while True:
        rest = fsum(share for key, share in shares.items() if key not in certain)
        left = budget - len(certain)
        over = {key for key, share in shares.items() if key not in certain and left * share > rest}
        if not over:
            return {key: 1.0 if key in certain else left * share / rest for key, share in shares.items()}
        certain |= over
