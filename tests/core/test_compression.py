"""What goes out compressed, and that no page with a form does."""

import httpx
import pytest

from tests.factories import Hands, make_journey
from tests.people import People

PAGE = "/w/acme/journeys/buying"


async def kind_of(client: httpx.AsyncClient, path: str) -> tuple[str | None, str]:
    """How an answer is compressed, and of what type it is."""
    answer = await client.get(path, headers={"accept-encoding": "gzip", "accept": "text/html"})
    return answer.headers.get("content-encoding"), answer.headers["content-type"]


@pytest.fixture(autouse=True)
async def journey(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/charts.js", "text/javascript; charset=utf-8"),
        ("/static/app.css", "text/css; charset=utf-8"),
        (f"{PAGE}/curve.json", "application/json"),
        (f"{PAGE}/curve.svg", "image/svg+xml"),
        (f"{PAGE}/report.html", "text/html; charset=utf-8"),
        (f"{PAGE}/report.csv", "text/csv; charset=utf-8"),
    ],
)
async def test_texts_are_compressed(people: People, path: str, kind: str) -> None:
    assert await kind_of(people.bob, path) == ("gzip", kind)


async def test_the_same_is_read_either_way(people: People) -> None:
    one, other = [await people.bob.get("/charts.js", headers={"accept-encoding": how}) for how in ("gzip", "identity")]
    assert one.content == other.content
    assert int(one.headers["content-length"]) < int(other.headers["content-length"]) / 2
    assert "content-encoding" not in other.headers


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}?since=2026-02-02&until=2026-01-01", f"{PAGE}/report.json?since=soon"])
async def test_a_page_with_the_token_of_its_forms_never_is(people: People, path: str) -> None:
    answer = await people.bob.get(path, headers={"accept-encoding": "gzip", "accept": "text/html"})
    assert people.bob.cookies["kept_csrf"] in answer.text
    assert len(answer.content) > 1_000
    assert "content-encoding" not in answer.headers


async def test_pictures_of_points_are_as_small_as_they_get(people: People) -> None:
    assert await kind_of(people.bob, f"{PAGE}/report.png") == (None, "image/png")


async def test_what_a_cache_may_keep_for_everybody_sets_no_cookie(people: People) -> None:
    answer = await people.nobody.get("/charts.js")
    assert answer.headers["cache-control"] == "max-age=86400"
    assert "set-cookie" not in answer.headers
