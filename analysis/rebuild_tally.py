"""Rebuild both tallies from the answers, and say whether what was kept was the same."""

from collections.abc import Callable

from msgspec import Struct

from analysis.contact_tally import WORTH, corrections_where
from analysis.tally import RESPONSES
from analysis.worth import worth_as_json
from core.database import fetch, transaction


class Rebuilt(Struct, frozen=True):
    """How many cells there are now, and how many of them had been kept otherwise."""

    cells: int
    differing: int


async def rebuild_tally(progress: Callable[[int, int], None] = lambda _done, _all: None) -> Rebuilt:
    """One touchpoint after the other, in one transaction: reports read the old tally until the new one is whole.

    `progress` is told how many touchpoints are done, and of how many. Scoring waits meanwhile.
    """
    async with transaction():
        await fetch("LOCK TABLE tally, contact_tally IN SHARE ROW EXCLUSIVE MODE")
        await fetch(_EMPTY.format(cell=_TALLY_CELL, kept="tally"))
        await fetch(_EMPTY.format(cell=_CONTACT_TALLY_CELL, kept="contact_tally"))
        touchpoints = [row["id"] for row in await fetch("SELECT id FROM touchpoint ORDER BY id")]
        worth = worth_as_json([row["value"] for row in await fetch(_PICKS)])
        for done, touchpoint in enumerate(touchpoints):
            progress(done, len(touchpoints))
            await fetch(_COUNT, touchpoint)
            await fetch(_CORRECT, touchpoint, worth)
        progress(len(touchpoints), len(touchpoints))
        differing = [(await fetch(statement))[0]["n"] for statement in (_TALLY_DIFFERS, _CONTACT_TALLY_DIFFERS)]
        for statement in _REPLACE:
            await fetch(statement)
        cells = (await fetch("SELECT (SELECT count(*) FROM tally) + (SELECT count(*) FROM contact_tally) AS n"))[0]["n"]
    return Rebuilt(cells, sum(differing))


_PICKS = "SELECT DISTINCT array_to_string(picks, '+') AS value FROM answer WHERE picks IS NOT NULL"

_TALLY_CELL = "touchpoint, day, instrument, question, channel, persona, value, n"

_CONTACT_TALLY_CELL = (
    "touchpoint, instrument, grain, first_day, last_day, n, x, x_squared, lens, lens_squared, n_satisfied"
)

_EMPTY = "CREATE TEMP TABLE new_{kept} ON COMMIT DROP AS SELECT {cell} FROM {kept} WITH NO DATA"

_COUNT = f"""
INSERT INTO new_tally ({_TALLY_CELL})
SELECT r.touchpoint, (r.occurred_at AT TIME ZONE 'UTC')::date, a.instrument, a.question, r.channel, r.persona,
       coalesce(a.value::text, array_to_string(a.picks, '+')), count(*)
FROM response r JOIN answer a ON a.response = r.id
WHERE r.touchpoint = $1 AND r.scored_at IS NOT NULL AND (a.value IS NOT NULL OR a.picks IS NOT NULL)
GROUP BY 1, 2, 3, 4, 5, 6, 7
UNION ALL
SELECT touchpoint, (occurred_at AT TIME ZONE 'UTC')::date, '{RESPONSES}', '', channel, persona, '', count(*)
FROM response WHERE touchpoint = $1 AND scored_at IS NOT NULL GROUP BY 1, 2, 5, 6
"""

_CORRECT = (
    WORTH
    + corrections_where("r.touchpoint = $1")
    + f"INSERT INTO new_contact_tally ({_CONTACT_TALLY_CELL}) SELECT {_CONTACT_TALLY_CELL} FROM cell"
)

_DIFFERS = """
SELECT count(*) AS n FROM (
    (SELECT {cell} FROM {kept} WHERE {counts} EXCEPT SELECT {cell} FROM new_{kept})
    UNION ALL (SELECT {cell} FROM new_{kept} WHERE {counts} EXCEPT SELECT {cell} FROM {kept})
) differing
"""

# A cell whose counts have all been taken away again may stay behind with nothing in it.
_TALLY_DIFFERS = _DIFFERS.format(cell=_TALLY_CELL, kept="tally", counts="n <> 0")

_CONTACT_TALLY_DIFFERS = _DIFFERS.format(
    cell=_CONTACT_TALLY_CELL,
    kept="contact_tally",
    counts="(n, x, x_squared, lens, lens_squared, n_satisfied) <> (0, 0, 0, 0, 0, 0)",
)

_REPLACE = [
    "DELETE FROM tally",
    "DELETE FROM contact_tally",
    f"INSERT INTO tally ({_TALLY_CELL}) SELECT {_TALLY_CELL} FROM new_tally",
    f"INSERT INTO contact_tally ({_CONTACT_TALLY_CELL}) SELECT {_CONTACT_TALLY_CELL} FROM new_contact_tally",
]
