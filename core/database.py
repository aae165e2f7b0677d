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

# Statements take days out of timestamps; with the server's own zone they would be other days.
# Compiling a statement takes longer than it ever saves here.
SESSION = {"timezone": "UTC", "jit": "off"}
MIGRATION_LOCK = 0x6B657074  # "kept"; any number would do that nothing else in this database locks


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
    database.config = {"dsn": url, "server_settings": SESSION, "min_size": 1, "max_size": connections}
    try:
        await database.start_connection_pool()
    except (OSError, asyncpg.PostgresError, ValueError) as fault:
        raise SetupFault(f"can't reach the database: {fault}") from fault
    # Piccolo opens single connections too (migrations); they must not be given the pool's options.
    database.config = {"dsn": url, "server_settings": SESSION}
    try:
        yield database
    finally:
        await database.close_connection_pool()


async def migrate() -> None:
    """Bring every room's tables up to date, one process at a time. Raises SetupFault where a migration fails."""
    try:
        async with _migration_lock():
            with contextlib.redirect_stdout(io.StringIO()):
                result = await run_forwards("all")
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as fault:
        raise SetupFault(f"a migration failed: {fault}") from fault
    if not result.success:
        raise SetupFault(f"a migration failed: {result.message}")


@asynccontextmanager
async def _migration_lock() -> AsyncIterator[None]:
    """Wait until no other process migrates this database. The lock lives and dies with a connection of its own."""
    connection = await engine().get_new_connection()  # the pool may hold no more than the one that migrates
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        yield
    finally:
        await connection.close()


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
