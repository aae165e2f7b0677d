"""API keys: shown once, kept as hashes, limited to scopes, revocable."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from core.database import fetch
from core.errors import Fault, Invalid, NotAllowed, NotFound, NotSignedIn
from core.tokens import hash_of, new_token


class Scope(StrEnum):
    """What a key may be used for."""

    EVENTS = "events"  # send events
    READ = "read"  # read journeys, curves and pain points
    CONTACTS = "contacts"  # read and keep contacts, and why they were asked
    ACTIONS = "actions"  # log what was done at a touchpoint, and what has become of a pain point
    COMMENTS = "comments"  # say how a comment sounds and what it is about


class ApiCaller(Struct, frozen=True):
    """The program behind a request."""

    workspace: int
    scopes: frozenset[Scope]


class ApiKeyInfo(Struct, frozen=True):
    """A key as the page lists it; the key itself can't be shown again."""

    id: int
    name: str
    prefix: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


async def create_api_key(workspace: int, name: str, scopes: frozenset[Scope], now: datetime) -> str:
    """The new key, which is never seen again. Raises Invalid for a name that is none, or no scopes."""
    name = name.strip()
    if not (1 <= len(name) <= 100 and name.isprintable()):
        raise Invalid(Fault("name", "give the key a name of up to 100 characters, on one line"))
    if not scopes:
        raise Invalid(Fault("scopes", "choose at least one scope"))
    key = f"kept_{new_token()}"
    await fetch(
        "INSERT INTO api_key (workspace, name, prefix, token_hash, scopes, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        workspace,
        name,
        key[:10],
        hash_of(key),
        sorted(scopes),
        now,
    )
    return key


async def list_api_keys(workspace: int) -> list[ApiKeyInfo]:
    rows = await fetch(
        "SELECT id, name, prefix, scopes, created_at, last_used_at, revoked_at FROM api_key "
        "WHERE workspace = $1 ORDER BY id DESC",
        workspace,
    )
    return [ApiKeyInfo(**{**row, "scopes": tuple(map(Scope, row["scopes"]))}) for row in rows]


async def revoke_api_key(workspace: int, key: int, now: datetime) -> None:
    """Raises NotFound where this workspace has no such key."""
    rows = await fetch(
        "UPDATE api_key SET revoked_at = coalesce(revoked_at, $1) WHERE id = $2 AND workspace = $3 RETURNING id",
        now,
        key,
        workspace,
    )
    if not rows:
        raise NotFound("There is no such API key.")


async def caller_of(key: str, scope: Scope, now: datetime) -> ApiCaller:
    """Who calls with `key`. Raises NotSignedIn for an unknown or revoked key, NotAllowed without the scope."""
    rows = await fetch(
        """
        WITH known AS (SELECT id, workspace, scopes, last_used_at FROM api_key
                       WHERE token_hash = $1 AND revoked_at IS NULL),
        -- Once a minute is enough to see that a key is in use, and spares a write a request.
        seen AS (UPDATE api_key SET last_used_at = $2 FROM known
                 WHERE api_key.id = known.id
                   AND (known.last_used_at IS NULL OR known.last_used_at < $3::timestamptz - interval '1 minute'))
        SELECT workspace, scopes FROM known
        """,
        hash_of(key),
        now,
        now,
    )
    if not rows:
        raise NotSignedIn("This API key is not known, or was revoked. Send one as: Authorization: Bearer KEY")
    caller = ApiCaller(int(rows[0]["workspace"]), frozenset(map(Scope, rows[0]["scopes"])))
    if scope not in caller.scopes:
        raise NotAllowed(f"This API key lacks the scope {scope}.")
    return caller
