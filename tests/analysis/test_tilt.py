"""The tilt of the lottery: worked out once a day, for those who have a lottery, from the report."""

from datetime import date, timedelta

import pytest

from accounts.membership import create_workspace
from analysis.tilt import tilt_lottery
from core.database import fetch
from feedback.deciding.load_policy import save_policy
from feedback.deciding.policy import Draw, Policy
from tests.analysis.answers import ASKED_AT_BOTH, contacts_of, felt, score
from tests.factories import Hands, make_journey

DAY = date(2026, 2, 20)


@pytest.fixture
async def acme(database: None, hands: Hands) -> int:
    workspace = await create_workspace("acme", "Acme", hands.now)
    await make_journey(workspace, hands.now, ASKED_AT_BOTH)
    return workspace


async def worths() -> dict[str, float]:
    rows = await fetch("SELECT t.key, w.worth FROM touchpoint_worth w JOIN touchpoint t ON t.id = w.touchpoint")
    return {row["key"]: row["worth"] for row in rows}


async def passed(workspace: int, contact: int, name: str, hands: Hands) -> None:
    await fetch(
        "INSERT INTO event (workspace, key, name, contact, occurred_at, received_at, properties) "
        "VALUES ($1, $3 || $2::bigint, $3, $2, $4, $4, '{}')",
        workspace,
        contact,
        name,
        hands.now - timedelta(days=5),
    )


async def test_every_touchpoint_that_asks_gets_its_worth_once_a_day(acme: int, hands: Hands) -> None:
    assert await tilt_lottery(hands.now) == 2
    assert set(await worths()) == {"shop", "delivery"}
    hands.move(hours=23)
    assert await tilt_lottery(hands.now) == 0
    hands.move(hours=1)
    assert await tilt_lottery(hands.now) == 2
    assert await tilt_lottery(hands.now) == 0


async def test_an_answer_is_worth_more_where_more_people_pass_and_fewer_have_answered(acme: int, hands: Hands) -> None:
    contacts = await contacts_of(acme, 60)
    for contact in contacts:
        await passed(acme, contact, "order.delivered", hands)
        await passed(acme, contact, "shop.visited", hands)
    await felt(acme, contacts[:50], [1, 3, 5, 4, 2] * 10, DAY)
    await score(hands)
    await tilt_lottery(hands.now)
    found = await worths()
    assert found["shop"] > found["delivery"] > 0


async def test_a_touchpoint_that_nobody_passes_is_worth_nothing(acme: int, hands: Hands) -> None:
    await passed(acme, (await contacts_of(acme, 1))[0], "shop.visited", hands)
    await tilt_lottery(hands.now)
    found = await worths()
    assert found["delivery"] == 0
    assert found["shop"] > 0


@pytest.mark.parametrize("policy", [Policy(draw=Draw.FIRST_COME), Policy(contact_budget=None)])
async def test_without_a_lottery_nothing_is_worked_out(acme: int, hands: Hands, policy: Policy) -> None:
    await save_policy(acme, policy, hands.now)
    assert await tilt_lottery(hands.now) == 0
    await save_policy(acme, Policy(), hands.now)
    assert await tilt_lottery(hands.now) == 2


@pytest.mark.parametrize("change", ["is_active = false", "event = 'answered:after-delivery'"])
async def test_touchpoints_that_ask_after_nothing_that_happens_there_are_left_out(
    acme: int, hands: Hands, change: str
) -> None:
    await fetch(f"UPDATE trigger SET {change} WHERE event = 'order.delivered'")
    assert await tilt_lottery(hands.now) == 1
    assert set(await worths()) == {"shop"}


async def test_each_workspace_has_its_turn(acme: int, hands: Hands) -> None:
    other = await create_workspace("other", "Other", hands.now)
    await make_journey(other, hands.now)
    assert sorted([await tilt_lottery(hands.now), await tilt_lottery(hands.now)]) == [1, 2]
    assert await tilt_lottery(hands.now) == 0
