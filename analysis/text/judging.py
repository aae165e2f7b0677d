"""Judge a comment and each of its clauses: by the lexicon (layer a), or by a linear model over it (layers b and c)."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from analysis.text.clauses import Span
from analysis.text.evidence import Leaning
from analysis.text.heard import Heard
from analysis.text.linear_model import STATES, Calibration, LinearModel
from analysis.text.sentiment import SentimentState, state_of

CLEAR = 0.6  # the raw probability from which a clause's praise or pain is clear
_BALANCED = 0.5  # the most by which one side may lead in the whole of a mixed comment
_AS_JUDGED = Calibration()


class Judgement(Struct, frozen=True):
    """`polarity` in [-1, 1] and the probability that the state is right; both None where nothing is known."""

    state: SentimentState
    polarity: float | None
    probability: float | None


NO_SIGNAL = Judgement(SentimentState.NO_SIGNAL, None, None)
NOT_SCORED = Judgement(SentimentState.NOT_SCORED, None, None)


class Judge(Protocol):
    """What reads sentiment; `version` stands with every score."""

    @property
    def version(self) -> str: ...

    def read(self, heard: Heard, leaning: Leaning) -> tuple[Judgement, list[tuple[Span, Judgement]]]:
        """The whole, and each clause in order."""
        ...


class PatternJudge:
    """Layer (a): the lexicon alone, to compare with. It gives no probabilities."""

    def __init__(self, version: str) -> None:
        self.version = version

    def read(self, heard: Heard, leaning: Leaning) -> tuple[Judgement, list[tuple[Span, Judgement]]]:  # noqa: ARG002
        whole = self._one(heard)
        spans = heard.clauses()
        return whole, [(span, self._one(heard.part(span)) if len(spans) > 1 else whole) for span in spans]

    def _one(self, heard: Heard) -> Judgement:
        if heard.reading is None or not heard.reading.hits:
            return NO_SIGNAL
        return Judgement(state_of(heard.reading), round(heard.reading.polarity, 6), None)


class LinearJudge:
    """Layers (b) and (c). A whole is mixed where one clause clearly praises, one complains, and neither rules."""

    def __init__(self, model: LinearModel, shipped: LinearModel | None = None) -> None:
        self.version = model.version
        self._model, self._shipped = model, shipped

    def read(self, heard: Heard, leaning: Leaning) -> tuple[Judgement, list[tuple[Span, Judgement]]]:
        spans = heard.clauses()
        whole = self._shares(heard, leaning)
        if len(spans) < 2:
            only = self._judgement(heard, leaning, whole)
            return only, [(span, only) for span in spans]
        parts = [heard.part(span) for span in spans]
        shares = [self._shares(part, leaning) for part in parts]
        clauses = [
            (span, self._judgement(part, leaning, share))
            for span, part, share in zip(spans, parts, shares, strict=True)
        ]
        clearness = min(max(share[0] for share in shares), max(share[2] for share in shares))
        if clearness >= CLEAR and abs(whole[2] - whole[0]) < _BALANCED:
            return self._mixed(whole, clearness), clauses
        return self._judgement(heard, leaning, whole), clauses

    def _shares(self, heard: Heard, leaning: Leaning) -> tuple[float, float, float]:
        return self._model.probabilities(heard.evidence(leaning, self._shipped))

    def _judgement(self, heard: Heard, leaning: Leaning, shares: tuple[float, float, float]) -> Judgement:
        place = max(range(len(STATES)), key=lambda one: shares[one])
        state = STATES[place]
        if state is SentimentState.NEUTRAL and leaning is Leaning.OPEN and self._is_silent(heard):
            return NO_SIGNAL
        return Judgement(state, _polarity(shares), self._shown(state, shares[place]))

    def _is_silent(self, heard: Heard) -> bool:
        """No word of praise or blame in it; where there is no lexicon, no word the model knows. That is not neutral."""
        return not heard.hits if heard.reading is not None else self._model.knows_none(heard.words)

    def _mixed(self, shares: tuple[float, float, float], clearness: float) -> Judgement:
        return Judgement(SentimentState.MIXED, _polarity(shares), self._shown(SentimentState.MIXED, clearness))

    def _shown(self, state: SentimentState, raw: float) -> float:
        return round(self._model.calibration.get(state, _AS_JUDGED).of(raw), 6)


def _polarity(shares: Sequence[float]) -> float:
    return round(shares[2] - shares[0], 6)
