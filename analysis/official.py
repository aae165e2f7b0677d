"""The official scores that stand beside x: NPS, CSAT top-2-box, CES, and differences of them (METHOD, section 2).

Counts are of contacts. A score over nobody is None. Shares are on [0, 1], NPS on [-100, +100].
"""

from math import sqrt

from msgspec import Struct
from scipy.special import ndtr

from analysis.contact_sums import ContactSums
from analysis.experience import CONFIDENCE, Moments, estimate_of, two_sided_z, wilson
from analysis.report import Interval, OfficialFigure
from surveys.instruments import Instrument

_ADDED_TO_EACH_END = 0.75  # of the adjusted Wald interval: three responses in all (Rocks 2016)


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
    figures = {Instrument.NPS: _nps_figures, Instrument.CSAT: _csat_figures, Instrument.CES: _ces_figures}
    if instrument not in figures or sums.n == 0:
        return ()
    return figures[instrument](sums, confidence)


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


def _csat_figures(sums: ContactSums, confidence: float) -> tuple[OfficialFigure, ...]:
    return (_share_figure("CSAT top-2-box", sums, confidence),)


def _ces_figures(sums: ContactSums, confidence: float) -> tuple[OfficialFigure, ...]:
    """The mean on 1-7 with the plus-one interval of x mapped back, and the share that agrees."""
    estimate = estimate_of(sums.x, confidence)
    if estimate is None:
        return ()
    interval = Interval(_as_ces(estimate.interval.lo), _as_ces(estimate.interval.hi))
    mean = OfficialFigure(name="CES mean", value=_as_ces(estimate.mean), interval=interval, unit="points", n=sums.n)
    return mean, _share_figure("CES share 5 to 7", sums, confidence)


def _share_figure(name: str, sums: ContactSums, confidence: float) -> OfficialFigure:
    interval = wilson(sums.n_satisfied, sums.n, confidence)
    return OfficialFigure(name=name, value=sums.n_satisfied / sums.n, interval=interval, unit="share", n=sums.n)


def _as_ces(x: float) -> float:
    return 4 + 3 * x


def _nps_interval(lens: Moments, confidence: float) -> NpsInterval:
    centre = lens.sum / lens.n
    half = two_sided_z(confidence) * sqrt(max(0.0, lens.sum_squares / lens.n - centre**2) / lens.n)
    return NpsInterval(100 * centre, Interval(max(-100.0, 100 * (centre - half)), min(100.0, 100 * (centre + half))))
