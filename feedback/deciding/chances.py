"""What is left to chance about an invitation: the sample, the lottery, an account's thinning, a split of surveys."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import prod

from msgspec import Struct

from feedback.deciding.lottery import (
    account_draw_of,
    account_share,
    asked_by_lot,
    draw_of,
    is_drawn_for_account,
    sample_draw_of,
    split_draw_of,
)
from feedback.deciding.policy import Policy
from feedback.deciding.reasons import Reason
from surveys.journeys import LatestSurvey, TriggerView


class Chance(Struct, frozen=True):
    """One draw: how likely it was to be won, whether it was, and the reason and figures where it was lost."""

    reason: Reason
    probability: float
    is_won: bool
    facts: dict[str, str]


def probability_of(chances: Sequence[Chance]) -> float:
    """Of being asked, by all draws; 1 where nothing is drawn."""
    return prod(chance.probability for chance in chances)


def sample_chance(trigger: TriggerView, event_key: str) -> Chance:
    """Whether the event is in the share that the trigger takes."""
    share, draw = trigger.rule.share, sample_draw_of(trigger.id, event_key)
    return Chance(Reason.NOT_SAMPLED, share, draw < share, {"share": _figure(share), "draw": _figure(draw)})


def lottery_chance(workspace: int, contact: int, touchpoint: int, period: date, odds: Mapping[int, float]) -> Chance:
    """Whether the contact's number for the period is the touchpoint's; `odds` lie in order along the line."""
    draw, probability = draw_of(workspace, contact, period), odds.get(touchpoint, 0.0)
    facts = {"probability": _figure(probability), "draw": _figure(draw), "period": str(period)}
    return Chance(Reason.NOT_DRAWN, probability, touchpoint in asked_by_lot(odds, draw), facts)


def account_chance(
    workspace: int, account: str, place: int, contacts: int, period: date, policy: Policy
) -> Chance | None:
    """Whether the contact is one of those whom the account's budget bears; None where there is budget for all.

    `place` is the contact's among the `contacts` of its account, from 0.
    """
    if policy.account_budget is None or policy.contact_budget is None or not contacts:
        return None
    of_account = policy.account_budget.invitations / policy.account_budget.days
    share = account_share(of_account, contacts, policy.contact_budget.invitations / policy.contact_budget.days)
    draw = account_draw_of(workspace, account, period)
    facts = {"account_share": _figure(share), "account_draw": _figure(draw), "contacts": str(contacts)}
    is_won = is_drawn_for_account(share, place, draw)
    return Chance(Reason.NOT_DRAWN, share, is_won, facts) if share < 1 else None


def survey_for(trigger: TriggerView, persona: str | None, contact: int) -> LatestSurvey:
    """The first survey that the rule names for this persona and this contact's number, or the trigger's own.

    Shares lie end to end, so each is one of all contacts that it is meant for, not of those whom the others left.
    """
    draw, end = split_draw_of(trigger.id, contact), 0.0
    for instead in trigger.rule.instead:
        found = trigger.instead.get(instead.survey)
        if found is None or (instead.personas and persona not in instead.personas):
            continue
        end += instead.share
        if draw < end:
            return found
    return LatestSurvey(trigger.survey, trigger.survey_version)


def _figure(number: float) -> str:
    return f"{number:.6g}"
