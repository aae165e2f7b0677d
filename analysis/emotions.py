"""What the emotions picked at a touchpoint say beside x: the Net Emotional Value and arousal (METHOD, section 1).

Counts are of answers, by the picks as the tally writes them: "angry+frustrated". The unit of the interval is an answer,
because the picks of one answer depend on each other.
"""

from collections.abc import Mapping, Sequence
from math import fsum, sqrt

from analysis.experience import CONFIDENCE, two_sided_t
from analysis.report import Interval, OfficialFigure
from analysis.scales import arousal_of, net_of_picks
from analysis.worth import PICK_SEPARATOR
from surveys.instruments import MAX_EMOTION_PICKS

MOST = float(MAX_EMOTION_PICKS)

PickCounts = Sequence[tuple[str, int]]


def net_emotional_figure(
    counts: PickCounts, valences: Mapping[str, float], confidence: float = CONFIDENCE
) -> OfficialFigure | None:
    """100 (positive - negative) / picks, in points, with the interval of a ratio; None over nobody.

    For the interval half an answer of as many positive picks as one may give is added, and half of as many negative
    ones, as the plus-one interval of x adds its ends: it doesn't collapse where all pick alike.
    """
    answers = [
        (float(net_of_picks(picks, valences)), float(len(picks)), float(n))
        for picks, n in ((value.split(PICK_SEPARATOR), n) for value, n in counts)
    ]
    n = fsum(count for _, _, count in answers)
    if n == 0:
        return None
    score, _ = _ratio(answers)
    balanced = [*answers, (MOST, MOST, 0.5), (-MOST, MOST, 0.5)]
    centre, picked = _ratio(balanced)
    spread = fsum(count * (net - centre * picks) ** 2 for net, picks, count in balanced)
    se = sqrt(spread) / picked
    half = two_sided_t(n - 1, confidence) * se if n > 1 else 2.0
    interval = Interval(100 * max(-1.0, centre - half), 100 * min(1.0, centre + half))
    return OfficialFigure(name="Net Emotional Value", value=100 * score, interval=interval, unit="points", n=int(n))


def _ratio(answers: Sequence[tuple[float, float, float]]) -> tuple[float, float]:
    """Positive minus negative picks over all picks, and how many picks; from (net, picks, answers)."""
    picked = fsum(picks * count for _, picks, count in answers)
    return fsum(net * count for net, _, count in answers) / picked, picked


def mean_arousal(counts: PickCounts) -> float | None:
    """The mean over answers, on [0, 1]; None over nobody."""
    felt = [(arousal_of(value.split(PICK_SEPARATOR)) or 0.0, n) for value, n in counts]
    n = sum(count for _, count in felt)
    return fsum(arousal * count for arousal, count in felt) / n if n else None
