"""Pausing: nothing of a workspace leaves, nothing is lost, and what waits for something else goes on waiting."""

import asyncio
from datetime import timedelta

import pytest

from accounts.membership import create_workspace
from core.database import fetch, transaction
from feedback.deciding.load_policy import load_policy, save_policy
from feedback.deciding.policy import Policy
from feedback.delivery.sending_pause import count_waiting, is_paused, pause_sending, paused_since, resume_sending
from tests.factories import Hands, make_journey
from tests.feedback.inviting import add_contact, add_invitation, states_of


@pytest.fixture
async def acme(database: None, hands: Hands) -> int:
    workspace = await create_workspace("acme", "Acme", hands.now)
    await make_journey(workspace, hands.now)
    return workspace


async def waiting(workspace: int, hands: Hands, external_id: str = "1") -> int:
    return await add_invitation(await add_contact(workspace, external_id, "kim@x.example", hands.now), hands.now)


async def test_what_waits_is_held_and_due_again_after(acme: int, hands: Hands) -> None:
    invitation = await waiting(acme, hands)
    assert await pause_sending(acme, hands.now) == 1
    assert await states_of(invitation) == ["held"]
    assert await is_paused(acme)
    assert await resume_sending(acme, hands.now) == 1
    assert await states_of(invitation) == ["due"]
    assert not await is_paused(acme)


async def test_only_what_waits_is_touched(acme: int, hands: Hands) -> None:
    invitation = await waiting(acme, hands)
    await fetch("UPDATE invitation SET state = 'sent' WHERE id = $1", invitation)
    await pause_sending(acme, hands.now)
    await resume_sending(acme, hands.now)
    assert await states_of(invitation) == ["sent"]


async def test_another_workspace_goes_on(acme: int, hands: Hands) -> None:
    other = await create_workspace("other", "Other", hands.now)
    await make_journey(other, hands.now)
    invitation = await waiting(other, hands)
    await pause_sending(acme, hands.now)
    assert await states_of(invitation) == ["due"]
    assert not await is_paused(other)


async def test_a_pause_keeps_the_policy_and_the_moment_it_began(acme: int, hands: Hands) -> None:
    began = hands.now
    await pause_sending(acme, began)
    assert await load_policy(acme) == Policy()
    await save_policy(acme, Policy(overall_days=3), hands.now)
    hands.move(hours=1)
    await pause_sending(acme, hands.now)
    assert await paused_since(acme) == began
    assert (await load_policy(acme)).overall_days == 3


@pytest.mark.parametrize("outlet", ["sender", "messenger"])
async def test_what_waits_for_a_paused_sender_or_messenger_stays_held(acme: int, hands: Hands, outlet: str) -> None:
    made = {
        "sender": "INSERT INTO sender (workspace, key, address, smtp_tls, hook_token, created_at, paused_at) "
        "VALUES ($1, 'a', 'a@x.example', 'starttls', 'token', $2, $2) RETURNING id",
        "messenger": "INSERT INTO messenger (workspace, key, url, secret, created_at, paused_at) "
        "VALUES ($1, 'a', 'https://x.example', '', $2, $2) RETURNING id",
    }
    rows = await fetch(made[outlet], acme, hands.now)
    invitation = await waiting(acme, hands)
    await fetch(f"UPDATE invitation SET {outlet} = $1", rows[0]["id"])
    await pause_sending(acme, hands.now)
    assert await resume_sending(acme, hands.now) == 0
    assert await states_of(invitation) == ["held"]


async def test_a_mail_under_way_is_waited_for_and_held_where_it_comes_back(acme: int, hands: Hands) -> None:
    sent, again = await waiting(acme, hands), await waiting(acme, hands, "2")
    await fetch("UPDATE invitation SET leased_until = $1", hands.now + timedelta(minutes=5))
    pausing = asyncio.create_task(pause_sending(acme, hands.now))
    await asyncio.sleep(0.1)
    assert not pausing.done()
    await fetch("UPDATE invitation SET leased_until = NULL, state = 'sent' WHERE id = $1", sent)
    await fetch("UPDATE invitation SET leased_until = NULL WHERE id = $1", again)
    assert await pausing == 1
    assert await states_of(sent, again) == ["sent", "held"]


async def test_nothing_new_is_left_due_by_whoever_decides_while_sending_is_paused(acme: int, hands: Hands) -> None:
    for turn in range(12):
        contact = await add_contact(acme, str(turn), None, hands.now)
        invitation = await add_invitation(contact, hands.now)
        await fetch("UPDATE invitation SET state = 'sent' WHERE id = $1", invitation)

        async def decide(number: int = invitation) -> None:
            async with transaction():
                state = "held" if await is_paused(acme) else "due"
                await asyncio.sleep(0.01)
                await fetch("UPDATE invitation SET state = $2 WHERE id = $1", number, state)

        deciding = asyncio.create_task(decide())
        await asyncio.sleep(0.002 * turn)
        await pause_sending(acme, hands.now)
        await deciding
        assert await states_of(invitation) == ["held"]
        await resume_sending(acme, hands.now)
    assert await count_waiting(acme) == 12
