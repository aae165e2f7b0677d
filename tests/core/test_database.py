"""The database: migrations are whole, and a published version can't be changed."""

import io
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import redirect_stdout

import asyncpg
import pytest
from piccolo.apps.migrations.commands.new import AutoMigrationManager
from piccolo.conf.apps import Finder

from core.database import fetch
from core.settings import BASE_FOLDER


@pytest.mark.parametrize("room", ["accounts", "surveys", "feedback", "analysis"])
async def test_the_migrations_say_what_the_tables_say(room: str) -> None:
    app = Finder().get_app_config(room)
    with redirect_stdout(io.StringIO()):
        drift = await AutoMigrationManager().get_alter_statements(app)
    assert [statement for part in drift for statement in part.statements] == []


async def test_a_published_version_is_never_changed(database: None) -> None:
    await fetch("INSERT INTO workspace (key, name, created_at) VALUES ('a', 'A', now())")
    await fetch("INSERT INTO survey (workspace, key, name) SELECT id, 's', 'S' FROM workspace")
    await fetch(
        "INSERT INTO survey_version (survey, number, definition, published_at) SELECT id, 1, $1, now() FROM survey",
        "[]",
    )
    with pytest.raises(asyncpg.RaiseError, match="never changed"):
        await fetch("UPDATE survey_version SET number = 2")


TIME_ZONE = """
import asyncio, sys
from core.database import connected, engine, fetch
async def main():
    async with connected(sys.argv[1], 1):
        new = await engine().get_new_connection()
        print((await fetch("SHOW timezone"))[0]["TimeZone"], await new.fetchval("SHOW timezone"))
        await new.close()
asyncio.run(main())
"""
MIGRATE = """
import asyncio, sys
from core.database import connected, migrate
from core.errors import SetupFault
async def main():
    async with connected(sys.argv[1], 1):
        print("open", flush=True)
        sys.stdin.readline()
        await migrate()
try:
    asyncio.run(main())
except SetupFault as fault:
    print(fault)
"""


@pytest.fixture
async def empty_database(postgres_url: str, worker_id: str) -> AsyncIterator[str]:
    """The URL of a database without tables, whose zone is not UTC."""
    name = f"kept_empty_{worker_id}"
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.execute(f"ALTER DATABASE {name} SET timezone TO 'Asia/Tokyo'")
    yield postgres_url.replace("/postgres?", f"/{name}?")
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


class Another:
    """Another process that runs `script` against the database at `url`."""

    def __init__(self, script: str, url: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", script, url],
            cwd=BASE_FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def go(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def rest(self) -> str:
        said, _ = self._process.communicate(timeout=60)
        return said.strip()


async def test_every_connection_counts_days_in_utc(empty_database: str) -> None:
    assert Another(TIME_ZONE, empty_database).rest() == "UTC UTC"


async def test_processes_that_migrate_at_once_wait_for_each_other(empty_database: str) -> None:
    others = [Another(MIGRATE, empty_database) for _ in range(3)]
    assert {other.line() for other in others} == {"open"}
    for other in others:
        other.go()
    assert [other.rest() for other in others] == ["", "", ""]
    connection = await asyncpg.connect(empty_database)
    applied = await connection.fetch("SELECT app_name, name FROM migration")
    await connection.close()
    assert len(applied) == len(set(applied)) > 0


async def test_a_migration_that_fails_is_one_line(empty_database: str) -> None:
    connection = await asyncpg.connect(empty_database)
    await connection.execute("CREATE TABLE workspace (other int)")
    await connection.close()
    other = Another(MIGRATE, empty_database)
    other.line()
    other.go()
    assert other.rest() == 'a migration failed: relation "workspace" already exists'
