"""What the team guesses, before it looks, that customers expect at a touchpoint and what they find there."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from analysis.measured import Guesses
from core.database import Row, fetch, transaction
from core.errors import NotFound


class Guess(Struct, frozen=True):
    """One person's guess of one touchpoint, by its id; in x, None where they have no idea."""

    touchpoint: int
    expectation: float | None = None
    experience: float | None = None


async def guess(workspace: int, user: int, guesses: Sequence[Guess], now: datetime) -> None:
    """Store what `user` guesses; a guess of the same touchpoint that they made before gives way, an empty one goes.

    Raises NotFound, and changes nothing, where the workspace has no such touchpoint.
    """
    filled_in = [one for one in guesses if one.expectation is not None or one.experience is not None]
    empty = [one.touchpoint for one in guesses if one not in filled_in]
    async with transaction():
        await fetch(_TAKE_BACK, workspace, user, empty)
        stored = await fetch(_STORE, workspace, user, msgspec.json.encode(filled_in).decode(), now)
        if len(stored) < len(filled_in):
            raise NotFound("This workspace has no such touchpoint.")


async def load_own_guesses(user: int, touchpoints: Sequence[int]) -> dict[int, Guess]:
    """What `user` has guessed so far, by touchpoint."""
    rows = await fetch(_OWN, user, list(touchpoints))
    return {row["touchpoint"]: Guess(**row) for row in rows}


async def load_guesses(touchpoints: Sequence[int]) -> dict[int, Guesses]:
    """What the whole team guesses, by touchpoint; names stay behind."""
    rows = await fetch(_ALL, list(touchpoints))
    return {row["touchpoint"]: _guesses(row) for row in rows}


def _guesses(row: Row) -> Guesses:
    return Guesses(tuple(row["expectations"] or ()), tuple(row["experiences"] or ()))


_STORE = """
INSERT INTO team_guess (touchpoint, guessed_by, expectation, experience, guessed_at)
SELECT g.touchpoint, $2::int, g.expectation, g.experience, $4::timestamptz
FROM jsonb_to_recordset($3::jsonb) AS g(touchpoint int, expectation float8, experience float8)
JOIN touchpoint t ON t.id = g.touchpoint AND NOT t.is_removed
JOIN journey j ON j.id = t.journey AND j.workspace = $1
ORDER BY g.touchpoint
ON CONFLICT (touchpoint, guessed_by) DO UPDATE SET
    expectation = excluded.expectation, experience = excluded.experience, guessed_at = excluded.guessed_at
RETURNING touchpoint
"""

_TAKE_BACK = """
DELETE FROM team_guess g USING touchpoint t JOIN journey j ON j.id = t.journey
WHERE t.id = g.touchpoint AND j.workspace = $1 AND g.guessed_by = $2 AND g.touchpoint = ANY($3)
"""

_OWN = """
SELECT touchpoint, expectation, experience FROM team_guess WHERE guessed_by = $1 AND touchpoint = ANY($2)
"""

_ALL = """
SELECT touchpoint,
       array_agg(expectation ORDER BY expectation) FILTER (WHERE expectation IS NOT NULL) AS expectations,
       array_agg(experience ORDER BY experience) FILTER (WHERE experience IS NOT NULL) AS experiences
FROM team_guess WHERE touchpoint = ANY($1) GROUP BY touchpoint
"""
