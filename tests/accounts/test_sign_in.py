"""Signing in: a mailed link that works once, and a session that the server can end."""

import asyncio

import httpx
import msgspec
import pytest
from litestar import Litestar

from accounts.guards import SESSION_COOKIE
from accounts.sign_in import MOST_OPEN_LINKS, make_link, open_session
from app import create_app
from core.database import fetch
from core.errors import NotSignedIn
from core.mail import NotDelivered
from core.site import Site
from tests.factories import Hands, Letterbox
from tests.people import BASE_URL, People, browser, post_form

ALICE = "alice@acme.example"
INSIDE = "/w/acme/journeys"


async def new_link(people: People, letterbox: Letterbox) -> str:
    """Ask for a link as Alice would; returns its path."""
    await post_form(people.nobody, "/sign-in", {"email": ALICE})
    return path_in(letterbox)


def path_in(letterbox: Letterbox) -> str:
    return "/sign-in/" + letterbox.mails[-1].text.split(f"{BASE_URL}/sign-in/")[1].split()[0]


async def count(table: str) -> int:
    return int((await fetch(f"SELECT count(*) AS n FROM {table}"))[0]["n"])


async def test_the_mailed_link_signs_in(people: People, letterbox: Letterbox) -> None:
    used = await post_form(people.nobody, await new_link(people, letterbox), {})
    assert (used.status_code, used.headers["location"]) == (303, "/")
    home = await people.nobody.get("/")
    assert home.headers["location"] == INSIDE
    assert (await people.nobody.get(INSIDE)).status_code == 200


async def test_the_link_goes_to_its_user_alone(people: People, letterbox: Letterbox) -> None:
    await post_form(people.nobody, "/sign-in", {"email": f"  {ALICE.title()} "})
    assert [(mail.to, mail.workspace) for mail in letterbox.mails] == [(ALICE, None)]
    assert path_in(letterbox) in letterbox.mails[0].html


async def test_a_link_works_once(app: Litestar, people: People, letterbox: Letterbox) -> None:
    link = await new_link(people, letterbox)
    await post_form(people.nobody, link, {})
    again = await post_form(browser(app), link, {})
    assert again.status_code == 401
    assert "was used already or is too old" in again.text
    assert SESSION_COOKIE not in again.cookies


async def test_opening_the_link_does_not_use_it_up(people: People, letterbox: Letterbox) -> None:
    link = await new_link(people, letterbox)
    for _ in range(3):  # as the scanners of mail programs do
        opened = await people.nobody.get(link)
        assert "Sign in now" in opened.text
        assert SESSION_COOKIE not in opened.cookies
    assert SESSION_COOKIE in (await post_form(people.nobody, link, {})).cookies


async def test_a_link_works_for_thirty_minutes(people: People, letterbox: Letterbox, hands: Hands) -> None:
    link = await new_link(people, letterbox)
    hands.move(minutes=30)
    assert SESSION_COOKIE not in (await post_form(people.nobody, link, {})).cookies
    hands.move(seconds=-1)
    assert SESSION_COOKIE in (await post_form(people.nobody, link, {})).cookies


async def test_a_made_up_link_signs_nobody_in(people: People) -> None:
    refused = await post_form(people.nobody, "/sign-in/made-up", {})
    assert refused.status_code == 401
    assert SESSION_COOKIE not in refused.cookies


async def test_two_who_use_a_link_at_once_get_one_session(app: Litestar, people: People, letterbox: Letterbox) -> None:
    link = await new_link(people, letterbox)
    before = await count("session")
    answers = await asyncio.gather(*[post_form(browser(app), link, {}) for _ in range(5)])
    assert sum(SESSION_COOKIE in answer.cookies for answer in answers) == 1
    assert await count("session") == before + 1


@pytest.mark.parametrize("email", ["stranger@acme.example", "not an address", "", "alice@acme.example\r\nBcc: x@y.z"])
async def test_an_unknown_address_gets_the_same_page_and_no_link(
    people: People, letterbox: Letterbox, email: str
) -> None:
    before = await count("sign_in_link")
    unknown = await post_form(people.nobody, "/sign-in", {"email": email})
    assert (letterbox.mails, await count("sign_in_link")) == ([], before)
    known = await post_form(people.nobody, "/sign-in", {"email": ALICE})
    assert (unknown.status_code, unknown.text) == (known.status_code, known.text)
    assert len(letterbox.mails) == 1


async def test_a_mail_server_that_is_down_does_not_tell_who_is_known(people: People, letterbox: Letterbox) -> None:
    unknown = await post_form(people.nobody, "/sign-in", {"email": "stranger@acme.example"})
    letterbox.failures = [NotDelivered("ConnectionRefusedError", permanent=False)]
    known = await post_form(people.nobody, "/sign-in", {"email": ALICE})
    assert letterbox.failures == []
    assert (unknown.status_code, unknown.text) == (known.status_code, known.text)


async def test_a_mailbox_gets_five_open_links_and_no_more(people: People, letterbox: Letterbox, hands: Hands) -> None:
    for _ in range(8):
        await post_form(people.nobody, "/sign-in", {"email": ALICE})
    assert len(letterbox.mails) == MOST_OPEN_LINKS == 5
    await post_form(people.nobody, path_in(letterbox), {})
    await post_form(people.nobody, "/sign-in", {"email": ALICE})
    assert len(letterbox.mails) == 6  # a used link makes room for one
    hands.move(minutes=31)
    await post_form(people.nobody, "/sign-in", {"email": ALICE})
    assert len(letterbox.mails) == 7  # and so does an old one


