"""That an invitation's page was opened."""

from datetime import datetime

from core.database import fetch


async def mark_opened(invitation: int, now: datetime) -> None:
    """Note that the page was opened, by a person or by a scanner: it is a figure of the ledger, never an answer."""
    await fetch("UPDATE invitation SET opened_at = $1 WHERE id = $2 AND opened_at IS NULL", now, invitation)
