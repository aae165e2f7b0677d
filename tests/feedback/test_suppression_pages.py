"""The list of addresses as staff, programs and operators work with it; no address is ever in a link."""

import pytest

from accounts.api_keys import Scope
from commands.suppressions import addresses_in
from core.errors import Invalid
from feedback.contacts.suppressions import list_suppressions, suppress
from feedback.tables import Suppressed
from tests.factories import Hands, make_key
from tests.people import People, post_form

PAGE = "/w/acme/suppressions"
API = "/api/v1/suppressions"
ADDRESS = "kim@customer.example"


async def test_an_address_is_added_by_hand_found_and_lifted(people: People) -> None:
    added = await post_form(people.alice, PAGE, {"address": ADDRESS})
    assert (added.status_code, added.headers["location"]) == (303, PAGE)
    assert ADDRESS in (await people.alice.get(PAGE)).text
    assert ADDRESS in (await post_form(people.alice, f"{PAGE}/search", {"q": "KIM@"})).text
    assert "fits “lee”" in (await post_form(people.alice, f"{PAGE}/search", {"q": "lee"})).text
    entry = (await list_suppressions(people.acme))[0]
    assert entry.source == "Alice"
    assert (await post_form(people.alice, f"{PAGE}/{entry.id}/lift", {})).status_code == 303
    assert "Nobody yet" in (await people.alice.get(PAGE)).text


async def test_what_is_no_address_comes_back_with_the_fault(people: People) -> None:
    page = await post_form(people.alice, PAGE, {"address": "<kim>"})
    assert page.status_code == 422
    assert "not an e-mail address" in page.text
    assert "&lt;kim&gt;" in page.text


async def test_what_a_person_said_has_no_button_and_is_not_lifted(people: People, hands: Hands) -> None:
    await suppress(people.acme, ADDRESS, Suppressed.UNSUBSCRIBED, "survey page", hands.now)
    entry = (await list_suppressions(people.acme))[0]
    assert "/lift" not in (await people.alice.get(PAGE)).text
    assert (await post_form(people.alice, f"{PAGE}/{entry.id}/lift", {})).status_code == 409
    assert len(await list_suppressions(people.acme)) == 1


async def test_a_viewer_and_another_workspace_see_no_address(people: People) -> None:
    for person, status in ((people.bob, 403), (people.charlie, 404)):
        assert (await person.get(PAGE)).status_code == status
        assert (await post_form(person, f"{PAGE}/search", {"q": "kim"})).status_code == status
        assert (await post_form(person, PAGE, {"address": ADDRESS})).status_code == status


@pytest.mark.parametrize("before", ["", "x", "9" * 5_000, "-1"])
async def test_a_search_takes_whatever_stands_in_its_fields(people: People, before: str) -> None:
    found = await post_form(people.alice, f"{PAGE}/search", {"q": "\0kim\ud7ff", "before": before})
    assert found.status_code in (200, 400, 422)


async def test_a_program_adds_and_reads(people: People, hands: Hands) -> None:
    key = await make_key(people.acme, hands.now, Scope.CONTACTS)
    body = {"address": ADDRESS, "reason": "unsubscribed", "source": "old tool"}
    assert (await people.nobody.post(API, json=body, headers=key)).status_code == 204
    listed = (await people.nobody.get(API, headers=key)).json()
    assert [(entry["address"], entry["reason"], entry["source"]) for entry in listed] == [
        (ADDRESS, "unsubscribed", "old tool")
    ]
    assert (await people.nobody.get(f"{API}?before={listed[0]['id']}", headers=key)).json() == []


async def test_a_program_erases_nobody_and_needs_the_scope(people: People, hands: Hands) -> None:
    key = await make_key(people.acme, hands.now, Scope.CONTACTS)
    refused = await people.nobody.post(API, json={"address": ADDRESS, "reason": "erased"}, headers=key)
    assert refused.status_code in (400, 422)
    reading = await make_key(people.acme, hands.now, Scope.READ)
    assert (await people.nobody.get(API, headers=reading)).status_code == 403


def test_a_file_has_one_address_a_line_each_once() -> None:
    assert addresses_in("\ufeffa@x.example\r\n\n  A@x.example \nb@x.example") == ["a@x.example", "b@x.example"]


def test_every_line_that_is_none_is_named_by_its_number() -> None:
    with pytest.raises(Invalid) as fault:
        addresses_in("a@x.example\nkim\n\nlee@")
    assert [found.field for found in fault.value.faults] == ["line 2", "line 4"]
