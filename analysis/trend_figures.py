"""What a trend holds: the weeks of a touchpoint with their control limits, and where they go."""

from datetime import date
from enum import StrEnum

from msgspec import Struct

from analysis.interval import Contrast, Interval


class Signal(StrEnum):
    OUTSIDE = "outside"  # beyond a control limit
    RUN = "run"  # the last of eight weeks or more in a row on one side of the centre


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"


class Week(Struct, frozen=True):
    """A week from its Monday. A week of fewer than k contacts has no figures, and n 0."""

    monday: date
    n: int = 0
    mean: float | None = None
    interval: Interval | None = None
    limits: Interval | None = None
    signal: Signal | None = None


class Trend(Struct, frozen=True):
    """Every week from the first to the last with an answer, holes included.

    `change` is the mean of the last four weeks shown minus that of the weeks before; the direction is None where its
    interval holds 0.
    """

    weeks: tuple[Week, ...]
    centre: float | None
    change: Contrast | None
    direction: Direction | None
