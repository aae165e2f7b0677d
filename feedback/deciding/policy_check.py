"""What the contact policy says to one more invitation: cool-downs and budgets, tried one after the other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from feedback.deciding.lottery import period_end, period_start
from feedback.deciding.policy import Budget, Draw, Policy
from feedback.deciding.reasons import Reason


class Asked(Struct, frozen=True):
    """An invitation, made or in question: when it was or will be sent, and when the experience happened."""

    at: datetime
    occurred_at: datetime
    touchpoint: int
    survey: int
    is_follow_up: bool = False


class Group(Struct, frozen=True):
    """Touchpoints of which one asks nobody within `days` of another."""

    name: str
    touchpoints: frozenset[int]
    days: int


class Refusal(Struct, frozen=True):
    """The rule that stands against an invitation, with the figures it saw; `free_at` is when it first might not."""

    reason: Reason
    facts: dict[str, str]
    free_at: datetime


def groups_of(policy: Policy, touchpoints: Mapping[str, Iterable[int]]) -> tuple[Group, ...]:
    """The policy's groups with ids; `touchpoints` holds the ids that a name, as `journey/touchpoint`, means."""
    return tuple(
        Group(
            group.name,
            frozenset(number for name in group.touchpoints for number in touchpoints.get(name, ())),
            group.days,
        )
        for group in policy.groups
    )


def first_refusal(
    policy: Policy, groups: Sequence[Group], asked: Asked, contact: Sequence[Asked], account: Sequence[datetime]
) -> Refusal | None:
    """The first rule that refuses `asked`; None where all let it pass.

    `contact` are the other invitations of its contact, in any order, later ones too; `account` the moments of those of
    its account, the contact's own among them. A follow-up belongs to a conversation that is under way: no cool-down
    holds it up, but it spends budgets like any other.
    """
    if not asked.is_follow_up:
        same_experience = _asked_here(policy.touchpoint_days, asked, contact)
        if same_experience is not None:
            return same_experience
    return refusal_of_sending(policy, groups, asked, contact, account)


def refusal_of_sending(
    policy: Policy, groups: Sequence[Group], asked: Asked, contact: Sequence[Asked], account: Sequence[datetime]
) -> Refusal | None:
    """As `first_refusal`, by the rules alone that go by when something is sent."""
    if not asked.is_follow_up:
        cooling = next(_cool_downs(policy, groups, asked, contact), None)
        if cooling is not None:
            return cooling
    of_contact = [other.at for other in contact]
    return _over_budget(Reason.CONTACT_BUDGET, policy.contact_budget, policy.draw, asked.at, of_contact) or (
        _over_budget(Reason.ACCOUNT_BUDGET, policy.account_budget, policy.draw, asked.at, account)
    )


def _asked_here(days: int, asked: Asked, contact: Iterable[Asked]) -> Refusal | None:
    """Experiences at one touchpoint are told apart by when they happened, not by when somebody is asked about them."""
    here = [other.occurred_at for other in contact if other.touchpoint == asked.touchpoint and not other.is_follow_up]
    nearest = min(here, key=lambda moment: abs(moment - asked.occurred_at), default=None)
    if nearest is None:
        return None
    distance = abs(nearest - asked.occurred_at)
    if distance and distance >= timedelta(days=days):  # nobody is asked twice about one experience, in 0 days neither
        return None
    facts = {"asked_about": nearest.isoformat(), "days": str(days)}
    return Refusal(Reason.ASKED_HERE_RECENTLY, facts, nearest + timedelta(days=days))


def _cool_downs(
    policy: Policy, groups: Sequence[Group], asked: Asked, contact: Sequence[Asked]
) -> Iterator[Refusal | None]:
    """The refusals, the survey's first."""
    same_survey = [other.at for other in contact if other.survey == asked.survey]
    yield from _cool_down(Reason.SURVEY_COOL_DOWN, policy.survey_days, asked.at, same_survey)
    for group in groups:
        if asked.touchpoint in group.touchpoints:
            in_group = [other.at for other in contact if other.touchpoint in group.touchpoints]
            yield from _cool_down(Reason.GROUP_COOL_DOWN, group.days, asked.at, in_group, group=group.name)
    yield from _cool_down(Reason.COOL_DOWN, policy.overall_days, asked.at, [other.at for other in contact])


def _cool_down(reason: Reason, days: int, at: datetime, others: Sequence[datetime], **facts: str) -> Iterator[Refusal]:
    """An invitation too near, before or after: events arrive late, and what is planned already was there first."""
    near = [other for other in others if abs(at - other) < timedelta(days=days)]
    if near:
        nearest = min(near, key=lambda other: abs(at - other))
        facts = {**facts, "asked_at": nearest.isoformat(), "days": str(days)}
        yield Refusal(reason, facts, max(near) + timedelta(days=days))


def _over_budget(
    reason: Reason, budget: Budget | None, draw: Draw, at: datetime, others: Iterable[datetime]
) -> Refusal | None:
    if budget is None:
        return None
    if draw is Draw.LOTTERY:
        return _over_in_period(reason, budget, at, others)
    return _over_in_any_window(reason, budget, at, others)


def _over_in_period(reason: Reason, budget: Budget, at: datetime, others: Iterable[datetime]) -> Refusal | None:
    period = period_start(at, budget.days)
    asked = sum(period_start(other, budget.days) == period for other in others)
    if asked < budget.invitations:
        return None
    return Refusal(reason, {**_figures(budget, asked), "period": str(period)}, period_end(at, budget.days))


def _over_in_any_window(reason: Reason, budget: Budget, at: datetime, others: Iterable[datetime]) -> Refusal | None:
    """Of all stretches of the budget's days that hold `at`, whether one would hold more than the budget."""
    days = timedelta(days=budget.days)
    moments = sorted(other for other in others if abs(other - at) < days)
    for start in range(len(moments) - budget.invitations + 1):
        full = moments[start : start + budget.invitations]
        if max(at, full[-1]) - min(at, full[0]) < days:
            facts = {**_figures(budget, len(full)), "asked_at": full[0].astimezone(UTC).isoformat()}
            return Refusal(reason, facts, full[0] + days)
    return None


def _figures(budget: Budget, asked: int) -> dict[str, str]:
    return {"asked": str(asked), "limit": str(budget.invitations), "days": str(budget.days)}
