"""The pit and the peak of a journey, marked only where the answers are sure of them (METHOD, section 5)."""

from collections.abc import Mapping

from msgspec import Struct

from analysis.contrasts import contrast, plus_one_term
from analysis.experience import CONFIDENCE, Estimate
from analysis.interval import Contrast

MARKED_FROM = 0.80  # probability of being the worst, or the best, from which a touchpoint is marked
REACH = 6.0  # standard errors around a mean; what lies beyond is one in a billion
POINTS = 1_001  # at which the probabilities are integrated


class Extremity(Struct, frozen=True):
    """How probably a touchpoint is the worst and the best of its journey, and how far it lies from the mean."""

    p_worst: float
    p_best: float
    from_journey: Contrast


class Landmarks(Struct, frozen=True):
    """None for the pit or the peak means that there is no clear one."""

    pit: str | None
    peak: str | None
    extremities: dict[str, Extremity]


def landmarks_of(estimates: Mapping[str, Estimate], confidence: float = CONFIDENCE) -> Landmarks:
    """From the touchpoints that may be tested, by key; blind and indicative ones have no say."""
    worst, best = _probabilities(estimates)
    extremities = {
        key: Extremity(worst[key], best[key], _from_journey(key, estimates, confidence)) for key in estimates
    }
    marked = {key: extremity for key, extremity in extremities.items() if extremity.from_journey.excludes_zero}
    return Landmarks(
        pit=next((key for key, extremity in marked.items() if extremity.p_worst >= MARKED_FROM), None),
        peak=next((key for key, extremity in marked.items() if extremity.p_best >= MARKED_FROM), None),
        extremities=extremities,
    )


def _probabilities(estimates: Mapping[str, Estimate]) -> tuple[dict[str, float], dict[str, float]]:
    """P(worst) and P(best) of normal means around the plus-one centres.

    What draws would only approach is integrated: a touchpoint is the worst where it lies at some point and every other
    one above. Sorted by key, so that the order of the touchpoints changes no digit.
    """
    if not estimates:
        return {}, {}
    import numpy as np  # in plain Python this would take a second of every report
    from scipy.special import ndtr

    keys = sorted(estimates)
    centres = np.array([estimates[key].centre for key in keys])
    errors = np.array([estimates[key].se for key in keys])
    steps = np.linspace(-REACH, REACH, POINTS)
    density = np.exp(-(steps**2) / 2)
    density /= density.sum()
    worst, best = {}, {}
    for at, key in enumerate(keys):
        points = centres[at] + errors[at] * steps
        below = ndtr((points - np.delete(centres, at)[:, None]) / np.delete(errors, at)[:, None])
        worst[key] = float(density @ (1 - below).prod(axis=0))
        best[key] = float(density @ below.prod(axis=0))
    return worst, best


def _from_journey(key: str, estimates: Mapping[str, Estimate], confidence: float) -> Contrast:
    """The touchpoint's mean minus that of the whole journey, in which every touchpoint counts the same."""
    share = 1 / len(estimates)
    return contrast(
        (plus_one_term(estimate, (1 - share) if other == key else -share) for other, estimate in estimates.items()),
        confidence,
    )
