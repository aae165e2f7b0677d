"""Load how many contacts of a workspace spoke of each theme lately."""

from datetime import datetime, timedelta

from analysis.load_report import PERIOD_DAYS
from analysis.text.read_scores import HELD_MENTIONS
from core.database import fetch

MOST_COMMENTS = 100_000  # the newest


async def load_theme_mentions(workspace: int, now: datetime) -> dict[str, int]:
    """Contacts by the key of the theme, of the last 90 days; themes nobody spoke of are left out."""
    rows = await fetch(_MENTIONS, workspace, now - timedelta(days=PERIOD_DAYS), MOST_COMMENTS)
    return {row["theme"]: row["n"] for row in rows}


async def is_read_again(workspace: int) -> bool:
    """Whether comments wait to be read with themes that have changed."""
    return bool(await fetch(_WAITING, workspace))


_WAITING = """
SELECT id FROM rescoring WHERE (workspace = $1 OR workspace IS NULL) AND finished_at IS NULL LIMIT 1
"""

_MENTIONS = f"""
WITH wrote AS MATERIALIZED (
    SELECT s.answer, r.contact
    FROM comment_score s JOIN answer a ON a.id = s.answer JOIN response r ON r.id = a.response
    WHERE r.workspace = $1 AND r.occurred_at >= $2 ORDER BY s.answer DESC LIMIT $3
)
SELECT m.theme, count(DISTINCT w.contact)::int AS n FROM {HELD_MENTIONS} m JOIN wrote w ON w.answer = m.answer
GROUP BY m.theme
"""
