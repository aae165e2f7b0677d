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
    """In one transaction: reports read the old tally until the new one is whole, and scoring waits meanwhile.

    `progress` is told how many steps are done, and of how many.
    """
    async with transaction():
        await fetch("LOCK TABLE tally, contact_tally IN SHARE ROW EXCLUSIVE MODE")
        # Sorting ten million answers in memory is worth more than the small share a session is given.
        await fetch("SET LOCAL work_mem = '512MB'")
        worth = worth_as_json([row["value"] for row in await fetch(_PICKS)])
        steps = [
            (_EMPTY.format(cell=_TALLY_CELL, kept="tally"), ()),
            (_EMPTY.format(cell=_CONTACT_TALLY_CELL, kept="contact_tally"), ()),
            (_COUNT, ()),
            (_CORRECT, (None, worth)),
            *[(statement, ()) for statement in (_TALLY_DIFFERS, _CONTACT_TALLY_DIFFERS)],
            *[(statement, ()) for statement in _REPLACE],
        ]
        differing = 0
        for done, (statement, values) in enumerate(steps):
            progress(done, len(steps))
            rows = await fetch(statement, *values)
            differing += rows[0]["differing"] if rows else 0
        progress(len(steps), len(steps))
        cells = (await fetch("SELECT (SELECT count(*) FROM tally) + (SELECT count(*) FROM contact_tally) AS n"))[0]["n"]
    return Rebuilt(cells, differing)


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
WHERE r.scored_at IS NOT NULL AND (a.value IS NOT NULL OR a.picks IS NOT NULL)
GROUP BY 1, 2, 3, 4, 5, 6, 7
UNION ALL
SELECT touchpoint, (occurred_at AT TIME ZONE 'UTC')::date, '{RESPONSES}', '', channel, persona, '', count(*)
FROM response WHERE scored_at IS NOT NULL GROUP BY 1, 2, 5, 6
"""

_CORRECT = (
    WORTH
    + corrections_where("$1::int IS NULL")
    + f"INSERT INTO new_contact_tally ({_CONTACT_TALLY_CELL}) SELECT {_CONTACT_TALLY_CELL} FROM cell"
)

_DIFFERS = """
SELECT count(*) AS differing FROM (
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
