"""From an answer to the experience x on [-1, +1], higher is better (METHOD, section 1).

The raw answer is what is stored; x is always derived, and `MAP_VERSION` names the maps it was derived with.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import fsum

from core.errors import Fault, Invalid
from surveys.instruments import SCALES, Instrument, Scale

MAP_VERSION = "1"
PROMOTER_FROM = 9
PASSIVE_FROM = 7
CALIBRATION_WEIGHT = 20  # a valence starts out with the weight of this many ratings

_EMOTIONS_BY_VALENCE: dict[float, tuple[str, ...]] = {
    1.0: ("happy",),
    0.75: ("pleased", "trusting", "valued", "cared for", "safe", "excited"),
    0.5: ("focused", "interested", "energetic", "stimulated", "hopeful", "relieved"),
    0.25: ("exploratory", "indulgent"),
    0.0: ("surprised", "indifferent"),
    -0.5: ("hurried", "confused", "afraid of failing"),
    -0.75: (
        "stressed",
        "anxious",
        "disappointed",
        "unsatisfied",
        "neglected",
        "irritated",
        "frustrated",
        "unhappy",
    ),
    -1.0: ("angry",),
}
# How each emotion feels, in x; a workspace may edit its own copy.
VALENCES: dict[str, float] = {
    emotion: valence for valence, emotions in _EMOTIONS_BY_VALENCE.items() for emotion in emotions
}
# How stirred up each emotion is, from 0 asleep to 1 beside oneself: ours, after the circle of Russell 1980. A lane of
# its own that never enters x.
AROUSAL: dict[str, float] = {
    "happy": 0.6,
    "pleased": 0.5,
    "trusting": 0.3,
    "valued": 0.4,
    "cared for": 0.3,
    "safe": 0.2,
    "excited": 0.9,
    "focused": 0.6,
    "interested": 0.6,
    "energetic": 0.9,
    "stimulated": 0.8,
    "hopeful": 0.5,
    "relieved": 0.2,
    "exploratory": 0.6,
    "indulgent": 0.4,
    "surprised": 0.8,
    "indifferent": 0.1,
    "hurried": 0.8,
    "confused": 0.5,
    "afraid of failing": 0.7,
    "stressed": 0.8,
    "anxious": 0.8,
    "disappointed": 0.3,
    "unsatisfied": 0.4,
    "neglected": 0.3,
    "irritated": 0.7,
    "frustrated": 0.7,
    "unhappy": 0.3,
    "angry": 0.9,
}


def experience_of(instrument: Instrument, value: int) -> float:
    """The x of one answer on a scale, NPS through its linear lens.

    Raises Invalid for a value off the scale, and for what has none: emotions (see `picker_experience`), comments,
    choices, consents.
    """
    return _on_scale(value, _scale_of(instrument))


def value_at(instrument: Instrument, x: float) -> float:
    """The place of x on the scale of the instrument: of an answer's x that answer, of a mean x the mean answer."""
    scale = _scale_of(instrument)
    towards_high = -x if scale.is_reversed else x
    return (scale.low + scale.high) / 2 + (scale.high - scale.low) / 2 * towards_high


def is_two_valued(instrument: str) -> bool:
    """Whether its x is either -1 or +1, so that a mean of it is a share (METHOD, section 2)."""
    return instrument in SCALES and len(SCALES[Instrument(instrument)].points) == 2


def experience_on_points(rating: int, points: int, *, is_reversed: bool = False) -> float:
    """The x of a rating 1..`points` on any item; `is_reversed` where high is bad, as with effort in CES 1.0."""
    if points < 2:
        raise Invalid(Fault("points", "a scale has at least two points"))
    return _on_scale(rating, Scale(1, points, is_reversed))


def official_nps_lens(value: int) -> float:
    """+1 for a promoter (9-10), 0 for a passive (7-8), -1 for a detractor (0-6)."""
    experience_of(Instrument.NPS, value)  # refuses what is no NPS answer
    if value >= PROMOTER_FROM:
        return 1.0
    return 0.0 if value >= PASSIVE_FROM else -1.0


def picker_experience(picks: Sequence[str], valences: Mapping[str, float] = VALENCES) -> float | None:
    """The mean valence of one contact's picks; None where nothing was picked. An unknown emotion is Invalid."""
    if not picks:
        return None
    return fsum(_valence(pick, valences) for pick in picks) / len(picks)


def arousal_of(picks: Sequence[str], arousal: Mapping[str, float] = AROUSAL) -> float | None:
    """The mean arousal on [0, 1] of one contact's picks; None where nothing was picked."""
    if not picks:
        return None
    return fsum(_valence(pick, arousal) for pick in picks) / len(picks)


def net_emotional_value(pickers: Iterable[Sequence[str]], valences: Mapping[str, float] = VALENCES) -> float | None:
    """100 (positive - negative) / picks over all picks of all pickers, neutral ones included (Shaw 2007)."""
    found = list(pickers)
    n_picks = sum(len(picks) for picks in found)
    return 100 * sum(net_of_picks(picks, valences) for picks in found) / n_picks if n_picks else None


def net_of_picks(picks: Sequence[str], valences: Mapping[str, float] = VALENCES) -> int:
    """How many more of one contact's picks are positive than negative."""
    felt = [_valence(pick, valences) for pick in picks]
    return sum(valence > 0 for valence in felt) - sum(valence < 0 for valence in felt)


def calibrated_valence(valence: float, ratings: Sequence[float]) -> float:
    """A valence drawn towards the mean x of those who picked the emotion; the more of them, the nearer."""
    return (fsum(ratings) + CALIBRATION_WEIGHT * valence) / (len(ratings) + CALIBRATION_WEIGHT)


def _scale_of(instrument: Instrument) -> Scale:
    scale = SCALES.get(instrument)
    if scale is None:
        raise Invalid(Fault("instrument", f"`{instrument}` is not answered on a scale"))
    return scale


def _on_scale(value: int, scale: Scale) -> float:
    low, high = scale.low, scale.high
    if not low <= value <= high:
        raise Invalid(Fault("value", f"{value} is not on the scale of {low} to {high}"))
    # Written so that the mirrored value gives exactly the negative, to the last bit.
    x = (2 * value - low - high) / (high - low)
    return 0.0 - x if scale.is_reversed else x  # subtracted, because -x of a neutral answer prints as -0.0


def _valence(emotion: str, valences: Mapping[str, float]) -> float:
    if emotion not in valences:
        raise Invalid(Fault("picks", f"`{emotion}` is not among the emotions of this workspace"))
    return valences[emotion]
