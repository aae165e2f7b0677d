"""Rebuild both tallies from the answers, and say whether what was kept was the same."""

from collections.abc import Callable

from msgspec import Struct

from analysis.contact_tally import CELL as CONTACT_CELL
from analysis.contact_tally import corrections_where
from analysis.recount import lock_tallies
from analysis.scales import MAP_VERSION
from analysis.tally import CELL, RESPONSES, every_grain
from analysis.valences import load_valences
from analysis.worth import worth_as_json
from core.database import fetch, transaction
from surveys.instruments import CHOOSING

# What the tallies hold depends on how they are counted; a database that holds another edition is counted again.
EDITION = f"4, maps {MAP_VERSION}"


class Rebuilt(Struct, frozen=True):
    """How many cells there are now, and how many of them had been kept otherwise."""

    cells: int
    differing: int


async def rebuild_if_outdated() -> Rebuilt | None:
    """After an update that counts otherwise than the one before; None where there was nothing to do."""
    kept = await fetch("SELECT edition FROM tally_state")
    return None if kept and kept[0]["edition"] == EDITION else await rebuild_tally()


async def rebuild_tally(progress: Callable[[int, int], None] = lambda _done, _all: None) -> Rebuilt:
    """In one transaction: reports read the old tally until the new one is whole, and scoring waits meanwhile.

    `progress` is told how many steps are done, and of how many.
    """
    async with transaction():
        await lock_tallies()
        # Sorting ten million answers in memory is worth more than the small share a session is given.
        await fetch("SET LOCAL work_mem = '1GB'")
        await fetch("SET LOCAL parallel_setup_cost = 0")
        await fetch("SET LOCAL parallel_tuple_cost = 0")
        picks = [(row["workspace"], row["value"]) for row in await fetch(_PICKS)]
        worth = worth_as_json(picks, await load_valences({workspace for workspace, _ in picks}))
        quoted = (await fetch("SELECT quote_literal($1) AS worth", worth))[0]["worth"]  # CREATE TABLE takes no values
        counted = {
            "day_tally": _COUNT,
            "tally": every_grain("new_day_tally"),
            "contact_tally": corrections_where("true", worth=quoted),
        }
        steps = [
            *[f"CREATE TEMP TABLE new_{kept} ON COMMIT DROP AS {count}" for kept, count in counted.items()],
            *[_DIFFERS.format(kept=kept, cell=_CELLS[kept], counts=_COUNTS[kept]) for kept in _CELLS],
        ]
        differing = 0
        for done, statement in enumerate(steps):
            progress(done, len(steps) + 1)
            rows = await fetch(statement)
            differing += rows[0]["differing"] if rows else 0
        progress(len(steps), len(steps) + 1)
        if differing:
            for kept in _CELLS:
                await _replace(kept)
        await fetch(_KEEP_EDITION, EDITION)
        cells = (await fetch("SELECT (SELECT count(*) FROM tally) + (SELECT count(*) FROM contact_tally) AS n"))[0]["n"]
        progress(len(steps) + 1, len(steps) + 1)
    return Rebuilt(cells, differing)


async def _replace(kept: str) -> None:
    """Put the new cells in, in the order of the index that reports read ranges of.

    Where nothing was kept nobody reads either, and the rules are held against all cells at once, which is faster.
    """
    was_empty = not await fetch(f"SELECT 1 FROM {kept} LIMIT 1")
    await fetch(f"DELETE FROM {kept}")
    rules = await fetch(_RULES, kept) if was_empty else []
    for rule in rules:
        await fetch(f"ALTER TABLE {kept} DROP CONSTRAINT {rule['name']}")
    await fetch(f"INSERT INTO {kept} ({_CELLS[kept]}) SELECT {_CELLS[kept]} FROM new_{kept} ORDER BY {_ORDERS[kept]}")
    for rule in rules:
        await fetch(f"ALTER TABLE {kept} ADD CONSTRAINT {rule['name']} {rule['definition']}")


_RULES = """
SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
WHERE conrelid = $1::text::regclass AND contype IN ('u', 'f') ORDER BY contype DESC
"""

_PICKS = """
SELECT DISTINCT r.workspace, array_to_string(a.picks, '+') AS value
FROM answer a JOIN response r ON r.id = a.response WHERE a.instrument = 'emotion' AND cardinality(a.picks) > 0
"""

_CELLS = {"tally": CELL, "contact_tally": CONTACT_CELL}

_CHOOSING = ", ".join(f"'{instrument}'" for instrument in CHOOSING)

# As `values_of` counts them.
_COUNT = f"""
SELECT r.touchpoint, (r.occurred_at AT TIME ZONE 'UTC')::date AS day, a.instrument, a.question, r.channel, r.persona,
       coalesce(a.value::text, array_to_string(a.picks, '+')) AS value, count(*) AS n
FROM response r JOIN answer a ON a.response = r.id
WHERE r.scored_at IS NOT NULL AND (a.value IS NOT NULL OR cardinality(a.picks) > 0)
    AND a.instrument NOT IN ({_CHOOSING})
GROUP BY 1, 2, 3, 4, 5, 6, 7
UNION ALL
SELECT r.touchpoint, (r.occurred_at AT TIME ZONE 'UTC')::date, a.instrument, a.question, r.channel, r.persona,
       picked.choice, count(*)
FROM response r JOIN answer a ON a.response = r.id, unnest(a.picks) AS picked(choice)
WHERE r.scored_at IS NOT NULL AND a.instrument IN ({_CHOOSING})
GROUP BY 1, 2, 3, 4, 5, 6, 7
UNION ALL
SELECT touchpoint, (occurred_at AT TIME ZONE 'UTC')::date, '{RESPONSES}', '', channel, persona, '', count(*)
FROM response WHERE scored_at IS NOT NULL GROUP BY 1, 2, 5, 6
"""


_ORDERS = {"tally": "touchpoint, grain, day", "contact_tally": "touchpoint, grain, first_day, last_day"}

# A cell whose counts have all been taken away again may stay behind with nothing in it.
_COUNTS = {
    "tally": "n <> 0",
    "contact_tally": "(n, x, x_squared, lens, lens_squared, n_satisfied) <> (0, 0, 0, 0, 0, 0)",
}

_DIFFERS = """
SELECT count(*) AS differing FROM (
    (SELECT {cell} FROM {kept} WHERE {counts} EXCEPT SELECT {cell} FROM new_{kept})
    UNION ALL (SELECT {cell} FROM new_{kept} WHERE {counts} EXCEPT SELECT {cell} FROM {kept})
) differing
"""

_KEEP_EDITION = """
INSERT INTO tally_state (id, edition) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET edition = excluded.edition
"""
