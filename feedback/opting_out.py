"""Opting out: whoever does is not asked again in this workspace, under whatever id their address stands."""

from datetime import datetime

from core.database import fetch

# Whether the contact `c` of a statement has opted out, itself or by another contact of the same address.
HAS_OPTED_OUT = """(c.unsubscribed_at IS NOT NULL OR EXISTS (
    SELECT FROM contact o
    WHERE o.workspace = c.workspace AND lower(o.email) = lower(c.email) AND o.unsubscribed_at IS NOT NULL
))"""


async def unsubscribe(contact: int, now: datetime) -> None:
    """This contact is never written to again, about anything."""
    await fetch("UPDATE contact SET unsubscribed_at = coalesce(unsubscribed_at, $1) WHERE id = $2", now, contact)
