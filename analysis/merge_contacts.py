"""Merge two contacts that are one person, and leave every figure right: from then on they are one voice."""

from datetime import datetime

from analysis.recount import lock_tallies, recounted
from core.database import fetch, transaction
from feedback.contacts.merge_contacts import lock_pair, merge


async def merge_contacts(workspace: int, gone: str, into: str, now: datetime) -> int:
    """Everything of the contact `gone` is that of `into` from then on, two external ids; returns the one's number.

    Raises NotFound where this workspace has no such contact, Invalid where both are the same.
    """
    async with transaction():
        pair = await lock_pair(workspace, gone, into)
        both = [pair.gone, pair.into]
        # Contacts, responses, tallies: in this order everybody takes them, and nobody waits in a circle.
        await fetch("SELECT id FROM response WHERE contact = ANY($1) ORDER BY id FOR UPDATE", both)
        await lock_tallies()
        async with recounted(both):
            await merge(workspace, pair, now)
    return pair.into
