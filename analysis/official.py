"""The official scores that stand beside x: NPS, CSAT top-2-box, CES, and differences of them (METHOD, section 2).

Counts are of contacts. A score over nobody is None. Shares are on [0, 1], NPS on [-100, +100].
"""

from math import sqrt

from msgspec import Struct
from scipy.special import ndtr

from analysis.contact_sums import ContactSums
from analysis.experience import CONFIDENCE, Estimate, Moments, estimate_of, two_sided_z, wilson
from analysis.report import Interval, OfficialFigure
from analysis.scales import value_at
from surveys.instruments import Instrument

_ADDED_TO_EACH_END = 0.75  # of the adjusted Wald interval: three responses in all (Rocks 2016)
_MEANS = {Instrument.CES: "CES mean", Instrument.CES1: "CES 1.0 mean effort"}
# A top-2-box of seven is no top-2-box of five: figures of one name are compared from period to period.
_SHARES = {
    Instrument.CSAT: "CSAT top-2-box",
    Instrument.CSAT7: "CSAT top-2-box (1 to 7)",
    Instrument.CSAT10: "CSAT top-2-box (1 to 10)",
    Instrument.CES: "CES share 5 to 7",
    Instrument.CES1: "CES 1.0 share 1 to 2",
    Instrument.THUMBS: "Thumbs up",
}


class NpsCounts(Struct, frozen=True):
    promoters: int
    passives: int
    detractors: int

    @property
    def n(self) -> int:
        return self.promoters + self.passives + self.detractors

    @property
    def moments(self) -> Moments:
        """Through the official lens: +1, 0 and -1."""
        return Moments(self.n, self.promoters - self.detractors, self.promoters + self.detractors)


class NpsInterval(Struct, frozen=True):
    """In points; `centre` is the estimate the interval is built around."""

    centre: float
    interval: Interval


class PointsDifference(Struct, frozen=True):
    """Later minus earlier, in points. `z` and the two-sided `p` are None where neither group varies."""

    points: float
    z: float | None
    p: float | None


class ShareDifference(Struct, frozen=True):
    """Later minus earlier share, with Newcombe's interval."""

    difference: float
    interval: Interval


def official_figures(
    instrument: Instrument, sums: ContactSums, confidence: float = CONFIDENCE
) -> tuple[OfficialFigure, ...]:
    """The official scores an instrument has; none for the anchor, emotions and comments, and none over nobody."""
    estimate = estimate_of(sums.x, confidence)
    if estimate is None:
        return ()
    if instrument is Instrument.NPS:
        return _nps_figures(sums, confidence)
    means = (_mean_figure(_MEANS[instrument], instrument, estimate),) if instrument in _MEANS else ()
    shares = (_share_figure(_SHARES[instrument], sums, confidence),) if instrument in _SHARES else ()
    return means + shares


def nps(counts: NpsCounts) -> float | None:
    return 100 * (counts.promoters - counts.detractors) / counts.n if counts.n else None


def wald_interval(counts: NpsCounts, confidence: float = CONFIDENCE) -> NpsInterval | None:
    """The textbook interval, for comparison with other tools; it collapses where all answer alike."""
    return _nps_interval(counts.moments, confidence) if counts.n else None


def adjusted_wald_interval(lens: Moments, confidence: float = CONFIDENCE) -> NpsInterval | None:
    """The interval we show: 3/4 of a promoter and 3/4 of a detractor added, n + 3 (Rocks 2016).

    `lens` sums +1, 0 and -1 over contacts; one who answered several times is their mean.
    """
    if lens.n == 0:
        return None
    added = Moments(lens.n + 3, lens.sum, lens.sum_squares + 2 * _ADDED_TO_EACH_END)
    return _nps_interval(added, confidence)


def points_difference(earlier: OfficialFigure, later: OfficialFigure) -> PointsDifference | None:
    """Of two scores in points that know their spread; None of others."""
    if earlier.spread is None or later.spread is None:
        return None
    points = later.value - earlier.value
    se = sqrt(earlier.spread**2 / earlier.n + later.spread**2 / later.n)
    if se == 0:
        return PointsDifference(points, None, None)
    return PointsDifference(points, points / se, 2 * float(ndtr(-abs(points / se))))


def newcombe(
    earlier: tuple[int, int], later: tuple[int, int], confidence: float = CONFIDENCE
) -> ShareDifference | None:
    """The difference of two shares, each given as (successes, n), from their Wilson intervals (Newcombe 1998)."""
    if earlier[1] == 0 or later[1] == 0:
        return None
    before, after = earlier[0] / earlier[1], later[0] / later[1]
    was, is_now = wilson(*earlier, confidence), wilson(*later, confidence)
    difference = after - before
    below = sqrt((after - is_now.lo) ** 2 + (was.hi - before) ** 2)
    above = sqrt((is_now.hi - after) ** 2 + (before - was.lo) ** 2)
    return ShareDifference(difference, Interval(max(-1.0, difference - below), min(1.0, difference + above)))


def _nps_figures(sums: ContactSums, confidence: float) -> tuple[OfficialFigure, ...]:
    mean, adjusted = sums.lens.mean, adjusted_wald_interval(sums.lens, confidence)
    if mean is None or adjusted is None:
        return ()
    spread = 100 * sqrt(sums.lens.squared_deviations / sums.n)
    return (
        OfficialFigure(
            name="NPS", value=100 * mean, interval=adjusted.interval, unit="points", n=sums.n, spread=spread
        ),
    )


def _mean_figure(name: str, instrument: Instrument, estimate: Estimate) -> OfficialFigure:
    """On the instrument's own scale, with the interval of x mapped back; where high is bad its ends change places."""
    ends = sorted(value_at(instrument, x) for x in (estimate.interval.lo, estimate.interval.hi))
    value = value_at(instrument, estimate.mean)
    return OfficialFigure(name=name, value=value, interval=Interval(*ends), unit="points", n=int(estimate.n))


def _share_figure(name: str, sums: ContactSums, confidence: float) -> OfficialFigure:
    """Of the contacts who are satisfied, as `contact_sums` has it."""
    interval = wilson(sums.n_satisfied, sums.n, confidence)
    return OfficialFigure(name=name, value=sums.n_satisfied / sums.n, interval=interval, unit="share", n=sums.n)


def _nps_interval(lens: Moments, confidence: float) -> NpsInterval:
    centre = lens.sum / lens.n
    half = two_sided_z(confidence) * sqrt(max(0.0, lens.sum_squares / lens.n - centre**2) / lens.n)
    return NpsInterval(100 * centre, Interval(max(-100.0, 100 * (centre - half)), min(100.0, 100 * (centre + half))))
