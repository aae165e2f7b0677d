"""Score the responses nobody has scored yet: what their comments say, and the tallies."""

from datetime import datetime, timedelta

from analysis.recount import lock_tallies, recounted
from analysis.tally import add_to_tally, cells_of
from analysis.text.score_comments import score_comments
from core.database import Row, fetch, transaction

BATCH = 500  # of a backlog, enough comments to read them on every core
# Who is still answering is scored once they are through; who stopped half-way, a little after their last tap.
STOPPED_AFTER = timedelta(minutes=1)


async def score_responses(now: datetime) -> int:
    """Score one batch in one transaction; returns how many responses it held."""
    async with transaction():
        responses = await fetch(_CLAIM, BATCH, now - STOPPED_AFTER)
        claimed = [row["id"] for row in responses]
        if not claimed:
            return 0
        answers = await fetch(_ANSWERS, claimed)
        await score_comments([row["id"] for row in answers], now)
        await _count(responses, answers, now)
    return len(claimed)


async def _count(responses: list[Row], answers: list[Row], now: datetime) -> None:
    """Put the answers into both tallies and mark their responses, so that an answer is counted exactly once."""
    contacts = {row["contact"] for row in responses}
    await lock_tallies()
    await add_to_tally(cells_of(responses, answers))
    async with recounted(contacts):
        await fetch("UPDATE response SET scored_at = $1 WHERE id = ANY($2)", now, [row["id"] for row in responses])


_CLAIM = """
SELECT id, contact, touchpoint, occurred_at, channel, persona FROM response
WHERE scored_at IS NULL AND (is_complete OR touched_at <= $2) ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
"""

_ANSWERS = """
SELECT a.id, a.question, a.instrument, a.value, a.picks, r.touchpoint, r.occurred_at, r.channel, r.persona
FROM answer a JOIN response r ON r.id = a.response WHERE r.id = ANY($1) ORDER BY a.id
"""
