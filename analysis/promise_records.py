"""The four records of a promise, never merged: said, expected, found, believed inside (METHOD, section 3)."""

from collections.abc import Sequence
from math import fsum

from msgspec import Struct

from analysis.experience import CONFIDENCE, Estimate, wilson
from analysis.promises import Disconfirmation, PairedTest
from analysis.report import Interval


class TeamBelief(Struct, frozen=True):
    """What `n` people of the team guessed before any data was shown, in x. The range is that of their guesses and no
    confidence interval: more people don't make a guess surer."""

    mean: float
    lo: float
    hi: float
    n: int


class KeptReplies(Struct, frozen=True):
    """Contacts by their answer to "Was the promise kept?". Partly kept is not kept."""

    fully: int
    partly: int
    no: int

    @property
    def n(self) -> int:
        return self.fully + self.partly + self.no

    @property
    def share(self) -> float | None:
        return self.fully / self.n if self.n else None

    def interval(self, confidence: float = CONFIDENCE) -> Interval:
        return wilson(self.fully, self.n, confidence)


class PromiseRecords(Struct, frozen=True, kw_only=True):
    """Everything known about one touchpoint's promise; None for what nobody recorded. All in x but the share.

    `paired` is actual minus expected of the contacts who said both; it is preferred to two separate samples.
    """

    brand_level: float | None = None
    brand_share: float | None = None
    expectation: Estimate | None = None
    paired: PairedTest | None = None
    disconfirmation: Disconfirmation | None = None
    kept: KeptReplies | None = None
    believed_expectation: TeamBelief | None = None
    believed_experience: TeamBelief | None = None


def team_belief(guesses: Sequence[float]) -> TeamBelief | None:
    """None where nobody guessed."""
    if not guesses:
        return None
    return TeamBelief(fsum(guesses) / len(guesses), min(guesses), max(guesses), len(guesses))
