"""Pause all that a workspace sends, and go on with it."""

from datetime import datetime
from functools import partial

from core.database import fetch, transaction
from feedback.contacts.under_way import wait_while


async def is_paused(workspace: int) -> bool:
    """Whether new invitations are to be stored as held.

    Ask inside the transaction that stores them, before any row is locked: until it ends nobody pauses or resumes, so
    none is left behind as due.
    """
    await fetch("SELECT pg_advisory_xact_lock_shared($1, $2)", _LOCK, workspace)
    return await paused_since(workspace) is not None


async def paused_since(workspace: int) -> datetime | None:
    """When sending was paused; None while it is not."""
    rows = await fetch("SELECT paused_at FROM contact_policy WHERE workspace = $1", workspace)
    return rows[0]["paused_at"] if rows else None


async def pause_sending(workspace: int, now: datetime) -> int:
    """Nothing leaves any more; returns how many invitations wait. Mails under way are waited for, for a little."""
    async with transaction():
        await fetch("SELECT pg_advisory_xact_lock($1, $2)", _LOCK, workspace)
        await fetch(_PAUSE, workspace, now)
    await wait_while(partial(_hold, workspace, now))
    return await count_waiting(workspace)


async def resume_sending(workspace: int, now: datetime) -> int:
    """What was held is due again, but for what waits for a sender or a messenger that is paused itself.

    Returns how many were let go; those whose time is over are missed when a worker comes to them.
    """
    async with transaction():
        await fetch("SELECT pg_advisory_xact_lock($1, $2)", _LOCK, workspace)
        await fetch("UPDATE contact_policy SET paused_at = NULL, updated_at = $2 WHERE workspace = $1", workspace, now)
        rows = await fetch(_RELEASE, workspace)
    return int(rows[0]["n"])


async def count_waiting(workspace: int) -> int:
    """How many invitations wait for their moment or for the end of a pause."""
    rows = await fetch(_WAITING, workspace)
    return int(rows[0]["n"])


async def _hold(workspace: int, now: datetime) -> bool:
    """Hold all that waits; whether a worker still has some of it in its hands, which are its to record."""
    rows = await fetch(_HOLD, workspace, now)
    return bool(rows[0]["is_under_way"])


_LOCK = 0x7061_7573  # "paus": with the number of a workspace it locks nothing else

# A workspace that has said nothing keeps the policy as shipped, which is all left out.
_PAUSE = """
INSERT INTO contact_policy (workspace, policy, paused_at, updated_at) VALUES ($1, '{}', $2, $2)
ON CONFLICT (workspace) DO UPDATE SET paused_at = coalesce(contact_policy.paused_at, $2), updated_at = $2
"""

_HOLD = """
WITH waiting AS (
    SELECT id FROM invitation WHERE workspace = $1 AND state = 'due' AND (leased_until IS NULL OR leased_until <= $2)
    FOR UPDATE SKIP LOCKED
), held AS (
    UPDATE invitation i SET state = 'held', leased_until = NULL FROM waiting WHERE i.id = waiting.id RETURNING i.id
)
SELECT EXISTS (
    SELECT FROM invitation i WHERE i.workspace = $1 AND i.state = 'due' AND i.id NOT IN (SELECT id FROM held)
) AS is_under_way
"""

_RELEASE = """
WITH released AS (
    UPDATE invitation i SET state = 'due' WHERE i.workspace = $1 AND i.state = 'held'
        AND NOT EXISTS (SELECT FROM sender s WHERE s.id = i.sender AND s.paused_at IS NOT NULL)
        AND NOT EXISTS (SELECT FROM messenger m WHERE m.id = i.messenger AND m.paused_at IS NOT NULL)
    RETURNING i.id
)
SELECT count(*) AS n FROM released
"""

_WAITING = "SELECT count(*) AS n FROM invitation WHERE workspace = $1 AND state IN ('due', 'held')"
