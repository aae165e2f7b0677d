"""Scoring, deleting, erasing, other valences and counting again: all at once, each on a connection of its own."""

import asyncio
import random
from collections.abc import Awaitable
from datetime import date, timedelta

import httpx
import pytest

from analysis.rebuild_tally import rebuild_tally
from analysis.remove_responses import erase_contact
from analysis.score_responses import score_responses
from analysis.set_valences import set_valences
from core.database import fetch
from tests.analysis.answers import contacts_of, given, noon, score
from tests.factories import Hands, make_journey, make_key
from tests.people import People

TODAY = date(2026, 3, 2)
ROUNDS = 10
LONGEST_WAIT = 0.06  # seconds
PICKS = ["angry", "happy", "safe", "hurried"]


async def answered(workspace: int, contacts: list[int], dice: random.Random, n: int) -> list[int]:
    """So many responses of these contacts, in two months and by two channels."""
    return [
        await given(
            workspace,
            dice.choice(contacts),
            noon(TODAY - timedelta(days=dice.randrange(60))),
            ("felt", "anchor", dice.randint(1, 5)),
            ("mood", "emotion", dice.sample(PICKS, 2)),
            channel=dice.choice(["mail", "widget"]),
        )
        for _ in range(n)
    ]


async def deleted(people: People, response: int, token: str) -> httpx.Response:
    return await people.alice.post(f"/w/acme/responses/{response}/delete", data={"_csrf_token": token})


async def soon(dice: random.Random, doing: Awaitable[object]) -> object:
    """Within the time that most of it takes, so that no two rounds meet in the same places."""
    await asyncio.sleep(dice.uniform(0, LONGEST_WAIT))
    return await doing


async def csrf_token(people: People) -> str:
    await people.alice.get("/sign-in")
    return people.alice.cookies.get("kept_csrf") or ""


@pytest.mark.parametrize("seed", [1, 2])
async def test_nobody_is_refused_and_nothing_is_miscounted(people: People, hands: Hands, seed: int) -> None:
    dice = random.Random(seed)
    await make_journey(people.acme, hands.now)
    key = await make_key(people.acme, hands.now)
    token = await csrf_token(people)
    contacts = await contacts_of(people.acme, 10 + ROUNDS)
    kept = await answered(people.acme, contacts[:10], dice, 40)
    for round_ in range(ROUNDS):
        erased = contacts[10 + round_]
        await answered(people.acme, [erased], dice, 3)
        await score(hands)
        if round_ % 2:
            await fetch("UPDATE tally SET n = n + 1")  # so that counting again has something to mend
            await fetch("DELETE FROM contact_tally WHERE grain = 'month'")
        uncounted = await answered(people.acme, contacts[:10], dice, 12)
        await answered(people.acme, [erased], dice, 2)
        gone = [those.pop(dice.randrange(len(those))) for those in (kept, kept, uncounted, uncounted)]
        kept += uncounted
        valences: dict[str, float | None] = {"angry": dice.uniform(-1, 0), "happy": dice.uniform(0, 1)}
        at_once: list[Awaitable[object]] = [
            rebuild_tally(),
            rebuild_tally(),
            score_responses(hands.now),
            score_responses(hands.now),
            set_valences(people.acme, valences, hands.now),
            erase_contact(people.acme, f"c{11 + round_}", hands.now),
            people.nobody.get("/api/v1/journeys/buying/report", headers=key),
            *(deleted(people, response, token) for response in gone),
        ]
        found = await asyncio.gather(*(soon(dice, doing) for doing in at_once), return_exceptions=True)
        assert [fault for fault in found if isinstance(fault, BaseException)] == []
        answers = sorted(response.status_code for response in found if isinstance(response, httpx.Response))
        assert answers == [200, 303, 303, 303, 303]
        assert (await rebuild_tally()).differing == 0
    await score(hands)
    assert (await rebuild_tally()).differing == 0
