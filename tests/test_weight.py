"""What customers download, measured as a browser would get it; heavier than this fails."""

import gzip
from html.parser import HTMLParser

import httpx
import pytest
from msgspec import json

from core.settings import BASE_FOLDER
from surveys.import_journey import import_journey
from surveys.journey_file import read_journey
from surveys.links import open_link
from tests.factories import JOURNEY, Hands, make_journey
from tests.live.every_question import GROUPS
from tests.live.every_question import JOURNEY as EVERY_QUESTION
from tests.people import People

STATIC = BASE_FOLDER / "static"
MOST_EMBED_JS = 2_048  # bytes
MOST_ANSWERED = 12_288  # bytes, from the loader to the thanks
MOST_PAGE = 8_192  # bytes of them without the thanks, with room for more
FORM = {"felt": "4", "nps": "9", "mood": "happy", "why": "It came late."}


def gzip_bytes(*names: str) -> int:
    """The files of the folder `static`, each compressed on its own."""
    return sum(len(gzip.compress((STATIC / name).read_bytes(), compresslevel=9, mtime=0)) for name in names)


def test_the_loader_of_the_widget_is_at_most_two_kibibytes() -> None:
    assert gzip_bytes("embed.js") <= MOST_EMBED_JS


class Loaded(HTMLParser):
    """What a page loads, and what stands in it that its content security policy forbids."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag in ("link", "script", "img", "iframe", "source", "audio", "video", "embed"):
            self.addresses += [found[name] or "" for name in ("src", "href", "srcset") if name in found]
        if tag == "style" or (tag == "script" and not found.get("src")):
            self.inline.append(tag)
        self.inline += [f"{tag} {name}" for name in found if name == "style" or name.startswith("on")]


async def weigh(client: httpx.AsyncClient, path: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
    """Bytes as they are sent to a browser, and the text they hold."""
    async with client.stream("GET", path, headers={"Accept-Encoding": "gzip", **(headers or {})}) as answered:
        assert answered.status_code == 200, path
        sent = b"".join([part async for part in answered.aiter_raw()])
        is_packed = answered.headers.get("content-encoding") == "gzip"
    return len(sent), (gzip.decompress(sent) if is_packed else sent).decode()


async def test_a_survey_is_shown_and_answered_within_twelve_kibibytes(people: People, hands: Hands) -> None:
    """A survey of four questions, ten pictures among them, with everything that its pages load and the loader."""
    await make_journey(people.acme, hands.now, JOURNEY)
    link = await open_link(people.acme, "buying", "delivery", "after-delivery", hands.now)
    visit = (await people.nobody.get(f"/s/{link.code}")).headers["location"]
    page, html = await weigh(people.nobody, visit)
    addresses = Loaded(html).addresses
    assert {"/static/answer.css", "/static/answer.js"} <= set(addresses)
    loaded = page + sum([(await weigh(people.nobody, address))[0] for address in ("/embed.js", *addresses)])
    assert (await people.nobody.post(visit, data=FORM)).status_code == 303
    thanks, html = await weigh(people.nobody, visit)
    assert "Thank you" in html
    assert set(Loaded(html).addresses) <= set(addresses)
    print(f"\nshown {loaded} bytes, shown and answered {loaded + thanks} bytes")
    assert loaded <= MOST_PAGE
    assert loaded + thanks <= MOST_ANSWERED


@pytest.mark.parametrize("group", GROUPS)
async def test_nothing_stands_in_a_page_or_comes_from_elsewhere(people: People, hands: Hands, group: str) -> None:
    """On the screen with every question, with its faults, and on the thanks."""
    journey = read_journey(json.encode(EVERY_QUESTION).decode(), "journey.json")
    await import_journey(people.acme, journey, hands.now)
    link = await open_link(people.acme, "buying", "delivery", f"{group}-page", hands.now)
    visit = (await people.nobody.get(f"/s/{link.code}")).headers["location"]
    first = GROUPS[group][1]["key"]
    pages = [
        await people.nobody.get(visit),
        await people.nobody.post(visit, data={first: "none of them"}, headers={"Accept": "text/html"}),
        await people.nobody.get(f"{visit}/unsubscribe"),
    ]
    assert [page.status_code for page in pages] == [200, 422, 200]
    for page in pages:
        found = Loaded(page.text)
        assert found.inline == []
        assert [address for address in found.addresses if not address.startswith("/static/")] == []
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
