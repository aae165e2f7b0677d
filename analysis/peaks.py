"""The pit and the peak of a journey, marked only where the answers are sure of them (METHOD, section 5)."""

from collections.abc import Mapping
from hashlib import sha256

from msgspec import Struct

from analysis.contrasts import Contrast, contrast, plus_one_term
from analysis.experience import CONFIDENCE, Estimate

MARKED_FROM = 0.80  # probability of being the worst, or the best, from which a touchpoint is marked
DRAWS = 50_000  # leaves an error of .002 at the threshold


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
    """P(worst) and P(best) from normal draws around the plus-one centres.

    Each touchpoint has a stream of draws of its own, seeded by its key: the order of the touchpoints changes nothing.
    """
    if not estimates:
        return {}, {}
    import numpy as np  # a million draws in plain Python would take a second of every report

    draws = np.stack(
        [
            estimate.centre + estimate.se * np.random.default_rng(_seed(key)).standard_normal(DRAWS)
            for key, estimate in estimates.items()
        ]
    )
    n_worst = np.bincount(draws.argmin(axis=0), minlength=len(estimates))
    n_best = np.bincount(draws.argmax(axis=0), minlength=len(estimates))
    return (
        {key: int(n) / DRAWS for key, n in zip(estimates, n_worst, strict=True)},
        {key: int(n) / DRAWS for key, n in zip(estimates, n_best, strict=True)},
    )


def _seed(key: str) -> int:
    return int.from_bytes(sha256(key.encode()).digest()[:8], "big")


def _from_journey(key: str, estimates: Mapping[str, Estimate], confidence: float) -> Contrast:
    """The touchpoint's mean minus that of the whole journey, in which every touchpoint counts the same."""
    share = 1 / len(estimates)
    return contrast(
        (plus_one_term(estimate, (1 - share) if other == key else -share) for other, estimate in estimates.items()),
        confidence,
    )
