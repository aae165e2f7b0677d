"""What every test may ask for: a real database, emptied after each test that used it."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import msgspec
import pytest
from litestar import Litestar

from app import create_app, make_site
from core.database import connected, fetch, migrate
from core.embedded import embedded_postgres
from core.logs import configure_logs
from core.settings import Settings
from core.site import Site
from tests.factories import Hands, Letterbox
from tests.people import BASE_URL, People, people_of

BASE = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """A temporary folder of this run's own: pytest's shared one is closed to PostgreSQL's user by every other run."""
    if not hasattr(config, "workerinput") and config.option.basetemp is None:
        config.stash[BASE] = Path(tempfile.mkdtemp(prefix="kept-tests-"))
        config.option.basetemp = config.stash[BASE] / "base"


def pytest_unconfigure(config: pytest.Config) -> None:
    if BASE in config.stash:
        shutil.rmtree(config.stash[BASE], ignore_errors=True)


configure_logs(Settings(log_level="warning"))


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
    await fetch("DELETE FROM rescoring")
    await fetch("DELETE FROM workspace")
    await fetch("DELETE FROM kept_user")


@pytest.fixture
def hands() -> Hands:
    """The clock of the test: a Monday at noon."""
    return Hands(datetime(2026, 3, 2, 12, tzinfo=UTC))


@pytest.fixture
def letterbox() -> Letterbox:
    return Letterbox()


def settings_in(folder: Path) -> Settings:
    return Settings(data_folder=folder, secret_key="not-a-secret-" * 3, base_url=BASE_URL)


@pytest.fixture(scope="session")
def routed(tmp_path_factory: pytest.TempPathFactory) -> Litestar:
    """The application with its routes, made once: that takes longer than most tests."""
    return create_app(make_site(settings_in(tmp_path_factory.mktemp("routed"))))


@pytest.fixture
def site(tmp_path: Path, routed: Litestar, hands: Hands, letterbox: Letterbox) -> Site:
    own = make_site(settings_in(tmp_path), hands)
    return msgspec.structs.replace(own, transport=letterbox, templates=routed.state.site.templates)


@pytest.fixture
def app(database: None, routed: Litestar, site: Site) -> Litestar:
    """The application as the test's own site."""
    routed.state.site = site
    return routed


@pytest.fixture
async def people(app: Litestar, hands: Hands) -> AsyncIterator[People]:
    async with people_of(app, hands.now) as found:
        yield found
