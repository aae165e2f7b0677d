"""The worker loop: it works until nothing is due, outlives a failing job, and stops when told."""

import asyncio
import time
from datetime import datetime

import pytest
from structlog.testing import capture_logs

from core.logs import place_of_error
from core.worker import Job, run_once, run_until
from tests.factories import Hands


class Pile:
    """Work of `batches` batches, three rows each."""

    def __init__(self, batches: int) -> None:
        self.left = batches
        self.asked_at: list[datetime] = []

    async def run(self, now: datetime) -> int:
        self.asked_at.append(now)
        if not self.left:
            return 0
        self.left -= 1
        return 3


async def test_once_means_until_every_job_is_idle(hands: Hands) -> None:
    short, long = Pile(1), Pile(4)
    handled = await run_once([Job("short", short.run), Job("long", long.run)], hands.now)
    assert handled == 15
    assert (short.left, long.left) == (0, 0)
    assert set(short.asked_at + long.asked_at) == {hands.now}


async def test_nothing_due_is_nothing_handled(hands: Hands) -> None:
    assert await run_once([Job("idle", Pile(0).run)], hands.now) == 0
    assert await run_once([], hands.now) == 0


async def test_work_that_one_job_makes_for_an_earlier_one_is_done_too(hands: Hands) -> None:
    first, second = Pile(0), Pile(1)

    async def hand_over(now: datetime) -> int:
        handled = await second.run(now)
        first.left += bool(handled)
        return handled

    assert await run_once([Job("first", first.run), Job("second", hand_over)], hands.now) == 6
    assert first.left == 0


async def test_once_lets_a_failure_be_seen(hands: Hands) -> None:
    async def fail(now: datetime) -> int:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError):
        await run_once([Job("failing", fail)], hands.now)


async def test_a_failing_job_does_not_stop_the_others_and_is_tried_again(hands: Hands) -> None:
    stopping, failures, pile = asyncio.Event(), 0, Pile(2)

    async def fail(now: datetime) -> int:
        nonlocal failures
        failures += 1
        if failures == 4:
            stopping.set()
        raise RuntimeError("chris@customer.example said no")

    jobs = [Job("failing", fail), Job("piling", pile.run)]
    with capture_logs(processors=[place_of_error]) as lines:
        await asyncio.wait_for(run_until(jobs, hands, 0.01, stopping), timeout=5)
    assert (failures, pile.left) == (4, 0)
    assert [(line["event"], line["job"], line["error"]) for line in lines] == [
        ("job_failed", "failing", "RuntimeError")
    ] * 4
    assert "chris" not in str([{**line, "exception": ""} for line in lines])


async def test_the_clock_is_asked_anew_for_every_batch(hands: Hands) -> None:
    stopping, pile = asyncio.Event(), Pile(3)

    async def work(now: datetime) -> int:
        hands.move(minutes=1)
        handled = await pile.run(now)
        if not handled:
            stopping.set()
        return handled

    start = hands.now
    await asyncio.wait_for(run_until([Job("work", work)], hands, 0.01, stopping), timeout=5)
    assert [(moment - start).total_seconds() for moment in pile.asked_at] == [0, 60, 120, 180]


async def test_an_idle_worker_stops_at_once_when_told(hands: Hands) -> None:
    stopping = asyncio.Event()
    asyncio.get_running_loop().call_later(0.05, stopping.set)
    started = time.monotonic()
    await asyncio.wait_for(run_until([Job("idle", Pile(0).run)], hands, 60, stopping), timeout=5)
    assert time.monotonic() - started < 2


async def test_a_worker_that_was_stopped_before_it_began_does_nothing(hands: Hands) -> None:
    stopping, pile = asyncio.Event(), Pile(1)
    stopping.set()
    await run_until([Job("work", pile.run)], hands, 60, stopping)
    assert pile.asked_at == []
