"""Ten million answers: how long loading and counting them takes, and what a report over them costs.

Run as `python -m bench.ten_million [answers]`, ten million unless a number is given. An embedded PostgreSQL in a folder
of its own is filled by SQL: twelve touchpoints, two years, contacts who answer at a touchpoint once, twice or more.
"""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

import asyncpg

from accounts.membership import create_workspace
from analysis.load_full_report import load_full_report
from analysis.load_report import Period, load_report
from analysis.rebuild_tally import rebuild_tally
from analysis.report import JourneyReport
from bench.figure import Figure
from core.database import connected, fetch, migrate
from core.embedded import embedded_postgres
from core.settings import BASE_FOLDER
from surveys.import_journey import import_journey
from surveys.journey_file import read_journey

FEW, MANY = 100_000, 10_000_000
PERIOD = Period(date(2024, 1, 1), date(2025, 12, 31))
SERVER = {
    "shared_buffers": "4GB",
    "max_wal_size": "16GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",  # the load analyses its tables itself
}
ANSWERS_A_CONTACT = 5  # over the twelve touchpoints, on average
RUNS = 7


def figures(many: int = MANY) -> list[Figure]:
    """The figures of one run; the two databases stand side by side in one server and are measured in turn."""
    folder = Path(tempfile.mkdtemp(prefix="kept-bench-"))
    try:
        with embedded_postgres(folder) as url:
            asyncio.run(_configure(url))
        with embedded_postgres(folder) as url:  # started anew, with these settings
            return asyncio.run(_measure(url, many))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _configure(url: str) -> None:
    """As an operator does before a load: memory for pages, no log of what is built anew, nobody tidying meanwhile."""
    connection = await asyncpg.connect(url)
    for name, value in SERVER.items():
        await connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    await connection.close()


async def _measure(url: str, many: int) -> list[Figure]:
    few_url, few, _ = await _filled(url, "few", min(FEW, many))
    many_url, workspace, seconds = await _filled(url, "many", many)
    few_report = await _timed(few_url, lambda: load_full_report(few, "crm-purchase", PERIOD))
    many_report = await _timed(many_url, lambda: load_full_report(workspace, "crm-purchase", PERIOD))
    sql = await _timed(many_url, _best_sql, runs=3)
    await _require_equal_means(many_url, workspace)
    return [
        Figure("tally_rebuild_answers_per_s", many / seconds, "answers/s"),
        Figure("curve_10m_seconds", many_report, "s"),
        Figure("curve_best_sql_seconds", sql, "s"),
        Figure("curve_10m_over_100k", many_report / few_report, "ratio"),
        Figure("curve_over_best_sql", many_report / sql, "ratio"),
    ]


