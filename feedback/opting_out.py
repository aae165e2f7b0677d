"""Opting out: whoever does is not asked again in this workspace, under whatever id their address stands."""

from datetime import datetime

from core.database import fetch
from feedback.suppressions import SUPPRESSED_AS

# Whether the contact `c` of a statement has opted out, itself or by another contact of the same address.
HAS_OPTED_OUT = f"({SUPPRESSED_AS}) IS NOT NULL"


async def unsubscribe(contact: int, now: datetime) -> None:
    """This contact is never written to again, about anything."""
    await fetch(_UNSUBSCRIBE, now, contact)


_UNSUBSCRIBE = """
WITH gone AS (
    UPDATE contact SET unsubscribed_at = coalesce(unsubscribed_at, $1) WHERE id = $2
    RETURNING workspace, address_hash, email
)
INSERT INTO suppression (workspace, address_hash, address, reason, source, created_at)
SELECT workspace, address_hash, email, 'unsubscribed', 'survey mail', $1::timestamptz FROM gone
WHERE address_hash IS NOT NULL
ON CONFLICT (workspace, address_hash) DO NOTHING
"""
