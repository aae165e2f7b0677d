"""Wait, for a little, until no mail is under way: whoever is told that no more come must not get one a second later."""

import asyncio
from collections.abc import Awaitable, Callable

POLLS = 100
POLL = 0.05  # seconds; five in all: a mail takes fewer, and a worker that was killed gives no answer at all


async def wait_while(is_under_way: Callable[[], Awaitable[bool]]) -> None:
    """Until `is_under_way` says no, and no longer than five seconds. Outside of any transaction."""
    for _ in range(POLLS):
        if not await is_under_way():
            return
        await asyncio.sleep(POLL)