async def _filled(url: str, name: str, n: int) -> tuple[str, int, float]:
    """A database with `n` answers: its URL, its workspace, and the seconds that loading and counting took."""
    connection = await asyncpg.connect(url)
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    own_url = url.replace("/postgres?", f"/{name}?")
    async with connected(own_url):
        await migrate()
        now = datetime.now(UTC)
        workspace = await create_workspace("bench", "Bench", now)
        journey = (BASE_FOLDER / "demo" / "journey.yaml").read_text(encoding="utf-8")
        await import_journey(workspace, read_journey(journey, "journey.yaml"), now)
        await fetch(_CONTACTS, workspace, max(n // ANSWERS_A_CONTACT, 1))
        started = perf_counter()
        await _load(own_url, n)
        loaded = perf_counter()
        rebuilt = await rebuild_tally()
        counted = perf_counter()
        print(
            f"{name}: {n:,} answers loaded in {loaded - started:.1f} s, counted in {counted - loaded:.1f} s, "
            f"{rebuilt.cells:,} cells",
            flush=True,
        )
        await fetch("ANALYZE")
    return own_url, workspace, counted - started


async def _load(url: str, n: int) -> None:
    """Rows first and indexes after them, on two connections; the rows keep to the foreign keys."""
    connections = [await asyncpg.connect(url) for _ in ROWS]
    for connection in connections:
        await connection.execute("SET session_replication_role = replica; SET maintenance_work_mem = '1GB'")
    rules = [await connections[0].fetch(_RULES, table) for table in ROWS]
    await _run(connections[0], [rule["drop"] for found in rules for rule in found])
    together = zip(connections, ROWS, strict=True)
    await asyncio.gather(*(connection.fetch(ROWS[table], n) for connection, table in together))
    keys = [[rule["make"] for rule in found if rule["is_key"]] for found in rules]
    await asyncio.gather(*(_run(connection, own) for connection, own in zip(connections, keys, strict=True)))
    indexes = [rule["make"] for found in rules for rule in found if not rule["is_key"]]
    await asyncio.gather(*(_run(connection, indexes[at::2]) for at, connection in enumerate(connections)))
    finish = [f"SELECT setval('{table}_id_seq', {n})" for table in ROWS]
    await _run(connections[0], [*finish, "ANALYZE"])
    for connection in connections:
        await connection.close()


async def _run(connection: asyncpg.Connection, statements: list[str]) -> None:
    for statement in statements:
        await connection.execute(statement)


async def _timed(url: str, act: Callable[[], Awaitable[object]], runs: int = RUNS) -> float:
    """The median seconds of `act` after one run that is not counted."""
    async with connected(url):
        await act()
        seconds = []
        for _ in range(runs):
            started = perf_counter()
            await act()
            seconds.append(perf_counter() - started)
    return median(seconds)


async def _best_sql() -> list[dict[str, object]]:
    """The best single statement over the raw answers that gives the same means."""
    return await fetch(_BEST_SQL, PERIOD.start, PERIOD.end)


async def _require_equal_means(url: str, workspace: int) -> None:
    """The two ways must agree, else their times mean nothing."""
    async with connected(url):
        report: JourneyReport = await load_report(workspace, "crm-purchase", PERIOD)
        rows = {row["key"]: row for row in await _best_sql()}
    for figure in report.touchpoints:
        row = rows[figure.key]
        if figure.n_contacts != row["n"] or abs((figure.mean or 0) - float(str(row["mean"]))) > 1e-9:
            raise AssertionError(f"{figure.key}: {figure.n_contacts} {figure.mean} is not {row}")


# Every index of a table but its primary key, to be dropped before a load and made again after it.
_RULES = """
SELECT 'ALTER TABLE ' || c.conrelid::regclass || ' DROP CONSTRAINT ' || c.conname AS drop,
       'ALTER TABLE ' || c.conrelid::regclass || ' ADD CONSTRAINT ' || c.conname || ' ' || pg_get_constraintdef(c.oid)
       AS make, true AS is_key
FROM pg_constraint c WHERE c.conrelid = $1::text::regclass AND c.contype = 'u'
UNION ALL
SELECT 'DROP INDEX ' || indexrelid::regclass, pg_get_indexdef(indexrelid), false
FROM pg_index WHERE indrelid = $1::text::regclass AND NOT indisunique
"""

_CONTACTS = """
INSERT INTO contact (workspace, external_id, name, kind, locale, created_at)
SELECT $1, n::text, '', 'customer', '', now() FROM generate_series(1, $2::int) n
"""

# Hashes instead of random(): the same rows on every run and machine.
_RESPONSES = """
INSERT INTO response
    (id, workspace, contact, touchpoint, survey_version, channel, locale, occurred_at, submitted_at, scored_at)
SELECT n, c.workspace, c.first + (hashint8extended(n, 1) & 9223372036854775807) % c.size,
       t.ids[1 + (hashint8extended(n, 2) & 9223372036854775807) % 12], v.id, 'mail', '', moment, moment, moment
FROM (SELECT min(workspace) AS workspace, min(id) AS first, count(*) AS size FROM contact) c,
     (SELECT array_agg(id ORDER BY id) AS ids FROM touchpoint) t,
     (SELECT min(id) AS id FROM survey_version) v,
     generate_series(1, $1::bigint) n,
     LATERAL (SELECT timestamptz '2024-01-01 00:00Z' + (hashint8extended(n, 3) & 9223372036854775807) % 63158400
                     * interval '1 second' AS moment) m
"""

_ANSWERS = """
INSERT INTO answer (id, response, question, instrument, value)
SELECT n, n, 'felt', 'anchor', 1 + (hashint8extended(n, 4) & 9223372036854775807) % 5
FROM generate_series(1, $1::bigint) n
"""

ROWS = {"response": _RESPONSES, "answer": _ANSWERS}

_BEST_SQL = """
SELECT t.key, count(*) AS n, avg(x) AS mean FROM (
    SELECT r.touchpoint, r.contact, avg((a.value - 3) / 2.0) AS x
    FROM response r JOIN answer a ON a.response = r.id AND a.instrument = 'anchor'
    WHERE r.occurred_at >= $1 AND r.occurred_at < $2 GROUP BY r.touchpoint, r.contact
) contact_mean JOIN touchpoint t ON t.id = touchpoint GROUP BY t.key
"""


def main() -> None:
    for figure in figures(int(sys.argv[1]) if len(sys.argv) > 1 else MANY):
        print(figure)


if __name__ == "__main__":
    main()
