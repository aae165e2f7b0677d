"""Remind once: an invitation that nobody has answered goes back in the queue, and the dispatch sends it again."""

from datetime import datetime

from core.database import fetch
from feedback.contacts.opting_out import HAS_OPTED_OUT

BATCH = 500


async def remind(now: datetime) -> int:
    """One batch of the reminders whose time has come; returns how many were looked at.

    Who has answered, has opted out or could not answer any more is not reminded; nobody is reminded twice.
    """
    return len(await fetch(_REMIND, now, BATCH))


# What is still to be sent keeps its reminder; what came back or was given up loses it.
_REMIND = f"""
WITH next AS (
    SELECT i.id FROM invitation i
    WHERE i.remind_at <= $1 AND i.state NOT IN ('due', 'held')
    ORDER BY i.remind_at LIMIT $2 FOR UPDATE SKIP LOCKED
), seen AS (
    SELECT i.id, i.state = 'sent' AND i.channel = 'mail' AND i.expires_at > $1 AND i.reminded_at IS NULL
        AND NOT ({HAS_OPTED_OUT})
        AND NOT EXISTS (SELECT FROM response r WHERE r.invitation = i.id) AS is_wanted
    FROM next JOIN invitation i ON i.id = next.id JOIN contact c ON c.id = i.contact
)
UPDATE invitation i SET remind_at = NULL,
    state = CASE WHEN s.is_wanted THEN 'due' ELSE i.state END,
    due_at = CASE WHEN s.is_wanted THEN $1 ELSE i.due_at END,
    reminded_at = CASE WHEN s.is_wanted THEN $1 ELSE i.reminded_at END,
    attempts = CASE WHEN s.is_wanted THEN 0 ELSE i.attempts END,
    message_id = CASE WHEN s.is_wanted THEN NULL ELSE i.message_id END
FROM seen s WHERE i.id = s.id RETURNING i.id
"""
