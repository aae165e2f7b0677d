"""Which summary of a contact's steps says best how the whole journey is remembered (METHOD, section 5).

Mean, minimum, peak-end and last step compete by cross-validation on the workspace's own contacts.
"""

from collections.abc import Sequence
from enum import StrEnum
from math import fsum

from msgspec import Struct

from analysis.promises import paired_difference

LEAST_JOURNEYS = 50  # fewer say nothing about which summary is best
FOLDS = 10


class Summary(StrEnum):
    MEAN = "mean"
    MINIMUM = "minimum"
    PEAK_END = "peak_end"
    LAST = "last"


class PeakEnd(Struct, frozen=True):
    """All in x. `extreme` lies farthest from the mean of the steps, `end` is the last step reached."""

    mean: float
    minimum: float
    extreme: float
    end: float

    @property
    def peak_end(self) -> float:
        return (self.extreme + self.end) / 2


class Remembered(Struct, frozen=True):
    """One contact: the x of the steps answered, in the order of the journey, and of the overall-journey question."""

    contact: str
    steps: tuple[float, ...]
    overall: float


class Prediction(Struct, frozen=True):
    """The share of the variance of the overall answer that each summary predicts for contacts it was not fitted on.

    Below 0 is worse than guessing the mean. No winner: too few journeys, or nothing predicts. `is_clear` says whether
    the winner's squared errors are surely smaller than the runner-up's.
    """

    n: int
    r_squared: dict[Summary, float]
    winner: Summary | None
    is_clear: bool


def peak_end(steps: Sequence[float]) -> PeakEnd | None:
    """None for no step. Of two equally far from the mean the worse counts: bad is remembered more than good."""
    if not steps:
        return None
    mean = fsum(steps) / len(steps)
    extreme = min(steps, key=lambda x: (-round(abs(x - mean), 9), x))  # rounded, or the last bit would break the tie
    return PeakEnd(mean, min(steps), extreme, steps[-1])


def predict_overall(journeys: Sequence[Remembered]) -> Prediction:
    """Only contacts with two steps and more count: of a single one all summaries say the same.

    The folds follow from the contacts' names, so the order of the rows changes nothing.
    """
    told = sorted((told for told in journeys if len(told.steps) > 1), key=lambda told: told.contact)
    if len(told) < LEAST_JOURNEYS:
        return Prediction(len(told), {}, None, is_clear=False)
    overall = [journey.overall for journey in told]
    baseline = fsum(_squared_errors([0.0] * len(told), overall))  # a summary that never varies: guesses the mean
    if baseline <= 1e-12 * len(told):
        return Prediction(len(told), {}, None, is_clear=False)
    errors = {summary: _squared_errors(_values_of(told, summary), overall) for summary in Summary}
    r_squared = {summary: 1 - fsum(found) / baseline for summary, found in errors.items()}
    best, second, *_ = sorted(Summary, key=lambda summary: -r_squared[summary])
    if r_squared[best] <= 0:
        return Prediction(len(told), r_squared, None, is_clear=False)
    return Prediction(len(told), r_squared, best, _is_clearly_less(errors[best], errors[second]))


def _values_of(told: Sequence[Remembered], summary: Summary) -> list[float]:
    found = [shape for journey in told if (shape := peak_end(journey.steps)) is not None]
    return [
        {
            Summary.MEAN: shape.mean,
            Summary.MINIMUM: shape.minimum,
            Summary.PEAK_END: shape.peak_end,
            Summary.LAST: shape.end,
        }[summary]
        for shape in found
    ]


def _squared_errors(values: Sequence[float], overall: Sequence[float]) -> list[float]:
    """Of each contact, predicted by the straight line through the contacts of the other folds."""
    lines = [_line_without(fold, values, overall) for fold in range(FOLDS)]
    return [
        (y - (lines[index % FOLDS][0] + lines[index % FOLDS][1] * x)) ** 2
        for index, (x, y) in enumerate(zip(values, overall, strict=True))
    ]


def _line_without(fold: int, values: Sequence[float], overall: Sequence[float]) -> tuple[float, float]:
    """Intercept and slope of least squares; a flat line through the mean where the values don't vary."""
    pairs = [pair for index, pair in enumerate(zip(values, overall, strict=True)) if index % FOLDS != fold]
    mean_x = fsum(x for x, _ in pairs) / len(pairs)
    mean_y = fsum(y for _, y in pairs) / len(pairs)
    spread = fsum((x - mean_x) ** 2 for x, _ in pairs)
    if spread <= 1e-12 * len(pairs):
        return mean_y, 0.0
    slope = fsum((x - mean_x) * (y - mean_y) for x, y in pairs) / spread
    return mean_y - slope * mean_x, slope


def _is_clearly_less(errors: Sequence[float], others: Sequence[float]) -> bool:
    test = paired_difference([other - error for error, other in zip(errors, others, strict=True)])
    return test is not None and test.interval is not None and test.interval.lo > 0
