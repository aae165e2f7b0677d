"""Several workers, each a process of its own: they share the queue, and none sends what another does."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.due import make_due, make_workspace
from bench.killing import start_worker, until_sent, worker_settings
from bench.sink import sink_in
from core.database import fetch

pytestmark = pytest.mark.live

INVITATIONS = 600
_OTHERS = "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@pytest.mark.parametrize("workers", [2, 4, 8])
async def test_no_two_workers_send_the_same_invitation(
    database: None, database_url: str, tmp_path: Path, workers: int
) -> None:
    now = datetime.now(UTC)
    with sink_in(tmp_path) as sink:
        settings = worker_settings(database_url, sink, tmp_path)
        before = (await fetch(_OTHERS))[0]["n"]
        processes = [start_worker(settings) for _ in range(workers)]
        try:
            async with asyncio.timeout(60):
                while (await fetch(_OTHERS))[0]["n"] < before + workers:  # noqa: ASYNC110, only the database knows
                    await asyncio.sleep(0.1)
            await make_due(await make_workspace("shared", now), INVITATIONS, now)
            await until_sent(INVITATIONS, seconds=60)
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait()
        times = Counter(taken.message_id for taken in sink.taken())
    assert len(times) == INVITATIONS
    assert set(times.values()) == {1}
    assert await fetch("SELECT FROM invitation WHERE attempts <> 1 OR state <> 'sent' OR leased_by IS NOT NULL") == []
