"""What happens when somebody opens a short link: a visit begins, and nothing is stored."""

import html
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from core.database import fetch
from core.site import Site
from feedback.answering.asking import VISIT_PREFIX, AskingChannel, AskingState, Visit, find_asking
from surveys.definition import Question, SurveyDefinition
from surveys.instruments import Instrument
from surveys.links import LinkView, close_link, open_link
from surveys.publish import publish
from surveys.texts import texts_in
from tests.factories import JOURNEY, Hands, make_journey
from tests.people import People

FELT = Question("felt", Instrument.ANCHOR)
HIDDEN = JOURNEY.replace("    title: Your delivery", "    hidden: [store, utm_source]\n    title: Your delivery")


@pytest.fixture
async def link(people: People, hands: Hands) -> LinkView:
    await make_journey(people.acme, hands.now, HIDDEN)
    return await open_link(people.acme, "buying", "delivery", "after-delivery", hands.now)


def visit_of(site: Site, answered: httpx.Response) -> Visit:
    assert answered.status_code == 303, answered.text
    token = urlsplit(answered.headers["location"]).path.removeprefix("/a/")
    assert token.startswith(VISIT_PREFIX)
    return site.visit_links.read(token.removeprefix(VISIT_PREFIX), Visit)


async def rows_everywhere() -> dict[str, int]:
    """How many rows each table has."""
    names = [row["tablename"] for row in await fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    counted = " UNION ALL ".join(f"SELECT '{name}' AS name, count(*) AS n FROM \"{name}\"" for name in names)
    return {row["name"]: row["n"] for row in await fetch(counted)}


@pytest.mark.parametrize(("door", "channel"), [("s", AskingChannel.LINK), ("k", AskingChannel.KIOSK)])
async def test_a_link_begins_a_visit_with_the_survey_at_its_touchpoint(
    people: People, site: Site, hands: Hands, link: LinkView, door: str, channel: AskingChannel
) -> None:
    answered = await people.nobody.get(f"/{door}/{link.code}")
    visit = visit_of(site, answered)
    assert (visit.link, visit.channel, visit.begun_at) == (link.id, channel, int(hands.now.timestamp()))
    assert len(visit.nonce) == 16
    asking = await find_asking(site, urlsplit(answered.headers["location"]).path.removeprefix("/a/"))
    assert (asking.workspace, asking.touchpoint, asking.survey) == (people.acme, link.touchpoint, link.survey)
    assert asking.definition.title == "Your delivery"


async def test_opening_stores_nothing_and_sets_no_cookie(people: People, link: LinkView) -> None:
    before = await rows_everywhere()
    answers = [
        await people.nobody.request(method, f"/{door}/{link.code}?store=12")
        for door in "sk"
        for method in ("GET", "HEAD")
    ]
    assert [answer.status_code for answer in answers] == [303] * 4
    assert await rows_everywhere() == before
    assert [answer.headers.get("set-cookie") for answer in answers] == [None] * 4
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}


async def test_each_opening_is_a_visit_of_its_own(people: People, site: Site, link: LinkView) -> None:
    visits = [visit_of(site, await people.nobody.get(f"/s/{link.code}")) for _ in range(3)]
    assert len({visit.nonce for visit in visits}) == 3


async def test_the_hidden_fields_that_the_survey_declares_are_carried(
    people: People, site: Site, link: LinkView
) -> None:
    answered = await people.nobody.get(f"/s/{link.code}?store=Köln%20Süd&utm_medium=poster&lang=de&nonce=x")
    assert visit_of(site, answered).hidden == {"store": "Köln Süd"}


@pytest.mark.parametrize(
    ("written", "carried"),
    [
        ("a" * 300, "a" * 200),
        ("%00a%00", "a"),
        ("%00" * 5 + "b" * 300, "b" * 200),
        ("", ""),
        ("%F0%9F%98%80" * 201, "😀" * 200),
        ("a%0Ab", "a\nb"),
    ],
)
async def test_a_hidden_field_holds_what_can_be_stored_up_to_a_limit(
    people: People, site: Site, link: LinkView, written: str, carried: str
) -> None:
    assert visit_of(site, await people.nobody.get(f"/s/{link.code}?store={written}")).hidden == {"store": carried}


