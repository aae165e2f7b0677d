"""The sentiment of a comment: whether it can be scored at all, and if so what it says (METHOD, section 9).

TextBlob is loaded on the first score and not before, so the web process may use the states without paying for it.
"""

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from analysis.text.language import language_of

if TYPE_CHECKING:
    from analysis.text.analyser import Reading, ServiceAnalyzer

NEUTRAL_BELOW = 0.2  # |polarity|; one threshold, set once for every source of text
MIXED_FROM = 0.4  # the least praise and the least pain, in polarity, that make a comment mixed
MIXED_RATIO = 0.5  # and the weaker of the two is at least half the stronger


class SentimentState(StrEnum):
    """What is known about a comment; the last two say that nothing is, and neither counts as neutral."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"
    MIXED = "mixed"
    NO_SIGNAL = "no_signal"  # read, and nothing known was found in it
    NOT_SCORED = "not_scored"  # a language that is not supported, or an unknown one


# What a person's label is worth on the scale of polarities where the score says otherwise: clear, and not extreme.
POLARITY_OF_LABEL = {
    SentimentState.POSITIVE: 0.6,
    SentimentState.NEUTRAL: 0.0,
    SentimentState.NEGATIVE: -0.6,
    SentimentState.MIXED: 0.0,
}


class Sentiment(Struct, frozen=True, kw_only=True):
    """One scored comment. `polarity` is in [-1, 1] and None where the state says that nothing is known."""

    state: SentimentState
    polarity: float | None
    language: str | None  # ISO 639; None where it is unknown or the text has no words
    analyser: str  # name and version of what read it, so that a score can be recomputed and compared


def score(text: str, locale: str | None, offered_languages: Iterable[str]) -> Sentiment:
    """Scores a comment; the same text gives the same score on every run and machine.

    Texts longer than 10,000 characters are read that far: what is bounded can't be made to stall a worker.
    """
    analyser = _analyser()
    language = language_of(text, locale, offered_languages)
    if not language.is_scored:
        return Sentiment(
            state=SentimentState.NOT_SCORED, polarity=None, language=language.code, analyser=analyser.version
        )
    reading = analyser.read(text)
    polarity = round(reading.polarity, 6) if reading.hits else None
    return Sentiment(state=state_of(reading), polarity=polarity, language=language.code, analyser=analyser.version)


def state_of(reading: "Reading") -> SentimentState:
    """A reading with clear praise and clear pain is mixed, even where the contrast tips its polarity to one side."""
    if not reading.hits:
        return SentimentState.NO_SIGNAL
    weaker, stronger = sorted((reading.praise, reading.pain))
    if weaker >= MIXED_FROM and weaker >= MIXED_RATIO * stronger:
        return SentimentState.MIXED
    if abs(reading.polarity) < NEUTRAL_BELOW:
        return SentimentState.NEUTRAL
    return SentimentState.POSITIVE if reading.polarity > 0 else SentimentState.NEGATIVE


@lru_cache(maxsize=1)
def _analyser() -> "ServiceAnalyzer":
    from analysis.text.analyser import service_analyzer

    return service_analyzer()
