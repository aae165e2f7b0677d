"""How many to ask before and after, so that a difference can be seen (METHOD, section 8)."""

from math import ceil, sqrt

from msgspec import Struct
from scipy.special import ndtri

from analysis.contrasts import plain_term
from analysis.experience import CONFIDENCE, Disclosure, Moments, disclosure_of, two_sided_z
from analysis.report import ReportSettings
from core.errors import Fault, Invalid

SPREAD = 0.6  # standard deviation of x, as most touchpoints have it
POWER = 0.80
DIFFERENCES = (0.1, 0.2, 0.3)  # in x, as plans list them


class Needed(Struct, frozen=True):
    """What it takes to see a difference: contacts on each side of an action, and the weeks in which so many come.

    Weeks are None where nobody knows how many come."""

    difference: float
    n_per_side: int
    weeks: int | None


class Plan(Struct, frozen=True, kw_only=True):
    """How long an action at a touchpoint has to be watched. `per_week` are contacts; None where fewer than k came."""

    key: str
    name: str
    per_week: float | None
    spread: float
    is_spread_assumed: bool  # too few contacts to tell
    needed: tuple[Needed, ...]


def contacts_per_group(
    difference: float, spread: float = SPREAD, power: float = POWER, confidence: float = CONFIDENCE
) -> int:
    """Contacts before, and as many after, to find a difference of means of that size in x. Invalid for 0 and below."""
    if difference <= 0:
        raise Invalid(Fault("difference", "give a difference above 0: none at all can't be found"))
    return max(2, ceil(2 * (_noise(spread, power, confidence) / difference) ** 2))


def plan_of(key: str, name: str, moments: Moments, days: int, settings: ReportSettings) -> Plan:
    """From what the contacts of so many days felt."""
    disclosure = disclosure_of(int(moments.n), settings)
    per_week = None if disclosure is Disclosure.SUPPRESSED else moments.n * 7 / days
    term = plain_term(moments) if disclosure is Disclosure.TESTED else None
    spread = SPREAD if term is None else term.se * sqrt(moments.n)
    needed = [(d, contacts_per_group(d, spread, confidence=settings.confidence)) for d in DIFFERENCES]
    return Plan(
        key=key,
        name=name,
        per_week=per_week,
        spread=spread,
        is_spread_assumed=term is None,
        needed=tuple(Needed(d, n, ceil(n / per_week) if per_week else None) for d, n in needed),
    )


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
