"""Sending: the whole way of a mail against bare SMTP, a worker's memory, and what comes of workers that are killed.

Run as `python -m bench.sending`. PostgreSQL is an embedded one of its own, the mail server is a sink beside this
process (bench/sink.py). The bare loop hands over finished bytes of a mail's size over as many connections; Kept claims,
looks at policy and suppression again, renders, sends and records. The two take turns.
"""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

import aiosmtplib

from app import make_site
from bench.due import make_due, make_workspace
from bench.figure import Figure
from bench.killing import killed_while_sending, start_worker, until_sent, worker_settings
from bench.sink import Sink, sink_in
from core.database import connected, migrate
from core.embedded import embedded_postgres
from core.logs import configure_logs
from core.mail import closed_at_the_end
from core.settings import Settings
from core.site import Site
from feedback.delivery.dispatch import dispatch

ROUNDS, MAILS = 5, 2_000
FEW, MANY = 1_000, 100_000
KILLED_INVITATIONS, KILLS = 20_000, 20


def figures() -> Iterator[Figure]:
    configure_logs(Settings(log_level="error"))
    yield from asyncio.run(_rate())
    yield from asyncio.run(_memory())
    yield from asyncio.run(_kills())


async def _rate() -> list[Figure]:
    async with _place() as (url, sink, folder):
        settings = worker_settings(url, sink, folder)
        site, now = make_site(settings), datetime.now(UTC)
        workspace = await make_workspace("bench", now)
        ratios, rates = [], []
        async with closed_at_the_end(site.transport):
            await make_due(workspace, MAILS // 10, now)
            await _kept_seconds(site)  # templates are compiled, connections open
            size = max(taken.size for taken in sink.taken())
            for at in range(1, ROUNDS + 1):
                await make_due(workspace, MAILS, now, first=at * MAILS)
                before = await _bare_seconds(sink, size, settings.smtp_connections)
                kept = await _kept_seconds(site)
                after = await _bare_seconds(sink, size, settings.smtp_connections)
                ratios.append((before + after) / 2 / kept)
                rates.append(MAILS / kept)
    return [
        Figure("send_over_bare_smtp", median(ratios), "ratio"),
        Figure("send_rate", median(rates), "mails/s"),
    ]


async def _kept_seconds(site: Site) -> float:
    started = perf_counter()
    while await dispatch(site, site.clock()):
        pass
    return perf_counter() - started


async def _bare_seconds(sink: Sink, size: int, connections: int) -> float:
    """The time of as many messages of `size` bytes in lines of 76."""
    head = b"Message-ID: <bare@bench.example>\r\n\r\n"
    message = (head + (b"x" * 76 + b"\r\n") * (size // 78 + 1))[: size - 2] + b"\r\n"
    clients = [aiosmtplib.SMTP(hostname="127.0.0.1", port=sink.port, start_tls=False) for _ in range(connections)]
    await asyncio.gather(*[client.connect() for client in clients])
    waiting = iter(range(MAILS))

    async def send_all(client: aiosmtplib.SMTP) -> None:
        for number in waiting:
            await client.sendmail("kept@bench.example", f"c{number}@customer.example", message)

    started = perf_counter()
    await asyncio.gather(*[send_all(client) for client in clients])
    seconds = perf_counter() - started
    await asyncio.gather(*[client.quit() for client in clients])
    return seconds


async def _memory() -> list[Figure]:
    few, many = [await _peak_bytes(n) for n in (FEW, MANY)]
    return [
        Figure("send_memory_100k_over_1k", many / few, "ratio"),
        Figure("worker_peak_bytes", many, "bytes"),
    ]


async def _peak_bytes(n: int) -> float:
    """The most memory that a worker ever held while it sent `n` mails."""
    async with _place() as (url, sink, folder):
        now = datetime.now(UTC)
        workspace = await make_workspace("bench", now)
        for first in range(1, n, FEW):
            await make_due(workspace, FEW, now, first=first)
        worker = start_worker(worker_settings(url, sink, folder))
        try:
            await until_sent(n)
            return _peak_of(worker.pid)
        finally:
            worker.terminate()
            worker.wait()


def _peak_of(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    peak = next(line for line in lines if line.startswith("VmHWM:"))
    return float(peak.split()[1]) * 1_024


async def _kills() -> list[Figure]:
    async with _place() as (url, sink, folder):
        came = await killed_while_sending(url, sink, folder, KILLED_INVITATIONS, KILLS)
    return [
        Figure("kill_lost", came.lost + came.unsent, "invitations"),
        Figure("kill_duplicates_in_flight", came.duplicates_in_flight, "mails"),
        Figure("kill_duplicates_otherwise", came.duplicates - came.duplicates_in_flight, "mails"),
    ]


@asynccontextmanager
async def _place() -> AsyncIterator[tuple[str, Sink, Path]]:
    """A database that is open, empty but for its tables, a sink, and a folder."""
    with _folder() as folder, embedded_postgres(folder) as url, sink_in(folder) as sink:
        async with connected(url):
            await migrate()
            yield url, sink, folder


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="kept-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    for figure in figures():
        print(figure, flush=True)
