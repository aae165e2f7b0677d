"""Schedules: every contact once a round, at a moment of their own, whatever becomes of the workers."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.database import fetch
from feedback.contacts.contacts import VISITORS
from feedback.deciding import schedules
from feedback.deciding.schedules import Schedule, keep_schedules, slice_of, turn_in
from feedback.intake import own_events
from feedback.intake.take_events import take_events
from tests.factories import JOURNEY, UNLIMITED, Hands, make_journey, set_policy
from tests.people import People

EVERY = timedelta(days=30)
SCHEDULED = JOURNEY.replace(
    "event: shop.visited}",
    "event: shop.visited, asks: [{survey: after-delivery, wait: PT0S, expires: P14D, every: P30D}]}",
)


@pytest.fixture
async def workspace(people: People, hands: Hands) -> int:
    await make_journey(people.acme, hands.now, SCHEDULED)
    await set_policy(people.acme, UNLIMITED)
    await keep_schedules(hands.now)
    return people.acme


async def add_contacts(workspace: int, number: int, prefix: str = "c") -> None:
    await fetch(
        "INSERT INTO contact (workspace, external_id, email, name, kind, locale, created_at) "
        "SELECT $1, $3 || n, 'c' || n || '@customer.example', '', 'customer', 'en', now() "
        "FROM generate_series(1, $2) n",
        workspace,
        number,
        prefix,
    )


async def run_to(moment: datetime, hands: Hands, hours: int = 24) -> None:
    """A worker looks every so often."""
    while hands.now < moment:
        hands.move(hours=hours)
        while await keep_schedules(hands.now):
            pass


async def asked() -> list[Any]:
    return await fetch(
        "SELECT c.external_id AS contact, e.occurred_at, d.outcome, t.key AS touchpoint FROM event e "
        "JOIN contact c ON c.id = e.contact JOIN decision d ON d.event = e.id "
        "JOIN touchpoint t ON t.id = d.touchpoint ORDER BY e.occurred_at"
    )


async def test_every_contact_is_asked_once_a_round_at_a_moment_of_their_own(workspace: int, hands: Hands) -> None:
    await add_contacts(workspace, 60)
    start = hands.now
    await run_to(start + EVERY + timedelta(days=1), hands)
    first = await asked()
    assert {row["contact"] for row in first} == {f"c{n}" for n in range(1, 61)}
    assert {(row["outcome"], row["touchpoint"]) for row in first} == {("asked", "shop")}
    days = Counter((row["occurred_at"] - start).days for row in first)
    assert max(days.values()) <= 10, "a round is spread over its period"
    assert len(days) > 15
    await run_to(start + 3 * EVERY, hands)
    for contact in {row["contact"] for row in first}:
        moments = [row["occurred_at"] for row in await asked() if row["contact"] == contact]
        assert all(later - sooner == EVERY for sooner, later in pairwise(moments))
        assert len(moments) == 3


async def test_nobody_is_asked_later_than_a_slice_after_their_moment(workspace: int, hands: Hands) -> None:
    await add_contacts(workspace, 30)
    await run_to(hands.now + timedelta(days=10), hands, hours=1)
    late = await fetch("SELECT max(received_at - occurred_at) AS late FROM event")
    assert timedelta(0) < late[0]["late"] <= slice_of(EVERY) + timedelta(hours=1)


@pytest.mark.parametrize("prefix", VISITORS)
async def test_passers_by_are_left_alone(workspace: int, hands: Hands, prefix: str) -> None:
    await add_contacts(workspace, 10, prefix=prefix)
    await run_to(hands.now + EVERY, hands)
    assert await asked() == []


async def test_a_stopped_trigger_asks_nobody(workspace: int, hands: Hands) -> None:
    await add_contacts(workspace, 10)
    await make_journey(workspace, hands.now)
    await run_to(hands.now + EVERY, hands)
    assert await asked() == []


async def test_after_a_long_rest_not_all_are_asked_at_once(workspace: int, hands: Hands) -> None:
    await add_contacts(workspace, 60)
    hands.move(days=29)
    while await keep_schedules(hands.now):
        pass
    assert 0 < len(await asked()) < 30


async def test_workers_that_are_stopped_anywhere_lose_and_double_nothing(
    workspace: int, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedules, "BATCH", 7)
    await add_contacts(workspace, 40)
    stops = iter([True, False, False, True, True, False] * 200)

    async def take_and_perhaps_stop(*given: Any) -> None:
        await take_events(*given)
        if next(stops):
            raise ConnectionError("stopped")

    monkeypatch.setattr(own_events, "take_events", take_and_perhaps_stop)
    end = hands.now + EVERY + timedelta(days=1)
    while hands.now < end:
        hands.move(days=1)
        while True:
            done = await asyncio.gather(*[keep_schedules(hands.now) for _ in range(3)], return_exceptions=True)
            if done == [0, 0, 0]:
                break
    counts = Counter(row["contact"] for row in await asked())
    assert len(counts) == 40
    assert max(counts.values()) <= 2  # who is first in one round may be first in the next as well
    rounds = await fetch("SELECT count(*) AS n, count(DISTINCT key) AS keys FROM event")
    assert rounds[0]["n"] == rounds[0]["keys"] == sum(counts.values())


moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001


@given(
    every=st.integers(86_400, 3_660 * 86_400),
    contact=st.integers(1, 2**62),
    start=moments,
    cuts=st.lists(st.floats(0, 1), max_size=8),
)
def test_however_a_round_is_cut_each_contact_has_one_moment_in_it(
    every: int, contact: int, start: datetime, cuts: list[float]
) -> None:
    schedule = Schedule(7, "schedule:a/b", timedelta(seconds=every))
    ends = sorted({start + schedule.every * cut for cut in cuts} | {start, start + schedule.every})
    turns = [turn_in(schedule, contact, *pair) for pair in pairwise(ends)]
    (turn,) = [turn for turn in turns if turn]
    assert start <= turn.at < start + schedule.every
    following = turn_in(schedule, contact, start + schedule.every, start + 2 * schedule.every)
    assert following is not None
    assert following.at - turn.at == following.round_start - turn.round_start == schedule.every
