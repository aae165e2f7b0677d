"""Figures with a doubt to them: an interval, an estimated mean, a weighted sum of means."""

from msgspec import Struct


class Interval(Struct, frozen=True):
    lo: float
    hi: float


class Estimate(Struct, frozen=True):
    """A mean x with its interval. `mean` is the point drawn; `centre` and `se` are what tests use."""

    n: float
    mean: float
    centre: float
    se: float
    interval: Interval


class Contrast(Struct, frozen=True):
    """A weighted sum of means. Freedom, t, the two-sided p and the interval are None where no term has any error, or
    one has no freedom: then nothing can be tested."""

    value: float
    se: float
    freedom: float | None = None
    t: float | None = None
    p: float | None = None
    interval: Interval | None = None

    @property
    def excludes_zero(self) -> bool:
        return self.interval is not None and (self.interval.lo > 0 or self.interval.hi < 0)
