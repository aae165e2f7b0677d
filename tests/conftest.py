"""What every test may ask for: a real database, emptied after each test that used it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from core.database import connected, fetch, migrate
from core.embedded import embedded_postgres


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """One embedded PostgreSQL for all workers of a run; it stops with the last of them."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    with embedded_postgres(shared / "kept") as url:
        yield url


@pytest.fixture(scope="session")
async def database_url(postgres_url: str, worker_id: str) -> str:
    """A database of this worker's own, with every migration applied."""
    name = f"kept_{worker_id}"
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    return postgres_url.replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="session")
async def pool(database_url: str) -> AsyncIterator[None]:
    async with connected(database_url):
        await migrate()
        yield


@pytest.fixture
async def database(pool: None) -> AsyncIterator[None]:
    """The database, empty again when the test is over."""
    yield
    await fetch("TRUNCATE workspace, kept_user CASCADE")


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    return tmp_path / "data"
