"""Changing, applying, scoring and deleting at once, each on a connection of its own: nobody waits for ever."""

import asyncio
import random
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from analysis.apply_changes import apply_changes
from analysis.rebuild_tally import rebuild_tally
from analysis.remove_responses import delete_response
from analysis.score_responses import score_responses
from core.errors import NotFound
from core.site import Site
from tests.analysis.changing import MOODS, Voices
from tests.factories import Hands, Letterbox
from tests.feedback.answering import Desk
from tests.people import People

START = datetime(2026, 2, 1, 9, tzinfo=UTC)
ROUNDS = 8
LONGEST_WAIT = 0.05  # seconds


@pytest.fixture
async def voices(people: People, site: Site, letterbox: Letterbox, hands: Hands) -> Voices:
    found = Voices(Desk(people, site, letterbox, hands))
    await found.begin()
    return found


async def soon(dice: random.Random, doing: Awaitable[object]) -> object:
    """Within the time that most of it takes, so that no two rounds meet in the same places."""
    await asyncio.sleep(dice.uniform(0, LONGEST_WAIT))
    return await doing


@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_is_lost_or_miscounted(voices: Voices, hands: Hands, seed: int) -> None:
    dice = random.Random(seed)
    workspace = voices.desk.people.acme
    for n in range(12 + ROUNDS):
        moment = START + timedelta(days=n % 20, seconds=n)
        await voices.answers(n % 4, moment, felt="3", mood=MOODS[n % 4], why="On hold for an hour.")
    await score_responses(hands.now)
    for round_ in range(ROUNDS):
        doomed = 12 + round_
        await voices.answers(round_ % 4, START + timedelta(hours=round_, seconds=100), felt="2")  # unscored as yet
        new = max(voices.said)
        kept = [*dice.sample(range(12), 5), new]
        wanted = {voice: str(dice.randint(1, 5)) for voice in kept}
        at_once: list[Awaitable[object]] = [
            *(voices.changes(voice, felt=felt, mood=MOODS[dice.randrange(4)]) for voice, felt in wanted.items()),
            voices.pages[doomed].sends(felt="1", mood=MOODS[1]),
            delete_response(workspace, voices.ids[doomed]),
            *(apply_changes(hands.now) for _ in range(3)),
            *(score_responses(hands.now) for _ in range(2)),
            rebuild_tally(),
        ]
        found = await asyncio.gather(*(soon(dice, doing) for doing in at_once), return_exceptions=True)
        assert [fault for fault in found if isinstance(fault, BaseException)] == []
        assert [answer.status_code for answer in found if isinstance(answer, httpx.Response)] == [303]
        assert (await rebuild_tally()).differing == 0
        del voices.said[doomed]
    await voices.settle()
    assert (await rebuild_tally()).differing == 0
    stored = await voices.stored()
    assert {voice: stored[voice] for voice in voices.said} == voices.said


async def test_two_workers_never_apply_one_change_twice(voices: Voices, hands: Hands) -> None:
    for n in range(10):
        await voices.answers(n % 4, START + timedelta(days=n), felt="1")
    await voices.settle()
    for n in range(10):
        await voices.changes(n, felt="5")
    applied = await asyncio.gather(*(apply_changes(hands.now) for _ in range(5)))
    assert sum(applied) == 10
    assert (await rebuild_tally()).differing == 0
    assert await voices.stored() == voices.said


async def test_one_response_deleted_twice_while_it_changes_is_gone_once(voices: Voices, hands: Hands) -> None:
    await voices.answers(0, START, felt="1")
    await voices.settle()
    await voices.changes(0, felt="5")
    workspace = voices.desk.people.acme
    deleting = [delete_response(workspace, voices.ids[0]) for _ in range(2)]
    found = await asyncio.gather(apply_changes(hands.now), *deleting, return_exceptions=True)
    assert sum(isinstance(fault, NotFound) for fault in found) == 1
    assert sum(isinstance(fault, BaseException) for fault in found) == 1
    assert await voices.stored() == {}
    assert (await rebuild_tally()).differing == 0
