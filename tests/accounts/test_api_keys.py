"""API keys: shown once, kept as hashes, limited to what they were made for, revocable by the owner alone."""

import re
from datetime import timedelta

import pytest

from accounts.api_keys import Scope, caller_of, create_api_key, list_api_keys, revoke_api_key
from core.database import fetch
from core.errors import Invalid, NotAllowed, NotFound, NotSignedIn
from tests.factories import Hands
from tests.people import People, post_form

PAGE = "/w/acme/api-keys"
NEW_KEY = re.compile(r"kept_[\w-]{43}")


async def test_a_new_key_is_shown_once(people: People) -> None:
    made = await post_form(people.alice, PAGE, {"name": "CRM", "scopes": "events"})
    assert made.status_code == 200
    [key] = NEW_KEY.findall(made.text)
    again = await people.alice.get(PAGE)
    assert "CRM" in again.text
    assert f"{key[:10]}…" in again.text
    assert key not in again.text


async def test_the_page_with_the_key_is_kept_by_no_cache(people: People) -> None:
    made = await post_form(people.alice, PAGE, {"name": "CRM", "scopes": "events"})
    assert made.headers["cache-control"] == "no-store"


async def test_only_the_hash_is_stored(people: People, hands: Hands) -> None:
    key = await create_api_key(people.acme, "CRM", frozenset(Scope), hands.now)
    [stored] = await fetch("SELECT * FROM api_key")
    assert len(stored["token_hash"]) == 64
    assert key not in str(stored)
    assert stored["prefix"] == key[:10]


async def test_every_key_is_a_new_one(people: People, hands: Hands) -> None:
    keys = {await create_api_key(people.acme, "CRM", frozenset(Scope), hands.now) for _ in range(5)}
    assert len(keys) == 5


async def test_a_key_opens_what_it_was_made_for(people: People, hands: Hands) -> None:
    key = await create_api_key(people.acme, "reader", frozenset({Scope.READ}), hands.now)
    caller = await caller_of(key, Scope.READ, hands.now)
    assert (caller.workspace, caller.scopes) == (people.acme, frozenset({Scope.READ}))
    with pytest.raises(NotAllowed, match="lacks the scope events"):
        await caller_of(key, Scope.EVENTS, hands.now)


async def test_the_form_gives_the_scopes_that_were_ticked(people: People) -> None:
    await post_form(people.alice, PAGE, {"name": "reader", "scopes": "read"})
    assert [key.scopes for key in await list_api_keys(people.acme)] == [(Scope.READ,)]


@pytest.mark.parametrize(
    "form",
    [
        {"name": "", "scopes": "read"},
        {"name": "   ", "scopes": "read"},
        {"name": "x" * 101, "scopes": "read"},
        {"name": "CRM"},
        {"name": "CRM", "scopes": "everything"},
    ],
)
async def test_a_key_without_a_name_or_a_scope_is_not_made(people: People, form: dict[str, str]) -> None:
    assert (await post_form(people.alice, PAGE, form)).status_code == 422
    assert await list_api_keys(people.acme) == []


async def test_what_is_wrong_is_named(people: People, hands: Hands) -> None:
    with pytest.raises(Invalid, match="name: give the key a name"):
        await create_api_key(people.acme, " ", frozenset(Scope), hands.now)
    with pytest.raises(Invalid, match="scopes: choose at least one"):
        await create_api_key(people.acme, "CRM", frozenset(), hands.now)


async def test_a_revoked_key_opens_nothing_more(people: People, hands: Hands) -> None:
    key = await create_api_key(people.acme, "lost", frozenset(Scope), hands.now)
    [info] = await list_api_keys(people.acme)
    revoked = await post_form(people.alice, f"{PAGE}/{info.id}/revoke", {})
    assert (revoked.status_code, revoked.headers["location"]) == (303, PAGE)
    with pytest.raises(NotSignedIn, match="revoked"):
        await caller_of(key, Scope.READ, hands.now)
    page = await people.alice.get(PAGE)
    assert "lost" in page.text
    assert "revoked 2 Mar 2026, 12:00 UTC" in page.text


async def test_revoking_again_keeps_the_moment_of_the_first_time(people: People, hands: Hands) -> None:
    await create_api_key(people.acme, "lost", frozenset(Scope), hands.now)
    [info] = await list_api_keys(people.acme)
    for _ in range(2):
        await revoke_api_key(people.acme, info.id, hands.now)
        hands.move(hours=1)
    assert [key.revoked_at for key in await list_api_keys(people.acme)] == [hands.now - timedelta(hours=2)]


async def test_a_key_that_was_revoked_does_not_take_another_with_it(people: People, hands: Hands) -> None:
    kept = await create_api_key(people.acme, "kept", frozenset(Scope), hands.now)
    await create_api_key(people.acme, "lost", frozenset(Scope), hands.now)
    await revoke_api_key(people.acme, (await list_api_keys(people.acme))[0].id, hands.now)
    assert (await caller_of(kept, Scope.READ, hands.now)).workspace == people.acme


async def test_the_page_says_when_a_key_was_last_used(people: People, hands: Hands) -> None:
    key = await create_api_key(people.acme, "CRM", frozenset(Scope), hands.now)
    assert "never" in (await people.alice.get(PAGE)).text
    hands.move(days=1)
    await caller_of(key, Scope.READ, hands.now)
    assert [key.last_used_at for key in await list_api_keys(people.acme)] == [hands.now]


async def test_a_busy_key_is_marked_as_used_once_a_minute(people: People, hands: Hands) -> None:
    key = await create_api_key(people.acme, "CRM", frozenset(Scope), hands.now)
    first = hands.now
    await caller_of(key, Scope.READ, first)
    await caller_of(key, Scope.READ, first + timedelta(seconds=59))
    assert (await list_api_keys(people.acme))[0].last_used_at == first
    await caller_of(key, Scope.READ, first + timedelta(seconds=61))
    assert (await list_api_keys(people.acme))[0].last_used_at == first + timedelta(seconds=61)


async def test_a_key_of_another_workspace_is_neither_listed_nor_revoked(people: People, hands: Hands) -> None:
    theirs = await create_api_key(people.other, "theirs", frozenset(Scope), hands.now)
    [info] = await list_api_keys(people.other)
    assert await list_api_keys(people.acme) == []
    assert "theirs" not in (await people.alice.get(PAGE)).text
    assert (await post_form(people.alice, f"{PAGE}/{info.id}/revoke", {})).status_code == 404
    with pytest.raises(NotFound):
        await revoke_api_key(people.acme, info.id, hands.now)
    assert (await caller_of(theirs, Scope.READ, hands.now)).workspace == people.other


async def test_only_the_owner_handles_keys(people: People) -> None:
    assert (await people.bob.get(PAGE)).status_code == 403
    assert (await post_form(people.bob, PAGE, {"name": "mine", "scopes": "read"})).status_code == 403
    assert await list_api_keys(people.acme) == []


async def test_a_name_is_shown_as_it_is_written(people: People) -> None:
    made = await post_form(people.alice, PAGE, {"name": "<b>CRM</b>", "scopes": "read"})
    assert "&lt;b&gt;CRM&lt;/b&gt;" in made.text
