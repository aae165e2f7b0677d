"""Workspaces and the people in them."""

import re
from datetime import datetime

from msgspec import Struct

from accounts.tables import Role
from core.database import fetch, transaction
from core.errors import Conflict, Fault, Invalid
from core.mail import address_of

ROLES_FROM_LEAST = (Role.VIEWER, Role.EDITOR, Role.OWNER)
LONGEST_NAME = 200  # characters of a workspace's name, as its column holds them


class Member(Struct, frozen=True):
    """A signed-in user in one of their workspaces."""

    user: int
    email: str
    name: str
    workspace: int
    workspace_key: str
    workspace_name: str
    role: Role

    def may(self, role: Role) -> bool:
        """Whether this member may do what `role` may."""
        return ROLES_FROM_LEAST.index(self.role) >= ROLES_FROM_LEAST.index(role)


async def create_workspace(key: str, name: str, now: datetime) -> int:
    """The number of a new workspace.

    Raises Invalid for a key that can't stand in a URL or a name that is none, Conflict for a taken key.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", key):
        raise Invalid(Fault("key", "use small letters, digits and hyphens"))
    if not (name.strip() and len(name) <= LONGEST_NAME and name.isprintable()):
        raise Invalid(Fault("name", f"give the workspace a name of up to {LONGEST_NAME} characters, on one line"))
    rows = await fetch(
        "INSERT INTO workspace (key, name, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id",
        key,
        name,
        now,
    )
    if not rows:
        raise Conflict(f"There is a workspace {key} already.")
    return int(rows[0]["id"])


async def create_owned_workspace(key: str, name: str, owner: str, now: datetime) -> int:
    """A new workspace with its owner, or neither. Raises Invalid and Conflict as creating and adding do."""
    async with transaction():
        workspace = await create_workspace(key, name, now)
        await add_member(workspace, owner, "", Role.OWNER, now)
    return workspace


async def find_workspace(key: str) -> int | None:
    rows = await fetch("SELECT id FROM workspace WHERE key = $1", key)
    return int(rows[0]["id"]) if rows else None


async def add_member(workspace: int, email: str, name: str, role: Role, now: datetime) -> int:
    """The number of the user with `email`, created if new, with `role` in the workspace from now on."""
    address = str(address_of(email.strip())).lower()
    async with transaction():
        rows = await fetch(
            "INSERT INTO kept_user (email, name, created_at) VALUES ($1, $2, $3) "
            "ON CONFLICT (email) DO UPDATE SET email = excluded.email RETURNING id",
            address,
            name,
            now,
        )
        await fetch(
            'INSERT INTO membership (workspace, "user", role) VALUES ($1, $2, $3) '
            'ON CONFLICT (workspace, "user") DO UPDATE SET role = excluded.role',
            workspace,
            rows[0]["id"],
            role.value,
        )
    return int(rows[0]["id"])


async def find_member(user: int, workspace_key: str) -> Member | None:
    rows = await fetch(_MEMBERS + " WHERE u.id = $1 AND w.key = $2", user, workspace_key)
    return _member(rows[0]) if rows else None


async def list_memberships(user: int) -> list[Member]:
    return [_member(row) for row in await fetch(_MEMBERS + " WHERE u.id = $1 ORDER BY w.name, w.id", user)]


_MEMBERS = """
SELECT u.id AS user, u.email, u.name, w.id AS workspace, w.key AS workspace_key, w.name AS workspace_name, m.role
FROM membership m JOIN kept_user u ON u.id = m."user" JOIN workspace w ON w.id = m.workspace
"""


def _member(row: dict[str, object]) -> Member:
    return Member(**{**row, "role": Role(str(row["role"]))})  # type: ignore[arg-type]