async def test_the_operator_may_print_as_many_links_as_they_like(people: People, hands: Hands) -> None:
    links = [await make_link(ALICE, hands.now) for _ in range(2 * MOST_OPEN_LINKS)]
    assert None not in links
    assert await make_link("stranger@acme.example", hands.now) is None


async def test_a_kept_that_sends_no_mail_says_how_to_get_in(people: People, hands: Hands) -> None:
    first = await people.nobody.get("/sign-in")
    asked = [await post_form(people.nobody, "/sign-in", {"email": email}) for email in (ALICE, "eve@evil.example")]
    for page in (first, *asked):
        assert "This Kept sends no mail" in page.text
        assert "kept sign-in-link EMAIL" in page.text
        assert "is on its way" not in page.text
        assert "<form" not in page.text
    assert asked[0].text == asked[1].text


async def test_a_kept_that_sends_mail_offers_to(people: People, site: Site) -> None:
    settings = msgspec.structs.replace(site.settings, mail_transport="smtp")
    client = browser(create_app(msgspec.structs.replace(site, settings=settings)))
    assert "Send me a link" in (await client.get("/sign-in")).text
    asked = [await post_form(client, "/sign-in", {"email": email}) for email in (ALICE, "eve@evil.example")]
    assert asked[0].text == asked[1].text
    assert "a link is on its way" in asked[0].text
    assert "sends no mail" not in asked[0].text


async def test_an_address_that_can_not_be_kept_is_no_fault_of_ours(people: People) -> None:
    assert (await post_form(people.nobody, "/sign-in", {"email": "alice\0@acme.example"})).status_code == 422


async def test_neither_links_nor_sessions_are_stored_readably(people: People, hands: Hands) -> None:
    link = await make_link(ALICE, hands.now)
    assert link is not None
    session = await open_session(link, hands.now)
    stored = str([await fetch("SELECT * FROM sign_in_link"), await fetch("SELECT * FROM session")])
    assert link not in stored
    assert session not in stored


async def test_signing_out_ends_the_session_on_the_server(app: Litestar, people: People) -> None:
    stolen = browser(app)
    stolen.cookies.set(SESSION_COOKIE, people.alice.cookies[SESSION_COOKIE])
    assert (await stolen.get(INSIDE)).status_code == 200
    left = await post_form(people.alice, "/sign-out", {})
    assert (left.status_code, left.headers["location"]) == (303, "/sign-in")
    assert "max-age=0" in session_flags(left)
    assert (await stolen.get(INSIDE)).headers["location"] == "/sign-in"


async def test_signing_out_ends_no_other_session(people: People) -> None:
    await post_form(people.alice, "/sign-out", {})
    assert (await people.bob.get(INSIDE)).status_code == 200


async def test_signing_out_without_a_session_does_no_harm(people: People) -> None:
    assert (await post_form(people.nobody, "/sign-out", {})).status_code == 303
    assert (await people.alice.get(INSIDE)).status_code == 200


async def test_a_session_lasts_two_weeks(people: People, hands: Hands) -> None:
    hands.move(days=13, hours=23)
    assert (await people.alice.get(INSIDE)).status_code == 200
    hands.move(hours=1)
    assert (await people.alice.get(INSIDE)).headers["location"] == "/sign-in"
    with pytest.raises(NotSignedIn):
        await open_session("made-up", hands.now)


async def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(people: People, letterbox: Letterbox) -> None:
    used = await post_form(people.nobody, await new_link(people, letterbox), {})
    assert session_flags(used) == {"httponly", "samesite=lax", "path=/", "max-age=1209600"}


async def test_over_https_the_cookies_never_travel_in_the_clear(people: People, site: Site, hands: Hands) -> None:
    settings = msgspec.structs.replace(site.settings, base_url="https://kept.example")
    secure_app = create_app(msgspec.structs.replace(site, settings=settings))
    link = await make_link(ALICE, hands.now)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(secure_app), base_url="https://kept.example")
    page = await client.get("/sign-in")
    assert "secure" in page.headers["set-cookie"].lower()
    assert "secure" in session_flags(await post_form(client, f"/sign-in/{link}", {}))


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/x", "/healthz", "/static/app.css", "/api/schema", "/a/x", "/"])
async def test_a_public_page_opens_no_session(people: People, path: str) -> None:
    before = await count("session")
    answer = await people.nobody.get(path)
    assert SESSION_COOKIE not in answer.headers.get("set-cookie", "")
    assert await count("session") == before


async def test_a_user_without_a_workspace_is_sent_to_sign_in(people: People) -> None:
    await fetch("DELETE FROM membership WHERE workspace = $1", people.other)
    assert (await people.charlie.get("/")).headers["location"] == "/sign-in"


def session_flags(answer: httpx.Response) -> set[str]:
    """The attributes of the session's cookie, in small letters, without the expiry that follows from the age."""
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith(f"{SESSION_COOKIE}="))
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    return {attribute for attribute in attributes if not attribute.startswith("expires=")}
