"""What was counted over a period: all that a report's figures follow from."""

from datetime import date

from msgspec import Struct

from analysis.contact_sums import NOBODY, ContactSums
from analysis.experience import leaves_few
from analysis.report import OfficialFigure
from surveys.instruments import EXPERIENCE, Instrument
from surveys.journeys import PromiseView


class Measure(Struct, frozen=True):
    """One instrument at one touchpoint: how often each value was answered, and the sums over contacts."""

    instrument: str
    counts: tuple[tuple[str, int], ...]  # by value, as the tally writes it
    sums: ContactSums

    @property
    def n_answers(self) -> int:
        return sum(n for _, n in self.counts)

    def may_be_spread_out(self, k: int) -> bool:
        """Whether counts of answers may stand beside the mean over contacts.

        Where fewer than k answers are further ones of somebody, what is left of the counts without the mean is theirs.
        """
        return self.sums.n >= k and not leaves_few(self.n_answers, self.sums.n, k)


class UnderPromise(Struct, frozen=True):
    """A promise, and the sums over the contacts who came through while it was in force."""

    promise: PromiseView
    sums: ContactSums  # of the plotted instrument
    kept: ContactSums = NOBODY  # of the answers to "Was the promise kept?"


class PairedSums(Struct, frozen=True):
    """Actual minus expected, in x, over the `n` contacts who said both; no variance (over n - 1) for a single one."""

    n: int
    mean: float
    variance: float | None


class Guesses(Struct, frozen=True):
    """What the team guesses, in x, each list from the lowest up."""

    expectations: tuple[float, ...] = ()
    experiences: tuple[float, ...] = ()


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
    is_protected: bool = False  # a part of all contacts that would give the few others away: nothing is shown
    paired: PairedSums | None = None
    guesses: Guesses = Guesses()
    has_comments: bool = False  # only asked where nothing is plotted
    net_emotional: OfficialFigure | None = None
    arousal: float | None = None  # the mean over answers, on [0, 1]

    @property
    def sums(self) -> ContactSums:
        """Of the plotted instrument."""
        return NOBODY if self.plotted is None else self.plotted.sums

    def measure_of(self, instrument: Instrument) -> Measure | None:
        return next((measure for measure in self.measures if measure.instrument == instrument), None)

    def sums_of(self, instrument: Instrument) -> ContactSums:
        measure = self.measure_of(instrument)
        return NOBODY if measure is None else measure.sums


def plotted_measure(measures: tuple[Measure, ...], k: int) -> Measure | None:
    """The anchor where enough contacts gave it, so that the curve compares like with like; else what most answered."""
    measures = tuple(measure for measure in measures if measure.instrument in EXPERIENCE)
    anchors = [measure for measure in measures if measure.instrument == Instrument.ANCHOR and measure.sums.n >= k]
    by_size = sorted(measures, key=lambda measure: (-measure.sums.n, measure.instrument))
    return next(iter(anchors + by_size), None)
