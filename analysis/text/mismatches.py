"""Where a rating and the words beside it say different things; the two stay apart (METHOD, section 9)."""

from msgspec import Struct

from analysis.text.sentiment import NEUTRAL_BELOW, SentimentState

APART = 1.0  # on the scale from -1 to +1; further apart is "mixed or ironic"
MIXED_OR_IRONIC = "mixed or ironic"


class Beside(Struct, frozen=True):
    """A comment and the rating of the same response, both in [-1, +1]; None where there is none."""

    state: SentimentState
    polarity: float | None
    rating: float | None

    @property
    def is_mismatch(self) -> bool:
        """What was rated and what was said are more than 1.0 apart."""
        return self.gap is not None and abs(self.gap) > APART

    @property
    def gap(self) -> float | None:
        """How much better they rated than they spoke; negative where they spoke better."""
        return None if self.rating is None or self.polarity is None else self.rating - self.polarity

    @property
    def filled_in(self) -> SentimentState | None:
        """What the rating says where the words give no signal; it never replaces what they do say."""
        if self.state is not SentimentState.NO_SIGNAL or self.rating is None:
            return None
        return state_of_rating(self.rating)


def state_of_rating(x: float) -> SentimentState:
    if abs(x) < NEUTRAL_BELOW:
        return SentimentState.NEUTRAL
    return SentimentState.POSITIVE if x > 0 else SentimentState.NEGATIVE
