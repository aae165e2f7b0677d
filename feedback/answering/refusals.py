"""How many answers and questions were refused, by day and reason; nothing else is kept of them."""

from datetime import date, datetime

from msgspec import Struct

from core.database import fetch


class RefusalCount(Struct, frozen=True):
    reason: str
    n: int


async def count_refusal(workspace: int | None, reason: str, now: datetime) -> None:
    """One more. Where nobody knows whose it is, as with an unknown key, there is nobody to tell: nothing is kept."""
    if workspace is not None:
        await fetch(_COUNT, workspace, now.date(), str(reason))


async def list_refusals(workspace: int, since: date) -> list[RefusalCount]:
    """The most frequent first."""
    rows = await fetch(
        "SELECT reason, sum(n)::bigint AS n FROM refusal WHERE workspace = $1 AND day >= $2 "
        "GROUP BY reason ORDER BY n DESC, reason",
        workspace,
        since,
    )
    return [RefusalCount(**row) for row in rows]


_COUNT = """
INSERT INTO refusal AS r (workspace, day, reason, n) VALUES ($1, $2, $3, 1)
ON CONFLICT (workspace, day, reason) DO UPDATE SET n = r.n + 1
"""
