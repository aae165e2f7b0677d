"""What was counted over a period: all that a report's figures follow from."""

from datetime import date

from msgspec import Struct

from analysis.contact_tally import NOBODY, ContactSums
from surveys.instruments import Instrument
from surveys.journeys import PromiseView


class Measure(Struct, frozen=True):
    """One instrument at one touchpoint: how often each value was answered, and the sums over contacts."""

    instrument: str
    counts: tuple[tuple[str, int], ...]  # by value, as the tally writes it
    sums: ContactSums


class UnderPromise(Struct, frozen=True):
    """A promise, and the sums over the contacts who came through while it was in force."""

    promise: PromiseView
    sums: ContactSums


class MeasuredTouchpoint(Struct, frozen=True, kw_only=True):
    """What was counted at one touchpoint."""

    measures: tuple[Measure, ...] = ()
    plotted: Measure | None = None
    under_promises: tuple[UnderPromise, ...] = ()  # of the plotted instrument, the earliest promise first
    n_responses: int = 0
    n_invitations: int = 0  # sent
    n_answered: int = 0  # of those
    reach_month: float | None = None
    last_day: date | None = None  # of the last answer up to the end of the period

    @property
    def sums(self) -> ContactSums:
        """Of the plotted instrument."""
        return NOBODY if self.plotted is None else self.plotted.sums


def plotted_measure(measures: tuple[Measure, ...], k: int) -> Measure | None:
    """The anchor where enough contacts gave it, so that the curve compares like with like; else what most answered."""
    anchors = [measure for measure in measures if measure.instrument == Instrument.ANCHOR and measure.sums.n >= k]
    by_size = sorted(measures, key=lambda measure: (-measure.sums.n, measure.instrument))
    return next(iter(anchors + by_size), None)
