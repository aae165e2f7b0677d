"""The four records of a promise, never merged: said, expected, found, believed inside (METHOD, section 3)."""

from collections.abc import Sequence
from math import fsum

from msgspec import Struct

from analysis.experience import CONFIDENCE, Estimate, wilson
from analysis.promises import Disconfirmation, KeptAnswers, PairedTest
from analysis.report import Interval


class TeamBelief(Struct, frozen=True):
    """What `n` people of the team guessed before any data was shown, in x. The range is that of their guesses and no
    confidence interval: more people don't make a guess surer."""

    mean: float
    lo: float
    hi: float
    n: int


class KeptReplies(Struct, frozen=True):
    """How many of the `n` contacts who were asked "Was the promise kept?" said "Fully". Partly kept is not kept.

    One who replied several times counts as "Fully" where the mean reply is at least halfway between that and "Partly".
    """

    fully: int
    n: int

    @property
    def share(self) -> float | None:
        return self.fully / self.n if self.n else None

    def interval(self, confidence: float = CONFIDENCE) -> Interval:
        return wilson(self.fully, self.n, confidence)


class PromiseRecords(Struct, frozen=True, kw_only=True):
    """Everything known about one touchpoint's promise; None for what nobody recorded. All in x but the shares.

    A brand promise has a level, with the experience of its days (`judged`; None means all of it), or is of a share,
    with how many had what was promised (`delivered`). `paired` is actual minus expected of the contacts who said both;
    it is preferred to two separate samples.
    """

    brand_level: float | None = None
    judged: Estimate | None = None
    delivered: KeptAnswers | None = None
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
