"""What every answer carries, also where nothing was found or nobody let in."""

import httpx
import pytest

from core.front import SECURITY_HEADERS
from tests.people import People

PUBLIC = ["/healthz", "/sign-in", "/sign-in/x", "/charts.js", "/static/app.css", "/a/x", "/nowhere", "/api/schema"]
INSIDE = ["/w/acme/journeys", "/w/acme/outbox/7", "/w/moon/journeys", "/api/v1/journeys/buying/report", "/api/nowhere"]


@pytest.mark.parametrize("path", PUBLIC)
async def test_head_is_answered_as_get_is(people: People, path: str) -> None:
    got, asked = await people.nobody.get(path), await people.nobody.head(path)
    assert (asked.status_code, asked.content) == (got.status_code, b"")
    assert asked.headers["content-type"] == got.headers["content-type"]


async def test_head_lets_nobody_in(people: People) -> None:
    assert (await people.nobody.head("/w/acme/journeys")).status_code == 303
    assert (await people.nobody.head("/api/v1/journeys/buying/report")).status_code == 401


@pytest.mark.parametrize("path", PUBLIC + INSIDE)
async def test_every_answer_is_fenced(people: People, path: str) -> None:
    answer = await people.alice.get(path)
    assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS


@pytest.mark.parametrize("path", INSIDE)
async def test_what_is_behind_a_guard_is_never_stored(people: People, path: str) -> None:
    for client in (people.alice, people.nobody):
        answer: httpx.Response = await client.get(path)
        assert answer.headers["cache-control"] == "no-store"
