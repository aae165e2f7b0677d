"""The worker loop: it runs every job until none finds work, then waits a little."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog
from msgspec import Struct

from core.clock import Clock

log = structlog.get_logger()


class Job(Struct, frozen=True):
    """A named piece of durable work. `run(now)` does one batch and returns how many rows it handled."""

    name: str
    run: Callable[[datetime], Awaitable[int]]


async def run_once(jobs: Sequence[Job], now: datetime) -> int:
    """Run every job until all are idle; returns how many rows were handled."""
    total = 0
    while handled := sum([await job.run(now) for job in jobs]):
        total += handled
    return total


async def run_until(jobs: Sequence[Job], clock: Clock, pause_seconds: float, stopping: asyncio.Event) -> None:
    """Run the jobs until `stopping` is set. A job that fails is logged and tried again after the pause."""
    while not stopping.is_set():
        handled = 0
        for job in jobs:
            try:
                done = await job.run(clock())
                handled += done
                if done:
                    log.info("job_done", job=job.name, rows=done)
            except Exception:
                # A fault in one job must not stop the others; its rows stay due and are claimed again.
                log.exception("job_failed", job=job.name)
        if not handled:
            await _wait(stopping, pause_seconds)


async def _wait(stopping: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stopping.wait(), timeout=seconds)
    except TimeoutError:
        return
