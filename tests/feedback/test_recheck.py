"""An invitation is looked at once more before it leaves: what was planned well may have become too much."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from core.database import fetch, transaction
from feedback.deciding.policy import Budget, Draw, Policy
from feedback.deciding.reasons import Reason
from feedback.deciding.recheck import Postponed, recheck
from feedback.tables import InvitationState
from surveys.trigger_rule import Weekday
from tests.factories import UNLIMITED, Hands, make_journey, set_policy
from tests.feedback.passing import FIRST_COME, FOUR, change_rules, happened, post
from tests.people import People

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
async def journey(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now, FOUR)


async def claimed(hands: Hands, invitations: Sequence[int] | None = None) -> list[Postponed | None]:
    """What the recheck says of these, or of all that are due, in the order of their ids."""
    async with transaction():
        rows = await fetch("SELECT id FROM invitation WHERE state = 'due' ORDER BY id FOR UPDATE")
        found = await recheck(invitations or [row["id"] for row in rows], hands.now)
    return [found[number] for number in sorted(found)]


async def put_off(people: People, hands: Hands, policy: Policy) -> list[int]:
    """Two mails to one contact that are due by now, whatever the policy would have said to them."""
    await set_policy(people.acme, UNLIMITED)
    account = {"account": {"id": "globex"}}
    await post(people, hands, happened(who=account), happened(event="first.done", who=account))
    await set_policy(people.acme, policy)
    hands.move(hours=3)
    return [row["id"] for row in await fetch("SELECT id FROM invitation ORDER BY id")]


@pytest.mark.parametrize(
    ("policy", "reason", "days"),
    [
        (Policy(contact_budget=None, account_budget=None), Reason.COOL_DOWN, 7),
        (Policy(contact_budget=None, account_budget=None, overall_days=0, survey_days=3), Reason.SURVEY_COOL_DOWN, 3),
        (Policy(draw=Draw.FIRST_COME, overall_days=0, contact_budget=Budget(1, 5)), Reason.CONTACT_BUDGET, 5),
        (
            Policy(draw=Draw.FIRST_COME, overall_days=0, contact_budget=None, account_budget=Budget(1, 6)),
            Reason.ACCOUNT_BUDGET,
            6,
        ),
    ],
)
@pytest.mark.parametrize("other", ["in this claim", "sent", "leased"])
async def test_a_mail_waits_for_what_left_before_it(
    people: People, hands: Hands, policy: Policy, reason: Reason, days: int, other: str
) -> None:
    first, second = await put_off(people, hands, policy)
    if other == "sent":
        await fetch("UPDATE invitation SET state = 'sent', sent_at = $1 WHERE id = $2", hands.now, first)
    if other == "leased":
        await fetch("UPDATE invitation SET leased_until = $1 WHERE id = $2", hands.now + DAY / 24, first)
    found = await claimed(hands, [first, second] if other == "in this claim" else [second])
    assert found[-1] == Postponed(InvitationState.DUE, f"waits: {reason}", hands.now + days * DAY)


async def test_a_lease_that_is_over_and_a_mail_that_was_cancelled_count_no_more(people: People, hands: Hands) -> None:
    first, second = await put_off(people, hands, Policy(contact_budget=None, account_budget=None))
    await fetch("UPDATE invitation SET leased_until = $1 WHERE id = $2", hands.now, first)
    assert await claimed(hands, [second]) == [None]


async def test_a_lottery_postpones_to_the_next_period(people: People, hands: Hands) -> None:
    first, second = await put_off(people, hands, Policy(contact_budget=Budget(1, 30), overall_days=0))
    found = await claimed(hands, [first, second])
    next_period = datetime(2026, 3, 8, tzinfo=UTC)
    assert found == [None, Postponed(InvitationState.DUE, "waits: contact_budget", next_period)]


async def test_what_can_not_leave_before_its_time_is_over_is_missed(people: People, hands: Hands) -> None:
    first, second = await put_off(people, hands, Policy(draw=Draw.FIRST_COME, overall_days=15))
    found = await claimed(hands, [first, second])
    assert found == [None, Postponed(InvitationState.MISSED, "missed: cool_down")]


async def test_a_mail_that_comes_late_waits_for_its_window_and_for_quiet_days(people: People, hands: Hands) -> None:
    [first, _] = await put_off(people, hands, replace(FIRST_COME, quiet_weekdays=(Weekday.TUE,)))
    assert await claimed(hands, [first]) == [None]
    await change_rules(window='{"start": "09:00:00", "end": "10:00:00"}')
    morning = datetime(2026, 3, 4, 9, tzinfo=UTC)  # Tuesday is quiet
    assert await claimed(hands, [first]) == [Postponed(InvitationState.DUE, "waits: send_window", morning)]
    hands.now = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
    assert await claimed(hands, [first]) == [Postponed(InvitationState.DUE, "waits: quiet_day", morning)]
    await set_policy(people.acme, replace(FIRST_COME, quiet_weekdays=tuple(Weekday)))
    assert await claimed(hands, [first]) == [Postponed(InvitationState.MISSED, "missed: send_window")]


async def test_consent_that_was_withdrawn_cancels(people: People, hands: Hands) -> None:
    [first, _] = await put_off(people, hands, replace(FIRST_COME, needs_consent=True))
    assert await claimed(hands, [first]) == [Postponed(InvitationState.CANCELLED, "there is no consent")]
    await fetch("UPDATE contact SET consent = 'withdrawn'")
    assert await claimed(hands, [first]) == [Postponed(InvitationState.CANCELLED, "consent was withdrawn")]


async def test_nothing_to_look_at_is_nothing(people: People, hands: Hands) -> None:
    assert await recheck([], hands.now) == {}
