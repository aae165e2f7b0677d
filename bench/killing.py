"""Workers that are killed while mail goes out: what is lost, and what comes twice."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from bench.due import make_due, make_workspace
from bench.sink import Sink, Taken
from core.database import fetch
from core.settings import Settings, environment_of

LEASE_SECONDS = 5.0  # of the workers that are killed; the shortest there is
IN_FLIGHT_SECONDS = 1.0  # before a kill: older than that, a mail's record is kept


class Killed(Struct, frozen=True):
    """What came of it. A duplicate was in flight if it first came within a second before a kill."""

    lost: int
    duplicates: int
    duplicates_in_flight: int
    unsent: int  # invitations that are not `sent` in the end
    kills: int


async def killed_while_sending(url: str, sink: Sink, folder: Path, n: int, kills: int, seed: int = 1) -> Killed:
    """Send `n` invitations by one worker after the other, all but the last killed at a moment of chance.

    Each is killed when it has sent some of what is left, so that all kills fall while mail goes out. The database at
    `url` is open in this process, too.
    """
    settings = worker_settings(url, sink, folder)
    now = datetime.now(UTC)
    await make_due(await make_workspace("killed", now), n, now)
    killed_at = await _kill_workers(settings, sink, n, kills, random.Random(seed))
    last = start_worker(settings)
    try:
        await until_sent(n)
    finally:
        last.terminate()
        last.wait()
    rows = await fetch("SELECT id, state, message_id FROM invitation")
    return _what_came(sink.taken(), {row["message_id"]: row["state"] for row in rows}, n, killed_at)


def worker_settings(url: str, sink: Sink, folder: Path) -> Settings:
    return Settings(
        data_folder=folder,
        database_url=url,
        secret_key="bench" * 8,
        mail_transport="smtp",
        smtp_host="127.0.0.1",
        smtp_port=sink.port,
        smtp_tls="none",
        worker_lease_seconds=LEASE_SECONDS,
        worker_pause_seconds=0.1,
        log_level="warning",
    )


def start_worker(settings: Settings) -> subprocess.Popen[bytes]:
    """`kept worker` as a process of its own."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("KEPT_")}
    return subprocess.Popen([sys.executable, "-m", "cli", "worker"], env=others | environment_of(settings))


async def _kill_workers(settings: Settings, sink: Sink, n: int, kills: int, chance: random.Random) -> list[float]:
    """The moments of the kills, in seconds since 1970."""
    killed_at = []
    for at in range(kills):
        worker = start_worker(settings)
        # A part of what is left for each, and chance within it.
        goal = n * (at + chance.uniform(0.2, 0.9)) / (kills + 1)
        while len(sink.taken()) < goal:
            if worker.poll() is not None:
                raise RuntimeError("a worker ended before it was killed")
            await asyncio.sleep(chance.uniform(0.0, 0.01))
        killed_at.append(time.time())
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    return killed_at


async def until_sent(n: int, seconds: float = 600) -> None:
    """Until so many are sent; what is never sent is for the caller to find."""
    deadline = time.monotonic() + seconds
    while (await fetch("SELECT count(*) AS n FROM invitation WHERE state = 'sent'"))[0]["n"] < n:
        if time.monotonic() > deadline:
            return
        await asyncio.sleep(0.2)


def _what_came(taken: Sequence[Taken], states: dict[str, str], n: int, killed_at: Sequence[float]) -> Killed:
    first: dict[str, float] = {}
    for mail in taken:
        first.setdefault(mail.message_id, mail.at)
    times = Counter(mail.message_id for mail in taken)
    again = [message_id for message_id, count in times.items() if count > 1]
    in_flight = [one for one in again if any(-0.1 <= at - first[one] <= IN_FLIGHT_SECONDS for at in killed_at)]
    return Killed(
        lost=n - len(first.keys() & states.keys()),
        duplicates=sum(times[one] - 1 for one in again),
        duplicates_in_flight=sum(times[one] - 1 for one in in_flight),
        unsent=sum(state != "sent" for state in states.values()),
        kills=len(killed_at),
    )
