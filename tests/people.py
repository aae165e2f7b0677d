"""Alice owns, Bob helps, Charlie belongs to another workspace: each with a browser that is signed in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import httpx
from litestar import Litestar
from msgspec import Struct

from accounts.guards import SESSION_COOKIE
from accounts.membership import add_member, create_workspace
from accounts.sign_in import make_link, open_session
from accounts.tables import Role
from core.database import fetch

BASE_URL = "http://testserver.local"


class People(Struct):
    """The workspaces and the browsers of the three; `nobody` is not signed in."""

    acme: int
    other: int
    alice: httpx.AsyncClient
    bob: httpx.AsyncClient
    charlie: httpx.AsyncClient
    nobody: httpx.AsyncClient


def browser(app: Litestar) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url=BASE_URL)


async def signed_in(app: Litestar, email: str, now: datetime) -> httpx.AsyncClient:
    token = await make_link(email, now)
    assert token is not None
    client = browser(app)
    client.cookies.set(SESSION_COOKIE, await open_session(token, now))
    return client


@asynccontextmanager
async def people_of(app: Litestar, now: datetime) -> AsyncIterator[People]:
    acme = await create_workspace("acme", "Acme", now)
    other = await create_workspace("other", "Other", now)
    await add_member(acme, "alice@acme.example", "Alice", Role.OWNER, now)
    await add_member(acme, "bob@acme.example", "Bob", Role.VIEWER, now)
    await add_member(other, "charlie@other.example", "Charlie", Role.OWNER, now)
    people = People(
        acme,
        other,
        await signed_in(app, "alice@acme.example", now),
        await signed_in(app, "bob@acme.example", now),
        await signed_in(app, "charlie@other.example", now),
        browser(app),
    )
    try:
        yield people
    finally:
        for client in (people.alice, people.bob, people.charlie, people.nobody):
            await client.aclose()


async def post_form(client: httpx.AsyncClient, path: str, form: dict[str, str]) -> httpx.Response:
    """Post as a browser does: with the token of a page that was read before."""
    await client.get("/sign-in")
    token = client.cookies.get("kept_csrf", "")
    return await client.post(path, data={**form, "_csrf_token": token})


async def id_of_alice() -> int:
    """The id of the user Alice, for verbs that keep who did it."""
    return int((await fetch("SELECT id FROM kept_user WHERE email = 'alice@acme.example'"))[0]["id"])
