"""The sentiment of a comment: its states, and how the lexicon's reading becomes one of them (METHOD, section 9)."""

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.text.analyser import Reading

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
