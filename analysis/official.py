"""The official scores that stand beside x: NPS, CSAT top-2-box, CES, and differences of them (METHOD, section 2).

Counts are of contacts. A score over nobody is None. Shares are on [0, 1], NPS on [-100, +100].
"""

from collections.abc import Callable, Sequence
from math import sqrt

from msgspec import Struct
from scipy.special import ndtr

from analysis.experience import CONFIDENCE, estimate_of, moments_of_counts, two_sided_z, wilson
from analysis.report import Interval, OfficialFigure
from analysis.scales import PASSIVE_FROM, PROMOTER_FROM, experience_of
from surveys.instruments import Instrument

TOP_BOXES_OF_CSAT = 4  # 4 and 5 of 5
AGREEMENT_OF_CES = 5  # 5 to 7 of 7
_ADDED_TO_EACH_END = 0.75  # of the adjusted Wald interval: three responses in all (Rocks 2016)

Distribution = Sequence[tuple[int, int]]  # (value as answered, how many contacts)


class NpsCounts(Struct, frozen=True):
    promoters: int
    passives: int
    detractors: int

    @property
    def n(self) -> int:
        return self.promoters + self.passives + self.detractors


class NpsInterval(Struct, frozen=True):
    """In points; `centre` is the estimate the interval is built around."""

    centre: float
    interval: Interval


class NpsDifference(Struct, frozen=True):
    """Later minus earlier, in points. `z` and the two-sided `p` are None where neither group varies."""

    points: float
    z: float | None
    p: float | None


class ShareDifference(Struct, frozen=True):
    """Later minus earlier share, with Newcombe's interval."""

    difference: float
    interval: Interval


def official_figures(
    instrument: Instrument, distribution: Distribution, confidence: float = CONFIDENCE
) -> tuple[OfficialFigure, ...]:
    """The official scores an instrument has; none for the anchor, emotions and comments, and none over nobody."""
    figures = {Instrument.NPS: _nps_figures, Instrument.CSAT: _csat_figures, Instrument.CES: _ces_figures}
    if instrument not in figures or sum(n for _, n in distribution) == 0:
        return ()
    return figures[instrument](distribution, confidence)


def nps_counts(distribution: Distribution) -> NpsCounts:
    return NpsCounts(
        _count(distribution, lambda value: value >= PROMOTER_FROM),
        _count(distribution, lambda value: PASSIVE_FROM <= value < PROMOTER_FROM),
        _count(distribution, lambda value: value < PASSIVE_FROM),
    )


def nps(counts: NpsCounts) -> float | None:
    return 100 * (counts.promoters - counts.detractors) / counts.n if counts.n else None


def wald_interval(counts: NpsCounts, confidence: float = CONFIDENCE) -> NpsInterval | None:
    """The textbook interval, for comparison with other tools; it collapses where all answer alike."""
    return _nps_interval(counts.promoters, counts.detractors, counts.n, confidence) if counts.n else None


def adjusted_wald_interval(counts: NpsCounts, confidence: float = CONFIDENCE) -> NpsInterval | None:
    """The interval we show: 3/4 of a promoter and 3/4 of a detractor added, n + 3 (Rocks 2016)."""
    if counts.n == 0:
        return None
    promoters, detractors = counts.promoters + _ADDED_TO_EACH_END, counts.detractors + _ADDED_TO_EACH_END
    return _nps_interval(promoters, detractors, counts.n + 3, confidence)


def nps_difference(earlier: NpsCounts, later: NpsCounts) -> NpsDifference | None:
    before, after = nps(earlier), nps(later)
    if before is None or after is None:
        return None
    points = after - before
    se = 100 * sqrt(_nps_variance(earlier) / earlier.n + _nps_variance(later) / later.n)
    if se == 0:
        return NpsDifference(points, None, None)
    return NpsDifference(points, points / se, 2 * float(ndtr(-abs(points / se))))


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


def _nps_figures(distribution: Distribution, confidence: float) -> tuple[OfficialFigure, ...]:
    counts = nps_counts(distribution)
    score, adjusted = nps(counts), adjusted_wald_interval(counts, confidence)
    if score is None or adjusted is None:
        return ()
    return (OfficialFigure(name="NPS", value=score, interval=adjusted.interval, unit="points", n=counts.n),)


def _csat_figures(distribution: Distribution, confidence: float) -> tuple[OfficialFigure, ...]:
    return (_share_figure("CSAT top-2-box", distribution, TOP_BOXES_OF_CSAT, confidence),)


def _ces_figures(distribution: Distribution, confidence: float) -> tuple[OfficialFigure, ...]:
    """The mean on 1-7 with the plus-one interval of x mapped back, and the share that agrees."""
    moments = moments_of_counts((experience_of(Instrument.CES, value), n) for value, n in distribution)
    estimate = estimate_of(moments, confidence)
    if estimate is None:
        return ()
    interval = Interval(_as_ces(estimate.interval.lo), _as_ces(estimate.interval.hi))
    mean = OfficialFigure(
        name="CES mean", value=_as_ces(estimate.mean), interval=interval, unit="points", n=int(moments.n)
    )
    return mean, _share_figure("CES share 5 to 7", distribution, AGREEMENT_OF_CES, confidence)


def _share_figure(name: str, distribution: Distribution, at_least: int, confidence: float) -> OfficialFigure:
    n = sum(count for _, count in distribution)
    successes = _count(distribution, lambda value: value >= at_least)
    interval = wilson(successes, n, confidence)
    return OfficialFigure(name=name, value=successes / n, interval=interval, unit="share", n=n)


def _count(distribution: Distribution, is_counted: Callable[[int], bool]) -> int:
    return sum(n for value, n in distribution if is_counted(value))


def _as_ces(x: float) -> float:
    return 4 + 3 * x


def _nps_interval(promoters: float, detractors: float, n: float, confidence: float) -> NpsInterval:
    up, down = promoters / n, detractors / n
    centre = up - down
    half = two_sided_z(confidence) * sqrt((up + down - centre**2) / n)
    return NpsInterval(100 * centre, Interval(max(-100.0, 100 * (centre - half)), min(100.0, 100 * (centre + half))))


def _nps_variance(counts: NpsCounts) -> float:
    """Of one answer scored -1, 0 or +1."""
    net = (counts.promoters - counts.detractors) / counts.n
    return (counts.promoters + counts.detractors) / counts.n - net**2
