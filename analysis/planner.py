"""How many to ask before and after, so that a difference can be seen (METHOD, section 8)."""

from math import ceil, sqrt

from scipy.special import ndtri

from analysis.experience import CONFIDENCE, two_sided_z
from core.errors import Fault, Invalid

SPREAD = 0.6  # standard deviation of x, as most touchpoints have it
POWER = 0.80


def contacts_per_group(
    difference: float, spread: float = SPREAD, power: float = POWER, confidence: float = CONFIDENCE
) -> int:
    """Contacts before, and as many after, to find a difference of means of that size in x. Invalid for 0 and below."""
    if difference <= 0:
        raise Invalid(Fault("difference", "give a difference above 0: none at all can't be found"))
    return max(2, ceil(2 * (_noise(spread, power, confidence) / difference) ** 2))


def detectable_difference(
    n_per_group: int, spread: float = SPREAD, power: float = POWER, confidence: float = CONFIDENCE
) -> float | None:
    """The smallest difference in x that so many contacts in each group can show; None for fewer than two."""
    if n_per_group < 2:
        return None
    return sqrt(2 / n_per_group) * _noise(spread, power, confidence)


def _noise(spread: float, power: float, confidence: float) -> float:
    if spread < 0 or not 0 < power < 1:
        raise Invalid(Fault("power", "the spread is not below 0, and the power lies between 0 and 1"))
    return (two_sided_z(confidence) + float(ndtri(power))) * spread
