"""Keep what was opened from a mail: provisional, or rejected. Nothing else changes by a link that is opened."""

from collections.abc import Sequence
from datetime import datetime

from core.database import Row, fetch, transaction
from feedback.answering.clicks import ClickReason, RequestFacts, SeenClick, reasons_of, said_by

MOST_KEPT = 50  # of one invitation: enough for every link of a mail four times over, and a scanner can't fill the disk
# What a request said of itself is kept as its click's reason; all others are found anew from the clicks together.
_SAID = {ClickReason.BOT, ClickReason.PREFETCH}


async def keep_click(
    invitation: int, question: str, value: int | None, request_facts: RequestFacts, now: datetime
) -> ClickReason | None:
    """Keep one click and judge the others of its invitation anew; returns why this one is rejected, if it is.

    `question` is empty, and `value` None, for the unseen link. What comes beyond the most that is kept is only judged.
    """
    async with transaction():
        # Two clicks at once are judged one after the other, so that the later sees the earlier.
        locked = await fetch("SELECT sent_at FROM invitation WHERE id = $1 FOR NO KEY UPDATE", invitation)
        if not locked:
            return None
        kept = await fetch(_CLICKS, invitation)
        said = said_by(request_facts)
        clicks = [*map(_seen, kept), SeenClick(question, value, now, said)]
        *others, own = reasons_of(clicks, locked[0]["sent_at"])
        await _change(kept, others)
        if len(kept) < MOST_KEPT:
            await fetch(_INSERT, invitation, question, value, now, own or "")
    return own


def _seen(row: Row) -> SeenClick:
    reason = ClickReason(row["reason"]) if row["reason"] else None
    return SeenClick(row["question"], row["value"], row["clicked_at"], reason if reason in _SAID else None)


async def _change(kept: Sequence[Row], reasons: Sequence[ClickReason | None]) -> None:
    changed = [
        (row["id"], reason or "") for row, reason in zip(kept, reasons, strict=True) if row["reason"] != (reason or "")
    ]
    if changed:
        ids, found = zip(*changed, strict=True)
        await fetch(_CHANGE, list(ids), list(found))


_CLICKS = "SELECT id, question, value, clicked_at, reason FROM click WHERE invitation = $1 ORDER BY id"

_INSERT = "INSERT INTO click (invitation, question, value, clicked_at, reason) VALUES ($1, $2, $3, $4, $5)"

_CHANGE = """
UPDATE click SET reason = changed.reason FROM unnest($1::bigint[], $2::text[]) AS changed(id, reason)
WHERE click.id = changed.id
"""
