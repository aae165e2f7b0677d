"""Importance against performance: what to work on first (Martilla & James 1977; Ulwick 2005; METHOD, section 5)."""

from collections.abc import Mapping
from enum import StrEnum
from math import fsum

from msgspec import Struct

from analysis.experience import Estimate
from analysis.report import Interval

_SCALE_OF_ULWICK = 10  # shares are turned into a scale from 0 to 10


class Quadrant(StrEnum):
    """Importance first, then performance. Unclear: an interval reaches over the line between two of them."""

    CONCENTRATE_HERE = "concentrate_here"  # important, and badly done
    KEEP_UP = "keep_up"  # important, and well done
    LOW_PRIORITY = "low_priority"
    POSSIBLE_OVERKILL = "possible_overkill"  # well done, and unimportant
    UNCLEAR = "unclear"


class Measure(Struct, frozen=True):
    """A value with its interval; importance may be a driver's part of R squared or a stated one in x."""

    value: float
    interval: Interval


class Placed(Struct, frozen=True):
    importance: Measure
    performance: Measure
    quadrant: Quadrant


class Crosshair(Struct, frozen=True):
    """Where the two lines stand: at the means of what is compared."""

    importance: float
    performance: float


class Quadrants(Struct, frozen=True):
    crosshair: Crosshair | None  # None where nothing is compared
    placed: dict[str, Placed]


def measure_of(estimate: Estimate) -> Measure:
    """An estimated mean x as a measure of performance, or of stated importance."""
    return Measure(estimate.mean, estimate.interval)


def quadrants_of(importance: Mapping[str, Measure], performance: Mapping[str, Measure]) -> Quadrants:
    """Of what has both measures, in the order of the importance; once with derived, once with stated importance."""
    both = {key: (measure, performance[key]) for key, measure in importance.items() if key in performance}
    if not both:
        return Quadrants(None, {})
    crosshair = Crosshair(
        fsum(important.value for important, _ in both.values()) / len(both),
        fsum(performed.value for _, performed in both.values()) / len(both),
    )
    return Quadrants(
        crosshair,
        {
            key: Placed(important, performed, _quadrant(important, performed, crosshair))
            for key, (important, performed) in both.items()
        },
    )


def opportunity(important_share: float, satisfied_share: float) -> float:
    """Ulwick's I + max(I - S, 0), from 0 to 20, of the shares on [0, 1] who call it important and are satisfied."""
    importance, satisfaction = _SCALE_OF_ULWICK * important_share, _SCALE_OF_ULWICK * satisfied_share
    return importance + max(importance - satisfaction, 0.0)


def _quadrant(importance: Measure, performance: Measure, crosshair: Crosshair) -> Quadrant:
    is_important = _side(importance.interval, crosshair.importance)
    is_well_done = _side(performance.interval, crosshair.performance)
    if is_important is None or is_well_done is None:
        return Quadrant.UNCLEAR
    if is_important:
        return Quadrant.KEEP_UP if is_well_done else Quadrant.CONCENTRATE_HERE
    return Quadrant.POSSIBLE_OVERKILL if is_well_done else Quadrant.LOW_PRIORITY


def _side(interval: Interval, line: float) -> bool | None:
    """Above the line, below it, or None where the interval holds it."""
    if interval.lo > line:
        return True
    return False if interval.hi < line else None
