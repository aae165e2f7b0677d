"""A contact policy in plain sentences, for whoever has to answer for it."""

from collections.abc import Iterator

from core.templating import listed
from feedback.deciding.policy import Budget, Draw, Policy
from surveys.trigger_rule import Weekday

WEEKDAY_NAMES = {
    Weekday.MON: "Monday",
    Weekday.TUE: "Tuesday",
    Weekday.WED: "Wednesday",
    Weekday.THU: "Thursday",
    Weekday.FRI: "Friday",
    Weekday.SAT: "Saturday",
    Weekday.SUN: "Sunday",
}


def policy_sentences(policy: Policy) -> tuple[str, ...]:
    """What holds, the widest rule first."""
    return tuple(_sentences(policy))


def _sentences(policy: Policy) -> Iterator[str]:
    if policy.contact_budget is None:
        yield "There is no limit to how many surveys one person gets."
    else:
        yield f"Nobody gets more than {_spent(policy.contact_budget, policy.draw)}."
    if policy.account_budget is not None:
        yield f"All people of one company together get no more than {_spent(policy.account_budget, policy.draw)}."
    yield (
        "Who is asked where is drawn by lot, with odds that are written down."
        if policy.draw is Draw.LOTTERY and policy.contact_budget is not None
        else "Whoever may be asked is asked at once: first come, first served."
    )
    yield from _cool_downs(policy)
    yield from _quiet(policy)
    yield (
        "Only who has agreed is asked."
        if policy.needs_consent
        else "Everybody may be asked but those who have taken back their consent."
    )
    yield "Whoever unsubscribes, complains or is on the list of addresses never written to gets nothing at all."


def _cool_downs(policy: Policy) -> Iterator[str]:
    if policy.overall_days:
        yield f"Between any two surveys to a person lie at least {_days(policy.overall_days)}."
    if policy.touchpoint_days:
        days = _days(policy.touchpoint_days)
        yield f"Of experiences at one touchpoint within {days} of each other a person is asked about one."
    if policy.survey_days:
        yield f"Nobody gets the same survey twice within {_days(policy.survey_days)}."
    for group in policy.groups:
        yield f"{group.name}: of {len(group.touchpoints)} touchpoints one asks a person within {_days(group.days)}."


def _quiet(policy: Policy) -> Iterator[str]:
    if policy.quiet_weekdays:
        names = [f"{WEEKDAY_NAMES[day]}s" for day in policy.quiet_weekdays]
        yield f"Nothing leaves on {listed(names)}."
    if policy.quiet_dates:
        spans = [_span(f"{dates.first:%-d %b %Y}", f"{dates.last:%-d %b %Y}") for dates in policy.quiet_dates]
        yield f"Nothing leaves on these days: {listed(spans)}."


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first} to {last}"


def _spent(budget: Budget, draw: Draw) -> str:
    surveys = f"{budget.invitations:,} survey{'' if budget.invitations == 1 else 's'}"
    # A lottery spends a budget in fixed blocks of days; first come, in any stretch of so many (policy_check.py).
    return f"{surveys} in {'a period of ' if draw is Draw.LOTTERY else 'any '}{_days(budget.days)}"


def _days(days: int) -> str:
    return f"{days:,} day{'' if days == 1 else 's'}"
