"""The API of contacts: read in pages, kept all or none, merged."""

from typing import Any

import pytest

from accounts.api_keys import Scope
from core.database import fetch
from tests.factories import Hands, make_journey, make_key
from tests.people import People

CONTACTS = "/api/v1/contacts"


@pytest.fixture
async def key(people: People, hands: Hands) -> dict[str, str]:
    await make_journey(people.acme, hands.now)
    return await make_key(people.acme, hands.now, Scope.CONTACTS)


async def put(people: People, key: dict[str, str], body: Any) -> Any:
    return await people.nobody.put(CONTACTS, json=body, headers=key)


async def page(people: People, key: dict[str, str], **query: str) -> Any:
    answered = await people.nobody.get(CONTACTS, params=query, headers=key)
    assert answered.status_code == 200, answered.text
    return answered.json()


KIM = {
    "id": "c/17",
    "email": "Kim@Example.com",
    "name": "Kim",
    "kind": "prospect",
    "persona": "architect",
    "locale": "de-AT",
    "time_zone": "Europe/Vienna",
    "account": {"id": "a-1", "name": "Acme"},
    "attributes": {"plan": "pro", "seats": 3, "list": [1, None]},
    "consent": {"state": "given", "source": "form", "at": "2026-01-01T01:00:00+01:00"},
}


async def test_what_is_put_is_read_back(people: People, hands: Hands, key: dict[str, str]) -> None:
    assert (await put(people, key, KIM)).json() == [{"id": "c/17", "outcome": "created"}]
    assert (await put(people, key, [KIM])).json() == [{"id": "c/17", "outcome": "unchanged"}]
    [found] = (await page(people, key, external_id="c/17"))["contacts"]
    assert {name: found[name] for name in KIM if name != "consent"} == {n: v for n, v in KIM.items() if n != "consent"}
    assert found["consent"] == {"state": "given", "source": "form", "at": "2026-01-01T00:00:00Z"}
    assert (found["suppressed_as"], found["other_ids"], found["is_persona_said"]) == (None, [], True)


@pytest.mark.parametrize("number", [1e300, -1e300, 2**64, 5e-324, 0.1])
async def test_a_number_of_any_size_is_kept_and_read(people: People, key: dict[str, str], number: float) -> None:
    await put(people, key, {"id": "c1", "attributes": {"n": number}})
    [found] = (await page(people, key))["contacts"]
    assert float(found["attributes"]["n"]) == number


async def test_a_contact_is_read_by_its_id_as_it_stands_in_a_path(people: People, key: dict[str, str]) -> None:
    await put(people, key, {"id": "kim lee@x?y#z"})
    found = await people.nobody.get(f"{CONTACTS}/kim%20lee%40x%3Fy%23z", headers=key)
    assert (found.status_code, found.json()["id"]) == (200, "kim lee@x?y#z")
    assert (await people.nobody.get(f"{CONTACTS}/nobody", headers=key)).status_code == 404


async def test_contacts_come_in_pages_of_a_hundred_without_passers_by(people: People, key: dict[str, str]) -> None:
    await put(people, key, [{"id": f"c{at:03}"} for at in range(250)])
    await fetch(
        "INSERT INTO contact (workspace, external_id, name, kind, locale, created_at) "
        "VALUES ($1, 'visit:1', '', '', '', now()), ($1, 'visitor:1', '', '', '', now())",
        people.acme,
    )
    seen: list[str] = []
    query: dict[str, str] = {}
    for _ in range(3):
        found = await page(people, key, **query)
        seen += [contact["id"] for contact in found["contacts"]]
        query = {"after": found["after"]}
    assert (seen, found["after"]) == ([f"c{at:03}" for at in range(250)], None)


async def test_contacts_are_found_by_address_in_any_spelling_and_by_account(
    people: People, key: dict[str, str]
) -> None:
    await put(people, key, [KIM, {"id": "c2", "account": {"id": "a-1"}}, {"id": "c3"}])
    searched = await people.nobody.post(f"{CONTACTS}/search", json={"email": "kim@EXAMPLE.com"}, headers=key)
    by_address = searched.json()
    by_account = await page(people, key, account="a-1")
    assert [one["id"] for one in by_address["contacts"]] == ["c/17"]
    assert sorted(one["id"] for one in by_account["contacts"]) == ["c/17", "c2"]
    other = await people.nobody.post(f"{CONTACTS}/search", json={"email": "x@example.com"}, headers=key)
    assert other.json()["contacts"] == []


async def test_a_batch_with_faults_is_refused_whole_with_every_place(people: People, key: dict[str, str]) -> None:
    batch = [
        {"id": "c1"},
        {"id": "c2", "email": "nobody"},
        {"id": "c3", "persona": "none", "time_zone": "Mars/Base"},
        {"id": "c4", "name": "Kim\r\nBcc: all@example.com"},
    ]
    refused = await put(people, key, batch)
    assert refused.status_code == 422
    places = [fault["field"] for fault in refused.json()["errors"]]
    assert places == ["[1].email", "[2].persona", "[2].time_zone", "[3].name"]
    shapes = await put(people, key, [{"id": ""}, {"id": "c", "mail": "x"}, {"id": "d", "kind": "friend"}])
    assert [fault["field"] for fault in shapes.json()["errors"]] == ["[0].id", "[1].mail", "[2].kind"]
    assert await fetch("SELECT FROM contact") == []


@pytest.mark.parametrize("body", [[], [{"id": f"c{at}"} for at in range(1_001)], "c1", [["c1"]], {"id": "x" * 10_000}])
async def test_other_bodies_are_refused(people: People, key: dict[str, str], body: Any) -> None:
    assert (await put(people, key, body)).status_code == 422


async def test_a_contact_is_merged_and_both_ids_find_it(people: People, key: dict[str, str]) -> None:
    await put(people, key, [{"id": "old", "name": "Kim"}, {"id": "new"}])
    merged = await people.nobody.post(f"{CONTACTS}/old/merge", json={"into": "new"}, headers=key)
    assert (merged.status_code, merged.json()["other_ids"], merged.json()["name"]) == (200, ["old"], "Kim")
    assert (await people.nobody.get(f"{CONTACTS}/old", headers=key)).json()["id"] == "new"
    assert [one["id"] for one in (await page(people, key, external_id="old"))["contacts"]] == ["new"]
    again = await people.nobody.post(f"{CONTACTS}/old/merge", json={"into": "nobody"}, headers=key)
    assert again.status_code == 404


async def test_another_workspace_finds_nobody(people: People, hands: Hands, key: dict[str, str]) -> None:
    await put(people, key, KIM)
    foreign = await make_key(people.other, hands.now, Scope.CONTACTS)
    for query in ({}, {"external_id": "c/17"}, {"email": "kim@example.com"}, {"account": "a-1"}):
        assert (await page(people, foreign, **query))["contacts"] == []
