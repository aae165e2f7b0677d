"""Domains that a sender lets rest, because their servers asked for it."""

from datetime import datetime

from msgspec import Struct

from core.database import fetch
from core.errors import NotFound

MOST_LISTED = 200


class PausedDomain(Struct, frozen=True):
    """A domain that is left alone, empty for the sender's own mail server: how often it refused, and until when."""

    id: int
    sender: str | None  # the key; None: the installation's own
    domain: str
    failures: int
    paused_until: datetime
    reason: str


async def list_paused_domains(workspace: int, now: datetime) -> list[PausedDomain]:
    """Those that are left alone just now, the longest first."""
    rows = await fetch(_LIST, workspace, now, MOST_LISTED)
    return [PausedDomain(**row) for row in rows]


async def try_domain_again(workspace: int, pause: int, now: datetime) -> None:
    """What waits for the end of this pause is due now.

    Raises NotFound where this workspace has no such pause.
    """
    if not await fetch(_TRY, workspace, pause, now):
        raise NotFound("There is no such pause; it may be over.")


_LIST = """
SELECT p.id, s.key AS sender, p.domain, p.failures, p.paused_until, p.reason
FROM domain_pause p LEFT JOIN sender s ON s.id = p.sender
WHERE p.workspace = $1 AND p.paused_until > $2 ORDER BY p.paused_until DESC, p.id LIMIT $3
"""

# What waits because of the pause says so; what waits for another reason goes on waiting.
_TRY = """
WITH ended AS (
    UPDATE domain_pause SET paused_until = least(paused_until, $3::timestamptz) WHERE workspace = $1 AND id = $2
    RETURNING id, sender, domain, reason
), freed AS (
    UPDATE invitation i SET due_at = $3::timestamptz FROM ended p, contact c
    WHERE i.workspace = $1 AND i.state = 'due' AND i.due_at > $3::timestamptz AND i.last_error = p.reason
        AND i.channel = 'mail' AND i.sender IS NOT DISTINCT FROM p.sender
        AND c.id = i.contact AND (p.domain = '' OR lower(split_part(c.email, '@', -1)) = p.domain)
)
SELECT id FROM ended
"""
