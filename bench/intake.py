"""Taking events in: batches against one by one, and deciding where there are a million contacts.

Run as `python -m bench.intake`. The whole application runs in this process on an embedded PostgreSQL of its own. The
rates are of events that were taken through the API, decided on and stored, the two ways in turn. Deciding is timed with
ten triggers that listen to every event: each of its statements has to find its few rows among those of all contacts.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import Any

import httpx

from accounts.api_keys import Scope, create_api_key
from accounts.membership import create_workspace
from app import create_app, make_site
from bench.figure import Figure
from bench.fresh import in_a_fresh_database
from core.database import connected, fetch, migrate
from core.settings import Settings
from feedback.intake.event import EventContact, IncomingEvent
from feedback.intake.take_events import take_events
from surveys.import_journey import import_journey
from surveys.journey_file import read_journey

BATCH = 1_000
BATCHES = 5
SINGLES = 300  # one by one, after each batch
TRIGGERS = 10
FEW, MANY = 1_000, 1_000_000
DECIDED = 100  # events at once
ROUNDS = 9  # after one that is not timed; each is of other contacts, as whoever was asked is decided on sooner

JOURNEY = """
kept: journey/1
key: bench
name: Bench
surveys:
  - {key: felt, name: Felt, questions: [{key: felt, instrument: anchor, text: "How was it?"}]}
stages:
  - key: all
    name: All
    phase: Purchase
    touchpoints:
"""
TOUCHPOINT = """      - key: t%d
        name: Touchpoint %d
        period: during
        channel: web
        event: happened
        asks: [{survey: felt, wait: PT2H, expires: P14D}]
"""


def figures() -> list[Figure]:
    return in_a_fresh_database(_measure)


async def _measure(url: str, folder: Path) -> list[Figure]:
    async with connected(url):
        await migrate()
        batch_rate, single_rate = await _intake(folder)
        few, many = await _deciding()
    return [
        Figure("intake_batch", batch_rate, "events/s"),
        Figure("intake_batch_over_single", batch_rate / single_rate, "ratio"),
        Figure("decide_event_among_a_million", many * 1_000, "ms"),
        Figure("decide_million_over_thousand", many / few, "ratio"),
    ]


async def _intake(folder: Path) -> tuple[float, float]:
    """Events a second in batches, and one by one."""
    now = datetime.now(UTC)
    workspace = await _workspace("intake", triggers=1)
    key = await create_api_key(workspace, "bench", frozenset(Scope), now)
    app = create_app(make_site(Settings(data_folder=folder, secret_key="bench" * 8)))
    headers = {"Authorization": f"Bearer {key}"}
    numbers = count()
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bench", headers=headers) as client,
    ):
        batches, singles = [], []
        for _ in range(BATCHES):
            batches.append(await _seconds(lambda: _post(client, [_said(next(numbers)) for _ in range(BATCH)])))
            singles += [await _seconds(lambda: _post(client, _said(next(numbers)))) for _ in range(SINGLES)]
    return BATCH * len(batches) / sum(batches), len(singles) / sum(singles)


def _said(number: int) -> dict[str, Any]:
    contact = {"id": f"c{number}", "email": f"c{number}@customer.example", "locale": "en"}
    return {"key": f"e{number}", "name": "happened", "contact": contact, "properties": {"total": number}}


async def _post(client: httpx.AsyncClient, body: Any) -> None:
    (await client.post("/api/v1/events", json=body)).raise_for_status()


async def _deciding() -> tuple[float, float]:
    """Seconds an event with few contacts, and with many."""
    workspace = await _workspace("deciding", triggers=TRIGGERS)
    numbers = count()
    found = []
    for known, total in ((0, FEW), (FEW, MANY)):
        await fetch(_CONTACTS, workspace, known, total, datetime.now(UTC))
        await fetch("VACUUM ANALYZE")  # else the server does it while the time is taken
        chosen = Random(7).sample(range(total), DECIDED * (ROUNDS + 1))  # from all over the table
        rounds = [chosen[at : at + DECIDED] for at in range(0, len(chosen), DECIDED)]
        found.append(median([await _decide(workspace, contacts, numbers) for contacts in rounds][1:]))
    return found[0], found[1]


async def _decide(workspace: int, contacts: list[int], numbers: "count[int]") -> float:
    """Seconds an event, one for each of the contacts."""
    events = [IncomingEvent(f"d{next(numbers)}", "happened", EventContact(f"c{at}")) for at in contacts]

    async def act() -> None:
        await take_events(workspace, events, datetime.now(UTC))

    return await _seconds(act) / DECIDED


async def _workspace(key: str, triggers: int) -> int:
    now = datetime.now(UTC)
    workspace = await create_workspace(key, key, now)
    text = JOURNEY + "".join(TOUCHPOINT % (at, at) for at in range(triggers))
    await import_journey(workspace, read_journey(text, "journey.yaml"), now)
    return workspace


async def _seconds(work: Callable[[], Awaitable[object]]) -> float:
    started = perf_counter()
    await work()
    return perf_counter() - started


_CONTACTS = """
INSERT INTO contact (workspace, external_id, email, address_hash, name, kind, locale, created_at)
SELECT $1, 'c' || g, 'c' || g || '@customer.example',
    encode(sha256(convert_to('c' || g || '@customer.example', 'UTF8')), 'hex'), '', 'customer', 'en', $4::timestamptz
FROM generate_series($2::int, $3::int - 1) g
"""

if __name__ == "__main__":
    for figure in figures():
        print(figure)
