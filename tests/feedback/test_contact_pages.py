"""The staff's pages of contacts: found, read, set right, merged and imported."""

from typing import Any

import httpx
import msgspec
import pytest

from core.database import fetch
from core.site import Site
from feedback.contacts.import_contacts import import_contacts
from feedback.contacts.keep_contacts import upsert_contacts
from feedback.intake.event import EventContact
from tests.factories import Hands, make_journey
from tests.people import People, post_form

HERE = "/w/acme/contacts"


@pytest.fixture(autouse=True)
async def known(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    await keep(people, hands, "c-1", email="kim@example.com", name="Kim", account={"id": "a", "name": "Acme & Co"})
    await keep(people, hands, "c-2", email="lee@example.com", kind="prospect", persona="architect")


async def keep(people: People, hands: Hands, external_id: str, **fields: Any) -> None:
    await upsert_contacts(people.acme, [msgspec.convert({"id": external_id, **fields}, EventContact)], hands.now)


async def number_of(external_id: str) -> int:
    return int((await fetch("SELECT id FROM contact WHERE external_id = $1", external_id))[0]["id"])


async def text(client: httpx.AsyncClient, path: str, status: int = 200) -> str:
    answered = await client.get(path)
    assert answered.status_code == status
    return answered.text


async def search(client: httpx.AsyncClient, words: str) -> str:
    """Posted: an address in a link would stand in histories."""
    answered = await post_form(client, f"{HERE}/search", {"q": words})
    assert answered.status_code == 200
    return answered.text


async def upload(client: httpx.AsyncClient, content: bytes, name: str = "contacts.csv", **form: str) -> httpx.Response:
    await client.get("/sign-in")
    data = {"_csrf_token": client.cookies.get("kept_csrf", ""), **form}
    return await client.post(f"{HERE}/import", data=data, files={"file": (name, content)})


async def test_contacts_are_found_by_the_beginning_of_id_and_address_and_by_what_they_are(people: People) -> None:
    for words in ("c-1", "KIM@exa", "kim@example.com"):
        found = await search(people.alice, words)
        assert ("c-1" in found, "c-2" in found) == (True, False), words
    for query in ("account=a", "kind=customer"):
        found = await text(people.alice, f"{HERE}?{query}")
        assert ("c-1" in found, "c-2" in found) == (True, False), query
    found = await text(people.alice, f"{HERE}?persona=architect")
    assert ("c-1</a>" in found, "c-2</a>" in found) == (False, True)
    assert "Nobody fits" in await search(people.alice, "im")
    assert "Nobody fits" in await search(people.alice, "%")
    assert "c-2</a>" in await search(people.alice, " ")


async def test_a_viewer_sees_neither_names_nor_addresses_nor_attributes(people: People, hands: Hands) -> None:
    await keep(people, hands, "c-1", attributes={"phone": "12345"})
    for path in (HERE, f"{HERE}/{await number_of('c-1')}"):
        owner, viewer = await text(people.alice, path), await text(people.bob, path)
        assert ("kim@example.com" in owner, "Kim" in owner) == (True, True)
        assert not [word for word in ("kim@", "Kim", "12345", "/merge") if word in viewer]
    assert "Nobody fits" in await search(people.bob, "kim@example.com")


async def test_more_than_a_page_is_turned(people: People, hands: Hands) -> None:
    await upsert_contacts(people.acme, [EventContact(f"d{at:03}") for at in range(150)], hands.now)
    first = await text(people.alice, HERE)
    following = first.split('" rel="next"')[0].rpartition('href="')[2].replace("&amp;", "&")
    assert "d149" in await text(people.alice, following)
    assert "These are the first 50" in await search(people.alice, "d")


async def test_kind_and_persona_are_set_by_hand_and_given_back_to_the_rules(people: People) -> None:
    number = await number_of("c-1")
    page = f"{HERE}/{number}"
    assert (await post_form(people.alice, page, {"kind": "stakeholder", "persona": "buyer"})).status_code == 303
    found = await text(people.alice, page)
    assert "said by you or a program" in found
    rule = '[{"attribute": "contact.kind", "one_of": ["prospect"]}]'
    await fetch("UPDATE persona SET rule = $1 WHERE key = 'architect'", rule)
    await post_form(people.alice, page, {"kind": "prospect", "persona": ""})
    assert "Architect <small>by rule" in await text(people.alice, page)
    for form in ({"kind": "friend"}, {"kind": "prospect", "persona": "nobody"}):
        assert (await post_form(people.alice, page, form)).status_code == 422
    assert (await post_form(people.bob, page, {"kind": "prospect"})).status_code == 403


async def test_a_contact_is_merged_by_a_form(people: People, hands: Hands) -> None:
    await keep(people, hands, "c-3", email="KIM@example.com")
    gone, stays = await number_of("c-3"), await number_of("c-1")
    assert "Another contact has the same address" in await text(people.alice, f"{HERE}/{gone}")
    assert "c-3" in await text(people.alice, f"{HERE}/duplicates")
    merged = await post_form(people.alice, f"{HERE}/{gone}/merge", {"into": " c-1 "})
    assert (merged.status_code, merged.headers["location"]) == (303, f"{HERE}/{stays}")
    assert 'merged into it: <code class="secret">c-3</code>' in await text(people.alice, f"{HERE}/{stays}")
    for into, words in (("nobody", "Nobody here has this id"), ("c-1", "Both are the same contact")):
        refused = await post_form(people.alice, f"{HERE}/{stays}/merge", {"into": into})
        assert (refused.status_code, words in refused.text, f'value="{into}"' in refused.text) == (422, True, True)


async def test_a_file_is_tried_set_right_and_let_in(people: People, hands: Hands) -> None:
    sent = await upload(people.alice, "who;Vorname;Zustimmung\nc-9;Zoë;yes\nc-9;Zoe;no\n".encode("cp1252"))
    page = sent.headers["location"]
    assert (sent.status_code, 'http-equiv="refresh"' in await text(people.alice, page)) == (303, True)
    while await import_contacts(hands.now):
        pass
    tried = await text(people.alice, page)
    assert "no column holds an id or an e-mail address" in tried
    assert "Zoë, Zoe" in tried
    columns = {"column-0": "id", "column-1": "first_name", "column-2": "consent"}
    refused = await post_form(people.alice, f"{page}/columns", columns)
    assert (refused.status_code, "say where consent was given" in refused.text) == (409, True)
    await post_form(people.alice, f"{page}/columns", {**columns, "consent_source": "fair"})
    while await import_contacts(hands.now):
        pass
    tried = await text(people.alice, page)
    assert "row 2 has the same id" in tried
    refused = await post_form(people.alice, f"{page}/start", {})
    assert (refused.status_code, "Rows with faults: 1" in refused.text) == (409, True)
    await post_form(people.alice, f"{page}/start", {"skip_faulty": "on"})
    while await import_contacts(hands.now):
        pass
    assert ">Done<" in await text(people.alice, page)
    rows = await fetch("SELECT name, consent, consent_source FROM contact WHERE external_id = 'c-9'")
    assert [tuple(row.values()) for row in rows] == [("Zoë", "given", "fair")]


async def test_a_file_that_is_none_is_refused_with_words(people: People) -> None:
    assert "Choose a file" in (await upload(people.alice, b"", "")).text
    refused = await upload(people.alice, b"PK\x03\x04nothing", "x.xlsx", consent_source="fair")
    assert (refused.status_code, "save it again" in refused.text, 'value="fair"' in refused.text) == (422, True, True)
    too_large = await upload(people.alice, b"a" * (21 * 1024 * 1024))
    assert too_large.status_code in (413, 422)


async def test_an_import_can_be_cancelled_and_is_listed(people: People, hands: Hands, site: Site) -> None:
    page = (await upload(people.alice, b"id\nc-9\n")).headers["location"]
    await post_form(people.alice, f"{page}/cancel", {})
    assert "Cancelled" in await text(people.alice, page)
    assert "contacts.csv" in await text(people.alice, f"{HERE}/import")
    assert await import_contacts(site.clock()) == 0
    assert (await people.charlie.get(page.replace("acme", "other"))).status_code == 404
