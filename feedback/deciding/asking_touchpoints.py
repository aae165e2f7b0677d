"""The touchpoints that take part in the draw: those at which a trigger asks after something that happens there."""

from datetime import datetime

import msgspec
from msgspec import Struct

from core.database import fetch


class AskingTouchpoint(Struct, frozen=True):
    """`worth` is what one more answer there was worth at `computed_at`; None while nobody has worked it out."""

    id: int
    key: str
    name: str
    journey: str
    journey_name: str
    worth: float | None
    computed_at: datetime | None


async def asking_touchpoints(workspace: int) -> list[AskingTouchpoint]:
    """In the order of journeys and their steps."""
    return msgspec.convert(await fetch(_ASKING, workspace), list[AskingTouchpoint])


async def touchpoint_names(workspace: int) -> list[str]:
    """All that a cool-down group may name, as `journey/touchpoint`."""
    return [row["name"] for row in await fetch(_NAMES, workspace)]


# Follow-ups and schedules are no events that more people have than may be asked.
_ASKING = """
SELECT t.id, t.key, t.name, j.key AS journey, j.name AS journey_name, w.worth, w.computed_at
FROM journey j JOIN touchpoint t ON t.journey = j.id AND NOT t.is_removed
LEFT JOIN touchpoint_worth w ON w.touchpoint = t.id
WHERE j.workspace = $1 AND EXISTS (
    SELECT FROM trigger g WHERE g.touchpoint = t.id AND g.is_active
        AND g.event NOT LIKE 'answered:%' AND g.event NOT LIKE 'schedule:%'
)
ORDER BY j.id, t.position, t.id
"""

_NAMES = """
SELECT j.key || '/' || t.key AS name FROM journey j JOIN touchpoint t ON t.journey = j.id AND NOT t.is_removed
WHERE j.workspace = $1 ORDER BY j.id, t.position
"""
