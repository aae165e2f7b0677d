"""What became of the invitations that were clicked: verified by an answer, provisional, or a scanner's alone."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from core.database import fetch

# Of the clicks `k` on an invitation that nobody answered: provisional while one is left that no scanner did.
IS_PROVISIONAL = "coalesce(bool_or(k.reason = ''), false)"
IS_REJECTED = "coalesce(bool_and(k.reason <> ''), false)"


class ClickFigures(Struct, frozen=True):
    """Invitations, each in one figure at most: answered; clicked and not confirmed; clicked by scanners only."""

    verified: int = 0
    provisional: int = 0
    rejected: int = 0


async def click_figures(
    workspace: int, touchpoints: Sequence[int], start: datetime, end: datetime
) -> dict[int, ClickFigures]:
    """By touchpoint, of the invitations that were sent about what happened from `start` to before `end`."""
    rows = await fetch(_FIGURES, workspace, list(touchpoints), start, end)
    found = {row.pop("touchpoint"): ClickFigures(**row) for row in rows}
    return {touchpoint: found.get(touchpoint, ClickFigures()) for touchpoint in touchpoints}


_FIGURES = f"""
WITH invited AS (
    SELECT i.id, i.touchpoint, EXISTS (SELECT FROM response r WHERE r.invitation = i.id) AS is_answered
    FROM invitation i
    WHERE i.workspace = $1 AND i.touchpoint = ANY($2) AND i.occurred_at >= $3 AND i.occurred_at < $4
        AND i.sent_at IS NOT NULL AND i.bounced_at IS NULL
), became AS (
    SELECT i.touchpoint, i.is_answered, {IS_PROVISIONAL} AS is_provisional, {IS_REJECTED} AS is_rejected
    FROM invited i LEFT JOIN click k ON k.invitation = i.id GROUP BY i.id, i.touchpoint, i.is_answered
)
SELECT touchpoint, count(*) FILTER (WHERE is_answered) AS verified,
       count(*) FILTER (WHERE is_provisional AND NOT is_answered) AS provisional,
       count(*) FILTER (WHERE is_rejected AND NOT is_answered) AS rejected
FROM became GROUP BY touchpoint
"""
