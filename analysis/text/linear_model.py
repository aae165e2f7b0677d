"""A linear model of sentiment: multinomial logistic regression over the evidence, scored in plain Python.

One that ships is trained by `python -m training` on comments written for Kept; a workspace's own one by the worker on
its corrections. Both are JSON that people can read: each term with its weight for each state.
"""

from collections.abc import Mapping, Sequence
from math import exp, log

from msgspec import Struct

from analysis.text.sentiment import SentimentState

STATES = (SentimentState.NEGATIVE, SentimentState.NEUTRAL, SentimentState.POSITIVE)

_SURE = 1e-6  # probabilities stay so far from 0 and 1

Weights = tuple[float, float, float]


class Calibration(Struct, frozen=True):
    """How probable it is that a state is right: 1 / (1 + exp(-(slope * log-odds of the raw probability + offset)))."""

    slope: float = 1.0
    offset: float = 0.0

    def of(self, probability: float) -> float:
        raw = min(1 - _SURE, max(_SURE, probability))
        return 1 / (1 + exp(-(self.slope * log(raw / (1 - raw)) + self.offset)))


class Measured(Struct, frozen=True):
    """How a model did on `n` labelled comments that it had not seen."""

    n: int
    macro_f1: float


class LinearModel(Struct, frozen=True, kw_only=True):
    """Weights in the order of STATES. `n` comments taught it; `calibration` is by state."""

    language: str
    version: str
    n: int
    intercepts: Weights
    calibration: dict[SentimentState, Calibration]
    weights: dict[str, Weights]
    measured: Measured | None = None

    def probabilities(self, evidence: Mapping[str, float]) -> Weights:
        """Of negative, neutral and positive; they add up to 1."""
        negative, neutral, positive = self.intercepts
        weights = self.weights
        for term, amount in evidence.items():
            found = weights.get(term)
            if found is not None:
                negative += amount * found[0]
                neutral += amount * found[1]
                positive += amount * found[2]
        highest = max(negative, neutral, positive)
        shares = exp(negative - highest), exp(neutral - highest), exp(positive - highest)
        total = sum(shares)
        return shares[0] / total, shares[1] / total, shares[2] / total

    def knows_none(self, words: Sequence[str]) -> bool:
        return not any(word in self.weights for word in words)


def top_weights(model: LinearModel, n: int) -> dict[SentimentState, tuple[tuple[str, float], ...]]:
    """The `n` terms that speak most for each state: by their weight for it above the mean of the three."""
    found = {}
    for place, state in enumerate(STATES):
        lead = {term: each[place] - sum(each) / len(each) for term, each in model.weights.items()}
        best = sorted(lead, key=lambda term: (-lead[term], term))[:n]
        found[state] = tuple((term, round(lead[term], 3)) for term in best if lead[term] > 0)
    return found
