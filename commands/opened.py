"""What commands stand on: the database, open for as long as one runs, and the workspace that its options name."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click

from accounts.membership import find_workspace
from core.database import connected
from core.embedded import embedded_postgres
from core.errors import NotFound
from core.settings import Settings

Result = TypeVar("Result")
WORKSPACE = click.option("--workspace", required=True, help="The key of the workspace.")


@contextmanager
def database_url(found: Settings) -> Iterator[str]:
    """The URL of the database: the one set, or that of the embedded server, running for as long as it is needed."""
    if found.database_url:
        yield found.database_url
    else:
        with embedded_postgres(found.data_folder) as url:
            yield url


def run(found: Settings, act: Callable[[], Awaitable[Result]]) -> Result:
    """Run `act` with the database open."""
    with database_url(found) as url:
        return run_connected(url, found, act)


def run_connected(url: str, found: Settings, act: Callable[[], Awaitable[Result]]) -> Result:
    """Run `act` in a loop of its own, with a pool to the database at `url`."""

    async def connected_act() -> Result:
        async with connected(url, found.database_connections):
            return await act()

    return asyncio.run(connected_act())


async def workspace_of(key: str) -> int:
    found = await find_workspace(key)
    if found is None:
        raise NotFound(f"there is no workspace {key}")
    return found
