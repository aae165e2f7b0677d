"""Messengers: programs of the company's that hand survey links on, over whatever channel is theirs."""

import re
import secrets
from datetime import datetime

from msgspec import Struct

from core.database import fetch
from core.errors import Conflict, Fault, Invalid, NotFound
from core.sealing import seal, unseal
from core.settings import Settings
from feedback.delivery.reachable import address_for, target_of

KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
MOST_MESSENGERS = 50  # of a workspace


class MessengerView(Struct, frozen=True):
    """A messenger as pages show it; its secret is shown once, when it is made."""

    id: int
    key: str
    url: str
    created_at: datetime
    paused_at: datetime | None
    waiting: int  # invitations that are due or held


class MessengerTarget(Struct, frozen=True):
    """Where to post, and what to sign with."""

    url: str
    secret: str


def may_reach_inside(settings: Settings) -> bool:
    """Whether the operator lets workspaces post to this machine and its private network."""
    return settings.messengers_inside


async def list_messengers(workspace: int) -> list[MessengerView]:
    rows = await fetch(_LIST, workspace)
    return [MessengerView(**row) for row in rows]


async def add_messenger(settings: Settings, workspace: int, key: str, url: str, now: datetime) -> str:
    """The secret of the new messenger. Raises Invalid with every fault, Conflict where there are too many."""
    key, url = key.strip(), url.strip()
    faults = [] if KEY.fullmatch(key) else [Fault("key", "use small letters, digits and hyphens, up to 64")]
    try:
        await address_for(target_of(url), may_reach_inside(settings))
    except Invalid as fault:
        faults += fault.faults
    if faults:
        raise Invalid(*faults)
    secret = _new_secret()
    rows = await fetch(_ADD, workspace, key, url, seal(settings, secret), now, MOST_MESSENGERS)
    if not rows:
        raise Conflict(f"There is a messenger {key} already, or there are {MOST_MESSENGERS}.")
    return secret


async def rotate_secret(settings: Settings, workspace: int, messenger: int) -> str:
    """A new secret; what is posted from now on is signed with it."""
    secret = _new_secret()
    await _one(
        "UPDATE messenger SET secret = $3 WHERE workspace = $1 AND id = $2 RETURNING id",
        workspace,
        messenger,
        seal(settings, secret),
    )
    return secret


async def pause_messenger(workspace: int, messenger: int, now: datetime) -> None:
    """What is due for it is held; what is just being posted still is."""
    await _one(_PAUSE, workspace, messenger, now)


async def resume_messenger(workspace: int, messenger: int) -> None:
    """What was held is due again, unless the whole workspace is paused."""
    await _one(_RESUME, workspace, messenger)


async def delete_messenger(workspace: int, messenger: int) -> None:
    """Raises Conflict while invitations wait for it, NotFound where this workspace has none."""
    rows = await fetch(_DELETE, workspace, messenger)
    if not rows[0]["is_there"]:
        raise NotFound("There is no such messenger.")
    if not rows[0]["is_gone"]:
        raise Conflict("Invitations still wait for this messenger. Let them leave first.")


async def load_target(settings: Settings, workspace: int, messenger: int) -> MessengerTarget:
    """Raises NotFound where this workspace has no such messenger."""
    rows = await fetch("SELECT url, secret FROM messenger WHERE workspace = $1 AND id = $2", workspace, messenger)
    if not rows:
        raise NotFound("There is no such messenger.")
    return MessengerTarget(rows[0]["url"], unseal(settings, rows[0]["secret"]))


def _new_secret() -> str:
    return f"whsec_{secrets.token_urlsafe(32)}"


async def _one(sql: str, workspace: int, messenger: int, *values: object) -> None:
    if not await fetch(sql, workspace, messenger, *values):
        raise NotFound("There is no such messenger.")


_LIST = """
SELECT m.id, m.key, m.url, m.created_at, m.paused_at, coalesce(q.n, 0) AS waiting
FROM messenger m LEFT JOIN (
    SELECT messenger, count(*) AS n FROM invitation WHERE workspace = $1 AND state IN ('due', 'held') GROUP BY messenger
) q ON q.messenger = m.id
WHERE m.workspace = $1 ORDER BY m.key
"""

_ADD = """
INSERT INTO messenger (workspace, key, url, secret, created_at) SELECT $1, $2, $3, $4, $5
WHERE (SELECT count(*) FROM messenger WHERE workspace = $1) < $6
ON CONFLICT (workspace, key) DO NOTHING RETURNING id
"""

_PAUSE = """
WITH paused AS (
    UPDATE messenger SET paused_at = coalesce(paused_at, $3::timestamptz) WHERE workspace = $1 AND id = $2 RETURNING id
), held AS (
    UPDATE invitation i SET state = 'held' FROM paused
    WHERE i.workspace = $1 AND i.messenger = paused.id AND i.state = 'due'
        AND (i.leased_until IS NULL OR i.leased_until <= $3)
)
SELECT id FROM paused
"""

_RESUME = """
WITH resumed AS (
    UPDATE messenger SET paused_at = NULL WHERE workspace = $1 AND id = $2 RETURNING id
), released AS (
    UPDATE invitation i SET state = 'due' FROM resumed
    WHERE i.workspace = $1 AND i.messenger = resumed.id AND i.state = 'held'
        AND NOT EXISTS (SELECT FROM contact_policy p WHERE p.workspace = $1 AND p.paused_at IS NOT NULL)
)
SELECT id FROM resumed
"""

_DELETE = """
WITH gone AS (
    DELETE FROM messenger m WHERE m.workspace = $1 AND m.id = $2 AND NOT EXISTS (
        SELECT FROM invitation i WHERE i.workspace = $1 AND i.messenger = m.id AND i.state IN ('due', 'held')
    ) RETURNING m.id
)
SELECT EXISTS (SELECT FROM messenger WHERE workspace = $1 AND id = $2) AS is_there,
       EXISTS (SELECT FROM gone) AS is_gone
"""
