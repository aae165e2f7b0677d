"""A dry run says what then really happens when the same events come, and leaves nothing behind."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from core.database import fetch
from feedback.deciding.dry_run import DryRun
from feedback.deciding.follow_up import follow_up
from feedback.deciding.load_dry_run import MOST_EVENTS, try_trigger
from feedback.deciding.policy import Budget, Draw, Policy
from feedback.intake.take_events import take_events
from surveys.ask_file import AskFile
from surveys.definition import Condition
from surveys.triggers import Place, list_places, list_triggers, save_trigger, stop_trigger
from tests.factories import UNLIMITED, Hands, make_journey, set_policy
from tests.feedback.test_follow_up import FOLLOWED, happened, respond
from tests.people import People

TABLES = ("event", "contact", "decision", "invitation", "lottery_odds", "trigger", "journey")
ASK = AskFile("after-delivery", timedelta(hours=2), timedelta(days=14), event="order.delivered")
FIRST_COME = Policy(draw=Draw.FIRST_COME, contact_budget=Budget(1, 30), overall_days=7)
PRO = Condition(attribute="event.plan", one_of=("pro",))


@pytest.fixture
async def workspace(people: People, hands: Hands) -> int:
    await make_journey(people.acme, hands.now, FOLLOWED)
    return people.acme


async def place(workspace: int, key: str = "buying/shop") -> Place:
    return next(one for one in await list_places(workspace) if one.key == key)


async def everything() -> dict[str, Any]:
    return {table: await fetch(f"SELECT * FROM {table} ORDER BY id") for table in TABLES}


def purchases(start: datetime) -> list[tuple[datetime, str, dict[str, Any]]]:
    """Ten contacts, each of whom buys every eleven days or so, on one plan or the other."""
    return sorted(
        (start + timedelta(days=11 * turn + number, hours=number), f"c{number}", {"plan": ("pro", "free")[turn % 2]})
        for turn in range(6)
        for number in range(10)
    )


@pytest.mark.parametrize(
    "policy", [UNLIMITED, FIRST_COME, Policy(), replace(FIRST_COME, quiet_weekdays=("mon", "tue"))]
)
@pytest.mark.parametrize("ask", [ASK, replace(ASK, when=(PRO,)), replace(ASK, wait=timedelta(days=5))])
async def test_what_is_tried_is_what_then_happens(policy: Policy, ask: AskFile, workspace: int, hands: Hands) -> None:
    await set_policy(workspace, policy)
    (own, _) = await list_triggers(workspace)
    await stop_trigger(workspace, own.id, hands.now)  # nobody listens yet
    bought = purchases(hands.now)
    for at, contact, properties in bought:
        await take_events(workspace, [happened(contact, at, f"{contact}-{at}", **properties)], at)
    ask = replace(ask, event="")
    before = await everything()
    tried = await try_trigger(workspace, await place(workspace, "buying/delivery"), ask, own.id, bought[-1][0])
    assert await everything() == before
    await save_trigger(workspace, "buying/delivery", ask, None, hands.now)
    await fetch("DELETE FROM event")
    for at, contact, properties in bought:
        await fetch(_SEND, at)
        await take_events(workspace, [happened(contact, at, f"{contact}-{at}", **properties)], at)
    real = await fetch("SELECT outcome, reason, count(*) AS n FROM decision GROUP BY 1, 2")
    if policy.draw is Draw.FIRST_COME:
        assert {(one.outcome, one.reason): one.n for one in tried.reasons} == {
            (row["outcome"], row["reason"]): row["n"] for row in real
        }
    assert tried.n == tried.total == sum(row["n"] for row in real) == 60
    assert sum(week.asked for week in tried.weeks) == tried.asked > 0


async def test_what_other_triggers_really_asked_counts_from_then_on(workspace: int, hands: Hands) -> None:
    await set_policy(workspace, FIRST_COME)
    for days in (0, 40):
        at = hands.now + timedelta(days=days)
        await take_events(workspace, [happened("kim", at)], at)
        await fetch(_SEND, at + timedelta(days=1))
    now = hands.now + timedelta(days=41)
    tried = await try_trigger(workspace, await place(workspace), ASK, None, now)
    assert [(one.outcome, one.reason, one.n) for one in tried.reasons] == [("refused", "cool_down", 2)]
    (own, _) = await list_triggers(workspace)
    tried = await try_trigger(workspace, await place(workspace, "buying/delivery"), own.ask, own.id, now)
    assert (tried.asked, tried.n) == (2, 2)  # what the trigger itself asked is what is tried anew


async def test_twenty_lines_show_the_whole_time(workspace: int, hands: Hands) -> None:
    await set_policy(workspace, UNLIMITED)
    for at, contact, properties in purchases(hands.now - timedelta(days=80)):
        await take_events(workspace, [happened(contact, at, f"{contact}-{at}", **properties)], hands.now)
    tried = await try_trigger(workspace, await place(workspace), ASK, None, hands.now)
    assert len(tried.lines) == 20
    assert [line.at for line in tried.lines] == sorted(line.at for line in tried.lines)
    assert tried.lines[-1].at - tried.lines[0].at > timedelta(days=50)
    assert len(tried.weeks) >= 8


async def test_only_the_latest_are_looked_at_and_that_is_said(
    workspace: int, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedback.deciding.load_dry_run.MOST_EVENTS", 10)
    assert MOST_EVENTS == 5_000
    await set_policy(workspace, UNLIMITED)
    for days in range(100):
        at = hands.now - timedelta(days=days)
        await take_events(workspace, [happened(f"c{days}", at)], hands.now)
    tried = await try_trigger(workspace, await place(workspace), ASK, None, hands.now)
    assert (tried.n, tried.total) == (10, 90)
    assert {line.contact for line in tried.lines} == {f"c{days}" for days in range(10)}


async def test_the_page_is_taken_to_be_open_for_the_widget(workspace: int, hands: Hands) -> None:
    await set_policy(workspace, UNLIMITED)
    await take_events(workspace, [happened("kim", hands.now)], hands.now)
    widget = msgspec.convert({"survey": "why", "wait": "PT0S", "expires": "P1D", "channel": "widget"}, AskFile)
    widget = replace(widget, event="order.delivered")
    assert (await try_trigger(workspace, await place(workspace), widget, None, hands.now)).asked == 1


async def test_a_schedule_says_how_many_a_round_would_ask(workspace: int, hands: Hands) -> None:
    await set_policy(workspace, UNLIMITED)
    for number in range(5):
        await take_events(workspace, [happened(f"c{number}", hands.now)], hands.now)
    await fetch("UPDATE contact SET email = NULL WHERE external_id = 'c3'")
    ask = replace(ASK, event="", every=timedelta(days=90))
    tried: DryRun = await try_trigger(workspace, await place(workspace), ask, None, hands.now)
    assert (tried.asked, tried.n) == (4, 5)


async def test_a_follow_up_is_tried_on_answers_that_nobody_listened_to(workspace: int, hands: Hands) -> None:
    await set_policy(workspace, UNLIMITED)
    for number, felt in enumerate((1, 2, 3, 5)):
        await respond(workspace, hands.now, f"c{number}", felt)
    await respond(workspace, hands.now, "visit:x")
    (_, followed) = await list_triggers(workspace)
    tried = await try_trigger(workspace, await place(workspace, "buying/delivery"), followed.ask, None, hands.now)
    assert (tried.asked, tried.n) == (2, 4)
    await follow_up(hands.now)
    asked = await fetch("SELECT count(*) AS n FROM invitation")
    assert asked[0]["n"] == 2


# What a worker would have sent by then.
_SEND = "UPDATE invitation SET state = 'sent', sent_at = due_at WHERE state = 'due' AND due_at <= $1"
