"""Workspaces and roles: what a role may do, and how people come to have one."""

import pytest

from accounts.membership import (
    ROLES_FROM_LEAST,
    Member,
    add_member,
    create_owned_workspace,
    create_workspace,
    find_member,
    find_workspace,
    list_memberships,
)
from accounts.tables import Role
from core.database import fetch
from core.errors import Conflict, Invalid
from tests.factories import Hands
from tests.people import People


def member_with(role: Role) -> Member:
    return Member(1, "x@acme.example", "X", 1, "acme", "Acme", role)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.OWNER, {Role.OWNER, Role.EDITOR, Role.VIEWER}),
        (Role.EDITOR, {Role.EDITOR, Role.VIEWER}),
        (Role.VIEWER, {Role.VIEWER}),
    ],
)
def test_each_role_may_what_it_may_and_no_more(role: Role, allowed: set[Role]) -> None:
    assert {other for other in Role if member_with(role).may(other)} == allowed


def test_every_role_has_its_place() -> None:
    assert set(ROLES_FROM_LEAST) == set(Role)


@pytest.mark.parametrize("key", ["a", "acme", "acme-2", "0", "a" * 64])
async def test_a_key_that_can_stand_in_a_url_makes_a_workspace(database: None, hands: Hands, key: str) -> None:
    number = await create_workspace(key, "Acme", hands.now)
    assert await find_workspace(key) == number


@pytest.mark.parametrize("key", ["", "Acme", "-acme", "a b", "a/b", "ä", "a_b", "a" * 65, "acme\n", "..", "a\0"])
async def test_a_key_that_can_not_makes_none(database: None, hands: Hands, key: str) -> None:
    with pytest.raises(Invalid, match="key: use small letters"):
        await create_workspace(key, "Acme", hands.now)
    assert await fetch("SELECT FROM workspace") == []


async def test_a_key_is_taken_once(people: People, hands: Hands) -> None:
    with pytest.raises(Conflict, match="a workspace acme already"):
        await create_workspace("acme", "Another Acme", hands.now)
    assert [row["name"] for row in await fetch("SELECT name FROM workspace ORDER BY id")] == ["Acme", "Other"]


async def test_there_is_no_such_workspace(people: People) -> None:
    assert await find_workspace("moon") is None


async def test_adding_a_member_again_changes_the_role(people: People, hands: Hands) -> None:
    bob = await add_member(people.acme, "bob@acme.example", "Robert", Role.EDITOR, hands.now)
    found = await find_member(bob, "acme")
    assert found is not None
    assert (found.role, found.name, found.workspace_key) == (Role.EDITOR, "Bob", "acme")
    assert len(await list_memberships(bob)) == 1


async def test_a_changed_role_counts_at_the_next_click(people: People, hands: Hands) -> None:
    assert (await people.bob.get("/w/acme/outbox")).status_code == 403
    await add_member(people.acme, "bob@acme.example", "Bob", Role.EDITOR, hands.now)
    assert (await people.bob.get("/w/acme/outbox")).status_code == 200


async def test_one_user_may_have_a_different_role_elsewhere(people: People, hands: Hands) -> None:
    alice = await add_member(people.other, " ALICE@acme.example ", "", Role.VIEWER, hands.now)
    roles = {member.workspace_key: member.role for member in await list_memberships(alice)}
    assert roles == {"acme": Role.OWNER, "other": Role.VIEWER}
    assert (await people.alice.get("/w/other/journeys")).status_code == 200
    assert (await people.alice.get("/w/other/api-keys")).status_code == 403


async def test_who_does_not_belong_is_no_member(people: People, hands: Hands) -> None:
    charlie = await add_member(people.other, "charlie@other.example", "Charlie", Role.OWNER, hands.now)
    assert await find_member(charlie, "acme") is None
    assert await find_member(charlie, "moon") is None


@pytest.mark.parametrize("email", ["", "bob", "bob@", "@acme.example", "Bob <bob@acme.example>", "<b@c.d>", "a@b\r\nc"])
async def test_a_member_needs_an_address(people: People, hands: Hands, email: str) -> None:
    before = await fetch("SELECT FROM kept_user")
    with pytest.raises(Invalid, match="not an e-mail address"):
        await add_member(people.acme, email, "Bob", Role.VIEWER, hands.now)
    assert await fetch("SELECT FROM kept_user") == before


@pytest.mark.parametrize("name", ["", "  ", "a" * 201, "Ac\0me", "Ac\nme", "Ac\udc80me"])
async def test_a_workspace_needs_a_name_that_fits_on_a_line(database: None, hands: Hands, name: str) -> None:
    with pytest.raises(Invalid, match="name: give the workspace a name of up to 200 characters, on one line"):
        await create_workspace("acme", name, hands.now)
    assert await fetch("SELECT FROM workspace") == []


async def test_a_name_may_be_as_long_as_its_column(database: None, hands: Hands) -> None:
    await create_workspace("acme", "ä" * 200, hands.now)


async def test_a_workspace_without_an_owner_is_never_left_behind(database: None, hands: Hands) -> None:
    with pytest.raises(Invalid, match="not an e-mail address"):
        await create_owned_workspace("acme", "Acme", "alice at acme", hands.now)
    assert await find_workspace("acme") is None
    number = await create_owned_workspace("acme", "Acme", "alice@acme.example", hands.now)
    [row] = await fetch('SELECT m.role, u.email FROM membership m JOIN kept_user u ON u.id = m."user"')
    assert (await find_workspace("acme"), row) == (number, {"role": "owner", "email": "alice@acme.example"})
