"""The contact policy: cool-downs and budgets hold whatever comes, in whatever order it comes."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from feedback.deciding.lottery import period_start
from feedback.deciding.policy import Budget, CoolDownGroup, Draw, Policy
from feedback.deciding.policy_check import Asked, Group, Refusal, first_refusal, groups_of, refusal_of_sending
from feedback.deciding.reasons import Reason
from tests.feedback.deciding_cases import DAY, NOW

FREE = Policy(draw=Draw.FIRST_COME, contact_budget=None, account_budget=None, touchpoint_days=0, overall_days=0)
HOUR = timedelta(hours=1)

budgets = st.builds(Budget, st.integers(1, 4), st.integers(1, 40))
# Minutes, because hours of the day decide in which period something falls; many alike, because programs repeat.
times = st.one_of(
    st.integers(-100, 100).map(lambda days: NOW + days * DAY), st.timedeltas(-90 * DAY, 90 * DAY).map(NOW.__add__)
)
candidates = st.builds(Asked, times, times, st.integers(1, 3), st.integers(1, 3), st.booleans())


def asked(
    at: float = 0, occurred: float = 0, touchpoint: int = 1, survey: int = 1, is_follow_up: bool = False
) -> Asked:
    """Days after now."""
    return Asked(NOW + at * DAY, NOW + occurred * DAY, touchpoint, survey, is_follow_up)


def refused(
    policy: Policy, one: Asked, *others: Asked, account: Sequence[datetime] = (), groups: Sequence[Group] = ()
) -> Reason | None:
    found = first_refusal(policy, groups, one, others, account)
    return found.reason if found else None


def most_in_any_window(moments: Sequence[datetime], days: int) -> int:
    """Windows begin with an invitation and are half-open: whoever was asked a day count ago may be asked again."""
    return max((sum(start <= other < start + days * DAY for other in moments) for start in moments), default=0)


def most_in_any_period(moments: Sequence[datetime], days: int) -> int:
    return max(Counter(period_start(moment, days) for moment in moments).values(), default=0)


MOST = {Draw.FIRST_COME: most_in_any_window, Draw.LOTTERY: most_in_any_period}


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(Draw), budgets, st.lists(candidates, max_size=40), st.data())
def test_no_history_of_events_leads_to_more_than_the_contact_budget(
    draw: Draw, budget: Budget, events: list[Asked], data: st.DataObject
) -> None:
    """Late ones, future ones, duplicates, follow-ups, in any order."""
    policy = Policy(draw=draw, contact_budget=budget, account_budget=None, touchpoint_days=0, overall_days=0)
    invited: list[Asked] = []
    for one in data.draw(st.permutations(events)):
        if first_refusal(policy, (), one, data.draw(st.permutations(invited)), ()) is None:
            invited.append(one)
    assert MOST[draw]([one.at for one in invited], budget.days) <= budget.invitations


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(Draw), budgets, st.lists(st.tuples(st.integers(1, 4), candidates), max_size=40))
def test_no_history_of_events_leads_to_more_than_the_account_budget(
    draw: Draw, budget: Budget, events: list[tuple[int, Asked]]
) -> None:
    policy = Policy(draw=draw, contact_budget=None, account_budget=budget, touchpoint_days=0, overall_days=0)
    of_account: list[datetime] = []
    for _, one in events:
        if first_refusal(policy, (), one, (), of_account) is None:
            of_account.append(one.at)
    assert MOST[draw](of_account, budget.days) <= budget.invitations


@settings(max_examples=300, deadline=None)
@given(st.builds(Policy, draw=st.sampled_from(Draw), contact_budget=budgets), st.lists(candidates, max_size=25))
def test_any_two_that_were_asked_keep_every_cool_down(policy: Policy, events: list[Asked]) -> None:
    """Follow-ups apart."""
    invited: list[Asked] = []
    for one in events:
        if first_refusal(policy, (), one, invited, ()) is None:
            invited.append(one)
    for first in invited:
        for second in invited:
            if first is not second and not (first.is_follow_up or second.is_follow_up):
                assert abs(first.at - second.at) >= timedelta(days=policy.overall_days)
                if first.touchpoint == second.touchpoint:
                    assert abs(first.occurred_at - second.occurred_at) >= timedelta(days=policy.touchpoint_days)


@settings(max_examples=300, deadline=None)
@given(st.builds(Policy, draw=st.sampled_from(Draw), contact_budget=budgets), candidates, st.lists(candidates))
def test_when_it_is_free_lies_ahead(policy: Policy, one: Asked, others: list[Asked]) -> None:
    """So that whoever looks for the next possible moment comes to an end."""
    found = refusal_of_sending(policy, (), one, others, [other.at for other in others])
    assert found is None or found.free_at > one.at


def test_a_refusal_carries_the_figures_it_saw() -> None:
    policy = Policy(draw=Draw.FIRST_COME, contact_budget=Budget(2, 30), account_budget=None, overall_days=0)
    found = first_refusal(policy, (), asked(10, 10, 3), [asked(0, 0, 1), asked(5, 5, 2)], ())
    assert found == Refusal(
        Reason.CONTACT_BUDGET,
        {"asked": "2", "limit": "2", "days": "30", "asked_at": NOW.isoformat()},
        NOW + 30 * DAY,
    )
    found = first_refusal(Policy(contact_budget=Budget(1, 30), overall_days=0), (), asked(0, 0, 3), [asked(1, 1)], ())
    assert found is not None
    assert found.facts == {"asked": "1", "limit": "1", "days": "30", "period": "2026-02-06"}
    assert found.free_at.isoformat() == "2026-03-08T00:00:00+00:00"


@pytest.mark.parametrize("days", [-29, 29])
def test_two_experiences_at_a_touchpoint_are_compared_by_when_they_happened(days: int) -> None:
    """An event that comes late is as near to what was asked about as one that comes on time."""
    policy = Policy(draw=Draw.FIRST_COME, contact_budget=None, overall_days=0)
    assert refused(policy, asked(60, days), asked(0, 0)) is Reason.ASKED_HERE_RECENTLY
    assert refused(policy, asked(60, days + days // 29), asked(0, 0)) is None
    assert refused(policy, asked(60, days), asked(0, 0, touchpoint=2)) is None


def test_nobody_is_asked_twice_about_one_experience() -> None:
    assert refused(FREE, asked(40, 0, survey=2), asked(0, 0)) is Reason.ASKED_HERE_RECENTLY
    assert refused(FREE, asked(40, 0.5, survey=2), asked(0, 0)) is None


@pytest.mark.parametrize("later", [-6.9, 6.9])
def test_seven_days_lie_between_any_two(later: float) -> None:
    policy = Policy(draw=Draw.FIRST_COME, contact_budget=None)
    assert refused(policy, asked(later, 0, touchpoint=2, survey=2), asked(0, 0)) is Reason.COOL_DOWN
    further = 7 if later > 0 else -7
    assert refused(policy, asked(further, 0, touchpoint=2, survey=2), asked(0, 0)) is None


def test_a_survey_and_a_group_cool_down_each_for_itself() -> None:
    policy = Policy(
        draw=Draw.FIRST_COME,
        contact_budget=None,
        overall_days=0,
        survey_days=20,
        groups=(CoolDownGroup("Service", ("buying/call", "buying/chat", "gone/for-good"), 10),),
    )
    groups = groups_of(policy, {"buying/call": (1,), "buying/chat": (2,), "call": (1,)})
    assert groups == (Group("Service", frozenset({1, 2}), 10),)
    assert refused(policy, asked(19, 40, 3, 1), asked(0, 0, 1, 1), groups=groups) is Reason.SURVEY_COOL_DOWN
    assert refused(policy, asked(9, 40, 2, 2), asked(0, 0, 1, 1), groups=groups) is Reason.GROUP_COOL_DOWN
    assert refused(policy, asked(9, 40, 3, 2), asked(0, 0, 1, 1), groups=groups) is None
    assert refused(policy, asked(10, 40, 2, 2), asked(0, 0, 1, 1), groups=groups) is None


def test_a_follow_up_skips_cool_downs_but_no_budget() -> None:
    follow_up = asked(1, 0, is_follow_up=True)
    cooling = Policy(draw=Draw.FIRST_COME, contact_budget=None, survey_days=30)
    assert refused(cooling, follow_up, asked(0, 0)) is None
    assert refused(Policy(contact_budget=Budget(1, 30)), follow_up, asked(0, 0)) is Reason.CONTACT_BUDGET
    full = Policy(contact_budget=None, account_budget=Budget(1, 30))
    assert refused(full, follow_up, asked(0, 0), account=[NOW]) is Reason.ACCOUNT_BUDGET


def test_what_follows_an_answer_is_no_experience_of_its_own_but_an_invitation_like_others() -> None:
    follow_up = asked(0, 0, is_follow_up=True)
    assert refused(FREE, asked(0.5, 0), follow_up) is None
    assert refused(Policy(contact_budget=None), asked(0.5, 0), follow_up) is Reason.COOL_DOWN


def test_a_lottery_counts_by_the_period_and_first_come_by_any_stretch_of_days() -> None:
    """8 March begins a period of thirty days: two days apart, an invitation lies on each side."""
    before, after = asked(5, 5), asked(7, 7, touchpoint=2)
    once = Policy(contact_budget=Budget(1, 30), overall_days=0)
    assert refused(once, after, before) is None
    assert refused(replace(once, draw=Draw.FIRST_COME), after, before) is Reason.CONTACT_BUDGET
