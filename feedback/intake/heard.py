"""What was heard: the names of the events of the last days, and whether a trigger listens to them."""

from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from core.database import fetch

HEARD_FOR = timedelta(days=30)
NAMES = 100  # a page walks at most so many names, old ones among them, each by one step in the index
COUNTED = 5_000  # events of a name, the newest; of more the page says that they are more
SAMPLED = 20  # events, the newest, whose properties are named
PROPERTIES = 12


class HeardName(Struct, frozen=True, kw_only=True):
    """One name of events. `n` and `contacts` stop at 5,000 of the newest events."""

    name: str
    n: int
    contacts: int
    last_at: datetime
    triggers: int
    properties: tuple[str, ...]

    @property
    def is_more(self) -> bool:
        """Whether there are more events than were counted."""
        return self.n > COUNTED


class HeardPage(Struct, frozen=True):
    """Names by the alphabet, and the last one that was walked where there are more of them."""

    names: list[HeardName]
    walked_to: str | None

    @property
    def not_used(self) -> list[HeardName]:
        """The most frequent first."""
        return sorted((name for name in self.names if not name.triggers), key=lambda name: (-name.n, name.name))

    @property
    def used(self) -> list[HeardName]:
        return sorted((name for name in self.names if name.triggers), key=lambda name: (-name.n, name.name))


async def list_heard(workspace: int, now: datetime, after: str = "") -> HeardPage:
    """One page of names, those after `after` by the alphabet.

    However many events there are, it reads no more than the newest of each name, and however many names, a page.
    """
    rows = await fetch(_HEARD, workspace, now - HEARD_FOR, after, NAMES, COUNTED, SAMPLED, PROPERTIES)
    heard = [msgspec.convert(row, HeardName) for row in rows if row["n"]]
    return HeardPage(heard, rows[-1]["name"] if len(rows) == NAMES else None)


# The names are found by stepping from one to the next in the index event_reach (workspace, name, occurred_at).
_HEARD = """
WITH RECURSIVE walked AS (
    (SELECT e.name, 1 AS step FROM event e WHERE e.workspace = $1 AND e.name > $3::text ORDER BY e.name LIMIT 1)
    UNION ALL
    SELECT following.name, walked.step + 1 FROM walked CROSS JOIN LATERAL (
        SELECT e.name FROM event e WHERE e.workspace = $1 AND e.name > walked.name ORDER BY e.name LIMIT 1
    ) following WHERE walked.step < $4
)
SELECT walked.name, counted.n, counted.contacts, counted.last_at, listening.n AS triggers, sampled.properties
FROM walked
CROSS JOIN LATERAL (
    SELECT count(*) AS n, count(DISTINCT newest.contact) AS contacts, max(newest.occurred_at) AS last_at FROM (
        SELECT e.contact, e.occurred_at FROM event e
        WHERE e.workspace = $1 AND e.name = walked.name AND e.occurred_at >= $2
        ORDER BY e.occurred_at DESC LIMIT $5 + 1
    ) newest
) counted
CROSS JOIN LATERAL (
    SELECT count(*) AS n FROM trigger g JOIN touchpoint t ON t.id = g.touchpoint AND NOT t.is_removed
    WHERE g.workspace = $1 AND g.event = walked.name AND g.is_active
) listening
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(named.name ORDER BY named.n DESC, named.name), '{}') AS properties FROM (
        SELECT left(keys.name, 60) AS name, count(*) AS n FROM (
            SELECT e.properties FROM event e
            WHERE e.workspace = $1 AND e.name = walked.name AND e.occurred_at >= $2
            ORDER BY e.occurred_at DESC LIMIT $6
        ) newest CROSS JOIN LATERAL jsonb_object_keys(newest.properties) keys(name)
        GROUP BY 1 ORDER BY n DESC, 1 LIMIT $7
    ) named
) sampled
ORDER BY walked.step
"""
