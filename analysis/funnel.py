"""What a funnel holds: how many events passed a touchpoint, and how many were left at each step to an answer."""

from datetime import date
from enum import StrEnum

from msgspec import Struct


class Step(StrEnum):
    """The steps in their order; each is counted in events at the touchpoint."""

    PASSED = "passed"
    ELIGIBLE = "eligible"
    ASKED = "asked"
    SENT = "sent"
    OPENED = "opened"
    ANSWERED = "answered"


class NotAsked(Struct, frozen=True):
    """For one reason, in the words of the ledger."""

    reason: str
    n: int


class Funnel(Struct, frozen=True, kw_only=True):
    """One touchpoint over the period.

    Who did not answer may have opened a score of the mail: `provisional` while a person may have done it, `rejected`
    where only scanners did. These two and `answered` are None where so few did that their number isn't shown.
    """

    key: str
    name: str
    passed: int
    eligible: int
    asked: int
    sent: int
    opened: int
    answered: int | None
    provisional: int | None = 0
    rejected: int | None = 0
    not_asked: tuple[NotAsked, ...] = ()

    @property
    def counts(self) -> dict[Step, int | None]:
        return {
            Step.PASSED: self.passed,
            Step.ELIGIBLE: self.eligible,
            Step.ASKED: self.asked,
            Step.SENT: self.sent,
            Step.OPENED: self.opened,
            Step.ANSWERED: self.answered,
        }

    @property
    def largest(self) -> int:
        return max(n or 0 for n in self.counts.values())


class JourneyFunnel(Struct, frozen=True, kw_only=True):
    """The funnels of a journey over the days `since` to `until`, both included, touchpoints in journey order."""

    journey: str
    name: str
    since: date
    until: date
    k: int  # fewer contacts than this are not counted out as having answered or clicked
    touchpoints: tuple[Funnel, ...]
