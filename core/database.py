"""The database: one pool a process, whole SQL statements, migrations."""

import contextlib
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from piccolo.apps.migrations.commands.forwards import run_forwards
from piccolo.engine import engine_finder
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

from core.errors import SetupFault

Row = dict[str, Any]


class QuietEngine(PostgresEngine):
    """An engine that does not connect when it is made: Piccolo's own asks for the version at import."""

    async def check_version(self) -> None:
        return


def engine() -> PostgresEngine:
    found = engine_finder()
    if not isinstance(found, PostgresEngine):
        raise SetupFault("piccolo_conf.py names no PostgreSQL engine")
    return found


@asynccontextmanager
async def connected(url: str, connections: int = 10) -> AsyncIterator[PostgresEngine]:
    """A pool to the database at `url`. Raises SetupFault where nothing answers."""
    database = engine()
    database.config = {"dsn": url, "min_size": 1, "max_size": connections}
    try:
        await database.start_connection_pool()
    except (OSError, asyncpg.PostgresError, ValueError) as fault:
        raise SetupFault(f"can't reach the database: {fault}") from fault
    # Piccolo opens single connections too (migrations); they must not be given the pool's options.
    database.config = {"dsn": url}
    try:
        yield database
    finally:
        await database.close_connection_pool()


async def migrate() -> None:
    """Bring every room's tables up to date. Raises SetupFault where a migration fails."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        result = await run_forwards("all")
    if not result.success:
        raise SetupFault(f"a migration failed: {result.message}")


def transaction() -> PostgresTransaction:
    """One transaction a verb; a nested one is no savepoint."""
    return engine().transaction()


async def fetch(sql: str, *values: Any) -> list[Row]:
    """Run one whole statement, `$1` the first value, inside the current transaction if there is one."""
    database = engine()
    current = database.current_transaction.get()
    if current is not None:
        return [dict(row) for row in await current.connection.fetch(sql, *values)]
    if database.pool is None:
        raise SetupFault("the database is not open")
    async with database.pool.acquire() as connection:
        return [dict(row) for row in await connection.fetch(sql, *values)]


async def answers() -> bool:
    """Whether the database answers, for health checks."""
    return bool(await fetch("SELECT 1"))