async def test_broken_bytes_in_the_address_break_nothing(people: People, site: Site, link: LinkView) -> None:
    assert visit_of(site, await people.nobody.get(f"/s/{link.code}?store=%ff%fe%ed%a0%80&%zz=%")).link == link.id


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("?lang=de", {"lang": ["de"]}),
        ("?store=1", {}),
        ("?lang=", {}),
        ("?lang=%0d%0aX:%201%26a=b", {"lang": ["\r\nX: 1&a=b"]}),
    ],
)
async def test_the_language_of_the_link_goes_on_with_it(
    people: People, link: LinkView, asked: str, kept: dict[str, list[str]]
) -> None:
    location = (await people.nobody.get(f"/s/{link.code}{asked}")).headers["location"]
    assert parse_qs(urlsplit(location).query) == kept
    assert "\n" not in location


@pytest.mark.parametrize("door", ["s", "k"])
async def test_a_closed_link_says_so_in_the_language_of_the_browser(
    people: People, hands: Hands, link: LinkView, door: str
) -> None:
    await close_link(people.acme, link.id, hands.now)
    headers = {"Accept-Language": "xx, ar-EG;q=0.9, fr;q=0.8"}
    page = await people.nobody.get(f"/{door}/{link.code}", headers=headers)
    texts = texts_in("ar")
    assert page.status_code == 410
    assert f"<h1>{texts('closed_title')}</h1>" in page.text
    assert texts("closed", title="Your delivery") in page.text
    assert texts("closed_write", company="Acme") in page.text
    assert '<html lang="ar"' in page.text
    assert 'dir="rtl"' in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "set-cookie" not in page.headers


async def test_the_language_of_the_link_comes_before_that_of_the_browser(
    people: People, hands: Hands, link: LinkView
) -> None:
    await close_link(people.acme, link.id, hands.now)
    page = await people.nobody.get(f"/s/{link.code}?lang=fr-CA", headers={"Accept-Language": "de"})
    assert texts_in("fr")("closed_title") in page.text


async def test_a_closed_survey_without_words_of_its_own_is_named_as_its_readers_say(
    people: People, hands: Hands
) -> None:
    await make_journey(people.acme, hands.now)
    await publish(people.acme, SurveyDefinition(key="plain", name="Plain", questions=(FELT,)), hands.now)
    link = await open_link(people.acme, "buying", "delivery", "plain", hands.now)
    await close_link(people.acme, link.id, hands.now)
    page = await people.nobody.get(f"/s/{link.code}", headers={"Accept-Language": "fr"})
    assert texts_in("fr")("closed", title=texts_in("fr")("title")) in html.unescape(page.text)


@pytest.mark.parametrize("code", ["23456789", "x", "%00", "AAAAAAAA", "2345678%ff", "9" * 5_000])
async def test_an_unknown_code_is_told_kindly(people: People, code: str) -> None:
    page = await people.nobody.get(f"/s/{code}", headers={"Accept-Language": "tlh, *;q=0.1"})
    assert page.status_code == 404
    assert texts_in("en")("missing_title") in page.text
    assert page.headers["cache-control"] == "no-store"
    assert 'href="/"' not in page.text  # not to the staff's sign-in


async def test_a_visit_that_was_begun_ends_when_the_link_is_closed(
    people: People, site: Site, hands: Hands, link: LinkView
) -> None:
    location = (await people.nobody.get(f"/s/{link.code}")).headers["location"]
    hands.move(minutes=1)
    await close_link(people.acme, link.id, hands.now)
    asking = await find_asking(site, urlsplit(location).path.removeprefix("/a/"))
    assert asking.state(hands.now) is AskingState.CLOSED
