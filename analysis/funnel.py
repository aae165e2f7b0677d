"""What a funnel holds: how many events passed a touchpoint, and how many were left at each step to an answer."""

from datetime import date
from enum import StrEnum

from msgspec import Struct


class Step(StrEnum):
    """The steps in their order; each is counted in events at the touchpoint."""

    PASSED = "passed"
    ELIGIBLE = "eligible"
    ASKED = "asked"  # now or later: those that still wait for their moment too
    SENT = "sent"
    DELIVERED = "delivered"  # sent, and it has not come back
    OPENED = "opened"
    ANSWERED = "answered"


class Group(StrEnum):
    """What stood against asking, in the order in which it is tried."""

    COULD_NOT = "could_not"  # nobody could have asked them: these are not eligible
    POLICY = "policy"
    NOT_DRAWN = "not_drawn"


class NotAsked(Struct, frozen=True):
    """For one reason, in the words of the ledger."""

    reason: str
    n: int
    group: Group


class Funnel(Struct, frozen=True, kw_only=True):
    """One touchpoint over the period.

    Apart stand those whose provider `confirmed` that the invitation arrived, who are asked and still `waiting` for a
    later moment, and whose invitation is `held` while sending is paused.
    Who did not answer may have opened a score of the mail: `provisional` while a person may have done it, `rejected`
    where only scanners did. These two and `answered` are None where so few did that their number isn't shown.
    """

    key: str
    name: str
    passed: int
    eligible: int
    asked: int
    sent: int
    delivered: int
    opened: int
    answered: int | None
    confirmed: int = 0
    waiting: int = 0
    held: int = 0
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
            Step.DELIVERED: self.delivered,
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
